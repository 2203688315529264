"""What a scheme lacks is said before anything runs, under the scheme's own name."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.validation.checks import check_schemes, warnings_of
from shortlist.validation.question import ANYTHING, Asking
from shortlist.validation.registry import make_splitter
from shortlist.validation.splitters.base import Splitter


def log(timed: bool = True) -> Dataset:
    """Events of 30 days, of two kinds."""
    rng = np.random.default_rng(0)
    ids = pd.DataFrame({"user": rng.integers(20, size=300), "item": rng.integers(50, size=300)})
    kind, time = rng.choice(["click", "order"], 300), rng.integers(30, size=300) if timed else None
    return Dataset.from_events(ids, time=time, kind=kind, kinds={"click": 1.0, "order": 1.0})


def schemes(**tables: Mapping[str, Any]) -> dict[str, Splitter]:
    """By the names of their tables, with three folds each."""
    made = {}
    for name, table in tables.items():
        settings = {"folds": 3, **table}
        made[name] = make_splitter(settings.pop("kind", name), settings)
    return made


def test_schemes_that_fit_are_passed_over() -> None:
    """Of a log with times, all of these can be run."""
    check_schemes(
        schemes(holdout={}, kfold={}, last_days={"window": "3d"}, last_events={}, timeline={}), log(), ANYTHING
    )


@pytest.mark.parametrize(
    ("tables", "timed", "kind", "message"),
    [
        ({"holdout": {}, "month": {"kind": "last_days", "window": "20d"}}, True, DataError,
         "validation.schemes.month: there are 30 distinct times, the first and the last 29 apart; 5 windows of 20"),
        ({"last_days": {"window": "3d"}}, False, ConfigError, "validation.schemes.last_days: the log has no times;"),
        ({"later": {"kind": "cohort", "date": "joined"}}, True, ConfigError,
         "validation.schemes.later: the user table has no column 'joined'; its columns: none"),
    ],
)  # fmt: skip
def test_what_a_scheme_lacks_is_told_by_its_name(
    tables: dict[str, Mapping[str, Any]], timed: bool, kind: type[Exception], message: str
) -> None:
    """In one line: the table of competition.toml, what there is, and what would be needed."""
    with pytest.raises(kind) as error:
        check_schemes(schemes(**tables), log(timed), ANYTHING)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_a_fold_without_answers_is_told_too() -> None:
    """Where no hidden event counts as an answer, nothing could be scored."""
    nothing = Asking(permitted=np.zeros(50, dtype=bool))
    with pytest.raises(DataError, match=r"^validation\.schemes\.kfold: fold 1 of 3 hides \d+ events, none an answer"):
        check_schemes(schemes(kfold={}), log(), nothing)


@pytest.mark.parametrize("first", ["kfold", "holdout", "timeline", "last_events"])
@pytest.mark.parametrize("timed", [True, False])
def test_a_random_first_scheme_of_a_log_with_times_is_warned_of(first: str, timed: bool) -> None:
    """Only the first counts, and only where there are times that it passes over; in both languages, one line each."""
    found = warnings_of(schemes(**{first: {}, "half": {"kind": "kfold"}}), log(timed))
    assert bool(found) == (timed and first == "kfold")
    for warning in found:
        assert warning.en.startswith("warning: the log has times, and the first scheme, kfold, hides events at random")
        assert "kfold" in warning.ko
        assert "\n" not in warning.en + warning.ko
