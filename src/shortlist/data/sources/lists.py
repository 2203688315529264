"""Lists of words in a cell: `a|b`, `a;b`, `a, b`, `[a, b]`, `['a', 'b']`, `{a,b}`."""

import re

import pandas as pd

SIGNS = r"[|;]"
"""Between the words of a cell, as in "Action|Comedy"."""

LITERAL = r"\s*(?:\[.*\]|\{.*\})\s*"
"""A list as a program writes it."""

COMMAS = r"[^\s,.!?]{1,40}(?: [^\s,]{1,40}){0,2}"
"""A word of a list with commas, or up to three that belong together; a sentence has more between its commas."""

PLAIN_LIST = rf"\s*{COMMAS}(?:\s*,\s*{COMMAS})*\s*,?\s*"

LITERALS, PLAIN, WITH_COMMAS = 0.5, 0.9, 0.2
"""A column is one of lists if so many of its values are literals, or look like lists with commas, and so many of those
do have commas."""

TOKEN = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'(?=\s*(?:,|$))|([^,]*?))\s*(?:,|$)""")


def is_list_column(values: pd.Series) -> bool:
    """Whether the known values of a column are lists, some of them at least."""
    return bool(values.str.contains(SIGNS).any()) or _is_literal(values) or _has_commas(values)


def as_words(column: pd.Series) -> pd.Series:
    """Text in which the words of lists are joined by semicolons; with commas, "Science Fiction" is one word."""
    values = column.dropna()
    if _is_literal(values):
        texts = {text: _words(text.strip()[1:-1] if re.fullmatch(LITERAL, text) else text) for text in values.unique()}
    elif _has_commas(values):
        texts = {text: _words(text) for text in values.unique()}
    else:
        return column.str.replace(SIGNS, ";", regex=True)
    words = column.map(texts).astype("str")
    return words.mask(words == "")


def _words(text: str) -> str:
    words = (next(filter(None, token.groups()), "") for token in TOKEN.finditer(text))
    return ";".join("_".join(re.sub(SIGNS, " ", word).split()) for word in words if word.strip())


def _is_literal(values: pd.Series) -> bool:
    return bool(len(values)) and bool(values.str.fullmatch(LITERAL).mean() > LITERALS)


def _has_commas(values: pd.Series) -> bool:
    """Short words with commas between them, more in one row than in another: "Seoul, Korea" and "Lee, Ann" are none."""
    if not len(values):
        return False
    commas = values.str.count(",")
    return bool(
        (commas > 0).mean() >= WITH_COMMAS
        and values.str.fullmatch(PLAIN_LIST).mean() >= PLAIN
        and commas[commas > 0].nunique() + (commas == 0).any() > 1
    )
