"""The methods that the benchmark compares, Shortlist first."""

from dataclasses import dataclass

from competitions.build import LOG_ONLY
from competitions.logs import Log
from peers.running import Row

LEAD = "shortlist"


@dataclass(frozen=True)
class Contender:
    """A row, and the logs that it can run on.

    Attributes:
        row: of the table.
        times: it needs times.
        own: it is for logs whose answers may be items that the user has.
        log_only: it is for logs that Shortlist also takes without the other files.
    """

    row: Row
    times: bool = False
    own: bool = False
    log_only: bool = False

    def lacks(self, log: Log, times: bool) -> str | None:
        """Why it does not run on a log; None where it does."""
        if self.times and not times:
            return "not run: the log has no times"
        if self.own and not log.keep:
            return "not run: own items may not be recommended"
        if self.log_only and not log.log_only:
            return "not run: for logs with other files alone"
        return None


def _few(title: str, model: str, *, times: bool = False, own: bool = False) -> Contender:
    return Contender(Row(title, "few_lines", model), times, own)


CONTENDERS = {
    LEAD: Contender(Row("Shortlist, as `make init` configures it", "shortlist_chain", "")),
    "shortlist_log_only": Contender(
        Row("Shortlist, from the log's file alone", "shortlist_chain", LOG_ONLY), log_only=True
    ),
    "popular": _few("most popular", "popular"),
    "recent_popular": _few("recent popular", "recent_popular", times=True),
    "own_frequency": _few("own frequency with decay", "own_frequency", own=True),
    "item_knn": _few("item-kNN of the 6,000 most popular items", "item_knn"),
    "als": _few("implicit ALS", "als"),
    "ease": _few("EASE of the 6,000 most popular items", "ease"),
    "transition": _few("transition, first-order Markov", "transition", times=True),
    "covisitation": _few("co-visitation with recency", "covisitation"),
    "own_and_covisitation": _few("own + co-visitation, fused by rank", "own_and_covisitation", own=True),
    "rectools_ease": Contender(Row("RecTools EASE", "rectools_log_models", "ease", "rectools")),
    "rectools_sasrec": Contender(Row("RecTools SASRec", "rectools_sasrec", "sasrec", "rectools_torch"), times=True),
    "rectools_two_stage": Contender(
        Row("RecTools two-stage, CatBoost", "rectools_log_models", "two_stage", "rectools", filters=True)
    ),
    "irspack_ials": Contender(Row("irspack iALS++", "irspack_models", "ials", "irspack")),
    "irspack_rp3beta": Contender(Row("irspack RP3beta", "irspack_models", "rp3beta", "irspack")),
}
"""By name; a library's own are with the settings of its documentation, but for what `scripts/peers` says of each."""

FEW_LINES = tuple(name for name, one in CONTENDERS.items() if one.row.adapter == "few_lines")
