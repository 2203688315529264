"""Whose list goes in, and the k items that it gives each user."""

from collections.abc import Mapping
from dataclasses import dataclass

from shortlist.common.arrays import IntArray
from shortlist.config.competition import BEST, RERANKER, Competition
from shortlist.config.paths import Paths
from shortlist.pipeline.train import load_final
from shortlist.retrievers.topk import Candidates, fill


@dataclass(frozen=True)
class Submitted:
    """The lists of some users, ready to be written.

    Attributes:
        method: whose they are.
        items: (m, k) int32 item codes, best first.
        sources: every method's candidates for these users: those of `method` first, then from the best to the worst.
    """

    method: str
    items: IntArray
    sources: Mapping[str, Candidates]


def submitted(paths: Paths, competition: Competition, order: list[str], users: IntArray | None = None) -> Submitted:
    """The list of the chosen method; a user for whom it has too few items gets the rest from the next best.

    Args:
        paths: with every method's final candidates.
        competition: says which method is chosen.
        order: of the methods, from best to worst.
        users: (m,) int32 codes; everybody by default.

    Raises:
        SubmissionError: all methods together have too few items for a user.
    """
    chosen = _chosen(competition, order)
    sources = {name: load_final(paths, name) for name in (chosen, *(name for name in order if name != chosen))}
    if users is not None:  # a final list's row is its user's code
        sources = {name: Candidates(users, found.items[users], found.scores[users]) for name, found in sources.items()}
    return Submitted(chosen, fill(list(sources.values()), competition.submission.k), sources)


def _chosen(competition: Competition, order: list[str]) -> str:
    method = competition.submission.method
    if method == BEST:
        return order[0]
    if method == RERANKER:
        return next(name for name in order if name in competition.rerankers)
    return method
