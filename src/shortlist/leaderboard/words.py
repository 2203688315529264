"""What the scores of the ledger mean, in sentences for the terminal and the report."""

from collections.abc import Mapping, Sequence
from typing import Any

from shortlist.leaderboard.agreement import FEWEST
from shortlist.leaderboard.gain import gain
from shortlist.leaderboard.standing import Standing, best_sent, standing
from shortlist.submission.ledger import Entry, Origin


def verdict(found: Standing) -> str:
    """Which scheme can be trusted, in one sentence."""
    if found.submissions < FEWEST:
        had = {0: "no submission has", 1: "1 submission has"}.get(
            found.submissions, f"{found.submissions} submissions have"
        )
        return (
            f"{had} an offline and a public score: nothing can be said about which scheme to trust; {FEWEST} are the "
            "fewest, since even three come in the right order by chance one time in six"
        )
    best = found.trusted or found.ranked[0]
    one = found.schemes[best].agreement
    if one.spearman is None:
        return f"{best}: all scores of one kind are equal, so that no order can be compared"
    shown = f"rank correlation {one.spearman:.2f} [{one.low:.2f}, {one.high:.2f}] over {one.submissions} submissions"
    if one.trusted:
        return f"{best} can be trusted to order submissions as the leaderboard does: {shown}"
    against = [name for name in found.ranked if found.schemes[name].agreement.contradicted]
    warning = f"; {', '.join(against)} orders them the other way round" if against else ""
    return f"no scheme is shown to order submissions as the leaderboard does; the best is {best}, {shown}{warning}"


def expectation(found: Standing, origin: Origin) -> str | None:
    """The public score that a submission may expect; None where no scored one compares."""
    scheme = found.scheme_for(origin)
    line = found.schemes[scheme].line if scheme in found.schemes else None
    if scheme is None or line is None or origin.metric != found.metric or origin.scores[scheme].mean <= 0:
        return None
    expected = line.expect(origin.scores[scheme])
    few = "" if line.submissions >= FEWEST else ", few"
    return (
        f"public {expected.middle:.4f}, 95 % within {expected.low:.4f} to {expected.high:.4f} "
        f"(by {scheme}, from {line.submissions} scored submission{'s' * (line.submissions > 1)}{few})"
    )


def gain_words(
    found: Standing, entries: Sequence[Entry], origin: Origin, sha256: str, validation: Mapping[str, Any] | None
) -> str | None:
    """How far a submission is ahead of the best that was handed in, with a warning where that is within chance."""
    scheme = found.scheme_for(origin)
    old = best_sent(entries, scheme, origin.metric, sha256) if scheme else None
    if scheme is None or old is None:
        return None
    before = Origin(old.method, old.configuration, old.metric, old.scores)
    ahead = gain(origin, before, scheme, validation)
    how = "of the difference, paired by user" if ahead.paired else "of two independent scores: too large, not paired"
    text = f"{ahead.mean:+.4f} on {scheme} over {old.file}, the best sent; standard error {ahead.error:.4f} ({how})"
    return f"{text}. WARNING: not more than its standard error" if ahead.small else text


def outlook(
    entries: Sequence[Entry], origin: Origin, sha256: str, validation: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """What to know before a CSV is handed in: the public score to expect and the gain, as far as they are known."""
    found = standing(entries)
    lines = {
        "expected": expectation(found, origin),
        "gain": gain_words(found, entries, origin, sha256, validation),
    }
    return {name: text for name, text in lines.items() if text}
