"""Each suggestion comes with its figure where the figure is there, and not otherwise; the worthiest first."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from scipy.integrate import quad
from scipy.stats import norm

from shortlist.common.bilingual import same
from shortlist.report import suggestions as suggesting
from shortlist.report.material import Material
from shortlist.report.suggestions import Suggestion
from shortlist.validation.distance import Distance, Situation
from shortlist.validation.metrics import Difference
from shortlist.validation.scores import DataSize, FoldSize, MethodScores, MetricScore, SchemeScores, Scores

NEAR = Distance(Situation(9, 0.0), Situation(10, 0.05))
FAR = Distance(Situation(4, 0.0), Situation(10, 0.05))


def scheme(means: Mapping[str, float], reach: float = 0.01, distance: Distance | None = NEAR) -> SchemeScores:
    """Methods with these scores, best first, each behind the best with an interval of this reach."""
    methods = {
        name: MethodScores({"recall@5": MetricScore(mean, 0.01, (mean,), (0.01,))}, {}, {}, 12.0)
        for name, mean in means.items()
    }
    best, *others = means
    gaps = {name: means[best] - means[name] for name in others}
    behind = {name: Difference(gap, gap - reach, gap + reach) for name, gap in gaps.items()}
    return SchemeScores("half hidden", (FoldSize(1, 90, 10, 5),), tuple(means), methods, behind, distance)


def material(chosen: str = "lightgbm", **schemes: SchemeScores) -> Material:
    """All that those suggestions look at that need the scores alone."""
    scores = Scores(
        competition="made", title="A made one", data=DataSize(9, 8, 100), k=5, ks=(5,), metrics=("recall",),
        headline="recall@5", seed=0, chosen_by=next(iter(schemes)), rerankers=("lightgbm",), schemes=schemes,
    )  # fmt: skip
    return cast("Material", SimpleNamespace(scores=scores, chosen=chosen, entries=()))


def test_a_better_method_is_worth_its_lead() -> None:
    """Where the best goes in there is nothing to say."""
    of = scheme({"lightgbm": 0.3, "blend": 0.28})
    assert suggesting.better_method(material("lightgbm", kfold=of)) is None
    found = suggesting.better_method(material("blend", kfold=of))
    assert found is not None
    assert found.do.en == "Submit lightgbm"
    assert found.worth == pytest.approx(0.02)
    assert "+0.0200 [+0.0100, +0.0300]" in found.because.en


def test_a_far_scheme_puts_the_lead_at_stake() -> None:
    """A close one does not."""
    means = {"lightgbm": 0.3, "blend": 0.27}
    assert suggesting.scheme_far_from_the_question(material(kfold=scheme(means))) is None
    found = suggesting.scheme_far_from_the_question(material(kfold=scheme(means, distance=FAR)))
    assert found is not None
    assert found.worth == pytest.approx(0.03)
    assert found.bound
    assert "4.0 visible events" in found.because.en


def test_another_order_elsewhere_is_worth_what_it_would_lose_there() -> None:
    """Of the methods that both schemes have scored; the same order says nothing."""
    kfold = scheme({"lightgbm": 0.3, "ials": 0.28, "popular": 0.1})
    alike, other = scheme({"ials": 0.2, "popular": 0.1}), scheme({"popular": 0.25, "ials": 0.2})
    assert suggesting.schemes_that_disagree(material(kfold=kfold, days=alike)) is None
    found = suggesting.schemes_that_disagree(material(kfold=kfold, days=alike, cohort=other))
    assert found is not None
    assert found.worth == pytest.approx(0.05)
    assert "cohort" in found.do.en
    assert "popular" in found.because.en


def test_a_choice_within_chance_costs_what_a_coin_would() -> None:
    """The expected loss by numerical integration; nothing where the interval leaves zero out."""
    means = {"lightgbm": 0.3, "blend": 0.29}
    assert suggesting.choice_within_chance(material(kfold=scheme(means, reach=0.009))) is None
    found = suggesting.choice_within_chance(material(kfold=scheme(means, reach=0.03)))
    assert found is not None
    error = 0.03 / 1.959964
    loss, _ = quad(lambda gap: max(-gap, 0) * norm.pdf(gap, 0.01, error), -0.2, 0)
    assert found.worth == pytest.approx(loss, rel=1e-6)


def test_the_worthiest_comes_first_and_the_unmeasured_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those without a worth keep their order; none is lost."""
    worths = {"none": None, "small": 0.001, "also none": None, "large": 0.1, "time only": 0.0}
    made = [Suggestion(same(name), same("why"), worth) for name, worth in worths.items()]
    monkeypatch.setattr(suggesting, "SUGGEST", [*(lambda _, each=each: each for each in made), lambda _: None])
    found = suggesting.suggestions(material(kfold=scheme({"lightgbm": 0.3})))
    assert [each.do.en for each in found] == ["large", "small", "time only", "none", "also none"]


@pytest.mark.parametrize(("worth", "bound", "words"), [
    (0.0123, True, "at most +0.0123 recall@5"), (0.0123, False, "about +0.0123 recall@5"),
    (0.0, False, "no loss seen"), (None, False, "not measured"),
])  # fmt: skip
def test_a_worth_says_what_it_is(worth: float | None, bound: Any, words: str) -> None:
    """A bound, an estimate, time alone, or nothing."""
    assert Suggestion(same("do"), same("because"), worth, bound).value("recall@5").en == words


def test_a_real_run_has_its_suggestions(material: Material) -> None:
    """Of the small competition: what ends early is what the folds' lists hold, and every text is in both languages."""
    known = {each.do.en: each for each in suggesting.suggestions(material)}
    early = known["More candidates than 12 for lightgbm"]
    assert early.bound
    assert "first 12" in early.because.en
    assert "first 20" in early.because.en
    assert any(name.startswith("Hand one in") for name in known)
    for each in known.values():
        for text in (each.do, each.because, each.value("recall@5")):
            assert any("가" <= letter <= "힣" for letter in text.ko), text.ko
