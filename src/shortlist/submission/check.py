"""Whether the organiser would accept a CSV: any CSV, ours or not."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortlist.config.competition import SubmissionRules
from shortlist.data.candidates import stored
from shortlist.data.dataset import Dataset
from shortlist.data.sources.reading import row_at, shown
from shortlist.data.sources.sample_submission import read_sample_submission
from shortlist.errors import SubmissionError
from shortlist.pipeline.run import Run

NAMED = 3
"""How many of the rows that break a rule are named."""


@dataclass(frozen=True)
class Requirements:
    """What a submission must be.

    Attributes:
        rules: header and k.
        users: ids that are asked for.
        dataset: which items there are, and which pairs are taken already.
    """

    rules: SubmissionRules
    users: NDArray[np.str_]
    dataset: Dataset


def load_requirements(run: Run) -> Requirements:
    """What a submission of this competition must be."""
    dataset = Dataset.load(run.paths.dataset)
    users = read_sample_submission(run.paths.raw, run.competition.submission, dataset)
    return Requirements(run.competition.submission, users, dataset)


def check_submission(path: Path, required: Requirements) -> bytes:
    """Give the content if the CSV would be accepted.

    Raises:
        SubmissionError: one line for each rule that is broken, with the first rows that break it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be read ({error.strerror}); name an existing CSV") from None
    if problems := _problems(_table(path, content, required.rules), required):
        raise SubmissionError("\n".join(f"{path}: {problem}" for problem in problems))
    return content


def _table(path: Path, content: bytes, rules: SubmissionRules) -> pd.DataFrame:
    """The rows as user and item, indexed by their row number (the header is row 1)."""
    if content.startswith(b"\xef\xbb\xbf"):
        raise SubmissionError(f"{path}: row 1: begins with a byte order mark; save it as UTF-8 without BOM")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = row_at(content, error.start)
        raise SubmissionError(f"{path}: row {row}: not UTF-8; save it as UTF-8 without BOM") from None
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        row = len(rows) + 1
        raise SubmissionError(f"{path}: row {row}: not a well-formed CSV ({error}); mend its quotes") from None
    header = [rules.user_column, rules.item_column]
    if not rows or rows[0] != header:
        found = shown(",".join(rows[0])) if rows else "nothing"
        raise SubmissionError(f"{path}: row 1: the header must be {','.join(header)}, found {found}")
    if ragged := [number for number, row in enumerate(rows, start=1) if len(row) != len(header)]:
        raise SubmissionError(f"{path}: {_rows(ragged)}: must have {len(header)} fields and no line may be blank")
    return pd.DataFrame(rows[1:], columns=["user", "item"], index=range(2, len(rows) + 1), dtype=str)


def _problems(table: pd.DataFrame, required: Requirements) -> list[str]:
    k, dataset = required.rules.k, required.dataset
    users, items = dataset.users.codes(table["user"]), dataset.items.codes(table["item"])
    asked = table["user"].isin(required.users)
    number = table.groupby("user")["user"].transform("size")
    known = (users >= 0) & (items >= 0)
    taken = np.zeros(len(table), dtype=bool)
    taken[known] = stored(dataset.matrix(), users[known], items[known])
    rules = (
        (~asked, "user is not in the sample submission", "user"),
        (items < 0, "item is not known", "item"),
        (table.duplicated(), "item is there twice for the user", "item"),
        (asked & (number != k), f"user has another number of items than {k}", "user"),
        (taken, "user has applied for the item already", "item"),
    )
    problems = [
        f"{_rows(table.index[broken])}: {text} ({shown(table.loc[broken, column].iloc[0])})"
        for broken, text, column in (
            (pd.Series(np.asarray(mask), table.index), text, column) for mask, text, column in rules
        )
        if broken.any()
    ]
    absent = required.users[~pd.Index(required.users).isin(table["user"])]
    if len(absent):
        first = shown(absent[0])
        problems.append(
            f"{len(absent)} users of the sample submission have no rows, first {first}; add {k} rows for each"
        )
    return problems


def _rows(numbers: Sequence[int] | pd.Index) -> str:
    named = ", ".join(str(number) for number in numbers[:NAMED])
    more = f" and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else ""
    return f"row{'s' if len(numbers) > 1 else ''} {named}{more}"
