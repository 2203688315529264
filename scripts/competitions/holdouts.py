"""How a log becomes a competition: which events are hidden, and which of the hidden ones count as answers.

The same rule divides a log into what everybody sees and the answers, and then what everybody sees once more, so that
peers choose their parameters without the answers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from peers.event_log import ANSWER, LEFT_OUT, VISIBLE

Mask = NDArray[np.bool_]
Hide = Callable[[pd.DataFrame, np.random.Generator], Mask]
"""Tells which events are hidden, from the columns user, item and, where there are times, time (in days)."""


def last_events(number: int) -> Hide:
    """The last events of each user, of whom half stay visible at least; the order of the file decides ties."""

    def hide(events: pd.DataFrame, rng: np.random.Generator) -> Mask:
        user = events.sort_values("time", kind="stable").groupby("user")["item"]
        later = user.cumcount(ascending=False).sort_index()
        half = events.groupby("user")["item"].transform("size") // 2
        return (later < np.minimum(number, half)).to_numpy()

    return hide


def last_days(days: float) -> Hide:
    """What happened within so many days before the newest event."""
    return lambda events, rng: (events["time"] > events["time"].max() - days).to_numpy()


def share_of_each(share: float) -> Hide:
    """round(share x n) of each user's n events, drawn at random; NumPy rounds halves to even."""

    def hide(events: pd.DataFrame, rng: np.random.Generator) -> Mask:
        drawn = pd.Series(rng.permutation(len(events)), index=events.index).groupby(events["user"])
        return (drawn.rank() <= np.round(share * drawn.transform("size"))).to_numpy()

    return hide


@dataclass(frozen=True)
class Holdout:
    """A rule, and which of the hidden events are answers: those of users who are visible too.

    Attributes:
        hide: which events are hidden.
        least: visible events that the item of an answer has.
        users: how many users are asked at most, drawn at random among those with answers; None = all.
    """

    hide: Hide
    least: int = 0
    users: int | None = None

    def roles(self, events: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.int8]:
        """VISIBLE, ANSWER or LEFT_OUT (hidden, but no answer) for each event, (n,)."""
        hidden = self.hide(events, rng)
        visible = events[~hidden]
        seen = events["item"].map(visible["item"].value_counts()).fillna(0).to_numpy()
        answer = hidden & (seen >= self.least) & events["user"].isin(visible["user"]).to_numpy()
        if self.users is not None:
            drawn = rng.permutation(np.unique(events["user"].to_numpy()[answer]))[: self.users]
            answer &= events["user"].isin(drawn).to_numpy()
        return np.select([answer, hidden], [ANSWER, LEFT_OUT], VISIBLE).astype(np.int8)
