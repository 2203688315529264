"""Whose list goes in, and the k items that it gives each user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shortlist.common.arrays import IntArray
from shortlist.data.candidates import Candidates, fill
from shortlist.pipeline.results import load_final
from shortlist.pipeline.run import Run


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


def submitted(run: Run, order: Sequence[str], users: IntArray | None = None) -> Submitted:
    """The list of the chosen method; a user for whom it has too few items gets the rest from the next best.

    Args:
        run: with every method's final candidates.
        order: of the methods, from best to worst.
        users: (m,) int32 codes; everybody by default.

    Raises:
        SubmissionError: all methods together have too few items for a user.
    """
    method = run.methods.submitted_of(order)
    sources = {name: load_final(run.paths, name) for name in (method, *(name for name in order if name != method))}
    if users is not None:  # a final list's row is its user's code
        sources = {name: Candidates(users, lists.items[users], lists.scores[users]) for name, lists in sources.items()}
    return Submitted(method, fill(list(sources.values()), run.competition.submission.k), sources)
