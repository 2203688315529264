"""The printed table holds every number of the offline scores, none cut off."""

from dataclasses import replace

import pytest

from shortlist.pipeline.score_table import cell, interval, score_table, sizes
from shortlist.validation.distance import Distance, Situation
from shortlist.validation.metrics import Difference
from shortlist.validation.scores import DataSize, FoldSize, MethodScores, MetricScore, SchemeScores, Scores

KS = (5, 10, 100)


def synthetic_scores(names: tuple[str, ...], recall: str = "recall", figures: dict[str, float] | None = None) -> Scores:
    """Scores in which each method's number is its own, the first method the best."""
    metrics = (recall, "ndcg")
    scheme = SchemeScores(
        description="half of it hidden",
        sizes=tuple(FoldSize(fold=n, train=1000 * n, test=100 * n, users=10 * n) for n in (1, 2, 3)),
        order=names,
        methods={
            name: method_scores(place, metrics, (figures or {}) if place == 0 else {})
            for place, name in enumerate(names)
        },
        behind_best={name: Difference(0.1, -0.0512, 0.1525) for name in names[1:]},
    )
    return Scores(
        competition="synthetic", title="A synthetic one", data=DataSize(8482, 6695, 41203), k=5, ks=KS,
        metrics=metrics, headline=f"{recall}@5", seed=3, chosen_by="holdout", rerankers=(),
        schemes={"holdout": scheme, "cohort": scheme},
    )  # fmt: skip


def method_scores(place: int, metrics: tuple[str, ...], figures: dict[str, float]) -> MethodScores:
    """Those of the method at a place in the order."""
    folds, errors = (0.1 + place / 100, 0.2, 0.3), (0.01, 0.02, 0.03)
    return MethodScores(
        metrics={
            f"{metric}@{k}": MetricScore(0.9 - place / 10 - k / 1000, 0.0123, folds, errors)
            for metric in metrics
            for k in KS
        },
        coverage={f"coverage@{k}": 0.5 for k in KS},
        figures=figures,
        seconds=7.4,
    )


def rows_of(text: str, name: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.split()[:1] == [name]]


def test_numbers_are_shown_with_their_errors():
    """Four places: mean and standard error, and a difference with its interval."""
    assert cell(MetricScore(0.12345, 0.00321, (), ())) == "0.1235 ± 0.0032"
    assert interval(Difference(0.01, -0.002, 0.0221)) == "0.0100 [-0.0020, 0.0221]"


def test_sizes_are_means_over_the_folds():
    """Pairs visible and hidden and users scored, with thousands apart."""
    scheme = synthetic_scores(("popular",)).schemes["holdout"]
    assert sizes(scheme) == "3 folds; on average 2,000 events visible, 200 hidden, 20 users scored"
    alone = replace(scheme, sizes=scheme.sizes[:1])
    assert sizes(alone) == "1 fold; 1,000 events visible, 100 hidden, 10 users scored"


def test_how_far_a_scheme_is_from_the_question_is_a_line_of_its_own():
    """Below the sizes of its folds; scores that were stored without it are shown without."""
    plain = synthetic_scores(("popular",))
    far = Distance(Situation(8.12, 0.25, 3.5), Situation(12.34, 0.5, 1.0), 0.75)
    schemes = {**plain.schemes, "cohort": replace(plain.schemes["cohort"], distance=far)}
    text = " ".join(score_table(replace(plain, schemes=schemes)).split())  # a narrow table breaks its title
    assert text.count("users scored (users of the submission)") == 1
    assert f"20 users scored {far.line.en} method" in text
    assert "users of the submission" not in score_table(plain)


def test_the_table_has_a_row_for_every_method_on_every_scheme():
    """Mean and error of the headline, recall at the deeper k, ndcg and the distance from the best, best first."""
    text = score_table(synthetic_scores(("best_one", "other")))
    assert rows_of(text, "best_one") == [["best_one", "0.8950", "±", "0.0123", "0.890", "0.800", "0.895", "best"]] * 2
    other = ["other", "0.7950", "±", "0.0123", "0.790", "0.700", "0.795", "0.1000", "[-0.0512,", "0.1525]"]
    assert rows_of(text, "other") == [other] * 2
    assert text.index("best_one") < text.index("other")
    header = ["method", "recall@5", "recall@10", "recall@100", "ndcg@5", "behind", "the", "best,", "95", "%"]
    assert rows_of(text, "method") == [header] * 2
    for scheme in ("holdout", "cohort"):
        assert f"synthetic, scheme {scheme}: half of it hidden" in text


@pytest.mark.parametrize("recall", ["recall", "recall_n", "recall_k"])
def test_nothing_is_cut_off(recall):
    """Long names and wide columns make a wide table, not numbers that end in dots."""
    name = "two_tower_with_a_name_that_says_what_was_tried_" * 2
    figures = {f"factorized_top_k@{k}": 0.25 for k in (1, 5, 10, 50, 100)}
    text = score_table(synthetic_scores((name, "other"), recall, figures))
    assert "…" not in text
    assert len(rows_of(text, name)) == 4
    assert f"{recall}@100" in text


def test_figures_have_a_table_of_their_own():
    """Other figures are shown apart, for the methods that have them, by rising k; without any there is no table."""
    text = score_table(synthetic_scores(("a", "b"), figures={"hit@100": 0.5, "hit@5": 0.25}))
    assert rows_of(text, "method").count(["method", "hit@5", "hit@100"]) == 2
    assert rows_of(text, "a")[1] == ["a", "0.2500", "0.5000"]
    assert len(rows_of(text, "b")) == 2
    assert "per hidden pair" in text
    assert "per hidden pair" not in score_table(synthetic_scores(("a", "b")))
