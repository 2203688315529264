"""What holds for every group of features, a competition's own ones included; a new one is covered by being there."""

from dataclasses import replace

import numpy as np
import pytest

from shortlist.data.candidates import Candidates
from shortlist.data.dataset import Dataset
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.features import FEATURES

SOME = np.arange(0, 90, 3)
"""A third of the rows."""


@pytest.fixture
def rows(lonely: Dataset) -> Evidence:
    """Ten candidates of each of some users; user 0 and item 0 have no pair. Nothing is cached in it yet."""
    users = np.array([0, 3, 5, 17, 40, 41, 77, 100, 119], dtype=np.int32)
    items = np.array([range(start, start + 10) for start in range(0, 81, 9)][: len(users)], dtype=np.int32)
    lists = {"one": Candidates(users, items[:, ::-1], -np.arange(90, dtype=np.float32).reshape(9, 10))}
    return Evidence(replace(lonely), np.repeat(users, 10), items.ravel(), lists)


def columns(group: str, rows: Evidence) -> dict[str, np.ndarray]:
    return {name: np.asarray(values) for name, values in FEATURES[group][1](rows)}


@pytest.mark.parametrize("group", FEATURES)
def test_columns_have_their_shape(group: str, rows: Evidence) -> None:
    """A number for each candidate, or NaN; infinity would end the learning of a reranker."""
    for name, values in columns(group, rows).items():
        assert name
        assert values.shape == rows.users.shape
        assert values.dtype.kind in "fiub"
        assert not np.isinf(values.astype(float)).any()


@pytest.mark.parametrize("group", FEATURES)
def test_columns_are_the_same_again(group: str, rows: Evidence) -> None:
    """The same evidence gives the same names in the same order, and the same bytes; nothing is left of the first."""
    first, again = columns(group, rows), columns(group, replace(rows, visible=replace(rows.visible)))
    assert list(first) == list(again)
    for name, values in first.items():
        assert values.tobytes() == again[name].tobytes()


@pytest.mark.parametrize("group", FEATURES)
def test_a_row_does_not_depend_on_those_beside_it(group: str, rows: Evidence) -> None:
    """Candidates of a fold and those of a submission are others, and must mean the same."""
    whole = columns(group, rows)
    part = columns(group, replace(rows, users=rows.users[SOME], items=rows.items[SOME]))
    for name, values in part.items():
        np.testing.assert_allclose(values, whole[name][SOME], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("group", FEATURES)
def test_a_log_without_tables_is_no_failure(group: str, rows: Evidence) -> None:
    """Some groups have nothing to say then; none fails."""
    data = rows.visible
    bare = replace(data, user_table=data.user_table[[]], item_table=data.item_table[[]])
    for values in columns(group, Evidence(bare, rows.users, rows.items, rows.lists)).values():
        assert values.shape == rows.users.shape


@pytest.mark.parametrize("group", FEATURES)
def test_a_group_has_a_reason(group: str) -> None:
    """One line in either language, for the report and `make explain`."""
    reason = FEATURES[group][0]
    for text in (reason.en, reason.ko):
        assert text.strip()
        assert "\n" not in text


def test_names_of_groups_and_columns_are_told_apart(rows: Evidence) -> None:
    """A table's names are `<group>.<column>`: all different."""
    found = {f"{group}.{name}" for group in FEATURES for name in columns(group, rows)}
    assert len(found) == sum(len(columns(group, rows)) for group in FEATURES)
