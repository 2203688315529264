"""How far the lists of two submissions differ."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shortlist.data.forms.base import KEYS


@dataclass(frozen=True)
class ListChange:
    """The lists of one submission against those of an earlier one.

    Attributes:
        requests: lists that both have: one for each user, or for each user and kind of event.
        changed: of them, how many have not all items in common.
        reordered: of the others, how many have them in another order.
        kept: share of the new items that are in the old list of the same request.
        table: a row for each request: its keys, `size` of the new list, and how many items are `kept`.
    """

    requests: int
    changed: int
    reordered: int
    kept: float
    table: pd.DataFrame


def list_change(new: pd.DataFrame, old: pd.DataFrame) -> ListChange:
    """Compare two submissions.

    Args:
        new, old: their entries, as `Form.read` gives them.
    """
    keys = [*KEYS, "item"]
    common = new.merge(old, on=keys, suffixes=("", "_old"))
    common["moved"] = common["position"] != common["position_old"]
    sizes, sizes_old = (entries.groupby(KEYS, sort=False).size() for entries in (new, old))
    shared = sizes.index.intersection(sizes_old.index, sort=False)
    by_request = common.groupby(KEYS, sort=False)["moved"].agg(["size", "any"]).reindex(shared)
    size, size_old = sizes[shared].to_numpy(), sizes_old[shared].to_numpy()
    kept, moved = by_request["size"].fillna(0).to_numpy(dtype=int), by_request["any"].eq(True).to_numpy()
    same = (kept == size) & (kept == size_old)
    return ListChange(
        requests=len(shared),
        changed=int((~same).sum()),
        reordered=int((same & moved).sum()),
        kept=float(kept.sum() / max(int(size.sum()), 1)),
        table=shared.to_frame(index=False).assign(size=np.asarray(size), kept=kept),
    )
