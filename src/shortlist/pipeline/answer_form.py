"""The form of the CSV to be handed in: told by the organiser's sample, held against competition.toml, and kept."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from shortlist.common.files import write_text
from shortlist.common.progress import note
from shortlist.data.dataset import Dataset
from shortlist.data.forms.base import Form
from shortlist.data.forms.detect import detect_sample
from shortlist.data.forms.look import Known
from shortlist.data.forms.registry import make_form
from shortlist.data.forms.sheet import Sheet, read_sheet
from shortlist.data.forms.spelling import known_spelling
from shortlist.data.sources.reading import shown
from shortlist.errors import DataError
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


def told_by_sample(run: Run, dataset: Dataset) -> AnswerForm:
    """The form of the sample submission.

    Raises:
        DataError: the sample has no form that is known, or does not fit competition.toml or the other files.
    """
    rules, question = run.competition.submission, run.competition.question
    known = Known(
        dataset.users.lookup, dataset.items.lookup, tuple(dataset.kinds), rules.user_column, rules.item_column
    )
    sheet, form = detect_sample(run.paths.raw / rules.sample, known)
    answer = AnswerForm(form, sheet)
    items = answer.form.sample_items(sheet)
    _check_spelling(sheet.name, "user", answer.users, dataset.users.lookup)
    _check_spelling(sheet.name, "item", items, dataset.items.lookup)
    _check_length(answer, question.k)
    if items and not dataset.items.lookup.isin(items).any():
        note(f"notice: {sheet.name}: none of its {len(items):,} items, first {shown(items[0])}, is in the other files")
    return answer


def save_form(run: Run, form: Form) -> None:
    """Keep it for the stages that write and check."""
    write_text(run.paths.form, json.dumps(form.stored(), indent=1, ensure_ascii=False) + "\n")


def load_answer_form(run: Run) -> AnswerForm:
    """The form that preprocessing has kept, with the sample."""
    form = make_form(json.loads(run.paths.form.read_text(encoding="utf-8")))
    return AnswerForm(form, read_sheet(run.paths.raw / run.competition.submission.sample, header=form.header))


def _check_spelling(name: str, noun: str, ids: Iterable[str], known: pd.Index) -> None:
    """Make sure that no id is one of the other files in another spelling."""
    unknown = [text for text in ids if text not in known]
    for text, meant in zip(unknown, known_spelling(unknown, known), strict=True):
        if meant is not None:
            raise DataError(
                f"{name}: {noun} {shown(text)} is spelt {shown(meant)} in the other files: is it the same {noun}? "
                f"Spell the ids of all files in one way"
            )


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
