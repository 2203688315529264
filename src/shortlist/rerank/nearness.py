"""How near a user's date is to those of a list's members, summed: a step per doubling of a list, not one per member."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray


class Nearness:
    """Sums of exp(-|distance| / tau) over the members of each list, for several tau.

    At each date of a list, the sum over what is before it is kept, and that over what is after it. Such a sum at a
    later date is the same times one decay, so that a look-up is a binary search.

    Args:
        lists: (lists, users), a stored entry is a member.
        days: (users,) float64; NaN of a user whose date is not known, who is passed over.
        taus: T distances in days at which a member counts for 1 / e.
    """

    def __init__(self, lists: sp.csr_matrix, days: DoubleArray, taus: Sequence[float]) -> None:
        known = ~np.isnan(days)
        self._days, place = np.unique(days[known], return_inverse=True)
        self._code = np.full(len(days), -1, dtype=np.int64)
        self._code[known] = place
        self._taus = np.array(taus, dtype=np.float32)[:, None]
        dated = known[lists.indices]
        row = np.repeat(np.arange(lists.shape[0]), np.diff(lists.indptr))[dated]
        self.number: NDArray[np.intp] = np.bincount(row, minlength=lists.shape[0])
        """(lists,) members whose date is known."""
        keys, count = np.unique(self._key(row, self._code[lists.indices[dated]]), return_counts=True)
        self._keys = np.append(keys, -1)  # -1: the place before the first and after the last, in no list
        of_list, code = np.divmod(keys, max(len(self._days), 1))
        day = self._days[code]
        self._before = self._summed(of_list, day, count)
        self._after = self._summed(of_list[::-1], -day[::-1], count[::-1])[:, ::-1]

    def at(self, rows: NDArray[np.integer], users: NDArray[np.integer]) -> FloatArray:
        """The sums over some lists at some users' dates, two (n,) arrays to (T, n) float32; NaN without a date."""
        code = self._code[users]
        last = np.searchsorted(self._keys[:-1], self._key(rows, code), side="right") - 1
        total = self._reaching(self._before, last, rows, code) + self._reaching(self._after, last + 1, rows, code)
        total[:, code < 0] = np.nan
        return total

    def _key(self, rows: NDArray[np.integer], codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """One number for a list and a date, which rises with both."""
        return rows.astype(np.int64) * len(self._days) + codes

    def _reaching(
        self, sums: FloatArray, places: NDArray[np.intp], rows: NDArray[np.integer], codes: NDArray[np.int64]
    ) -> FloatArray:
        """What the sums at some places come to at other dates of the same lists; 0 where the place is in another."""
        keys = self._keys[places]
        near = np.flatnonzero((keys >= 0) & (codes >= 0) & (keys // max(len(self._days), 1) == rows))
        decayed = np.zeros((len(self._taus), len(places)), dtype=np.float32)
        away = np.abs(self._days[keys[near] % len(self._days)] - self._days[codes[near]]) if len(near) else near
        decayed[:, near] = sums[:, places[near]] * np.exp(-away.astype(np.float32) / self._taus)
        return decayed

    def _summed(self, of_list: NDArray[np.int64], day: DoubleArray, count: NDArray[np.intp]) -> FloatArray:
        """At each of a list's dates, rising, the sum over those up to it: after a step, over twice as many as before.

        (T, dates) float32. See Hillis and Steele, "Data parallel algorithms", CACM 1986.
        """
        sums = np.tile(count.astype(np.float32), (len(self._taus), 1))
        step, later = 1, np.arange(len(day))
        while True:
            later = later[later >= step]
            later = later[of_list[later] == of_list[later - step]]
            if not len(later):
                return sums
            decay = np.exp(-(day[later] - day[later - step]).astype(np.float32) / self._taus)
            sums[:, later] += decay * sums[:, later - step]
            step *= 2
