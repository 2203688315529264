"""Which folds teach what is scored on another."""

import numpy as np
import pytest

from shortlist.validation.division import Fold, teachers

NOTHING = np.empty(0, dtype=np.intp)


def folds(scored: str) -> list[Fold]:
    """A fold for each letter, "s" being scored and "l" there to learn on."""
    return [Fold(number, NOTHING, NOTHING, letter == "s") for number, letter in enumerate(scored, start=1)]


@pytest.mark.parametrize(
    ("kinds", "place", "expected"),
    [
        ("sss", 0, [1, 2]),
        ("sss", 2, [0, 1]),
        ("s", 0, []),
        ("sssss", 3, [0, 1, 2, 4]),
        ("ssssss", 2, [0, 1, 4, 5]),
        ("ssssss", 3, [0, 1, 4, 5]),
        ("sssssss", 6, [0, 1, 2, 3, 4, 5]),
        ("llss", 2, [0, 1]),
        ("llss", 3, [0, 1, 2]),
        ("llss", 0, [1]),
        ("lss", 0, []),
        ("lss", 1, [0]),
    ],
)
def test_nothing_later_teaches_where_folds_are_in_time(kinds: str, place: int, expected: list[int]) -> None:
    """All others, in twos from six on; where some are there to learn on, all before a scored one, and its like else."""
    assert teachers(folds(kinds), place) == expected
