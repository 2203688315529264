"""The form of the CSV to be handed in: told by the organiser's sample, held against competition.toml, and kept."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from shortlist.common.json_files import read_json, write_json
from shortlist.common.progress import note
from shortlist.data.dataset import Dataset
from shortlist.data.forms.base import Form
from shortlist.data.forms.detect import detect_sample
from shortlist.data.forms.look import Known
from shortlist.data.forms.registry import make_form
from shortlist.data.forms.sheet import Sheet, read_sheet
from shortlist.data.sources.reading import shown
from shortlist.data.sources.spelling import check_spelling
from shortlist.errors import DataError
from shortlist.pipeline.question_files import read_asked_ids

if TYPE_CHECKING:
    from shortlist.pipeline.run import Run


@dataclass(frozen=True)
class AnswerForm:
    """How the answer is written.

    Attributes:
        form: see `data.forms`.
        sheet: the organiser's sample.
    """

    form: Form
    sheet: Sheet

    @property
    def users(self) -> pd.Index:
        """Ids of those asked, each once, in the order of the sample."""
        return pd.Index(self.form.requests(self.sheet)["user"].unique())

    def for_users(self, ids: pd.Index) -> "AnswerForm":
        """The same for other users than the sample's: each gets rows like those of its first user.

        Raises:
            DataError: the sample has a column of its own for each row, which nobody knows for other users.
        """
        if self.form.extra:
            column = self.sheet.column(self.form.extra[0])
            raise DataError(
                f"{self.sheet.name}: column {column} has values of its own, so that question.asked must be 'sample'"
            )
        asked = self.form.asked(self.sheet)["user"]
        first, rows = asked.iloc[0], self.sheet.rows[asked == asked.iloc[0]]
        every = pd.concat([rows] * len(ids)).set_axis(pd.RangeIndex(2, 2 + len(rows) * len(ids)))
        names = np.repeat(ids.to_numpy(dtype=object), len(rows))
        every[self.form.user] = [
            name + cell.removeprefix(first) for name, cell in zip(names, every[self.form.user], strict=True)
        ]
        return replace(self, sheet=replace(self.sheet, rows=every))


def told_by_sample(run: "Run", dataset: Dataset) -> AnswerForm:
    """The form of the sample submission.

    Raises:
        DataError: the sample has no form that is known, or does not fit competition.toml or the other files.
    """
    rules, question = run.competition.submission, run.competition.question
    _, source = run.competition.source_kind
    known = Known(
        dataset.users.lookup, dataset.items.lookup, tuple(dataset.kinds), rules.user_column, rules.item_column,
        source.get("user"), source.get("item"),
    )  # fmt: skip
    sheet, form = detect_sample(run.paths.raw / rules.sample, known)
    answer = AnswerForm(form, sheet)
    items = answer.form.sample_items(sheet)
    for noun, ids, index in (("user", answer.users, dataset.users), ("item", items, dataset.items)):
        check_spelling(noun, ("the other files", index.ids), (sheet.name, ids))
    _check_length(answer, question.k)
    if items and not dataset.items.lookup.isin(items).any():
        note(f"notice: {sheet.name}: none of its {len(items):,} items, first {shown(items[0])}, is in the other files")
    return answer


def save_form(run: "Run", form: Form) -> None:
    """Keep it for the stages that write and check."""
    write_json(run.paths.form, form.stored())


def load_answer_form(run: "Run") -> AnswerForm:
    """The form that preprocessing has kept, with the sample, or with rows for the users that another file names."""
    form = make_form(read_json(run.paths.form, dict[str, Any], run.paths.dataset_done))
    answer = AnswerForm(form, read_sheet(run.paths.raw / run.competition.submission.sample, header=form.header))
    if (file := run.competition.question.asked) == "sample":
        return answer
    return answer.for_users(read_asked_ids(run.paths.raw / file, Dataset.load(run.paths.dataset).users))


def _check_length(answer: AnswerForm, k: int) -> None:
    """Make sure that the sample has as many items for each user as the question asks for."""
    length = answer.form.length(answer.sheet)
    if length.usual is not None and length.usual != k:
        raise DataError(
            f"{answer.sheet.name}: has {length.usual} items for each user where competition.toml has question.k = {k}; "
            f"set question.k to what the organiser asks for"
        )
    if length.exact is None and length.usual is not None:
        note(f"notice: {answer.sheet.name}: has {k} items for most users and another number for some: all get {k}")
