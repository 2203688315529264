"""What the ledger says of schemes and of a submission that could be made."""

import pytest

from shortlist.studies.leaderboard.standing import best_sent, line_up
from shortlist.studies.leaderboard.table import standing_table
from shortlist.studies.leaderboard.words import outlook, verdict
from shortlist.submission.ledger import Entry, Origin, Score
from shortlist.validation.metrics import Difference
from shortlist.validation.scores import DataSize, FoldSize, MethodScores, MetricScore, SchemeScores, Scores


def entry(number: int, public: float | None = None, *, state: str = "accepted", metric: str = "recall@5",
          **scores: float) -> Entry:  # fmt: skip
    """A row whose offline scores are given by scheme."""
    offline = {scheme: Score(mean, 0.002, 4000.0) for scheme, mean in scores.items()}
    return Entry(f"{number:064d}", f"{number}.csv", f"method{number}", "x", metric, offline, "", state,  # type: ignore[arg-type]
                 "2026-01-01T00:00:00+00:00", None, None, None, None, public, None)  # fmt: skip


def origin(metric: str = "recall@5", method: str = "new", **scores: float) -> Origin:
    return Origin(method, "y", metric, {scheme: Score(mean, 0.002, 4000.0) for scheme, mean in scores.items()})


GOOD = [entry(n, 0.14 + 0.004 * n, kfold=0.09 + 0.002 * n, cohort=0.08 - 0.002 * n) for n in range(8)]
"""kfold agrees with the leaderboard, cohort is the other way round."""


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_up_to_three_say_nothing_about_schemes(n: int) -> None:
    """The number is named, and that it is too few, in both languages."""
    standing = line_up(GOOD[:n])
    assert standing.submissions == n
    assert standing.trusted is None
    said = verdict(standing)
    assert said.en.startswith(f"{n} submission{'s' * (n != 1)} with an offline and a public score: nothing can be said")
    assert f"{n}개" in said.ko
    assert ("nothing can be said" in standing_table(GOOD[:n])) == (n > 0)


def test_the_scheme_that_agrees_is_trusted() -> None:
    """With its correlation and interval; the table has a line for each scheme."""
    standing = line_up(GOOD)
    assert standing.trusted == "kfold"
    assert standing.schemes["cohort"].agreement.contradicted
    assert verdict(standing).en.startswith(
        "kfold can be trusted to order submissions as the leaderboard does: rank corr"
    )
    text = standing_table(GOOD)
    assert [line.split()[:2] for line in text.splitlines() if line.strip()[:6] in ("kfold ", "cohort")] == [
        ["kfold", "8"], ["cohort", "8"]
    ]  # fmt: skip


def test_no_scheme_is_trusted_on_noise() -> None:
    """The best is named with its interval, and one that contradicts the leaderboard too."""
    noise = [entry(n, public, kfold=0.1 + 0.001 * n) for n, public in enumerate([0.16, 0.15, 0.17, 0.145, 0.165])]
    assert verdict(line_up(noise)).en.startswith(
        "no scheme is shown to order submissions as the leaderboard does; the b"
    )
    against = [entry(n, 0.14 + 0.004 * n, cohort=0.1 - 0.002 * n) for n in range(8)]
    assert verdict(line_up(against)).en.endswith("; cohort: the other way round")
    equal = [entry(n, 0.15, kfold=0.1 + 0.001 * n) for n in range(5)]
    assert "all scores of one kind are equal" in verdict(line_up(equal)).en


def test_missing_schemes_and_other_metrics_are_left_out() -> None:
    """A reranker has no score on cohort, a file of unknown origin none at all, and recall@10 compares with nothing."""
    rows = [
        entry(0, 0.15, kfold=0.1, cohort=0.09),
        entry(1, 0.16, kfold=0.11),
        entry(2, 0.2, metric="recall@10", kfold=0.2),
        entry(3, 0.17),
        entry(4, kfold=0.12),
    ]
    standing = line_up(rows)
    scored = {name: scheme.agreement.submissions for name, scheme in standing.schemes.items()}
    assert scored == {"kfold": 2, "cohort": 1}
    assert standing.metric == "recall@5"
    assert line_up([entry(3, 0.17)]).submissions == 0
    assert outlook(rows, Origin(), "f" * 64) == {}


