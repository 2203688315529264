"""Cells with lists become words, and those without stay as they are."""

import pandas as pd
import pytest

from shortlist.data.sources.lists import as_words, is_list_column


def column(*values: str) -> pd.Series:
    return pd.Series(values, dtype=str)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["Comedy, Drama, Science Fiction", "Comedy"], ["Comedy;Drama;Science_Fiction", "Comedy"]),
        (["a,b,c", "a", "b", "c", "a"], ["a;b;c", "a", "b", "c", "a"]),
        (["[a, b]", "[c]"], ["a;b", "c"]),
        (["['Rock n Roll', 'b, c']", "['d']"], ["Rock_n_Roll;b,_c", "d"]),
        (['["it\'s", "b"]', "[]"], ["it's;b", "-"]),
        (["{a,b}", "{c}"], ["a;b", "c"]),
        (["Action|Science Fiction", "b;c"], ["Action;Science Fiction", "b;c"]),
        (["[1, 2]", "[3]"], ["1;2", "3"]),
    ],
)
def test_lists_are_words(values, words):
    """However they are written."""
    assert is_list_column(column(*values))
    assert as_words(column(*values)).fillna("-").tolist() == words


@pytest.mark.parametrize(
    "values",
    [
        ["Seoul, Korea", "Busan, Korea"],
        ["Lee, Ann", "Kim, Bo", "Cher"] * 3 + ["x"] * 50,
        [
            "I came, saw and then went home, he said. Who?",
            "It was the best of times, it was the worst of times, it was",
        ],
        ["(unknown)", "a"],
        ["a", "b"],
        [],
    ],
)
def test_other_text_is_no_list(values):
    """Places, names, sentences, and brackets around a remark."""
    assert not is_list_column(column(*values))
    assert as_words(column(*values)).tolist() == values
