"""The chain, declared once: each stage, what it makes, what it needs, what decides it, and its function.

Make's rules, the command line, `shortlist.run`, tests and benchmarks read `STAGES` and hold no list of their own.
Nothing heavy is imported here: a stage's function is imported when it runs.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shortlist.config.paths import Paths
    from shortlist.pipeline.run import Run

SAMPLE = "sample"
"""The competition whose raw files are made here: see `data.sample`."""


@dataclass(frozen=True)
class Step:
    """One file that a stage makes.

    Attributes:
        made: the file; its presence says that the step is done.
        needs: files of earlier steps.
        sections: parts of competition.toml, see `pipeline.sections`.
        value: what tells the steps of one stage apart: a method, or a part of the features.
        modules: those of the kinds that competition.toml names, beside the stage's own `computing`.
        after: files that must be there first, whether or not they have changed since.
        watched: patterns of files that need not be there.
        digest: where that of the computing lies, unless among the others in `work/`.
        table: text for a terminal that is made with it, for whoever asked for the step.
    """

    made: Path
    needs: Sequence[Path] = ()
    sections: Sequence[str] = ()
    value: str | None = None
    modules: Sequence[str] = ()
    after: Sequence[Path] = ()
    watched: Sequence[Path] = ()
    digest: Path | None = None
    table: Path | None = None


@dataclass(frozen=True)
class Stage:
    """What is done in one go, once or for each of several values.

    Attributes:
        name: its command on the command line.
        does: in a line.
        function: "<module>:<name>", below the package; it is given the run, and the step's value where there is one.
        steps: of a run.
        computing: modules that decide what it makes, with all that they import; see `common.provenance`.
        option: what the value is called on the command line.
        words: whether texts in two languages decide it too: it makes something to be read.
        fingerprinted: each part of what it makes has a fingerprint of its own, so that the file of its function, which
            counts for all others, need not.
    """

    name: str
    does: str
    function: str
    steps: Callable[["Run"], Iterable[Step]]
    computing: tuple[str, ...]
    option: str | None = None
    words: bool = False
    fingerprinted: bool = False

    def perform(self, run: "Run", value: str | None = None) -> None:
        """Do one step."""
        module, _, name = self.function.partition(":")
        function = getattr(import_module(f"shortlist.{module}"), name)
        function(*((run,) if value is None else (run, value)))

    def digest(self, paths: "Paths", step: Step) -> Path:
        """The file that tells what computing the step rests on."""
        return step.digest or paths.sources(f"{self.name}-{step.value}" if step.modules and step.value else self.name)


def sample_steps(paths: "Paths") -> Iterator[Step]:
    """The step that makes the raw files of the synthetic sample: no other competition has one."""
    if paths.competition == SAMPLE:
        yield Step(paths.sample_made, digest=paths.sample_digest)  # `make clean` leaves it with the files


def _preprocess(run: "Run") -> Iterator[Step]:
    from shortlist.data.sources.registry import SOURCES

    kind, _ = run.competition.source_kind
    modules = [SOURCES.module(kind), *_forms()]
    after = [step.made for step in sample_steps(run.paths)]
    yield Step(run.paths.dataset_done, [run.paths.raw_list], ["data"], modules=modules, after=after)


def _forms() -> list[str]:
    """The modules of the forms that a sample may have."""
    from shortlist.data.forms.registry import FORMS

    return [FORMS.module(kind) for kind in FORMS.kinds()]


def _cross_validate(run: "Run") -> Iterator[Step]:
    for name in run.chosen.retrievers:
        yield _of_retriever(run, name, run.paths.folds_done(name))


def _train(run: "Run") -> Iterator[Step]:
    for name in run.chosen.retrievers:
        # Whether it fits into memory is seen where it is cross-validated: first that, without being made again for it.
        yield _of_retriever(run, name, run.paths.final(name), after=[run.paths.folds_done(name)])


def _of_retriever(run: "Run", name: str, made: Path, after: Sequence[Path] = ()) -> Step:
    from shortlist.retrievers.registry import RETRIEVERS

    kind, _ = run.competition.retriever(name)
    sections = ["folds", f"retriever-{name}"]
    return Step(made, [run.paths.dataset_done], sections, name, [RETRIEVERS.module(kind), *_schemes(run)], after)


def _schemes(run: "Run") -> list[str]:
    """The modules of the validation schemes."""
    from shortlist.validation.registry import SPLITTERS

    kinds = {run.competition.scheme(name)[0] for name in run.competition.validation.schemes}
    return [SPLITTERS.module(kind) for kind in sorted(kinds)]


def _cross_validate_blend(run: "Run") -> Iterator[Step]:
    folds = [run.paths.folds_done(name) for name in run.chosen.blended]
    yield Step(run.paths.folds_done("blend"), [run.paths.dataset_done, *folds], ["blend"], modules=_schemes(run))


def _train_blend(run: "Run") -> Iterator[Step]:
    finals = [run.paths.final(name) for name in run.chosen.blended]
    yield Step(run.paths.final("blend"), [run.paths.folds_done("blend"), *finals])


def _features(run: "Run") -> Iterator[Step]:
    from shortlist.rerank.features import own_modules

    paths, modules = run.paths, [*own_modules(), *_schemes(run)]
    if run.chosen.rerankers:
        folds = [paths.folds_done(name) for name in run.chosen.listed]
        finals = [paths.final(name) for name in run.chosen.listed]
        for part in _fold_parts(run):
            yield Step(paths.features(part), [paths.dataset_done, *folds], ["features"], part, modules)
        yield Step(paths.features("final"), [paths.dataset_done, *finals], ["features"], "final", modules)


def _fold_parts(run: "Run") -> list[str]:
    from shortlist.pipeline.schemes import stacking_parts

    return stacking_parts(run.competition)


def _tables(run: "Run") -> list[Path]:
    return [run.paths.features(part) for part in _fold_parts(run)]


def _cross_validate_reranker(run: "Run") -> Iterator[Step]:
    for name in run.chosen.rerankers:
        yield _of_reranker(run, name, run.paths.folds_done(name), _tables(run))


def _train_reranker(run: "Run") -> Iterator[Step]:
    for name in run.chosen.rerankers:
        yield _of_reranker(run, name, run.paths.final(name), [run.paths.features("final"), *_tables(run)])


def _of_reranker(run: "Run", name: str, made: Path, tables: Sequence[Path]) -> Step:
    from shortlist.rerank.registry import RERANKERS

    kind, _ = run.competition.reranker(name)
    return Step(made, tables, [f"reranker-{name}"], name, [RERANKERS.module(kind), *_schemes(run)])


def _validate(run: "Run") -> Iterator[Step]:
    folds = [run.paths.folds_done(name) for name in run.chosen.all]
    needs, table = [run.paths.dataset_done, *folds], run.paths.table
    yield Step(run.paths.validation, needs, ["scores"], modules=_schemes(run), table=table)


def _submit(run: "Run") -> Iterator[Step]:
    from shortlist.submission.own_lists import own_final_lists

    paths = run.paths
    needs = [paths.dataset_done, paths.validation, *(paths.final(name) for name in run.chosen.all)]
    yield Step(paths.newest_submission, needs, ["submission"], modules=[*own_final_lists(), *_forms()])


def _report(run: "Run") -> Iterator[Step]:
    paths = run.paths
    needs = [paths.dataset_done, paths.validation, paths.newest_submission]
    # What the report shows where it is there, and never makes; the ledger is older unless something was handed in.
    yield Step(paths.report, needs, ["report"], watched=[paths.ablation, paths.learning_curve, paths.ledger])


def _track(run: "Run") -> Iterator[Step]:
    yield Step(run.paths.tracked, [run.paths.validation, run.paths.newest_submission, run.paths.report])


def _eda(run: "Run") -> Iterator[Step]:
    yield Step(run.paths.eda, [run.paths.dataset_done], ["eda"])


def _infer_split(run: "Run") -> Iterator[Step]:
    yield Step(run.paths.inferred, [run.paths.dataset_done], ["infer-split"], table=run.paths.inferred_table)


def _ablate(run: "Run") -> Iterator[Step]:
    from shortlist.rerank.features import own_modules
    from shortlist.rerank.registry import RERANKERS

    needs = [run.paths.dataset_done, *(run.paths.folds_done(name) for name in run.chosen.blended)]
    sections, modules = ["ablate"], _schemes(run)
    if (name := run.ablated_reranker) is not None:
        needs += _tables(run)
        sections.append(f"reranker-{name}")
        modules = [RERANKERS.module(run.competition.reranker(name)[0]), *modules]
        modules += own_modules()
    yield Step(run.paths.ablation_done, needs, sections, modules=modules, table=run.paths.ablation_table)


def _learning_curve(run: "Run") -> Iterator[Step]:
    from shortlist.rerank.features import own_modules
    from shortlist.rerank.registry import RERANKERS
    from shortlist.retrievers.registry import RETRIEVERS

    competition, chosen = run.competition, run.chosen
    methods = [*(f"retriever-{name}" for name in chosen.retrievers), *(f"reranker-{name}" for name in chosen.rerankers)]
    modules = [RETRIEVERS.module(competition.retriever(name)[0]) for name in chosen.retrievers]
    modules += [RERANKERS.module(competition.reranker(name)[0]) for name in chosen.rerankers]
    sections = ["learning-curve", "folds", "blend", "features", *methods]
    modules += [*_schemes(run), *own_modules()]
    made, table = run.paths.learning_curve_done, run.paths.learning_curve_table
    yield Step(made, [run.paths.dataset_done], sections, modules=modules, table=table)


def _export(run: "Run") -> Iterator[Step]:
    for name in run.chosen.retrievers:
        yield Step(run.paths.export_done(name), [run.paths.final(name)], value=name)


def tuned_on(run: "Run") -> list[Path]:
    """What `make tune` searches on; it makes no file that others need, so it is no stage."""
    tune = run.competition.tune
    tables = _tables(run) if tune.space and tune.searched[0] == "rerankers" and run.chosen.rerankers else []
    return [run.paths.dataset_done, *tables]


FOLDS = ("shortlist.validation.folds", "shortlist.validation.headline")

STAGES = (
    Stage("sample", "Make the synthetic sample's raw files.", "pipeline.sample:make_sample",
          lambda run: sample_steps(run.paths),
          ("shortlist.data.sample.tables",)),
    Stage("preprocess", "Read and check the raw files.", "pipeline.preprocess:preprocess", _preprocess,
          ("shortlist.pipeline.answer_form", "shortlist.pipeline.question_files")),
    Stage("cross-validate", "Run one retriever on every fold of every scheme.",
          "pipeline.cross_validate:cross_validate", _cross_validate, FOLDS, option="method", fingerprinted=True),
    Stage("cross-validate-blend", "Blend every fold of the first scheme.",
          "pipeline.blend:cross_validate_blend", _cross_validate_blend, ("shortlist.rerank.blend", *FOLDS)),
    Stage("train", "Fit one retriever on all pairs.", "pipeline.train:train", _train,
          ("shortlist.retrievers.topk",), option="method"),
    Stage("train-blend", "Blend the lists of all users.", "pipeline.blend:train_blend", _train_blend,
          ("shortlist.rerank.blend",)),
    Stage("features", "Compute the features of the candidates of one fold, or of the final ones.",
          "pipeline.features:make_table", _features, ("shortlist.rerank.table", *FOLDS), option="part"),
    Stage("cross-validate-reranker", "Run one reranker on every fold of the first scheme.",
          "pipeline.rerank:cross_validate_reranker", _cross_validate_reranker, FOLDS, option="method"),
    Stage("validate", "Score all methods on the folds.", "pipeline.validate:validate", _validate,
          ("shortlist.validation.scoring", "shortlist.pipeline.score_table"),
          words=True),
    Stage("train-reranker", "Fit one reranker on all folds and rerank the candidates of all users.",
          "pipeline.rerank:train_reranker", _train_reranker, (), option="method"),
    Stage("submit", "Write the submission CSV, checked, with its manifest.",
          "submission.write:write_submission", _submit, ("shortlist.submission.write",)),
    Stage("report", "Write the validation report beside the submissions.", "report.document:write_report", _report,
          ("shortlist.report.document",), words=True),
    Stage("track", "Log the newest submission in MLflow, where the extra `tracking` is installed.",
          "studies.tracking:track", _track, ("shortlist.studies.tracking",)),
    Stage("eda", "Write what the files tell, anomalies first, as one HTML page.",
          "studies.eda.document:write_eda", _eda, ("shortlist.studies.eda.document",), words=True),
    Stage("infer-split", "Find out which hold-out rule the numbers of visible pairs per user fit.",
          "studies.split_inference.document:write_inference", _infer_split,
          ("shortlist.studies.split_inference.document",), words=True),
    Stage("ablate", "Score the blend without each retriever, and a reranker without each feature group.",
          "studies.ablation.ablation:ablate", _ablate, ("shortlist.studies.ablation.ablation",)),
    Stage("learning-curve", "Score every method with less visible, and say what to expect with as much as there is.",
          "studies.learning_curve.study:learning_curve", _learning_curve, ("shortlist.studies.learning_curve.study",)),
    Stage("export", "Write a two-tower model and its indexes as TensorFlow SavedModels.",
          "pipeline.export:export", _export, ("shortlist.pipeline.export",), option="retriever"),
)  # fmt: skip
"""In an order in which each finds what it needs."""


def steps(run: "Run") -> list[tuple[Stage, Step]]:
    """Every step of every stage, each after those that it needs."""
    return [(stage, step) for stage in STAGES for step in stage.steps(run)]


def check_names(names: Collection[str]) -> None:
    """Whether each names a stage.

    Raises:
        ConfigError: there is no such stage.
    """
    from shortlist.errors import ConfigError, shown

    if unknown := set(names) - {stage.name for stage in STAGES}:
        known = ", ".join(stage.name for stage in STAGES)
        raise ConfigError(f"there is no stage {shown(min(unknown))}; there are {known}")


def leading_to(run: "Run", names: Collection[str]) -> list[tuple[Stage, Step]]:
    """The steps of the stages `names` and all that they need, in order.

    Raises:
        ConfigError: there is no such stage.
    """
    check_names(names)
    chosen: list[tuple[Stage, Step]] = []
    needed: set[Path] = set()
    for stage, step in reversed(steps(run)):
        if stage.name in names or step.made in needed:
            chosen.append((stage, step))
            needed |= {*step.needs, *step.after}
    return chosen[::-1]
