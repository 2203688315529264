"""Two CSVs of one competition: what differs in their lists, on the folds, and on the leaderboard."""

from dataclasses import dataclass
from math import hypot
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortlist.common.provenance import file_digest
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.errors import SubmissionError
from shortlist.pipeline.answer_form import AnswerForm, load_answer_form
from shortlist.pipeline.asking import asking, headline_of
from shortlist.pipeline.results import load_fold, load_scores
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.studies.compare.lists import ListChange, list_change
from shortlist.studies.leaderboard.gain import of_this_run
from shortlist.submission.check import read_entries
from shortlist.submission.ledger import Entry, Ledger, Origin
from shortlist.submission.origin import read_origin
from shortlist.submission.outcome import find_csv
from shortlist.validation.headline import fold_scores
from shortlist.validation.metrics import Z95, Difference, UserScores, paired_bootstrap
from shortlist.validation.scores import Scores


@dataclass(frozen=True)
class Side:
    """One of the two submissions.

    Attributes:
        csv: the file.
        entry: the ledger's row of its content; None where the ledger does not know it.
        origin: what it was made from, as far as that is known.
        entries: as `Form.read` gives them.
        shown: (I,) how often each item is in its lists.
    """

    csv: Path
    entry: Entry | None
    origin: Origin
    entries: pd.DataFrame
    shown: NDArray[np.int64]


@dataclass(frozen=True)
class OfflineGap:
    """B less A on one scheme.

    Attributes:
        scheme: its name.
        difference: with its 95 % interval.
        paired: whether both are scored on the same users of the folds that are there. If not, the interval is that of
            two independent scores, which is too wide.
    """

    scheme: str
    difference: Difference
    paired: bool


@dataclass(frozen=True)
class Comparison:
    """B against A.

    Attributes:
        a, b: the submissions.
        lists: how far the lists differ.
        k: items of a list.
        items: ids of all items, (I,).
        visible: (I,) visible pairs of each.
        offline: by scheme, of those that both have a score of the same metric on.
        metric: that metric; None where they have none in common.
    """

    a: Side
    b: Side
    lists: ListChange
    k: int
    items: NDArray[np.object_]
    visible: NDArray[np.int64]
    offline: tuple[OfflineGap, ...]
    metric: str | None


def compare(run: Run, a: str, b: str) -> Comparison:
    """Compare two CSVs.

    Args:
        run: of their competition, with the dataset made.
        a, b: paths, or names in the submissions folder.

    Raises:
        SubmissionError: one is not named, is not there, has another form than the sample, or has an unknown item.
    """
    if not a or not b:
        raise SubmissionError("name two CSVs with A=... and B=...")
    dataset, answer = Dataset.load(run.paths.dataset), load_answer_form(run)
    first, second = (_side(run.paths, dataset, answer, find_csv(run.paths, file)) for file in (a, b))
    metric = first.origin.metric if first.origin.metric == second.origin.metric else None
    validation = load_scores(run.paths) if run.paths.validation.exists() else None
    schemes = [] if metric is None else [name for name in first.origin.scores if name in second.origin.scores]
    return Comparison(
        a=first,
        b=second,
        lists=list_change(second.entries, first.entries),
        k=run.competition.question.k,
        items=np.asarray(dataset.items.ids, dtype=object),
        visible=np.bincount(dataset.pairs[:, 1], minlength=len(dataset.items)),
        offline=tuple(_offline(run, dataset, first.origin, second.origin, name, validation) for name in schemes),
        metric=metric,
    )


def _side(paths: Paths, dataset: Dataset, answer: AnswerForm, csv: Path) -> Side:
    entries = read_entries(csv, answer)
    codes = dataset.items.codes(entries["item"])
    if (codes < 0).any():
        row = entries["row"].iloc[int(np.argmin(codes))]
        raise SubmissionError(f"{csv}: row {row}: an item that is not in the dataset; `make check` says more")
    sha256 = file_digest(csv)
    entry = Ledger(paths.ledger).find(sha256)
    origin = entry.origin if entry is not None and entry.scores else read_origin(csv, sha256)
    return Side(csv, entry, origin, entries, np.bincount(codes, minlength=len(dataset.items)))


def _offline(run: Run, dataset: Dataset, a: Origin, b: Origin, scheme: str, validation: Scores | None) -> OfflineGap:
    """Paired where the folds of both are there: scores of an earlier run have left none."""
    if validation is not None and all(of_this_run(origin, scheme, validation) for origin in (a, b)):
        rows = [headline_rows(run, dataset, str(origin.method), scheme) for origin in (a, b)]
        before, after = (own.values[0] for own in rows)  # noqa: PD011 - no pandas objects
        return OfflineGap(scheme, paired_bootstrap(after, before, rows[0].users), paired=True)
    old, new = a.scores[scheme], b.scores[scheme]
    mean, reach = new.mean - old.mean, Z95 * hypot(old.error, new.error)
    return OfflineGap(scheme, Difference(mean, mean - reach, mean + reach), paired=False)


def headline_rows(run: Run, dataset: Dataset, method: str, scheme: str) -> UserScores:
    """A method's headline for each user of each fold."""
    metric = headline_of(run.competition)
    folds = asking(run).folds(splitters(run.competition)[scheme].scored, dataset)
    return UserScores.joined(
        [
            fold_scores(
                dataset, fold, load_fold(run.paths, method, scheme, fold).candidates, [run.competition.headline], metric
            )
            for fold in folds
        ]
    )
