"""The estimate of a run on a cluster adds up."""

import pytest

import estimate_cluster as script


def plan(**changed: float) -> script.Plan:
    values = {
        "users": 1_000_000, "items": 10_000, "pairs_per_user": 10, "dimensions": 64, "epochs": 10, "seeds": 4,
        "folds": 5, "threads": 8, "price": 0.04,
    }  # fmt: skip
    return script.Plan(**{**values, **changed})  # type: ignore[arg-type]


RATES = script.Rates(read=100_000, learn=50_000, rank=1e9)


def test_it_is_the_work_over_the_rates() -> None:
    """By hand: ten million pairs, ten epochs: 2,000 s for a seed on all pairs, 1,700 s on a fold; 10 s to rank."""
    parts = {name: (work * 3600, clock * 3600) for name, work, clock in script.estimate(plan(), RATES)}
    assert parts["read the files"] == pytest.approx((100, 100))
    assert parts["folds"] == pytest.approx((5 * (4 * 1700 + 10), 4 * 1700 + 10))
    assert parts["all pairs: learn"] == pytest.approx((8000, 2000))
    assert parts["all pairs: rank"] == pytest.approx((10, 10 / 8))
    assert parts["together"] == pytest.approx((100 + 34050 + 8000 + 10, 100 + 6810 + 2000 + 1.25))


def test_one_thread_takes_the_work_s_time() -> None:
    """Nothing is done at the same time; more threads than tasks do not help the folds."""
    alone = script.estimate(plan(threads=1), RATES)
    assert all(work == pytest.approx(clock) for _, work, clock in alone)
    some, many = ({row[0]: row[2] for row in script.estimate(plan(threads=n), RATES)} for n in (5, 500))
    assert some["folds"] == many["folds"]
    assert some["all pairs: rank"] > many["all pairs: rank"]