def test_the_public_score_to_expect() -> None:
    """By the trusted scheme where there is one, from the first scored submission on; none for another metric."""
    told = outlook(GOOD, origin(cohort=0.05, kfold=0.12), "f" * 64)["expected"]
    assert "(by kfold, from 8 scored submissions)" in told.en
    low, high = (float(part) for part in told.en.split("within ")[1].split(" (")[0].split(" to "))
    assert low < 0.2 < high
    assert "from 1 scored submission)" in outlook(GOOD[:1], origin(kfold=0.12), "f" * 64)["expected"].en
    assert "expected" not in outlook([entry(0, kfold=0.1)], origin(kfold=0.12), "f" * 64)
    assert "expected" not in outlook(GOOD, origin("recall@10", kfold=0.12), "f" * 64)
    assert "expected" not in outlook(GOOD, origin(other=0.12), "f" * 64)


def test_a_gain_within_its_error_is_warned_of() -> None:
    """Over the best accepted one: neither one that was only made, nor the content itself."""
    rows = [*GOOD, entry(8, state="made", kfold=0.15), entry(9, state="refused", kfold=0.16)]
    best = best_sent(rows, "kfold", "recall@5", "f" * 64)
    assert best is not None
    assert best.file == "7.csv"
    small = outlook(rows, origin(kfold=0.105), "f" * 64)["gain"]
    assert small.en.startswith("+0.0010 on kfold over 7.csv, the best sent; standard error 0.0028 (of two independent")
    assert "WARNING: not more than its standard error" in small.en
    assert "주의" in small.ko
    large = outlook(rows, origin(kfold=0.115), "f" * 64)["gain"]
    assert "WARNING" not in large.en
    assert "WARNING" in outlook(rows, origin(kfold=0.09), "f" * 64)["gain"].en
    itself = outlook(rows, origin(kfold=0.104), GOOD[7].sha256)["gain"]
    assert "over 6.csv" in itself.en


def newest(means: dict[str, float], behind: Difference) -> Scores:
    """Offline scores of the newest run on kfold: two methods, the better one first, and how far it is ahead."""
    methods = {
        name: MethodScores({"recall@5": MetricScore(mean, 0.002, (mean,), (0.002,))}, {}, {}, 0.0)
        for name, mean in means.items()
    }
    _, second = means
    kfold = SchemeScores("", (FoldSize(1, 3000, 1000, 400),), tuple(means), methods, {second: behind})
    return Scores(
        competition="small",
        title="small",
        data=DataSize(users=400, items=300, pairs=4000),
        k=5,
        ks=(5,),
        metrics=("recall",),
        headline="recall@5",
        seed=0,
        chosen_by="kfold",
        rerankers=(),
        schemes={"kfold": kfold},
    )


@pytest.mark.parametrize("exact", [True, False])
def test_a_gain_within_one_run_is_paired(exact: bool) -> None:
    """Where both scores are those of the newest validation, the error is that of the paired difference."""
    old = entry(7, 0.17, kfold=0.1040)
    validation = newest({"new": 0.105, "method7": 0.104 if exact else 0.1041}, Difference(0.001, 0.0002, 0.0018))
    told = outlook([old], origin(kfold=0.105), "f" * 64, validation)["gain"].en
    assert ("standard error 0.0004 (of the difference, paired by user)" in told) == exact
    assert ("WARNING" in told) == (not exact)
    backwards = outlook([entry(1, 0.2, kfold=0.105)], origin("recall@5", "method7", kfold=0.104), "f" * 64, validation)
    assert "independent" in backwards["gain"].en  # another method than the run's best
