"""What each stage depends on, written for Make: file targets with real prerequisites, our own source files included."""

import json
from collections.abc import Iterable
from pathlib import Path

from shortlist.common.files import write_text, write_text_if_changed
from shortlist.common.provenance import source_files
from shortlist.config.competition import BLEND, Competition
from shortlist.config.paths import Paths
from shortlist.data.sources.base import SOURCES
from shortlist.pipeline.cross_validate import splitters
from shortlist.pipeline.rerank import FINAL
from shortlist.rerank.base import RERANKERS
from shortlist.retrievers.base import RETRIEVERS
from shortlist.studies.tuning.space import check_space


def write_rules(paths: Paths, competition: Competition) -> None:
    """Check the whole configuration, then write `work/rules.mk` and the sections that the targets depend on.

    A section's file is rewritten only when it changes, so that Make sees which part of competition.toml was edited.

    Raises:
        ConfigError: something in competition.toml cannot be used.
    """
    SOURCES.make(*competition.source_kind)
    splitters(competition)
    for name in competition.retrievers:
        kind, settings = competition.retriever(name)
        RETRIEVERS.make(kind, settings, seed=competition.seed)
    for name in competition.rerankers:
        kind, settings = competition.reranker(name)
        RERANKERS.make(kind, settings, seed=competition.seed)
    check_space(competition)
    for section, content in _sections(competition).items():
        write_text_if_changed(paths.section(section), json.dumps(content, indent=1, sort_keys=True) + "\n")
    write_text(paths.work / "rules.mk", "\n".join(_lines(paths, competition)) + "\n")


def _sections(competition: Competition) -> dict[str, object]:
    """The configuration cut into the parts that different stages depend on."""
    validation = competition.validation.model_dump(mode="json")
    sections: dict[str, object] = {
        "data": {"source": competition.source, "submission": _header(competition)},
        "infer-split": competition.title,
        "eda": {"title": competition.title, "seed": competition.seed, "folds": validation["folds"],
                "schemes": validation["schemes"]},
        "folds": {"seed": competition.seed, "candidates": competition.candidates, "folds": validation["folds"],
                  "schemes": validation["schemes"]},
        "blend": competition.blend_retrievers,
        "features": {"retrievers": list(competition.retrievers), "candidates": competition.blend.candidates},
        "scores": {"validation": validation, "k": competition.submission.k, "title": competition.title,
                   "methods": competition.methods},
        "submission": competition.submission.model_dump(mode="json"),
        "report": [competition.report.model_dump(mode="json"), competition.blend.candidates],
        "ablate": [competition.ablate.model_dump(mode="json"), competition.headline, competition.blend.candidates],
    }  # fmt: skip
    for name in competition.retrievers:
        sections[f"retriever-{name}"] = competition.retriever(name)
    for name in competition.rerankers:
        sections[f"reranker-{name}"] = competition.reranker(name)
    return sections


def _header(competition: Competition) -> list[str]:
    return [competition.submission.user_column, competition.submission.item_column]


def _lines(paths: Paths, competition: Competition) -> Iterable[str]:
    dataset = paths.dataset / "pairs.npz"
    module = SOURCES.module(competition.source_kind[0]).removeprefix("shortlist.")
    yield "# Made by `shortlist rules` from competition.toml and the imports of our source files; do not edit."
    yield f"METHODS := {' '.join(competition.methods)}"
    yield _rule(dataset, [paths.section("data"), *_sources("preprocess", module)])
    yield _rule(paths.eda, [dataset, paths.section("eda"), *_sources("eda.document")])
    yield _rule(paths.inferred, [dataset, paths.section("infer-split"), *_sources("split_inference.document")])
    yield from _retrievers(paths, competition, dataset)
    yield from _stacking(paths, competition, dataset)
    folds = [paths.folds_done(name) for name in competition.methods]
    finals = [paths.final(name) for name in competition.methods]
    yield _rule(paths.validation, [dataset, *folds, paths.section("scores"), *_sources("validation")])
    yield _rule(
        paths.newest_submission,
        [dataset, paths.validation, *finals, paths.section("submission"), *_sources("submission.write")],
    )
    yield from _experiments(paths, competition, dataset)
    report = [dataset, paths.validation, paths.newest_submission, paths.section("report")]
    yield _rule(paths.report, [*report, *_sources("report.document")])
    yield _rule(paths.tracked, [paths.validation, paths.newest_submission, paths.report, *_sources("tracking")])


