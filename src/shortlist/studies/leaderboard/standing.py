"""What the ledger's scored submissions say, scheme by scheme."""

from collections.abc import Sequence
from dataclasses import dataclass

from shortlist.studies.leaderboard.agreement import FEWEST, Agreement, agreement
from shortlist.studies.leaderboard.forecast import Line, fit, usable
from shortlist.submission.ledger import Entry, Origin


@dataclass(frozen=True)
class SchemeStanding:
    """One scheme's offline scores beside the public ones.

    Attributes:
        entries: with both scores, oldest first.
        agreement: of their orders.
        line: from offline to public; None without submissions.
    """

    entries: tuple[Entry, ...]
    agreement: Agreement
    line: Line | None


@dataclass(frozen=True)
class Standing:
    """What is known so far.

    Attributes:
        metric: that the offline scores are of; None while there are none.
        schemes: by name, in the ledger's order.
    """

    metric: str | None
    schemes: dict[str, SchemeStanding]

    @property
    def submissions(self) -> int:
        """With a public score, at most on any scheme."""
        return max((len(scheme.entries) for scheme in self.schemes.values()), default=0)

    @property
    def ranked(self) -> tuple[str, ...]:
        """The schemes that enough submissions were scored on, the one with the surest agreement first."""
        told = [name for name, scheme in self.schemes.items() if scheme.agreement.submissions >= FEWEST]
        return tuple(sorted(told, key=lambda name: -self.schemes[name].agreement.low))

    @property
    def trusted(self) -> str | None:
        """The scheme that is shown to agree with the leaderboard, the surest if several are."""
        return next((name for name in self.ranked if self.schemes[name].agreement.trusted), None)

    def scheme_for(self, origin: Origin) -> str | None:
        """The scheme to judge a submission by: the trusted one, else its first; None if it has no offline score."""
        known = [name for name in self.schemes if name in origin.scores]
        return self.trusted if self.trusted in origin.scores else next(iter(known or origin.scores), None)


def line_up(entries: Sequence[Entry]) -> Standing:
    """Line up offline and public scores, of the metric of the newest submission that has any offline score."""
    metric = next((entry.metric for entry in reversed(entries) if entry.scores), None)
    of_metric = [entry for entry in entries if entry.metric == metric]
    schemes = {}
    for name in dict.fromkeys(scheme for entry in of_metric for scheme in entry.scores):
        both = [entry for entry in of_metric if usable(entry.scores.get(name), entry.public)]
        scores, public = [entry.scores[name] for entry in both], [float(entry.public or 0) for entry in both]
        agreed = agreement([score.mean for score in scores], public)
        schemes[name] = SchemeStanding(tuple(both), agreed, fit(scores, public))
    return Standing(metric, schemes)


def best_sent(entries: Sequence[Entry], scheme: str, metric: str | None, but: str) -> Entry | None:
    """The accepted submission with the highest offline score on a scheme, other than the content `but`."""
    sent = [entry for entry in entries if entry.state == "accepted" and entry.sha256 != but
            and entry.metric == metric and scheme in entry.scores]  # fmt: skip
    return max(sent, key=lambda entry: entry.scores[scheme].mean, default=None)
