"""The public score to expect."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.studies.leaderboard.forecast import Line, error_of, fit, usable
from shortlist.submission.ledger import Score

ERROR, USERS = 0.002, 4000


def line_through(offline: list[float], public: list[float]) -> Line:
    line = fit([Score(mean, ERROR, USERS) for mean in offline], public)
    assert line is not None
    return line


def test_without_a_scored_submission_there_is_no_line() -> None:
    """Nothing to learn a factor from."""
    assert fit([], []) is None


@settings(deadline=None, derandomize=True)
@given(
    offline=st.lists(st.floats(0.02, 0.3), min_size=1, max_size=8), factor=st.floats(0.5, 3.0),
    new=st.floats(0.02, 0.3),
)  # fmt: skip
def test_a_constant_factor_is_found(offline: list[float], factor: float, new: float) -> None:
    """Where public is a multiple of offline, so is what is expected, from the first submission on."""
    line = line_through(offline, [factor * mean for mean in offline])
    expected = line.expect(Score(new, ERROR, USERS))
    assert line.factor == pytest.approx(factor, rel=0.03)
    assert expected.middle == pytest.approx(factor * new, rel=0.06)
    assert expected.low < expected.middle < expected.high


def test_two_submissions_do_not_bend_the_line() -> None:
    """Two close scores in the wrong order are noise: more offline still promises more in public."""
    line = line_through([0.100, 0.102], [0.171, 0.169])
    assert line.exponent == pytest.approx(1, abs=0.1)
    assert line.expect(Score(0.11, ERROR, USERS)).middle > 0.175


def test_many_submissions_bend_it() -> None:
    """Where public grows more slowly than offline, twenty submissions show it."""
    offline = np.linspace(0.05, 0.15, 20)
    line = line_through(offline.tolist(), (0.5 * offline**0.5).tolist())
    assert line.exponent < 0.65
    assert line.expect(Score(0.12, ERROR, USERS)).middle == pytest.approx(0.5 * 0.12**0.5, rel=0.02)


def test_more_submissions_narrow_the_range() -> None:
    """And a new submission that is known less well widens it."""
    widths = []
    for n in (1, 2, 4, 10):
        offline = np.linspace(0.09, 0.11, n).tolist()
        expected = line_through(offline, [1.6 * mean for mean in offline]).expect(Score(0.1, ERROR, USERS))
        widths.append(expected.high - expected.low)
    assert widths == sorted(widths, reverse=True)
    line = line_through([0.1, 0.11], [0.16, 0.176])
    sure, unsure = (line.expect(Score(0.1, error, USERS)) for error in (ERROR, 5 * ERROR))
    assert unsure.high - unsure.low > sure.high - sure.low


def test_one_failed_submission_does_not_turn_the_line() -> None:
    """A broken file's public score leaves the factor of the others as it was."""
    offline = [0.09, 0.1, 0.105, 0.11, 0.12]
    public = [1.6 * mean for mean in offline]
    public[2] *= 0.3
    assert line_through(offline, public).factor == pytest.approx(1.6, rel=0.06)


@pytest.mark.parametrize("submissions", [1, 2, 3, 6, 15])
def test_the_range_covers_new_submissions(submissions: int) -> None:
    """With factor, exponent and noise drawn 300 times, 93 % of the ranges hold the new score."""
    rng = np.random.default_rng(submissions)
    held = 0
    for _ in range(300):
        factor, exponent = np.exp(rng.normal(0.4, 0.3)), rng.normal(1, 0.15)
        truth = np.exp(rng.uniform(np.log(0.06), np.log(0.12), submissions + 1))
        mean = factor * 0.09 * (truth / 0.09) ** exponent
        public = mean + rng.normal(size=len(mean)) * np.sqrt(mean * (1 - mean) / USERS)
        scores = [Score(float(one), ERROR, USERS) for one in truth + rng.normal(0, ERROR, len(truth))]
        line = fit(scores[:-1], public[:-1].tolist())
        assert line is not None
        expected = line.expect(scores[-1])
        held += expected.low <= public[-1] <= expected.high
    assert held >= 279


def test_errors_without_users_or_folds() -> None:
    """Where the users are not known, the split is taken to be as uncertain as the folds; an error may be unknown."""
    assert error_of(Score(0.1, 0.003)) == pytest.approx(0.03 * np.sqrt(2))
    assert error_of(Score(0.1, 0.003, 4000)) == pytest.approx(np.hypot(0.03, np.sqrt(0.9 / 400)))
    assert error_of(Score(0.1, float("nan"), 4000)) == pytest.approx(np.sqrt(0.9 / 400))
    assert 0 < error_of(Score(0.1, 0.0)) < 1e-3


@pytest.mark.parametrize(
    ("score", "public", "expected"),
    [(None, 0.1, False), (Score(0.1, 0.01), None, False), (Score(0.0, 0.0), 0.1, False), (Score(0.1, 0.01), 0.0, False),
     (Score(0.1, 0.01), 0.2, True)],
)  # fmt: skip
def test_scores_of_nothing_are_left_out(score: Score | None, public: float | None, expected: bool) -> None:
    """Missing scores and zeros."""
    assert usable(score, public) is expected
