"""One id in two spellings: `500` and `500.0`, `A` and `A ` with a blank, `0500` and `500`."""

from collections.abc import Iterable

import pandas as pd

from shortlist.data.sources.text import shown
from shortlist.errors import DataError


def check_spelling(noun: str, *lists: tuple[str, Iterable[str]]) -> None:
    """Make sure that ids of files that meet are spelt in one way.

    Within a file, blanks around an id and `.0` behind it make no other id. Between two files, zeros before it neither,
    if each of them has a spelling that the other has not. Capitals do.

    Args:
        noun: what the ids are of, such as "user", for the message.
        lists: where the ids are from, such as "train.csv: column user_id", and the ids.

    Raises:
        DataError: an id is spelt in two ways.
    """
    spelt = [(where, _distinct(ids)) for where, ids in lists]
    for where, ids in spelt:
        keys = _key(ids)
        if (again := keys.duplicated()).any():
            second = ids[again].iloc[0]
            first = ids[keys == keys[again].iloc[0]].iloc[0]
            raise _fault(noun, where, first, where, second)
    for place, (where, ids) in enumerate(spelt):
        for other, others in spelt[:place]:
            ours, theirs = ids[~ids.isin(others)], others[~others.isin(ids)]
            known = pd.Series(theirs.to_numpy(), _bare(theirs)).groupby(level=0).first()
            meant = _bare(ours).map(known)
            if (wrong := meant.notna()).any():
                raise _fault(noun, other, meant[wrong].iloc[0], where, ours[wrong].iloc[0])


def _distinct(ids: Iterable[str]) -> pd.Series:
    return pd.Series(list(dict.fromkeys(ids)), dtype=object).dropna().astype("str")


def _key(ids: pd.Series) -> pd.Series:
    """What is the same for all spellings within a file."""
    return ids.str.strip().str.replace(r"^([+-]?\d+)\.0*$", r"\1", regex=True)


def _bare(ids: pd.Series) -> pd.Series:
    """What is the same for all spellings between files."""
    return _key(ids).str.replace(r"^0+(\d+)$", r"\1", regex=True)


def _fault(noun: str, first: str, spelling: str, second: str, other: str) -> DataError:
    where = f"in {first}" if first == second else f"in {second}, in {first} {shown(spelling)}"
    what = f"{shown(spelling)} and {shown(other)} {where}" if first == second else f"{shown(other)} {where}"
    return DataError(f"{noun} {what}: one {noun} in two spellings; write it in one way in all files")
