"""Whether the organiser would accept a CSV: any CSV, ours or not, held against the sample."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import IntArray
from shortlist.common.files import read_file
from shortlist.data.asked import Asked
from shortlist.data.candidates import stored
from shortlist.data.dataset import Dataset, IdIndex
from shortlist.data.forms.base import KEYS, Form
from shortlist.data.forms.sheet import Sheet, read_sheet_like, rows_named
from shortlist.data.forms.spelling import known_spelling
from shortlist.data.sources.reading import shown
from shortlist.errors import SubmissionError
from shortlist.pipeline.answer_form import AnswerForm, load_answer_form
from shortlist.pipeline.run import Run


@dataclass(frozen=True)
class Requirements:
    """What a submission must be.

    Attributes:
        form, sheet: the form that the sample has told, and the sample itself.
        k: items for each request.
        users, items: all ids, as they must stand in the file; the position is the code.
        seen: (U, I) pairs that may not be recommended again; None where they may.
        permitted: (I,) bool, which items may be recommended at all; None for all.
        lists: (U, I), the items that may be recommended to each user who has entries; None for no such lists.
    """

    form: Form
    sheet: Sheet
    k: int
    users: IdIndex
    items: IdIndex
    seen: sp.csr_matrix | None = None
    permitted: NDArray[np.bool_] | None = None
    lists: sp.csr_matrix | None = None


def load_requirements(run: Run) -> Requirements:
    """What a submission of this competition must be."""
    return requirements(run, load_answer_form(run), Dataset.load(run.paths.dataset))


def requirements(run: Run, answer: AnswerForm, dataset: Dataset) -> Requirements:
    """The same, with what has been read already."""
    asked, question = Asked.load(run.paths.dataset), run.competition.question
    seen = dataset.matrix() if question.seen == "drop" else None
    return Requirements(
        answer.form, answer.sheet, question.k, dataset.users, dataset.items, seen, asked.permitted, asked.lists
    )


def read_entries(path: Path, answer: AnswerForm) -> pd.DataFrame:
    """What a CSV answers, as `Form.read` gives it; its rules are not checked.

    Raises:
        SubmissionError: it cannot be read, or has another form than the sample.
    """
    return answer.form.read(answer.sheet, _read(path, answer.sheet)[1])


def check_submission(path: Path, required: Requirements) -> bytes:
    """Give the content if the CSV would be accepted.

    Raises:
        SubmissionError: the CSV has another form than the sample; or one line for each rule that is broken, with the
            first rows that break it.
    """
    content, sheet = _read(path, required.sheet)
    entries = required.form.read(required.sheet, sheet)
    problems = [*_broken_rules(entries, required), *_absent(entries, required)]
    if problems := problems or _moved(sheet, required):
        raise SubmissionError(*(f"{path}: {problem}" for problem in problems))
    return content


def _read(path: Path, sample: Sheet) -> tuple[bytes, Sheet]:
    """A CSV's content, and its cells."""
    try:
        content = read_file(path, sample.most)
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be read ({error.strerror}); name an existing CSV") from None
    return content, read_sheet_like(content, sample, str(path))


def _broken_rules(entries: pd.DataFrame, required: Requirements) -> list[str]:
    """A line for each rule about single items, in the order in which they are fixed."""
    requests = pd.MultiIndex.from_frame(required.form.requests(required.sheet))
    asked = pd.MultiIndex.from_frame(entries[KEYS]).isin(requests)
    users, items = required.users.codes(entries["user"]), required.items.codes(entries["item"])
    number = entries.groupby(KEYS)["user"].transform("size").to_numpy()
    rules = (
        (~asked, _stranger(entries, ~asked, required), "user"),
        (items < 0, _unknown(entries, items < 0, required), "item"),
        (entries.duplicated([*KEYS, "item"]), "item is duplicated for the user", "item"),
        (asked & (number != required.k), f"user has another number of items than {required.k}", "user"),
        (_taken(users, items, required.seen), "user has the item already", "item"),
        (_forbidden(users, items, required), "item is not one of those that may be recommended", "item"),
    )
    lines = []
    for mask, text, column in rules:
        if (broken := np.asarray(mask, dtype=bool)).any():
            rows = entries[broken]
            lines.append(f"{rows_named(rows['row'].unique().tolist())}: {text} ({shown(rows[column].iloc[0])})")
    return lines


