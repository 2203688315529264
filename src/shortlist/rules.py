"""What each stage depends on, written for Make: file targets with real prerequisites, our own source files included."""

import json
from collections.abc import Iterable
from pathlib import Path

from shortlist.config import Competition
from shortlist.crossval import splitters
from shortlist.files import write_text, write_text_if_changed
from shortlist.paths import Paths
from shortlist.provenance import source_files
from shortlist.retrievers.base import make_retriever, retriever_module
from shortlist.sources import find_source


def write_rules(paths: Paths, competition: Competition) -> None:
    """Check the whole configuration, then write `work/rules.mk` and the sections that the targets depend on.

    A section's file is rewritten only when it changes, so that Make sees which part of competition.toml was edited.

    Raises:
        ConfigError: something in competition.toml cannot be used.
    """
    find_source(competition.source)
    splitters(competition)
    for name in competition.retrievers:
        kind, settings = competition.retriever(name)
        make_retriever(kind, settings, seed=competition.seed)
    for section, content in _sections(competition).items():
        write_text_if_changed(paths.section(section), json.dumps(content, indent=1, sort_keys=True) + "\n")
    write_text(paths.work / "rules.mk", "\n".join(_lines(paths, competition)) + "\n")


def _sections(competition: Competition) -> dict[str, object]:
    """The configuration cut into the parts that different stages depend on."""
    validation = competition.validation.model_dump(mode="json")
    sections: dict[str, object] = {
        "data": {"source": competition.source, "submission": _header(competition)},
        "folds": {"seed": competition.seed, "candidates": competition.candidates, "folds": validation["folds"],
                  "schemes": validation["schemes"]},
        "eda": {"title": competition.title, "seed": competition.seed, "folds": validation["folds"],
                "schemes": validation["schemes"]},
        "scores": {"validation": validation, "k": competition.submission.k, "title": competition.title,
                   "retrievers": list(competition.retrievers)},
        "submission": competition.submission.model_dump(mode="json"),
    }  # fmt: skip
    for name in competition.retrievers:
        sections[f"retriever-{name}"] = competition.retriever(name)
    return sections


def _header(competition: Competition) -> list[str]:
    return [competition.submission.user_column, competition.submission.item_column]


def _lines(paths: Paths, competition: Competition) -> Iterable[str]:
    names = list(competition.retrievers)
    dataset = paths.dataset / "pairs.npz"
    folds = [paths.folds_done(name) for name in names]
    finals = [paths.final(name) for name in names]
    yield "# Made by `shortlist rules` from competition.toml and the imports of our source files; do not edit."
    yield f"RETRIEVERS := {' '.join(names)}"
    yield _rule(dataset, [paths.section("data"), *_sources("preprocess", f"sources.{competition.source}")])
    for name, done, final in zip(names, folds, finals, strict=True):
        module = retriever_module(competition.retriever(name)[0]).removeprefix("shortlist.")
        own = [dataset, paths.section("folds"), paths.section(f"retriever-{name}")]
        yield _rule(done, [*own, *_sources("crossval", module)])
        yield _rule(final, [*own, *_sources("training", module)])
        yield _rule(paths.export(name) / "done", [final, *_sources("export")])
    yield _rule(paths.validation, [dataset, *folds, paths.section("scores"), *_sources("validation")])
    yield _rule(
        paths.newest_submission,
        [dataset, paths.validation, *finals, paths.section("submission"), *_sources("submission.write")],
    )
    yield _rule(paths.eda, [dataset, paths.section("eda"), *_sources("eda.document")])
    yield _rule(paths.report, [paths.validation, paths.newest_submission, *_sources("report.document")])


def _sources(*modules: str) -> list[Path]:
    return sorted({file for module in modules for file in source_files(f"shortlist.{module}")})


def _rule(target: Path, prerequisites: Iterable[Path]) -> str:
    here = Path.cwd()
    names = [path.relative_to(here) if path.is_relative_to(here) else path for path in prerequisites]
    return f"{target.as_posix()}: {' '.join(name.as_posix() for name in names)}"
