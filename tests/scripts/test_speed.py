"""How contenders are timed: their turns, each one's own memory, and what becomes of one that fails."""

from pathlib import Path

import numpy as np
import pytest

from speed.child import timed
from speed.measure import run_stage
from speed.stage import Contender, Figures, Stage
from speed.task import load, save
from speed.vectors import clustered, recall

PRODUCTS = {
    "users": np.ones((50, 4), dtype=np.float32),
    "items": np.ones((30, 4), dtype=np.float32),
    "promised": 7.5,
}
OURS = Contender("products", "limits.top_n_products", "ours")


def stage_of(*contenders: Contender, warm_up: bool = True) -> Stage:
    return Stage("stage", "small", "users", 50, contenders, PRODUCTS, warm_up=warm_up)


def test_a_task_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    save(tmp_path / "task.npz", PRODUCTS | {"ks": [5, 10]})
    back = load(tmp_path / "task.npz")
    assert (back["promised"], back["ks"]) == (7.5, [5, 10])
    np.testing.assert_array_equal(back["users"], PRODUCTS["users"])


def test_a_run_is_timed_and_can_tell_a_time_of_its_own() -> None:
    outcome, wall, cpu = timed(lambda: {"sum": sum(range(100_000))})
    assert outcome == {"sum": 4_999_950_000}
    assert wall > 0
    assert cpu >= 0
    assert timed(lambda: {"seconds": 7.5})[:2] == ({}, 7.5)


def test_contenders_take_turns_and_the_warm_up_does_not_count(capsys: pytest.CaptureFixture[str]) -> None:
    few = Contender("few", "limits.top_n_products", "limit", most=2)
    results = run_stage(stage_of(OURS, few), repeats=3, threads=1, timeout=60)
    assert [len(results[name].wall) for name in ("products", "few")] == [3, 2]
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["bench: stage: warm-up", *(f"bench: stage: turn {turn} of 3" for turn in (1, 2, 3))]
    assert all("numpy" in result.packages for result in results.values())
    assert all(10 < result.memory < 10_000 for result in results.values())


def test_one_that_fails_has_an_error_and_the_others_have_figures() -> None:
    missing = Contender("missing", "nothing.at_all")
    broken = Contender("broken", "limits.inversion")  # its task has no shape
    results = run_stage(stage_of(OURS, missing, broken, warm_up=False), repeats=1, threads=1, timeout=60)
    assert results["missing"].error == "failed: ModuleNotFoundError: No module named 'speed.nothing'"
    assert results["broken"].error == "failed: KeyError: 'shape'"
    assert results["products"].error is None
    assert len(results["products"].wall) == 1


def test_one_that_takes_too_long_is_stopped() -> None:
    results = run_stage(stage_of(OURS), repeats=1, threads=1, timeout=0.001)
    assert results["products"].error == "stopped after 0 s"


def test_a_time_that_was_promised_is_told_and_not_spent() -> None:
    promised = Contender("promised", "limits.promised", "limit")
    results = run_stage(stage_of(OURS, promised), repeats=1, threads=1, timeout=60)
    assert results["promised"].wall == [7.5]


def test_ratios_are_of_the_same_turns() -> None:
    ours, theirs = Figures(wall=[1.0, 2.0, 4.0]), Figures(wall=[2.0, 2.0])
    assert theirs.times(ours) == (1.0, 1.5)
    assert Figures().times(ours) is None


def test_recall_counts_what_was_found_wherever_it_stands() -> None:
    assert recall(np.array([[3, 1, 9], [4, 5, 6]]), np.array([[1, 2, 3], [7, 8, 9]])) == pytest.approx(2 / 6)


def test_clustered_vectors_have_length_one_and_lie_nearer_to_their_own_centre() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(2, 64)).astype(np.float32)
    vectors = clustered(rng, centres, 200)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert vectors.dtype == np.float32
    nearest = np.sort(vectors @ (centres / np.linalg.norm(centres, axis=1, keepdims=True)).T, axis=1)
    assert (nearest[:, 1] - nearest[:, 0]).mean() > 0.3
