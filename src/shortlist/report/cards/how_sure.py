"""Whether it can be trusted: the scheme, how far its folds are from the submission, and what other orders say."""

from shortlist.common.bilingual import Bilingual, same
from shortlist.report.cards.card import Card, Fact, Mood
from shortlist.report.material import Material
from shortlist.studies.leaderboard.agreement import FEWEST
from shortlist.studies.leaderboard.standing import Standing, line_up
from shortlist.validation.distance import Distance
from shortlist.validation.scores import SchemeScores

TITLE = Bilingual("Can it be trusted?", "믿을 수 있나요?")

COMPARED = 3
"""Other schemes that are shown."""


def card(material: Material) -> Card:
    """The first scheme against the submission, the other schemes and the leaderboard."""
    scores, first = material.scores, material.scores.first
    standing = line_up(material.entries)
    lead, mood = _lead(scores.chosen_by, first.distance, standing)
    folds = len(first.sizes)
    under = Bilingual(
        f"chosen by {scores.chosen_by}, {folds} fold{'s' * (folds > 1)}",
        f"{scores.chosen_by} 방식으로 선택, fold {folds}개",
    )
    others = [name for name in scores.schemes if name != scores.chosen_by][:COMPARED]
    facts = [
        *_distance(first.distance),
        *(_order(first, name, scores.schemes[name]) for name in others),
        _leaderboard(scores.chosen_by, standing),
    ]
    return Card("how-sure", TITLE, lead, under, tuple(facts), mood, ("headline", "methods", "leaderboard", "about"))


def _lead(name: str, distance: Distance | None, standing: Standing) -> tuple[Bilingual, Mood]:
    """The gravest thing that is known; what the leaderboard has shown goes before what sizes suggest."""
    known = standing.schemes.get(name)
    if known is not None and known.agreement.contradicted:
        return Bilingual("Against the leaderboard", "리더보드와 반대"), "bad"
    if known is not None and known.agreement.trusted:
        return Bilingual("As the leaderboard", "리더보드와 일치"), "good"
    if distance is None:
        return Bilingual("Not measured", "재지 않음"), "doubtful"
    if distance.warning is not None:
        return Bilingual("Far from the submission", "제출과 많이 다름"), "doubtful"
    return Bilingual("Close to the submission", "제출과 비슷함"), "good"


def _distance(distance: Distance | None) -> list[Fact]:
    """What is known of the users in the folds and in the submission."""
    if distance is None:
        return []
    folds, asked = distance.folds, distance.asked
    note = Bilingual("users scored in the folds → users of the submission", "fold에서 채점한 사용자 → 제출 대상 사용자")
    return [
        Fact(Bilingual("events a user", "사용자마다 사건"), same(f"{folds.events:.1f} → {asked.events:.1f}"), None,
             "doubtful" if distance.events_far else "plain"),
        Fact(Bilingual("without history", "이력이 없는 비율"), same(f"{folds.cold:.0%} → {asked.cold:.0%}"), note,
             "doubtful" if distance.cold_far else "plain"),
    ]  # fmt: skip


def _order(first: SchemeScores, name: str, other: SchemeScores) -> Fact:
    """In how many pairs of methods two schemes agree which is better, of the methods that both have scored."""
    shared = [method for method in first.order if method in other.methods]
    place = {method: number for number, method in enumerate(other.order)}
    pairs = [(better, worse) for at, better in enumerate(shared) for worse in shared[at + 1 :]]
    agreed = sum(place[better] < place[worse] for better, worse in pairs)
    title = Bilingual(f"order on {name}", f"{name} 방식의 순서")
    if not pairs:
        return Fact(title, Bilingual("cannot be compared", "비교할 수 없음"))
    best = min(shared, key=place.__getitem__)
    mood: Mood = "good" if best == shared[0] else "doubtful"
    note = (
        Bilingual(f"pairs of methods scored on both; best on both: {best}",
                  f"둘 다 채점한 방법의 쌍. 둘 다 최고: {best}")
        if best == shared[0]
        else Bilingual(f"pairs of methods scored on both; best there: {best}, here: {shared[0]}",
                       f"둘 다 채점한 방법의 쌍. 그 방식의 최고: {best}, 여기의 최고: {shared[0]}")
    )  # fmt: skip
    value = Bilingual(f"{agreed} of {len(pairs)} alike", f"{len(pairs)}쌍 중 {agreed}쌍 일치")
    return Fact(title, value, note, mood)


def _leaderboard(name: str, standing: Standing) -> Fact:
    """How the order of submissions goes with the public scores."""
    title = Bilingual("order on the leaderboard", "리더보드의 순서")
    known = standing.schemes.get(name)
    n = 0 if known is None else known.agreement.submissions
    if known is None or n < FEWEST or known.agreement.spearman is None:
        note = Bilingual(
            f"it takes {FEWEST} submissions with a public score; there are {n}",
            f"public 점수가 있는 제출이 {FEWEST}개 필요한데 {n}개 있습니다",
        )
        return Fact(title, Bilingual("not known", "알 수 없음"), note)
    agreed = known.agreement
    value = f"{agreed.spearman:.2f} [{agreed.low:.2f}, {agreed.high:.2f}]"
    note = Bilingual(f"rank correlation over {n} submissions", f"제출 {n}개의 순위 상관")
    return Fact(title, same(value), note, "good" if agreed.trusted else "bad" if agreed.contradicted else "doubtful")
