"""What the scores of the ledger mean, in sentences for the terminal and the report."""

from collections.abc import Sequence

from shortlist.common.bilingual import Bilingual
from shortlist.studies.leaderboard.agreement import FEWEST
from shortlist.studies.leaderboard.gain import gain
from shortlist.studies.leaderboard.standing import Standing, best_sent, line_up
from shortlist.submission.ledger import Entry, Origin
from shortlist.validation.scores import Scores


def verdict(standing: Standing) -> Bilingual:
    """Which scheme can be trusted, in one sentence."""
    n = standing.submissions
    if n < FEWEST:
        return Bilingual(
            f"{n} submission{'s' * (n != 1)} with an offline and a public score: nothing can be said about which "
            f"scheme to trust; {FEWEST} are the fewest, since even three come in the right order by chance one time in "
            "six",
            f"오프라인 점수와 public 점수가 모두 있는 제출이 {n}개입니다. 어느 방식을 믿을지 아직 말할 수 없습니다. "
            f"적어도 {FEWEST}개가 필요합니다. 3개는 우연히 순서가 맞을 확률이 6분의 1이나 됩니다",
        )
    best = standing.trusted or standing.ranked[0]
    agreement = standing.schemes[best].agreement
    if agreement.spearman is None:
        return Bilingual(
            f"{best}: all scores of one kind are equal, so that no order can be compared",
            f"{best}: 한쪽 점수가 모두 같아 순서를 비교할 수 없습니다",
        )
    span = f"{agreement.spearman:.2f} [{agreement.low:.2f}, {agreement.high:.2f}]"
    n = agreement.submissions
    shown = Bilingual(f"rank correlation {span} over {n} submissions", f"제출 {n}개의 순위 상관 {span}")
    if agreement.trusted:
        return Bilingual(
            f"{best} can be trusted to order submissions as the leaderboard does: {shown.en}",
            f"{best}의 순서는 리더보드의 순서와 맞으므로 믿을 수 있습니다: {shown.ko}",
        )
    against = ", ".join(name for name in standing.ranked if standing.schemes[name].agreement.contradicted)
    return Bilingual(
        f"no scheme is shown to order submissions as the leaderboard does; the best is {best}, {shown.en}"
        + (f"; {against}: the other way round" if against else ""),
        f"리더보드와 순서가 맞는다고 볼 수 있는 방식이 없습니다. 가장 나은 것은 {best}, {shown.ko}"
        + (f"; 반대 순서: {against}" if against else ""),
    )


def expectation(standing: Standing, origin: Origin) -> Bilingual | None:
    """The public score that a submission may expect; None where no scored one compares."""
    scheme = standing.scheme_for(origin)
    line = standing.schemes[scheme].line if scheme in standing.schemes else None
    if scheme is None or line is None or origin.metric != standing.metric or origin.scores[scheme].mean <= 0:
        return None
    expected, n = line.expect(origin.scores[scheme]), line.submissions
    return Bilingual(
        f"public {expected.middle:.4f}, 95 % within {expected.low:.4f} to {expected.high:.4f} "
        f"(by {scheme}, from {n} scored submission{'s' * (n > 1)})",
        f"public {expected.middle:.4f}, 95 % 범위 {expected.low:.4f}~{expected.high:.4f} "
        f"({scheme}, 점수가 있는 제출 {n}개)",
    )


def ahead(
    standing: Standing, entries: Sequence[Entry], origin: Origin, sha256: str, validation: Scores | None
) -> Bilingual | None:
    """How far a submission is ahead of the best that was handed in, with a warning where that is within chance."""
    scheme = standing.scheme_for(origin)
    old = best_sent(entries, scheme, origin.metric, sha256) if scheme else None
    if scheme is None or old is None:
        return None
    step = gain(origin, old.origin, scheme, validation)
    how = (
        Bilingual("of the difference, paired by user", "사용자별로 짝지은 차이의 오차")
        if step.paired
        else Bilingual("of two independent scores, as the users cannot be paired: rather too large",
                  "짝지을 수 없어 독립으로 본 오차, 실제보다 큼")
    )  # fmt: skip
    text = Bilingual(
        f"{step.mean:+.4f} on {scheme} over {old.file}, the best sent; standard error {step.error:.4f} ({how.en})",
        f"지금까지 보낸 것 중 최고인 {old.file}보다 {scheme}에서 {step.mean:+.4f}; "
        f"표준오차 {step.error:.4f} ({how.ko})",
    )
    if not step.small:
        return text
    return Bilingual(
        f"{text.en}. WARNING: not more than its standard error", f"{text.ko}. 주의: 이득이 표준오차보다 크지 않습니다"
    )


def outlook(
    entries: Sequence[Entry], origin: Origin, sha256: str, validation: Scores | None = None
) -> dict[str, Bilingual]:
    """What to know before a CSV is handed in: the public score to expect and the gain, as far as they are known.

    Args:
        validation: the newest run's; it pairs the users where both scores are of it.
    """
    standing = line_up(entries)
    known = {
        "expected": expectation(standing, origin),
        "gain": ahead(standing, entries, origin, sha256, validation),
    }
    return {name: text for name, text in known.items() if text}
