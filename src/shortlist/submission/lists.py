"""Whose list goes in, and the k items that it gives each user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import IntArray
from shortlist.data.candidates import Candidates, fill
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, shown
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
        users: (m,) int32 codes, of those asked; all of them by default, in the order of the codes.

    Raises:
        ConfigError: nobody asks for a user.
        SubmissionError: all methods together have too few items for a user.
    """
    method = run.methods.submitted_of(order)
    sources = {name: load_final(run.paths, name) for name in (method, *(name for name in order if name != method))}
    if users is not None:
        places = _places(run, sources[method].users, users)
        sources = {name: lists.rows(places) for name, lists in sources.items()}
    return Submitted(method, fill(list(sources.values()), run.competition.question.k), sources)


def _places(run: Run, asked: IntArray, users: IntArray) -> NDArray[np.intp]:
    """Rows of some users in the final lists, whose users are `asked`."""
    places = np.minimum(np.searchsorted(asked, users), len(asked) - 1)
    if (unasked := asked[places] != users).any():
        name = Dataset.load(run.paths.dataset).users.ids[users[int(np.argmax(unasked))]]
        raise ConfigError(f"user {shown(name)}: the submission does not ask for this user, so there is no list")
    return places
