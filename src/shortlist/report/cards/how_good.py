"""How good it is: the competition's own metric, ahead of what by how much, and the public score to expect."""

from shortlist.common.bilingual import Bilingual, joined, same
from shortlist.report.cards.card import Card, Fact, ahead, interval
from shortlist.report.material import Material
from shortlist.studies.leaderboard.gain import gain
from shortlist.studies.leaderboard.standing import line_up
from shortlist.submission.ledger import Entry
from shortlist.submission.origin import origin_of
from shortlist.validation.metrics import Z95, Difference

TITLE = Bilingual("How good is it?", "얼마나 좋은가요?")


def card(material: Material) -> Card:
    """The submitted method's score on the first scheme, in its place among other scores."""
    scores, chosen = material.scores, material.chosen
    metric = scores.first.methods[chosen].metrics[scores.headline]
    under = Bilingual(
        f"{scores.headline} of {chosen} on {scores.chosen_by}, ± one standard error",
        f"{chosen}의 {scores.headline}, {scores.chosen_by} 방식, ± 표준오차",
    )
    facts = [*_over_baseline(material), *_over_earlier(material), _public(material)]
    lead = same(f"{metric.mean:.4f} ± {metric.error:.4f}")
    return Card("how-good", TITLE, lead, under, tuple(facts), sections=("methods", "parts", "leaderboard"))


def _over_baseline(material: Material) -> list[Fact]:
    if material.baseline is None:
        return []
    name = Bilingual(f"ahead of {material.baseline}, the baseline", f"기준인 {material.baseline}보다")
    note = Bilingual("on the same users", "같은 사용자끼리 비교")
    return [ahead(name, material.ahead_of(material.baseline), note)]


def _over_earlier(material: Material) -> list[Fact]:
    """Over the last submission, on the same users where both scores are of this run."""
    earlier, scheme = material.earlier, material.scores.chosen_by
    if earlier is None or material.submission is None:
        return []
    name = Bilingual("ahead of the last one", "지난 것보다")
    origin = origin_of(material.submission.manifest)
    if scheme not in earlier.scores or scheme not in origin.scores or earlier.metric != origin.metric:
        note = Bilingual(f"{earlier.file} has no score of {scheme}", f"{earlier.file}에는 {scheme} 점수가 없습니다")
        return [Fact(name, Bilingual("cannot be compared", "비교할 수 없음"), note, "doubtful")]
    step = gain(origin, earlier.origin, scheme, material.scores)
    reach = Z95 * step.error
    how = (
        Bilingual("on the same users", "같은 사용자끼리 비교")
        if step.paired
        else Bilingual("as if on other users: rather too wide", "서로 다른 사용자로 보아 실제보다 넓음")
    )  # fmt: skip
    note = joined(", ", (how, same(earlier.file)))
    return [ahead(name, Difference(step.mean, step.mean - reach, step.mean + reach), note)]


def _public(material: Material) -> Fact:
    """The leaderboard's score: known, to be expected, or neither."""
    entry = material.entry
    if entry is not None and entry.public is not None:
        return Fact(Bilingual("public score", "public 점수"), same(f"{entry.public:.4f}"), _private(entry))
    name = Bilingual("public score to expect", "예상 public 점수")
    standing = line_up(material.entries)
    origin = None if material.submission is None else origin_of(material.submission.manifest)
    scheme = None if origin is None else standing.scheme_for(origin)
    line = standing.schemes[scheme].line if scheme in standing.schemes else None
    if origin is None or scheme is None or line is None or origin.metric != standing.metric:
        note = Bilingual("no submission has a public score yet: make score records one",
                         "public 점수가 있는 제출이 아직 없습니다. make score로 기록합니다")  # fmt: skip
        return Fact(name, Bilingual("not known", "알 수 없음"), note)
    expected = line.expect(origin.scores[scheme])
    rests_on = Bilingual(f"by {scheme} and {line.submissions} scored before",
                         f"{scheme} 방식과 점수가 있는 제출 {line.submissions}개로 계산")  # fmt: skip
    within = interval(f"{expected.low:.4f}", f"{expected.high:.4f}")
    return Fact(name, same(f"{expected.middle:.4f}"), joined(", ", (within, rests_on)))


def _private(entry: Entry) -> Bilingual | None:
    return None if entry.private is None else same(f"private {entry.private:.4f}")
