"""The first stage: the organiser's files, checked against each other and the question, as a dataset on disk."""

import numpy as np

from shortlist.common.listing import write_listings
from shortlist.common.progress import note
from shortlist.data.asked import Asked
from shortlist.data.dataset import Dataset
from shortlist.data.sources.raw_files import raw_files
from shortlist.data.sources.registry import SOURCES, files_of
from shortlist.data.sources.spelling import check_spelling
from shortlist.errors import ConfigError, DataError, shown
from shortlist.pipeline.answer_form import save_form, told_by_sample
from shortlist.pipeline.asking import asking_of
from shortlist.pipeline.enough import check_columns, check_enough
from shortlist.pipeline.question_files import read_asked_ids, with_permitted
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.registry import RETRIEVERS
from shortlist.validation.checks import check_schemes, warnings_of


def preprocess(run: Run) -> None:
    """Read the raw files and save the dataset, who is asked, and the form of the answer.

    Raises:
        ConfigError: the question names what the files do not have.
        DataError: raw files are missing or do not hold what they should.
    """
    competition, paths = run.competition, run.paths
    question = competition.question
    write_listings(paths.config.parent)
    source = SOURCES.make(*competition.source_kind)
    files = files_of(source)
    _check_there(run, [name for name, needed in files.items() if needed])
    dataset = source.read(paths.raw)
    for noun, index in (("user", dataset.users), ("item", dataset.items)):
        check_spelling(noun, (", ".join(files), index.ids))
    _check_kinds(run, dataset)
    answer = told_by_sample(run, dataset)
    if question.asked != "sample":
        answer = answer.for_users(read_asked_ids(paths.raw / question.asked, dataset.users))
    ids = answer.users
    dataset = dataset.with_users(ids)
    asked = Asked.of(dataset.users.codes(ids), dataset)
    if question.items != "all" and question.active_days is None:
        asked = with_permitted(asked, paths.raw / question.items, dataset)
    check_enough(dataset, asked, asking_of(competition, asked), question)
    check_columns(dataset, _retrievers(run), competition.report.groups)
    schemes = splitters(competition)
    check_schemes(schemes, dataset, asking_of(competition, asked))
    for warning in warnings_of(schemes, dataset):
        note(warning.en)
    save_form(run, answer.form)
    asked.save(paths.dataset)
    dataset.save(paths.dataset)
    _tell(dataset, asked)


def _retrievers(run: Run) -> dict[str, Retriever]:
    """Those that take part, not fitted yet."""
    competition = run.competition
    return {name: RETRIEVERS.make(*competition.retriever(name)) for name in run.chosen.retrievers}


def _check_there(run: Run, files: list[str]) -> None:
    """Make sure that all raw files that are needed are there."""
    competition, raw, question = run.competition, run.paths.raw, run.competition.question
    raw_files(raw)
    named = [question.asked] if question.asked != "sample" else []
    named += [question.items] if question.items != "all" and question.active_days is None else []
    missing = [name for name in (*files, *named, competition.submission.sample) if not (raw / name).is_file()]
    if missing:
        where = f" at {competition.url}" if "://" in competition.url else ""  # else it is "none", "unknown", any words
        raise DataError(
            f"{raw}: missing {', '.join(missing)}; download the competition's files{where} and put them into {raw}/"
        )


def _check_kinds(run: Run, dataset: Dataset) -> None:
    question = run.competition.question
    for key, names in (("answers", question.answers), ("kind_weights", tuple(question.kind_weights))):
        for name in names:
            if name not in dataset.kinds:
                known = ", ".join(dataset.kinds) or "none: set source.kind_column"
                raise ConfigError(f"question.{key}: no event is of the kind {shown(name)}; there are {known}")
    if question.active_days is not None and dataset.events.time is None:
        raise ConfigError("question.items: 'active' needs times; set source.time, or use 'all'")


def _tell(dataset: Dataset, asked: Asked) -> None:
    cold = ~np.isin(asked.users, dataset.events.user)
    if cold.any():
        first = dataset.users.ids[asked.users[cold]][0]
        note(
            f"notice: {int(cold.sum()):,} of {len(asked.users):,} users asked for have no event, first {first}: "
            f"they are served by their table, or by what is popular"
        )
    pairs = len(dataset.pairs)
    again = f", {len(dataset):,} events" if len(dataset) > pairs else ""
    note(f"preprocess: {len(dataset.users):,} users, {len(dataset.items):,} items, {pairs:,} pairs{again}")
