"""Features of the kinds of events: what the user did with the item, and what is usually done."""

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.data.dataset import Dataset
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.feature import Columns, feature
from shortlist.rerank.visible import Visible


@feature(
    "a cart says more than a click: what the user did with the item, by kind of event",
    "장바구니는 클릭보다 많은 것을 말합니다: 사용자가 이 아이템에 한 행동을 종류별로 센 것",
)
def kinds(rows: Evidence) -> Columns:
    """Where there are several kinds of events: the pair's events of each and, with times, since the last of them."""
    if not _has_kinds(rows.visible):
        return
    own = rows.own
    for code, kind in enumerate(own.kinds):
        mine = own.events.kind == code
        yield kind, rows.of_own(np.bincount(own.pair_of, weights=mine, minlength=len(own.pairs)), 0)
        if own.events.time is not None:
            last = np.full(len(own.pairs), np.nan)
            last[own.pair_of[mine]] = own.events.time[mine]  # a pair's events rise in time: the last one stays
            yield f"{kind}-since", rows.of_own(rows.now - last)


@feature(
    "many look and few buy: how much of what happens to the item, and of what the user does, is of each kind",
    "보는 사람은 많아도 사는 사람은 적습니다: 아이템에 일어나는 일과 사용자가 하는 일 중 종류별 비율",
)
def kind_shares(rows: Evidence) -> Columns:
    """Where there are several kinds of events: the share of each in the item's and in the user's."""
    if not _has_kinds(rows.visible):
        return
    of_items, of_users = rows.shared.once(_of_items), _shares(rows.own, rows.own.events.user, len(rows.visible.users))
    for code, kind in enumerate(rows.visible.kinds):
        yield f"{kind}-of_item", of_items[code, rows.items]
        yield f"{kind}-of_user", of_users[code, rows.users]


def _has_kinds(data: Dataset) -> bool:
    return data.events.kind is not None and len(data.kinds) > 1


def _of_items(visible: Visible) -> FloatArray:
    return _shares(visible.dataset, visible.dataset.events.item, len(visible.dataset.items))


def _shares(data: Dataset, codes: IntArray, number: int) -> FloatArray:
    """Share of each kind in the events of each user or item, (kinds, number); NaN without events."""
    counts: list[NDArray[np.intp]] = [
        np.bincount(codes[data.events.kind == code], minlength=number) for code in range(len(data.kinds))
    ]
    parts: DoubleArray = np.stack(counts).astype(np.float64)
    total = parts.sum(axis=0)
    return np.divide(parts, total, out=np.full(parts.shape, np.nan), where=total > 0).astype(np.float32)
