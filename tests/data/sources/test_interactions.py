"""Any log becomes a dataset, or the first thing that is wrong with it is named."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shortlist.data.dataset import Dataset
from shortlist.data.sources.registry import SOURCES
from shortlist.errors import ConfigError, DataError

LOG = """who,what,stars,day
ann,b,4,2020-01-01
bob,a,2.5,2020-01-03T12:00:00
ann,a,1,2020-01-02
"""
ABOUT = """what,title,genres,year,first,kind,zip
a,A long name,Action|Crime,1995,2001-02-03,x,100
b,Another,Drama,,2001-02-04,x,100
c,,,2001,,x,200
"""
FULL = {"log": "log.csv", "user": "who", "item": "what", "rating": "stars", "time": "day", "items": "about.csv"}


def read(raw: Path, settings: Mapping[str, object], log: str = LOG, about: str = ABOUT) -> Dataset:
    (raw / "log.csv").write_text(log, encoding="utf-8")
    (raw / "about.csv").write_text(about, encoding="utf-8")
    return SOURCES.make("interactions", settings).read(raw)


def test_all_columns_that_are_named_are_read(tmp_path: Path) -> None:
    """Ids get codes, ratings and times go with their pairs, and who is only in a table is there without pairs."""
    dataset = read(tmp_path, FULL)
    assert dataset.users.ids.tolist() == ["ann", "bob"]
    assert dataset.items.ids.tolist() == ["a", "b", "c"]
    assert dataset.pairs.tolist() == [[0, 0], [0, 1], [1, 0]]
    assert dataset.ratings is not None
    assert dataset.ratings.dtype == np.float32
    assert dataset.ratings.tolist() == [1, 4, 2.5]
    assert dataset.last is not None
    assert (dataset.last - dataset.last.min()).tolist() == [1, 0, 2.5]


def test_what_is_not_named_is_not_there(tmp_path: Path) -> None:
    """A log of pairs alone has neither ratings, times nor tables, and its ids are those of the log."""
    dataset = read(tmp_path, {"log": "log.csv", "user": "who", "item": "what"})
    assert list(dataset.events.arrays()) == ["user", "item"]
    assert dataset.items.ids.tolist() == ["a", "b"]
    assert dataset.item_table.shape == (2, 0)
    assert dataset.user_table.shape == (2, 0)


def test_columns_have_the_roles_that_their_values_tell(tmp_path: Path) -> None:
    """Numbers, dates, words and categories; a list is words, and `codes` makes a category of numbers."""
    rows = "".join(f"i{n},Title {n},Action|Crime,{n},2001-02-{n + 5:02},{'xy'[n % 2]},{n % 3}\n" for n in range(17))
    header = ABOUT.splitlines()[0]
    table = read(tmp_path, FULL | {"codes": ["zip"]}, about=ABOUT + rows).item_table
    assert list(table.columns) == header.split(",")[1:]
    is_type = pd.api.types
    assert is_type.is_string_dtype(table["title"])
    assert table["genres"].dropna().tolist()[:2] == ["Action;Crime", "Drama"]
    assert table["year"].dtype == np.float64
    assert np.isnan(table["year"][1])
    assert is_type.is_datetime64_any_dtype(table["first"])
    assert pd.isna(table["first"][2])
    assert isinstance(table["kind"].dtype, pd.CategoricalDtype)
    assert isinstance(table["zip"].dtype, pd.CategoricalDtype)
    assert table["zip"][0] == "100"


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    """With the log's and the table's rows upside down, the dataset is the same to the last bit."""
    turned = ["\n".join([text.splitlines()[0], *text.splitlines()[:0:-1]]) + "\n" for text in (LOG, ABOUT)]
    assert read(tmp_path, FULL).digest == read(tmp_path, FULL, *turned).digest


def test_a_repeated_pair_keeps_its_events_and_the_latest_rating(tmp_path: Path) -> None:
    """The latest by its time, or by its place in the file where there are no times."""
    log = LOG + "ann,b,3,2019-12-31\n"
    for settings, rating in ((FULL, 4), (FULL | {"time": None}, 3)):
        dataset = read(tmp_path, settings, log=log)
        assert dataset.pairs.tolist() == [[0, 0], [0, 1], [1, 0]]
        assert dataset.ratings is not None
        assert dataset.ratings[1] == rating
        assert dataset.counts.tolist() == [1, 2, 1]
        assert len(dataset) == 4


def test_numbers_are_times_too(tmp_path: Path) -> None:
    """Seconds since 1970, as MovieLens has them, become days."""
    log = "who,what,day\nann,b,978300760\nbob,a,978302109\n"
    dataset = read(tmp_path, {"log": "log.csv", "user": "who", "item": "what", "time": "day"}, log=log)
    assert dataset.last is not None
    assert dataset.last.tolist() == [978300760 / 86400, 978302109 / 86400]


@pytest.mark.parametrize(
    ("settings", "log", "about", "message"),
    [
        (FULL | {"rating": "score"}, LOG, ABOUT, r"log.csv: column score: missing, found who, what, stars, day"),
        (FULL, LOG.replace(",4,", ",four,"), ABOUT, r"log.csv: column stars: row 2: 'four' is not a number"),
        (FULL, LOG.replace(",4,", ",,"), ABOUT, r"log.csv: column stars: row 2: empty; fill it in"),
        (FULL, LOG.replace("2020-01-02", "soon"), ABOUT, r"log.csv: column day: row 4: 'soon' is not a date"),
        (
            FULL,
            LOG.replace("2020-01-02", "2020-13-01"),
            ABOUT,
            r"log.csv: column day: row 4: '2020-13-01' is not a dat",
        ),
        (FULL, LOG + ",a,1,2020-01-01\n", ABOUT, r"log.csv: column who: row 5: the user is missing; fill it in"),
        (FULL | {"rating": None, "at_least": 3}, LOG, ABOUT, r"at_least needs rating"),
        (FULL | {"at_least": 9}, LOG, ABOUT, r"log.csv: no events are left; check source.kinds and source.at_least"),
        (FULL | {"kind_of": {"a.csv": "view"}}, LOG, ABOUT, r"kind_of must name every file of log"),
        (FULL | {"kinds": {"view": 0.0}}, LOG, ABOUT, r"kinds: all weights are 0, so that no event would count; give"),
        (FULL, LOG, ABOUT + "a,,,,,,\n", r"about.csv: column what: row 5: 'a' is there a second time; keep one row"),
        (FULL, LOG, ABOUT.replace("what", "id"), r"about.csv: column what: missing"),
        (FULL | {"codes": ["zap"]}, LOG, ABOUT, r"codes: no file has a column 'zap'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, settings, log: str, about: str, message: str) -> None:
    """File, column, row and what to do, in one line."""
    with pytest.raises((ConfigError, DataError), match=message) as error:
        read(tmp_path, settings, log, about)
    assert "\n" not in str(error.value)


def test_an_unknown_parameter_is_named() -> None:
    """As for models: the nearest known one is in the message."""
    with pytest.raises(ConfigError, match=r"^source interactions: unknown key 'ratings'; did you mean 'rating'\?$"):
        SOURCES.make("interactions", {"ratings": "stars"})


def test_files_are_those_named() -> None:
    """All of them must be there."""
    assert set(SOURCES.make("interactions", FULL).files) == {"log.csv", "about.csv"}
