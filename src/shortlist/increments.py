"""`run`, Make's twin in Python, and what both compare.

`prepare` writes the sections of competition.toml and the digests of our own sources as files, each rewritten only when
its content changes: so an edit costs what depends on it, and nothing else.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shortlist.chain import Stage, Step, check_names, leading_to, steps
from shortlist.common.files import write_text_if_changed
from shortlist.common.listing import distrust_changed, write_listings
from shortlist.common.provenance import source_digests
from shortlist.config.paths import Paths
from shortlist.data.sources.registry import SOURCES
from shortlist.errors import ConfigError, one_line
from shortlist.pipeline.results import load_newest_csv, load_scores
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.pipeline.sections import sections
from shortlist.remaining import out_of_date, timed
from shortlist.rerank.features import own_features
from shortlist.rerank.registry import RERANKERS
from shortlist.retrievers.registry import RETRIEVERS
from shortlist.studies.tuning.space import check_space
from shortlist.submission.own_lists import final_lists_function
from shortlist.validation.scores import Scores


@dataclass(frozen=True)
class Results:
    """What a run has left behind.

    Attributes:
        paths: of the competition.
        steps: what it led through, each with its stage.
    """

    paths: Paths
    steps: Sequence[tuple[Stage, Step]] = ()

    @cached_property
    def scores(self) -> Scores:
        """The offline scores: by scheme, by method, by metric, with errors."""
        return load_scores(self.paths)

    @property
    def csv(self) -> Path | None:
        """The submission; None where the run ended before it."""
        return load_newest_csv(self.paths)

    @property
    def report(self) -> Path:
        """The validation report, as far as the run went to it."""
        return self.paths.report

    @property
    def text(self) -> str:
        """For a terminal: the tables that were made, and where the submission and the pages are."""
        lines = [step.table.read_text(encoding="utf-8").rstrip("\n") for _, step in self.steps if step.table]
        for stage, step in self.steps:
            if step.made == self.paths.newest_submission:
                lines.append(one_line(f"submission: {self.csv}"))
            elif step.made.suffix == ".html":
                lines.append(one_line(f"{stage.name}: {step.made}"))
        return "".join(f"{line}\n" for line in lines)


def run(competition: str, until: str = "report", *, rerank: str = "auto", root: Path = Path()) -> Results:
    """Run a competition's stages up to one of them, each only where something that it rests on has changed.

    Args:
        competition: name of its folder below `data/`.
        until: name of a stage of `chain.STAGES`, such as "validate" or "submit".
        rerank: "0" without rerankers, "1" to submit the best of them, "auto" as configured.
        root: the project's folder.

    Raises:
        ShortlistError: the configuration or a file cannot be used; the message says what to do.
    """
    check_names([until])  # before anything is written
    current = Run.load(competition, rerank, root)
    prepare(current)
    distrust_changed(current.paths.config.parent)
    chain = leading_to(current, [until])
    for stage, step in chain:
        if current.paths.raw_list in step.needs:
            write_listings(current.paths.config.parent)
        if out_of_date(current, stage, step):
            with timed(current, stage, step.value, chain):
                stage.perform(current, step.value)
    return Results(current.paths, chain)


def prepare(current: Run) -> None:
    """Check the whole configuration, then write the sections and digests that the steps depend on.

    Raises:
        ConfigError: something in competition.toml cannot be used.
    """
    check(current)
    for name, content in sections(current).items():
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        write_text_if_changed(current.paths.section(name), text + "\n")
    distinct = {stage.digest(current.paths, step): (stage, step) for stage, step in steps(current)}
    for stage, step in distinct.values():
        write_digest(current.paths, stage, step)


def write_digest(paths: Paths, stage: Stage, step: Step) -> None:
    """Write what computing a step rests on."""
    modules = [*stage.computing, *step.modules]
    own = [] if stage.fingerprinted else [f"shortlist.{stage.function.partition(':')[0]}"]
    digests = source_digests(modules, alone=own, words=stage.words)
    lines = (f"{digest}  {file}\n" for file, digest in digests.items())
    write_text_if_changed(stage.digest(paths, step), "".join(lines))


def check(current: Run) -> None:
    """Check the whole configuration: every model that takes part is made once.

    Raises:
        ConfigError: something in competition.toml cannot be used; the line names the file and the table.
    """
    competition = current.competition
    file = current.paths.config
    with _named(f"{file}: source"):
        SOURCES.make(*competition.source_kind)
    with _named(f"{file}: validation.schemes"):
        splitters(competition)
    for name in current.chosen.retrievers:
        with _named(f"{file}: retrievers.{name}"):
            RETRIEVERS.make(*competition.retriever(name), seed=competition.seed)
    for name in current.chosen.rerankers:
        with _named(f"{file}: rerankers.{name}"):
            RERANKERS.make(*competition.reranker(name), seed=competition.seed)
    if current.chosen.rerankers:
        own_features()
    final_lists_function()
    with _named(str(file)):
        check_space(competition)


@contextmanager
def _named(place: str) -> Iterator[None]:
    """What is wrong within the block, with the place that it was read from before it."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from None
