"""How far two submissions differ, against a naive count."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.studies.compare.lists import list_change

Lists = dict[str, list[str]]
LISTS = st.dictionaries(
    st.sampled_from(["ann", "bob", "cy", "dee"]),
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True),
    min_size=1,
)


def entries(lists: Lists) -> pd.DataFrame:
    """As a form reads them."""
    rows = [(user, "", item, place) for user, items in lists.items() for place, item in enumerate(items)]
    return pd.DataFrame(rows, columns=["user", "kind", "item", "position"])


@settings(deadline=None, max_examples=50)
@given(LISTS, LISTS)
def test_counts_are_those_of_loops(new: Lists, old: Lists) -> None:
    """Changed lists, reordered ones, and the share of the new items that the old list had."""
    change = list_change(entries(new), entries(old))
    both = [user for user in new if user in old]
    same = [user for user in both if set(new[user]) == set(old[user])]
    kept = {user: len(set(new[user]) & set(old[user])) for user in both}
    total = sum(len(new[user]) for user in both)
    assert change.requests == len(both)
    assert change.changed == len(both) - len(same)
    assert change.reordered == sum(new[user] != old[user] for user in same)
    assert change.kept == (sum(kept.values()) / total if total else 0)
    assert dict(zip(change.table["user"], change.table["kept"], strict=True)) == kept
