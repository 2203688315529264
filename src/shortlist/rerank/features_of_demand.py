"""Features of the item's side of the lists: who else is offered the item, and how warmly."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.data.candidates import NO_ITEM, Candidates, user_blocks
from shortlist.rerank.evidence import TINY, Evidence
from shortlist.rerank.feature import Columns, feature
from shortlist.rerank.visible import Visible

OFFSET = 5
"""Ranks this deep still count for half of the first."""


@dataclass(frozen=True)
class Offered:
    """How one retriever's lists, of all m users that are asked, treat each item.

    Attributes:
        reaching: (I, N) int32, users who have the item at a place or before it.
        mean, deviation: (I,) float64, of its scores; of an item in no list, nothing is asked.
        demand: (I,) float64, sum of 1 / (rank + OFFSET) over the users, divided by m.
        asked: m, or 1 where it is 0.
    """

    reaching: IntArray
    mean: DoubleArray
    deviation: DoubleArray
    demand: DoubleArray
    asked: int

    @classmethod
    def of(cls, lists: Candidates, items: int) -> "Offered":
        """What some lists have of so many items."""
        columns = (np.bincount(column[column != NO_ITEM], minlength=items) for column in lists.items.T)
        reaching = np.cumsum([column.astype(np.int32) for column in columns], axis=0, dtype=np.int32).T
        places = np.diff(reaching, axis=1, prepend=np.int32(0))
        number, total, squares = np.maximum(reaching[:, -1], 1), np.zeros(items), np.zeros(items)
        for item, score in _entries(lists):
            total += np.bincount(item, score, items)
        mean = total / number
        for item, score in _entries(lists):
            squares += np.bincount(item, (score - mean[item]) ** 2, items)
        asked = max(len(lists.users), 1)
        demand = places @ (1 / (np.arange(places.shape[1]) + 1 + OFFSET)) / asked
        return cls(reaching, mean, np.sqrt(squares / number), demand, asked)


@feature(
    "many want the same item: how much more the user is offered it than others are, and how many they are",
    "여러 사람이 같은 아이템을 원합니다: 다른 사람보다 이 사용자에게 얼마나 더 맞고, 그런 사람이 몇인지",
)
def demand(rows: Evidence) -> Columns:
    """Without times, for each retriever: the user's score and place beside those of all who have the item in a list.

    The score in deviations from their mean; the share of them who have the item further up; how many they are; demand,
    the sum of 1 / (rank + `OFFSET`) over them; and that for each of the item's visible events. Numbers are shares, of
    all users that are asked and of all events, since a fold has fewer of both than the submission.

    With times nothing: who is offered an item in one window says little of the next, and trees learn items by heart
    from it.
    """
    if rows.visible.events.time is not None:
        return
    of_items = rows.shared.once(_offered)
    popularity = rows.shared.once(_popularity)[rows.items]
    for name, said in rows.said.items():
        offered = of_items[name]
        there, place = said.place >= 0, np.maximum(said.place, 0)
        number = offered.reaching[rows.items, -1]
        above = np.where(place > 0, offered.reaching[rows.items, place - 1], 0) / np.maximum(number, 1)
        deviation = np.maximum(offered.deviation[rows.items], TINY)
        yield f"{name}-lead", ((said.score - offered.mean[rows.items]) / deviation).astype(np.float32)
        yield f"{name}-above", np.where(there, above, np.nan).astype(np.float32)
        yield f"{name}-offered", (number / offered.asked).astype(np.float32)
        yield f"{name}-demand", offered.demand[rows.items].astype(np.float32)
        yield f"{name}-demand_by_event", (offered.demand[rows.items] / popularity).astype(np.float32)


def _offered(visible: Visible) -> dict[str, Offered]:
    return {name: Offered.of(lists, len(visible.dataset.items)) for name, lists in visible.lists.items()}


def _popularity(visible: Visible) -> DoubleArray:
    """Share of the visible events of each item, (I,), as if each had one more."""
    number = np.bincount(visible.dataset.events.item, minlength=len(visible.dataset.items)) + 1
    return number / number.sum()


def _entries(lists: Candidates) -> Iterator[tuple[IntArray, FloatArray]]:
    """Item and score of all that is in the lists, for some users at a time."""
    for block in user_blocks(len(lists.users)):
        items, scores = lists.items[block], lists.scores[block]
        there = items != NO_ITEM
        yield items[there], scores[there]
