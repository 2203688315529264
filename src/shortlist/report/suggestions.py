"""What the figures of a run suggest to change, each with its figure and what it may be worth.

A worth is in points of the headline, so that suggestions can be ranked. Where it says "at most", it is what is lost
today, of which a change wins back a part; one without a worth has not been measured by this run, and comes last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from shortlist.common.bilingual import Bilingual
from shortlist.config.competition import BLEND
from shortlist.data.asked import Asked
from shortlist.report.material import Material
from shortlist.report.slices import pair_rows
from shortlist.retrievers.registry import RETRIEVERS
from shortlist.studies.ablation.ablation import load_ablation
from shortlist.validation.metrics import Z95, Difference

NO_WEIGHT = 0.005
"""Weights of a list in the blend that show as 0.00."""


@dataclass(frozen=True)
class Suggestion:
    """A change worth trying.

    Attributes:
        do: what to change.
        because: the figures that suggest it.
        worth: points of the headline; 0 where only time is saved, None where this run has not measured it.
        bound: whether the worth is the most that could be won.
    """

    do: Bilingual
    because: Bilingual
    worth: float | None = None
    bound: bool = False

    def value(self, headline: str) -> Bilingual:
        """The worth for people."""
        if self.worth is None:
            return Bilingual("not measured", "재지 않음")
        if not self.worth:
            return Bilingual("no loss seen", "손실이 보이지 않음")
        size = f"{self.worth:.4f}"
        if self.bound:
            return Bilingual(f"at most +{size} {headline}", f"{headline} 최대 +{size}")
        return Bilingual(f"about +{size} {headline}", f"{headline} 약 +{size}")


def suggestions(material: Material) -> list[Suggestion]:
    """All that the figures suggest, the most worthwhile first."""
    suggested = [suggestion for suggest in SUGGEST if (suggestion := suggest(material)) is not None]
    return sorted(suggested, key=lambda each: -1.0 if each.worth is None else each.worth, reverse=True)


def better_method(material: Material) -> Suggestion | None:
    """Another method scored higher than the one that goes in."""
    scores, chosen = material.scores, material.chosen
    behind = scores.first.behind_best.get(chosen)
    if behind is None or behind.mean <= 0:
        return None
    best = scores.order[0]
    return Suggestion(
        Bilingual(f"Submit {best}", f"{best} 제출하기"),
        Bilingual(f"{chosen}, which goes in, is {_interval(behind)} behind it",
                  f"제출하는 {chosen}은(는) 그보다 {_interval(behind)} 낮습니다"),
        behind.mean,
    )  # fmt: skip


def users_without_history(material: Material) -> Suggestion | None:
    """Users of whom nothing is known get a list all the same."""
    events = np.bincount(material.dataset.events.user, minlength=len(material.dataset.users))
    share = float((events[Asked.load(material.run.paths.dataset).users] == 0).mean())
    rows = material.rows(material.chosen)
    known, cold = rows.scores[rows.visible > 0], rows.scores[rows.visible == 0]
    if not share or not len(known):
        return None
    gap = float(known.mean()) - (float(cold.mean()) if len(cold) else 0.0)
    scored = Bilingual(f"they score {cold.mean():.4f}", f"이들의 점수는 {cold.mean():.4f}") if len(cold) else Bilingual(
        "the folds have none, so that their score is not known", "fold에는 없어 점수를 알 수 없고")  # fmt: skip
    return _worth_it(Suggestion(
        Bilingual("Use attributes for users without history", "이력이 없는 사용자에게 속성 쓰기"),
        Bilingual(f"{share:.1%} of the users asked have none; {scored.en}, the others {known.mean():.4f}",
                  f"대상 사용자의 {share:.1%}에게 이력이 없습니다. {scored.ko}, 나머지는 {known.mean():.4f}입니다"),
        share * gap, bound=True,
    ))  # fmt: skip


def candidates_that_end_early(material: Material) -> Suggestion | None:
    """A reranker cannot find what is not among its candidates."""
    chosen, first = material.chosen, material.scores.first
    if chosen not in material.scores.rerankers:
        return None
    lists = material.results(BLEND)
    longest = min(result.candidates.items.shape[1] for result in lists)
    kept = min(material.run.competition.blend.candidates, longest)
    few, many = (kept, longest) if kept < longest else (kept // 2, kept)
    if not 0 < few < many:
        return None
    low, high = (float(pair_rows(material.dataset, material.folds, lists, k).scores.mean()) for k in (few, many))
    # As many of the further answers would come to the top as of those that are candidates now, at the very most.
    worth = (high - low) * first.methods[chosen].metrics[material.scores.headline].mean / max(low, 1e-9)
    return _worth_it(Suggestion(
        Bilingual(f"More candidates than {kept} for {chosen}", f"{chosen}의 후보를 {kept}개보다 늘리기"),
        Bilingual(f"{low:.1%} of the answers are among the blend's first {few}, {high:.1%} among its first {many}",
                  f"blend의 상위 {few}개에 정답의 {low:.1%}, 상위 {many}개에 {high:.1%}가 있습니다"),
        worth, bound=True,
    ))  # fmt: skip


def retriever_that_adds_nothing(material: Material) -> Suggestion | None:
    """A retriever without which the scores are no worse, by the ablation; else one whose list has no weight."""
    seconds = {name: method.seconds for name, method in material.scores.first.methods.items()}
    without = [(gap, name) for name, gap in _ablated(material) if gap.high > 0 and name in seconds]
    if without:
        gap, name = max(without, key=lambda each: each[0].mean)
        because = Bilingual(f"without it {_interval(gap)}; it takes {_seconds(seconds[name])} s on the folds",
                            f"빼면 {_interval(gap)}, fold에서 {_seconds(seconds[name])}초 걸립니다")  # fmt: skip
        return Suggestion(_leave_out(name), because, gap.mean if gap.low > 0 else 0.0)
    idle = [
        name
        for name, own in material.weights.items()
        if max(own.rank, own.score) < NO_WEIGHT and name != material.chosen
    ]
    if not idle:
        return None
    name = max(idle, key=lambda each: seconds.get(each, 0.0))
    because = Bilingual(f"its list has no weight in the blend; it takes {_seconds(seconds[name])} s",
                        f"blend에서 그 목록의 가중치가 없으며, {_seconds(seconds[name])}초 걸립니다")  # fmt: skip
    return Suggestion(_leave_out(name), because, 0.0)


def scheme_far_from_the_question(material: Material) -> Suggestion | None:
    """What is measured on folds unlike the submission may not hold there: the lead is at stake."""
    first = material.scores.first
    far = None if first.distance is None else first.distance.warning
    if far is None or len(first.order) < 2:
        return None
    best, second = first.order[:2]
    lead = first.behind_best[second].mean
    return Suggestion(
        Bilingual(f"A scheme closer to the question than {material.scores.chosen_by}",
                  f"{material.scores.chosen_by}보다 실제 문제에 가까운 방식"),
        Bilingual(f"{far.en}; the lead of {best} over {second}, {lead:.4f}, may not hold",
                  f"{far.ko}. {second}에 대한 {best}의 우위 {lead:.4f}이 유지되지 않을 수 있습니다"),
        lead, bound=True,
    )  # fmt: skip


def schemes_that_disagree(material: Material) -> Suggestion | None:
    """Another scheme prefers another method: one of the two choices loses so much."""
    first, disagreements = material.scores.first, []
    for name, other in material.scores.schemes.items():
        shared = [method for method in first.order if method in other.methods]
        if shared and shared[0] in other.behind_best and other.order[0] in first.methods:
            disagreements.append((other.behind_best[shared[0]], name, other.order[0], shared[0]))
    if not disagreements:
        return None
    behind, name, there, here = max(disagreements, key=lambda each: each[0].mean)
    return _worth_it(Suggestion(
        Bilingual(f"Find out whether {name} is closer to the question",
                  f"{name} 방식이 실제 문제에 더 가까운지 알아보기"),
        Bilingual(f"there {there} is {_interval(behind)} ahead of {here}, which is best here",
                  f"거기서는 {there}이(가) 여기서 최고인 {here}보다 {_interval(behind)} 높습니다"),
        behind.mean, bound=True,
    ))  # fmt: skip


def choice_within_chance(material: Material) -> Suggestion | None:
    """The best two cannot be told apart; what a wrong choice costs on average is the worth of more folds.

    With a difference of mean m and standard error s that is s * phi(m / s) - m * Phi(-m / s): the expected value of
    perfect information (Raiffa and Schlaifer 1961).
    """
    first = material.scores.first
    if len(first.order) < 2:
        return None
    best, second = first.order[:2]
    behind = first.behind_best[second]
    error = (behind.high - behind.low) / (2 * Z95)
    if behind.significant or error <= 0:
        return None
    at = behind.mean / error
    return Suggestion(
        Bilingual("Score more folds or users", "더 많은 fold나 사용자로 채점하기"),
        Bilingual(f"{best} and {second} cannot be told apart: {_interval(behind)}",
                  f"{best}와(과) {second}을(를) 구별할 수 없습니다: {_interval(behind)}"),
        float(error * norm.pdf(at) - behind.mean * norm.cdf(-at)),
    )  # fmt: skip


def seeds_that_may_pay(material: Material) -> Suggestion | None:
    """The best retriever that averages over seeds; what one more adds only another run can tell."""
    for name in material.scores.order:
        if name in material.run.methods.retrievers:
            seeds = getattr(RETRIEVERS.make(*material.run.competition.retriever(name)), "seeds", None)
            if isinstance(seeds, int):
                seconds = material.scores.first.methods[name].seconds
                return Suggestion(
                    Bilingual(f"Double the seeds of {name}", f"{name}의 seed를 두 배로"),
                    Bilingual(f"it averages {seeds} in {_seconds(seconds)} s on the folds; that time doubles too",
                              f"fold에서 {seeds}개의 평균에 {_seconds(seconds)}초, 시간도 두 배가 됩니다"),
                )  # fmt: skip
    return None


def retrievers_not_ablated(material: Material) -> Suggestion | None:
    """Nobody knows yet what each retriever adds."""
    retrievers = material.run.methods.blended
    if len(retrievers) < 2 or list(_ablated(material)):
        return None
    seconds = sum(material.scores.first.methods[name].seconds for name in retrievers)
    return Suggestion(
        Bilingual("make ablate: which retrievers add nothing", "make ablate: 더하는 것이 없는 retriever 찾기"),
        Bilingual(f"{len(retrievers)} retrievers take {_seconds(seconds)} s, and none has been left out yet",
                  f"retriever {len(retrievers)}개에 {_seconds(seconds)}초, 아직 하나도 빼 보지 않았습니다"),
    )  # fmt: skip


def no_public_score(material: Material) -> Suggestion | None:
    """How offline and public scores go together is not known."""
    sent = sum(entry.may_have_arrived for entry in material.entries)
    if any(entry.public is not None for entry in material.entries):
        return None
    return Suggestion(
        Bilingual("Hand one in and record its score: make score", "하나를 제출하고 점수 기록하기: make score"),
        Bilingual(f"{sent} handed in, 0 with a public score: no offline score can be held against the leaderboard",
                  f"제출 {sent}개 중 public 점수가 있는 것이 없어 오프라인 점수를 리더보드와 비교할 수 없습니다"),
    )  # fmt: skip


SUGGEST: tuple[Callable[[Material], Suggestion | None], ...] = (
    better_method,
    users_without_history,
    candidates_that_end_early,
    retriever_that_adds_nothing,
    scheme_far_from_the_question,
    schemes_that_disagree,
    choice_within_chance,
    seeds_that_may_pay,
    retrievers_not_ablated,
    no_public_score,
)
"""All there are; those without a worth stay in this order."""


def _ablated(material: Material) -> Iterator[tuple[str, Difference]]:
    """Each retriever left out of the submitted method, or else of the blend: (without it) - (with everything)."""
    ablation = load_ablation(material.run)
    methods = {} if ablation is None else {method.method: method for method in ablation.methods}
    if (method := methods.get(material.chosen) or methods.get(BLEND)) is not None:
        for without in method.without:
            yield without.part.removeprefix("retrievers."), without.differences[method.metrics[0]]


def _leave_out(name: str) -> Bilingual:
    return Bilingual(f"Leave {name} out", f"{name} 빼기")


def _worth_it(suggestion: Suggestion) -> Suggestion | None:
    """None where nothing would be won."""
    return suggestion if suggestion.worth and suggestion.worth > 0 else None


def _interval(difference: Difference) -> str:
    return f"{difference.mean:+.4f} [{difference.low:+.4f}, {difference.high:+.4f}]"


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"
