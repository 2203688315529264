"""Times in the forms that organisers write, as days since 1970."""

from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortlist.data.sources.reading import read_text
from shortlist.data.sources.times import Times, as_dates, is_dates, whole_days
from shortlist.errors import DataError

PATH = Path("log.csv")
DAY = 18_404.0
"""2020-05-22."""


def times(*values: str) -> list[float]:
    """Those of a log whose only part this is."""
    column = pd.Series(values, index=range(2, len(values) + 2), name="at", dtype=str)
    with TemporaryDirectory() as folder, chdir(folder):
        column.to_csv(PATH, index=False)
        return Times(PATH).days(column).tolist()


@pytest.mark.parametrize(
    "text",
    [
        "2020-05-22", "2020-05-22 00:00:00", "2020-05-22T00:00:00", "2020-05-22 00:00:00 UTC", "2020-05-22T00:00:00Z",
        "2020-05-22 09:00:00+09:00", "2020-05-22 09:00:00 KST", "2020.05.22", "2020. 5. 22", "2020. 5. 22.",
        "2020/05/22", "2020/5/22", "20200522",
        "22.05.2020", "2020/5/22 0:00", "22.5.2020 0:00:00",
        "2020.05.22 00:00:00 UTC", "2020-05-22 09:00 +0900", "5/22/2020", "5/22/2020 00:00:00",
        "1590105600", "1590105600000", "1590105600000000", "1.5901056e9", " 1590105600 ",
    ],
)  # fmt: skip
def test_a_time_is_the_same_day_however_it_is_written(text: str) -> None:
    """Dates with dots, slashes or zones, and epochs in seconds to microseconds."""
    assert times(text) == [DAY]


def test_what_is_no_epoch_stays_as_it_is() -> None:
    """A day's number, a step, a week."""
    assert times("1", "2", "711") == [1, 2, 711]


def test_whether_the_day_or_the_month_comes_first_is_told_by_all_dates() -> None:
    """A part above 12 is a day."""
    assert times("1/2/2020", "13/2/2020") == times("2020-02-01", "2020-02-13")
    assert times("1/2/2020", "2/13/2020") == times("2020-01-02", "2020-02-13")


def test_months_are_their_first_days() -> None:
    """Where the whole column is such."""
    assert times("202005", "202006") == times("2020-05-01", "2020-06-01")
    assert times("202005", "7") == [202005, 7]


def test_dates_that_nobody_can_tell_are_named() -> None:
    """Neither part is above 12."""
    with pytest.raises(DataError, match="column at: row 3: no row tells whether '1/2/2020' has the day or the month"):
        times("2020-05-22", "1/2/2020")


def test_a_part_of_a_log_is_read_as_its_other_parts(tmp_path: Path) -> None:
    """The first days of a month tell neither the order nor, were it a part of its own, the unit."""
    path = tmp_path / "log.csv"
    path.write_text("at\n1/2/2020\n2/2/2020\n13/2/2020\n", encoding="utf-8")
    column = read_text(path, ["at"])["at"]
    log = Times(path)
    assert [*log.days(column[:1]), *log.days(column[1:2]), *log.days(column[2:])] == [18293, 18294, 18305]
    log = Times(path)
    assert log.days(column[:0].astype(str)).empty
    seconds = pd.Series(["1590105600", "5"], name="at", dtype=str)
    assert [*log.days(seconds[:1]), *log.days(seconds[1:])] == [DAY, 5 / 86_400]


def test_a_zero_among_epochs_does_not_make_steps_of_them() -> None:
    """It is the first day of 1970."""
    assert times("0", *["1590105600"] * 5) == [0, *[DAY] * 5]


@pytest.mark.parametrize(
    ("values", "dates"),
    [
        (["20200522", "20200523"], True),
        (["202005", "202006"], True),
        (["20200522", "202005"], False),
        (["20200522"], False),
        (["13/1/2020", "1/2/2020"], True),
        (["1/1/2020", "1/2/2020"], False),
        (["0000-00-00", "2020-05-22"], True),
        (["0000-00-00"], False),
        (["2020-05-22", "soon"], False),
    ],
)
def test_dates_are_told_by_all_values(values: list[str], dates: bool) -> None:
    """Of a table's column."""
    column = pd.Series(values, dtype=str)
    assert (is_dates(column) or whole_days(column)) is dates


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["1590105600"] * 5 + [r"\N"], r"log.csv: column at: row 7: '\\\\N' is not a number"),
        (["2020-05-22"] * 5 + ["soon"], "log.csv: column at: row 7: 'soon' is not a date or a number"),
        (["2020-05-22", "2020-13-01"], "log.csv: column at: row 3: '2020-13-01' is not a date"),
    ],
)
def test_what_is_no_time_is_named(values: list[str], said: str) -> None:
    """An event without a time cannot be put in order."""
    with pytest.raises(DataError) as error:
        times(*values)
    assert str(error.value).startswith(said.replace("\\\\\\\\", "\\\\"))


def test_zero_dates_of_a_table_are_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """With a notice that counts them."""
    column = pd.Series(["2020-05-22", "0000-00-00", None, "0000-00-00 00:00:00"], index=range(2, 6), name="joined")
    dates = as_dates(PATH, column.astype(str).where(column.notna()))
    assert dates.isna().tolist() == [False, True, True, True]
    assert "column joined: 2 dates such as '0000-00-00' are taken as missing, first row 3" in capsys.readouterr().err


@given(st.lists(st.datetimes(min_value=pd.Timestamp("1971-01-01"), max_value=pd.Timestamp("2099-12-31")), min_size=1))
def test_iso_times_are_those_of_pandas(moments: list[pd.Timestamp]) -> None:
    """To the microsecond."""
    texts = [f"{moment:%Y-%m-%d %H:%M:%S.%f}" if moment.year > 999 else "" for moment in moments]
    expected = [(pd.Timestamp(moment) - pd.Timestamp(0)) / pd.Timedelta(days=1) for moment in moments]
    np.testing.assert_allclose(times(*texts), expected, rtol=0, atol=1e-9)
