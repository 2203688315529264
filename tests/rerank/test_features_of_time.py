"""Features of time and repeats on logs that lack times, kinds or repeats."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.rerank import loops_of_repeats, loops_of_time
from tests.rerank.loops_of_time import Log
from tests.rerank.worlds import world

from shortlist.data.dataset import Dataset
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.features import FEATURES

OF_TIME = {function.__name__: function for function in (*loops_of_time.LOOPS, *loops_of_repeats.LOOPS)}


@pytest.mark.parametrize("lacking", [("time",), ("kind",), ("time", "kind")])
@pytest.mark.parametrize("group", OF_TIME)
def test_what_a_log_lacks_is_not_spoken_of(group: str, lacking: tuple[str, ...]) -> None:
    """Without times or kinds the columns are those of the loop, the rest has its values."""
    rows = world(5)
    none: dict[str, Any] = dict.fromkeys(lacking)
    events = replace(rows.visible.events, **none)
    kinds = {} if "kind" in lacking else rows.visible.kinds
    rows = replace(rows, visible=replace(rows.visible, events=events, kinds=kinds))
    found, expected = dict(FEATURES[group][1](rows)), OF_TIME[group](Log(rows))
    assert sorted(found) == sorted(expected)
    for name, values in found.items():
        np.testing.assert_allclose(values, expected[name], rtol=2e-4, atol=2e-5, err_msg=name)


def test_a_log_of_pairs_alone_has_none_of_them(made: Dataset) -> None:
    """No time, no repeat and no kind: the table is what it was before there were such features."""
    rows = Evidence(made, np.arange(5, dtype=np.int32), np.arange(5, dtype=np.int32))
    assert [name for group in OF_TIME for name, _ in FEATURES[group][1](rows)] == []


def test_a_few_rows_twice_are_no_habit(made: Dataset) -> None:
    """Else a fold that has none of them had other columns than one that has some."""
    twice = replace(made, events=made.events.take(np.sort([*range(len(made)), 3, 7])))
    rows = Evidence(twice, np.arange(5, dtype=np.int32), np.arange(5, dtype=np.int32))
    assert not list(FEATURES["own_counts"][1](rows))


def test_units_of_time_do_not_matter_to_a_trend() -> None:
    """Its windows are parts of the log's span: of days, seconds or steps, the ratios are the same."""
    rows = world(4)
    assert rows.visible.events.time is not None
    events = replace(rows.visible.events, time=rows.visible.events.time * 86_400 + 1e9)
    seconds = replace(rows, visible=replace(rows.visible, events=events))
    one, two = (dict(FEATURES["item_trend"][1](each)) for each in (rows, seconds))
    for name in ("short", "long"):
        np.testing.assert_array_equal(one[name], two[name])
