"""Features of the dates in the user table: whose time the user shares, though no event has one."""

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray
from shortlist.data.candidates import stored
from shortlist.data.columns import days
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.feature import Columns, feature
from shortlist.rerank.nearness import Nearness
from shortlist.rerank.visible import Visible

TAUS = (3, 10, 30)
"""Days at which another user counts for 1 / e: about a week, a few weeks, and a season."""

PRIOR = 3
"""So many users who are as near as all users are on average stand beside those of an item, who may be few."""


@feature(
    "an item is in fashion for some days: how many of its users are of the user's own time, and if more than of others",
    "아이템은 며칠 동안 인기를 끕니다: 그 사용자들 중 이 사용자와 같은 때인 사람이 몇이고 평소보다 많은지",
)
def near_dates(rows: Evidence) -> Columns:
    """For each date column of the users: sums of exp(-days / tau) over the item's other users, and their lift.

    The lift is the log of the mean, which `PRIOR` draws to what all users have at the user's date, less the log of
    that: a date at which many users are says nothing of the item.
    """
    of_item = stored(rows.audiences, rows.items, rows.users)
    for name, near, usual in rows.shared.once(_near_dates):
        sums = np.maximum(near.at(rows.items, rows.users) - of_item, 0)  # the user is no other user
        number, expected = near.number[rows.items] - of_item, usual[:, rows.users]
        lift = np.log((sums + PRIOR * expected) / (number + PRIOR) / expected)
        for place, tau in enumerate(TAUS):
            yield f"{name}-{tau}", sums[place]
            yield f"{name}-{tau}_lift", lift[place]


def _near_dates(visible: Visible) -> list[tuple[str, Nearness, FloatArray]]:
    """Of each date column what is near in the items' audiences, and the mean over all users at each one's date."""
    table = visible.dataset.user_table
    everybody = sp.csr_matrix(np.ones((1, len(table)), dtype=np.float32))
    users = np.arange(len(table))
    column_nearness = []
    for column in table.select_dtypes("datetime"):
        dates = days(table[column])
        whole = Nearness(everybody, dates, TAUS)
        usual = whole.at(np.zeros_like(users), users) / np.float32(max(whole.number[0], 1))
        column_nearness.append((str(column), Nearness(visible.audiences, dates, TAUS), usual))
    return column_nearness