def _retrievers(paths: Paths, competition: Competition, dataset: Path) -> Iterable[str]:
    for name in competition.retrievers:
        module = RETRIEVERS.module(competition.retriever(name)[0]).removeprefix("shortlist.")
        own = [dataset, paths.section("folds"), paths.section(f"retriever-{name}")]
        yield _rule(paths.folds_done(name), [*own, *_sources("crossval", module)])
        yield _rule(paths.final(name), [*own, *_sources("training", module)])
        # Whether it fits into memory is seen where it is cross-validated: first that, without being made again for it.
        yield f"{_names([paths.final(name)])}: | {_names([paths.folds_done(name)])}"
        yield _rule(paths.export(name) / "done", [paths.final(name), *_sources("export")])


def _stacking(paths: Paths, competition: Competition, dataset: Path) -> Iterable[str]:
    """The blend, the features, and the rerankers."""
    blended = [paths.folds_done(name) for name in competition.blend_retrievers]
    finals = [paths.final(name) for name in competition.blend_retrievers]
    yield _rule(paths.folds_done(BLEND), [dataset, *blended, paths.section("blend"), *_sources("stacking")])
    yield _rule(paths.final(BLEND), [paths.folds_done(BLEND), *finals, *_sources("stacking")])
    if not competition.rerankers:
        return
    tables = _tables(paths, competition)
    own = [dataset, paths.section("features"), *_sources("stacking")]
    folds = [paths.folds_done(name) for name in (*competition.retrievers, BLEND)]
    for table in tables:
        yield _rule(table, [*folds, *own])
    finals = [paths.final(name) for name in (*competition.retrievers, BLEND)]
    yield _rule(paths.features(FINAL), [*finals, *own])
    for name in competition.rerankers:
        module = RERANKERS.module(competition.reranker(name)[0]).removeprefix("shortlist.")
        reranker = [*tables, paths.section(f"reranker-{name}"), *_sources("stacking", module)]
        yield _rule(paths.folds_done(name), reranker)
        yield _rule(paths.final(name), [paths.features(FINAL), *reranker])


def _experiments(paths: Paths, competition: Competition, dataset: Path) -> Iterable[str]:
    """What `make tune` searches on, and `make ablate`."""
    if competition.tune.space:
        tables = _tables(paths, competition) if competition.tune.searched[0] == "rerankers" else []
        yield f"tune: {_names([dataset, *tables])}"
    inputs = [paths.folds_done(name) for name in competition.blend_retrievers]
    if (name := competition.ablated_reranker) is not None:
        module = RERANKERS.module(competition.reranker(name)[0]).removeprefix("shortlist.")
        inputs += [*_tables(paths, competition), paths.section(f"reranker-{name}"), *_sources(module)]
    yield _rule(paths.ablation_done, [dataset, *inputs, paths.section("ablate"), *_sources("ablation")])


def _tables(paths: Paths, competition: Competition) -> list[Path]:
    """The features of every fold's candidates."""
    folds = splitters(competition)[competition.first_scheme].folds
    return [paths.features(str(number)) for number in range(1, folds + 1)]


def _sources(*modules: str) -> list[Path]:
    return sorted({file for module in modules for file in source_files(f"shortlist.{module}")})


def _rule(made: Path, prerequisites: Iterable[Path]) -> str:
    return f"{made.as_posix()}: {_names(prerequisites)}"


def _names(files: Iterable[Path]) -> str:
    here = Path.cwd()
    names = [path.relative_to(here) if path.is_relative_to(here) else path for path in files]
    return " ".join(name.as_posix() for name in names)
