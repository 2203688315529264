"""The configuration cut into the parts that different stages depend on: an edit reruns those of its part alone."""

from shortlist.pipeline.run import Run


def sections(run: Run) -> dict[str, object]:
    """Each part by its name, as JSON."""
    competition, chosen = run.competition, run.chosen
    rules, validation = competition.submission, competition.validation.model_dump(mode="json")
    schemes = {name: competition.scheme(name) for name in competition.validation.schemes}
    parts: dict[str, object] = {
        "data": {"source": competition.source, "submission": [rules.user_column, rules.item_column]},
        "infer-split": competition.title,
        "eda": {"title": competition.title, "seed": competition.seed, "schemes": schemes},
        "folds": {"seed": competition.seed, "candidates": competition.candidates, "schemes": schemes},
        "blend": chosen.blended,
        "features": {"retrievers": chosen.retrievers, "candidates": competition.blend.candidates},
        "scores": {"validation": validation, "headline": competition.headline, "title": competition.title,
                   "methods": chosen.all},
        "submission": {**rules.model_dump(mode="json"), "method": chosen.submitted},
        "report": [competition.report.model_dump(mode="json"), competition.blend.candidates],
        "ablate": [competition.ablate.model_dump(mode="json"), run.ablated_reranker, competition.headline,
                   competition.blend.candidates],
    }  # fmt: skip
    for name in chosen.retrievers:
        parts[f"retriever-{name}"] = competition.retriever(name)
    for name in chosen.rerankers:
        parts[f"reranker-{name}"] = competition.reranker(name)
    return parts
