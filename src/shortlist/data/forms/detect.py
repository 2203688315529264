"""Which form a sample has."""

from pathlib import Path

from shortlist.common import own
from shortlist.common.own_faults import called, demand
from shortlist.data.forms.base import Form
from shortlist.data.forms.columns import Known
from shortlist.data.forms.look import look
from shortlist.data.forms.registry import FORMS
from shortlist.data.forms.sheet import Sheet, read_sheet
from shortlist.data.sources.reading import check_ids, shown
from shortlist.errors import DataError, brief, listed


def detect_sample(path: Path, known: Known) -> tuple[Sheet, Form]:
    """Read the organiser's sample, with or without a header, and tell its form.

    Raises:
        DataError: it cannot be read, or see `detect_form`.
        NotAListForm: it asks for something else than lists.
    """
    sheet = read_sheet(path)
    sheet = sheet if has_header(sheet, known) else sheet.headless()
    form = detect_form(sheet, known)
    _check_ids(sheet, form)
    return sheet, form


def _check_ids(sheet: Sheet, form: Form) -> None:
    """Make sure that what stands where users and items belong can be ids."""
    entries = form.entries(sheet)
    for noun, ids in (("user", form.asked(sheet)["user"]), ("item", entries.set_index("row")["item"])):
        check_ids(sheet.name, ids.rename(f"of {noun}s"), ids.unique())


def detect_form(sheet: Sheet, known: Known) -> Form:
    """The form of a sample whose header, if any, is known.

    Raises:
        DataError: no form fits, or competition.toml names a column that is not there.
        NotAListForm: the sample asks for something else than lists.
    """
    seen = look(sheet, known)
    for kind in FORMS.kinds():
        model = FORMS.model(kind)
        form: Form | None = called(model.detect, seen) if own.is_own(model.__module__) else model.detect(seen)
        if form is not None:
            demand(
                model, isinstance(form, Form), f"{model.__name__}.detect gives {brief(form)}, expected a form or None"
            )
            return form
    columns = "no header" if sheet.header is None else f"the columns {listed(sheet.header)}"
    first = shown(sheet.dialect.delimiter.join(sheet.rows.iloc[0]))
    raise DataError(
        f"{sheet.name}: has an unknown form: {columns}, {len(sheet):,} rows, the first {first}; "
        f"known are {', '.join(FORMS.kinds())}"
    )


def has_header(sheet: Sheet, known: Known) -> bool:
    """Whether the first row of a sample, read as its header, is one: no id is in it, nor a value of the rows below."""
    cells = sheet.header or ()
    if {known.user_column, known.item_column, known.log_user, known.log_item} & set(cells):
        return True
    numbers = [int(cell) for cell in cells if cell.isdecimal() and len(cell) < 10]  # no count of columns is longer
    if len(numbers) > 1 and len(numbers) < len(cells) and numbers in (_counted(numbers, 0), _counted(numbers, 1)):
        return True  # item columns that are only numbered
    if any(cell in known.users or cell in known.items for cell in cells if cell):
        return False
    below = sheet.rows.iloc[:1000]
    repeated = any(cell and cell in set(below[place]) for place, cell in enumerate(cells))
    return not repeated and not all(cell.isdecimal() for cell in cells)


def _counted(numbers: list[int], first: int) -> list[int]:
    return list(range(first, first + len(numbers)))
