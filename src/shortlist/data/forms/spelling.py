"""Two spellings of one id: `500` and `500.0`, `A` and `A ` and `a`, `007` and `7`."""

from collections.abc import Iterable

import pandas as pd


def loose(ids: Iterable[str]) -> pd.Series:
    """Each id without what often gets lost or added on the way: capitals, blanks around, `.0`, leading zeros."""
    texts = pd.Series(list(ids), dtype=str)
    return (
        texts.str.strip().str.casefold().str.replace(r"\.0+$", "", regex=True).str.replace(r"^0+(?=.)", "", regex=True)
    )


def known_spelling(ids: Iterable[str], known: Iterable[str]) -> list[str | None]:
    """For each id the first known one that may be meant, None where there is none. A known id is its own spelling."""
    names = pd.Series(list(known), dtype=object)
    meant = dict(zip(loose(names)[::-1], names[::-1], strict=True))
    exact = set(names)
    texts = list(ids)
    return [text if text in exact else meant.get(key) for text, key in zip(texts, loose(texts), strict=True)]
