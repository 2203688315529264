"""How many pairs a rule hides."""

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.common.bilingual import Bilingual
from shortlist.validation.holdout_rule import Hiding, Rounding

N = np.arange(401)
rules = st.builds(
    Hiding,
    hidden=st.one_of(st.floats(0.01, 0.99), st.integers(1, 12)),
    rounding=st.sampled_from(get_args(Rounding)),
    at_least=st.integers(0, 4),
    keep=st.integers(1, 6),
)
many = settings(deadline=None, derandomize=True)


@many
@given(rule=rules)
def test_minima_hold(rule: Hiding) -> None:
    """Of users with enough pairs `keep` stay and `at_least` are hidden; of users with fewer, `keep` comes first."""
    quota, visible = rule.quota(N), rule.visible(N)
    assert (quota >= 0).all()
    assert (visible >= np.minimum(N, rule.keep)).all()
    assert (quota >= np.minimum(rule.at_least, np.maximum(N - rule.keep, 0))).all()


@many
@given(rule=rules)
def test_one_pair_more_leaves_as_many_or_one_more(rule: Hiding) -> None:
    """So that a visible count comes of neighbouring original counts, and none is left out."""
    assert set(np.diff(rule.visible(N)).tolist()) <= {0, 1}


@many
@given(hidden=st.floats(0.01, 0.99), rounding=st.sampled_from(get_args(Rounding)))
def test_a_share_is_met_within_one_pair(hidden: float, rounding: Rounding) -> None:
    """Whatever the rounding; those to the nearest within half a pair."""
    off = Hiding(hidden=hidden, rounding=rounding)._rounded(N) - hidden * N
    assert (np.abs(off) <= (1 if rounding in ("floor", "ceil") else 0.5) + 1e-6).all()


@pytest.mark.parametrize("hidden", [0.1, 0.3, 0.5])
def test_the_default_is_python_s_round(hidden: float) -> None:
    """It leaves n - round(share * n), but hides never all."""
    assert Hiding(hidden=hidden).visible(N[2:]).tolist() == [n - round(hidden * n) for n in N[2:].tolist()]


@pytest.mark.parametrize(
    ("rule", "n", "hidden"),
    [
        ({"rounding": "half_even"}, [5, 15, 25], [2, 4, 8]),
        ({"rounding": "half_up"}, [5, 15, 25], [2, 5, 8]),
        ({"rounding": "half_down"}, [5, 15, 25], [1, 4, 7]),
        ({"rounding": "kept_half_even"}, [5, 15, 25], [1, 5, 7]),
        ({"rounding": "floor"}, [1, 3, 4, 10], [0, 0, 1, 3]),
        ({"rounding": "ceil"}, [1, 3, 4, 10], [0, 1, 2, 3]),
        ({"hidden": 0.1, "rounding": "ceil"}, [3, 30], [1, 3]),
        ({"hidden": 0.1, "at_least": 1}, [1, 2, 5, 16], [0, 1, 1, 2]),
        ({"keep": 3}, [2, 3, 4, 10], [0, 0, 1, 3]),
        ({"hidden": 2}, [1, 2, 3, 50], [0, 1, 2, 2]),
    ],
)
def test_rules_by_hand(rule: dict[str, Any], n: list[int], hidden: list[int]) -> None:
    """Halves, floors and ceilings of 0.3 n and 0.1 n; minima; leave-two-out."""
    assert Hiding(**rule).quota(np.array(n)).tolist() == hidden


@pytest.mark.parametrize(
    ("rule", "formula"),
    [
        ({}, Bilingual("round(0.3 n)", "round(0.3 n)")),
        (
            {"rounding": "half_up", "keep": 2},
            Bilingual("round(0.3 n) with halves up, 2 kept", "round(0.3 n), 절반은 올림, 2 남김"),
        ),
        (
            {"hidden": 0.25, "rounding": "ceil", "at_least": 1},
            Bilingual("ceil(0.25 n), at least 1", "ceil(0.25 n), 최소 1"),
        ),
        ({"hidden": 1}, Bilingual("1", "1")),
    ],
)
def test_formulas(rule: dict[str, Any], formula: Bilingual) -> None:
    """Reports say what is hidden in short."""
    assert Hiding(**rule).formula == formula
