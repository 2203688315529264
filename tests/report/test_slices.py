"""The parts of a score against plain loops over users, pairs and folds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortlist.report import slices
from shortlist.report.material import Material
from shortlist.report.slices import Slice, SliceRows
from shortlist.validation.headline import Headline
from shortlist.validation.metrics import Z95, estimate


def plain_rows(material: Material, method: str) -> list[tuple[int, float, int]]:
    """User, recall@5 and visible pairs for each user of each fold."""
    rows = []
    for fold, result in zip(material.folds, material.results(method), strict=True):
        visible, hidden = (material.dataset.take(part).pairs.tolist() for part in (fold.train, fold.test))
        for user, items in zip(result.candidates.users.tolist(), result.candidates.items.tolist(), strict=True):
            wanted = {item for other, item in hidden if other == user}
            hits = len(wanted & set(items[:5]))
            rows.append((user, hits / min(len(wanted), 5), sum(other == user for other, _ in visible)))
    return rows


@pytest.fixture(scope="module")
def rows(material: Material) -> SliceRows:
    return slices.user_rows(material.dataset, material.folds, material.results("user_knn"), "recall@5", Headline(5))


def check(parts: list[Slice], expected: dict[str, list[tuple[int, float]]]) -> None:
    """Same groups in the same order, with numbers and mean, the mean within the interval."""
    assert [part.group for part in parts] == [group for group, members in expected.items() if members]
    for part in parts:
        users, values = (np.array(column) for column in zip(*expected[part.group], strict=True))
        assert (part.users, part.rows) == (len(set(users.tolist())), len(values))
        assert part.mean == pytest.approx(values.mean())
        assert 0 <= part.low <= part.mean <= part.high <= 1


def test_by_history(material: Material, rows: SliceRows) -> None:
    """Users with 0, 1, 2, 3 to 4, ... visible pairs in the fold."""
    expected: dict[str, list[tuple[int, float]]] = {name: [] for name in slices.count_names()}
    for user, value, history in plain_rows(material, "user_knn"):
        name = next(name for name in expected if history in in_group(name))
        expected[name].append((user, value))
    check(slices.sliced(slices.by_count(rows.visible), rows), expected)


def in_group(name: str) -> range:
    """The counts that a group's name says."""
    low, _, high = name.rstrip("+").partition("-")
    return range(int(low), 10**6 if name.endswith("+") else int(high or low) + 1)


@given(st.integers(0, 2000))
def test_every_count_has_the_group_that_names_it(count: int) -> None:
    """And no other: the names cover all counts without overlap."""
    names = [name for name in slices.count_names() if count in in_group(name)]
    assert names == [slices.count_names()[slices.count_group(np.array([count]))[0]]]


def test_by_popularity(material: Material) -> None:
    """Each hidden pair is found or not; items are grouped by the fold's visible pairs."""
    expected: dict[str, list[tuple[int, float]]] = {name: [] for name in slices.count_names()}
    results = material.results("user_knn")
    for fold, result in zip(material.folds, results, strict=True):
        lists = dict(zip(result.candidates.users.tolist(), result.candidates.items.tolist(), strict=True))
        visible = material.dataset.take(fold.train).pairs[:, 1].tolist()
        for user, item in material.dataset.take(fold.test).pairs.tolist():
            name = next(name for name in expected if visible.count(item) in in_group(name))
            expected[name].append((user, float(item in lists[user][:5])))
    pairs = slices.pair_rows(material.dataset, material.folds, results, 5)
    check(slices.sliced(slices.by_count(pairs.visible), pairs), expected)
    hidden = np.concatenate([material.dataset.take(fold.test).pairs for fold in material.folds])
    np.testing.assert_array_equal(np.column_stack([pairs.users, pairs.items]), hidden)


def test_by_value(material: Material, rows: SliceRows) -> None:
    """The most frequent values by falling number of users, then all others, then those without one."""
    rng = np.random.default_rng(0)
    values = rng.choice([*"abcdefghijkl"], len(material.dataset.users), p=np.arange(1, 13) / 78)
    column = pd.Series(values, dtype=object).where(rng.random(len(values)) > 0.1).astype("category")
    number = column.value_counts()
    top = sorted(number.index, key=lambda value: (-number[value], value))[: slices.VALUES]
    expected: dict[str, list[tuple[int, float]]] = {str(name): [] for name in [*top, "...", "-"]}
    values_of = column.astype(object).where(column.notna(), "-").tolist()
    for user, value, _ in plain_rows(material, "user_knn"):
        group = values_of[user]
        expected[group if group in top or group == "-" else "..."].append((user, value))
    check(slices.sliced(slices.by_value(column)[rows.users], rows), expected)


def test_by_date(material: Material, rows: SliceRows) -> None:
    """Groups follow each other, each date is within the group's ends, and about a fifth of the users is in each."""
    days = pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(150) % 100, unit="D"))
    dates = days.where(days.index % 10 > 0)
    *dated, undated = slices.sliced(slices.by_date(dates)[rows.users], rows)
    assert undated.group == "-"
    assert undated.rows == int(np.isin(rows.users, np.arange(0, 150, 10)).sum())
    before = pd.Timestamp(0)
    for part in dated:
        low, high = (pd.Timestamp(end) for end in part.group.split(" ~ "))
        assert before < low <= high
        inside = dates.between(low, high).to_numpy()
        assert part.rows == int(inside[rows.users].sum())
        assert part.mean == pytest.approx(np.average(rows.scores, weights=inside[rows.users]))
        assert inside.sum() == pytest.approx(135 / 5, abs=4)
        before = high
    assert len(dated) == slices.QUARTERS


def test_a_single_date_is_one_group(material: Material, rows: SliceRows) -> None:
    """All users on one day, or none with a date: one group of all rows."""
    day = pd.Series([pd.Timestamp("2020-05-01")] * 150)
    none = pd.Series([pd.NaT] * 150)
    for dates, group in ((day, "2020-05-01 ~ 2020-05-01"), (none, "-")):
        assert [part.group for part in slices.sliced(slices.by_date(dates)[rows.users], rows)] == [group]


def test_few_users_never_look_certain():
    """Three who all score 0 may stand for 0.6; a thousand of them for next to nothing; 1 is the mirror of 0."""
    few, many = np.arange(3, dtype=np.int32), np.arange(1000, dtype=np.int32)
    low, high = slices.interval(np.zeros(3), few)
    assert low == 0
    assert 0.5 < high < 0.8
    assert slices.interval(np.ones(3), few) == pytest.approx((1 - high, 1 - low))
    assert slices.interval(np.zeros(1000), many)[1] < 0.01
    assert slices.interval(np.zeros(3000), np.repeat(few, 1000)) == pytest.approx((low, high)), "still three users"


@given(st.integers(1, 60), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_the_interval_holds_the_mean(n: int, share: float, seed: int) -> None:
    """Within 0 and 1, whatever the values, and never without width."""
    rng = np.random.default_rng(seed)
    values = (rng.random(n) < share).astype(float)
    low, high = slices.interval(values, rng.integers(n, size=n).astype(np.int32))
    assert 0 <= low <= values.mean() <= high <= 1
    assert low < high


def test_of_many_users_the_interval_is_the_plain_one():
    """Four more of twenty thousand change nothing that is shown."""
    rng = np.random.default_rng(1)
    values, users = rng.random(20_000), rng.integers(8_000, size=20_000).astype(np.int32)
    plain = estimate(values, users)
    wanted = (plain.mean - Z95 * plain.error, plain.mean + Z95 * plain.error)
    assert slices.interval(values, users) == pytest.approx(wanted, abs=2e-4)