def _stranger(entries: pd.DataFrame, wrong: NDArray[np.bool_], required: Requirements) -> str:
    """What is said of users who are not in the sample: of the first, whether another spelling is."""
    if not wrong.any():
        return ""
    user, kind = entries.loc[wrong, KEYS].iloc[0]
    requests = required.form.requests(required.sheet)
    if (requests["user"] == user).any():
        kinds = ", ".join(requests["kind"].unique())
        return f"user has the kind {shown(kind)}, which the sample submission has not for the user; it has {kinds}"
    [meant] = known_spelling([user], requests["user"])
    if meant is not None:
        return f"user is spelt otherwise than in the sample submission, which has {shown(meant)}"
    return "user is not in the sample submission"


def _unknown(entries: pd.DataFrame, wrong: NDArray[np.bool_], required: Requirements) -> str:
    """What is said of items that are not known: of the first, whether another spelling is."""
    if not wrong.any():
        return ""
    [meant] = known_spelling([entries.loc[wrong, "item"].iloc[0]], required.items.ids.tolist())
    return (
        "item is not known" if meant is None else f"item is spelt otherwise than in the data, which have {shown(meant)}"
    )


def _taken(users: IntArray, items: IntArray, seen: sp.csr_matrix | None) -> NDArray[np.bool_]:
    taken = np.zeros(len(items), dtype=bool)
    if seen is not None:
        known = (users >= 0) & (items >= 0)
        taken[known] = stored(seen, users[known], items[known])
    return taken


def _forbidden(users: IntArray, items: IntArray, required: Requirements) -> NDArray[np.bool_]:
    forbidden = np.zeros(len(items), dtype=bool)
    if required.permitted is not None:
        forbidden |= (items >= 0) & ~required.permitted[items]
    if required.lists is not None:
        bound = (users >= 0) & (items >= 0) & (np.diff(required.lists.indptr)[users] > 0)
        forbidden[bound] |= ~stored(required.lists, users[bound], items[bound])
    return forbidden


def _absent(entries: pd.DataFrame, required: Requirements) -> list[str]:
    """A line for the requests of the sample that have no items."""
    requests = required.form.requests(required.sheet)
    absent = ~pd.MultiIndex.from_frame(requests).isin(pd.MultiIndex.from_frame(entries[KEYS]))
    if not absent.any():
        return []
    user, kind = requests[absent].iloc[0]
    first = shown(user) + (f" for {kind}" if kind else "")
    noun = "rows" if required.form.kind in ("long", "ranked") else "items"
    return [
        f"{int(absent.sum())} users of the sample submission have no {noun}, first {first}; "
        f"add {required.k} {noun} for each"
    ]


def _moved(sheet: Sheet, required: Requirements) -> list[str]:
    """A line where rows are in another order than in the sample: who compares row by row refuses the file."""
    wanted, given = (required.form.order(each).reset_index(drop=True) for each in (required.sheet, sheet))
    if not required.form.one_row and (wanted.groupby(KEYS).size() != required.k).any():
        # The sample prescribes no rows, but an order of users, whose rows follow one another: see `Long.write`.
        wanted, given = wanted[KEYS].drop_duplicates(ignore_index=True), given[KEYS]
        given = given[(given != given.shift()).any(axis=1)].reset_index(drop=True)
    every = range(max(len(wanted), len(given)))
    wanted, given = (each[wanted.columns].reindex(every).fillna("") for each in (wanted, given))
    differs = (given != wanted).to_numpy()
    if not differs.any():
        return []
    place, column = np.argwhere(differs)[0]
    first, instead = (shown(table.iloc[place, column]) for table in (wanted, given))
    return [
        f"{int(differs.any(axis=1).sum()):,} rows are in another order than in the sample submission, the first where "
        f"it has {wanted.columns[column]} {first}: there is {instead}; sort the rows as it does"
    ]
