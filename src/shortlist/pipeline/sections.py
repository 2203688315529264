"""The configuration cut into the parts that different stages depend on: an edit reruns those of its part alone."""

from shortlist.pipeline.run import Run


def sections(run: Run) -> dict[str, object]:
    """Each part by its name, as JSON."""
    competition, chosen = run.competition, run.chosen
    rules, question = competition.submission, competition.question
    validation = competition.validation.model_dump(mode="json")
    asked = question.model_dump(mode="json", exclude={"metric", "kind_weights"})
    answers = {name: asked[name] for name in ("seen", "answers", "items")}
    metric = [question.k, question.metrics, question.kind_weights]
    schemes = {name: competition.scheme(name) for name in competition.validation.schemes}
    parts: dict[str, object] = {
        "data": {"source": competition.source, "question": asked,
                 "submission": [rules.sample, rules.user_column, rules.item_column]},
        "infer-split": competition.title,
        "eda": {"title": competition.title, "seed": competition.seed, "schemes": schemes},
        "folds": {"seed": competition.seed, "candidates": competition.candidates, "schemes": schemes,
                  "users": competition.validation.users, **answers},
        "blend": chosen.blended,
        "features": {"retrievers": chosen.retrievers, "candidates": competition.blend.candidates, "metric": metric},
        "scores": {"validation": validation, "metric": metric, "title": competition.title,
                   "methods": chosen.all},
        "submission": {**rules.model_dump(mode="json"), "k": question.k, "method": chosen.submitted},
        "report": [competition.report.model_dump(mode="json"), competition.blend.candidates],
        "ablate": [competition.ablate.model_dump(mode="json"), run.ablated_reranker, metric,
                   competition.blend.candidates],
        "learning-curve": competition.learning_curve.model_dump(mode="json"),
    }  # fmt: skip
    for name in chosen.retrievers:
        parts[f"retriever-{name}"] = competition.retriever(name)
    for name in chosen.rerankers:
        parts[f"reranker-{name}"] = [competition.reranker(name), competition.rerank.users]
    return parts
