"""Ids of users and items: what may be one, their codes, and how they are kept on disk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from shortlist.common.arrays import IntArray
from shortlist.common.parameters import UNSEEN, unseen
from shortlist.errors import shown

Ids = NDArray[np.object_]
"""Texts as Python's own: NumPy's take four bytes for each letter of the longest one, and lose a NUL at the end."""

LONGEST = 2000
"""Letters of an id. Addresses of pages are the longest ids there are, and by custom have no more; a longer one is a
text in the wrong column, or what a quote that is never closed has joined."""


def id_fault(text: str) -> str | None:
    """What is wrong with a text as an id, in the words of a message; None where nothing is."""
    if hidden := unseen(text):
        return f"{hidden}; take it out"
    if len(text) > LONGEST:
        return f"has {len(text):,} letters and an id at most {LONGEST:,}: {shown(text)}; is it the right column?"
    return None


def wrong_id(ids: Sequence[str]) -> str | None:
    """The first of some texts that is no id."""
    if UNSEEN.search("".join(ids)) or max(map(len, ids), default=0) > LONGEST:
        return next(text for text in ids if id_fault(text))
    return None


@dataclass(frozen=True)
class IdIndex:
    """The organiser's ids and their dense codes 0 ... n-1.

    Attributes:
        ids: (n,) str as objects, unique; the position is the code.
    """

    ids: Ids

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", np.asarray(self.ids, dtype=object))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def lookup(self) -> pd.Index:
        """The ids as an index of pandas."""
        return pd.Index(self.ids, dtype="str")

    @cached_property
    def _codes(self) -> dict[str, int]:
        return dict(zip(self.ids.tolist(), range(len(self)), strict=True))

    def codes(self, ids: ArrayLike) -> IntArray:
        """Codes of `ids`, (m,) int32; -1 for an id that is not known."""
        if not isinstance(ids, pd.Series):
            return self._known(np.asarray(ids, dtype=object).tolist())
        place, distinct = pd.factorize(ids)
        return np.append(self._known(distinct), np.int32(-1))[place]  # the place of a missing id is -1

    def _known(self, ids: Iterable[object]) -> IntArray:
        known = self._codes
        return np.array([known.get(str(text), -1) for text in ids], dtype=np.int32)


def packed(ids: Iterable[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Texts as bytes of UTF-8, and where each of the n begins and ends in them, (n + 1,)."""
    texts = [text.encode() for text in ids]
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    return np.frombuffer(b"".join(texts), dtype=np.uint8), ends


def unpacked(content: NDArray[np.uint8], ends: NDArray[np.int64]) -> Ids:
    """What `packed` was given."""
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(content)]
    texts = pa.Array.from_buffers(pa.large_string(), len(ends) - 1, buffers)
    texts.validate(full=True)
    return np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)
