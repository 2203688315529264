"""What people and programs write where a value is not known."""

import pandas as pd

MISSING = ("-", "--", "—", "–", "NULL", "null", "NaN", "nan", "N/A", "n/a", "NA", "None", r"\N", "?", "#N/A")
"""Instead of a number or a date."""

SURELY_MISSING = ("NULL", "null", "NaN", r"\N", "N/A", "#N/A")
"""Instead of a name or of words, where "-" and "None" may be values."""


def without_missing(column: pd.Series, tokens: tuple[str, ...]) -> tuple[pd.Series, pd.Series]:
    """A column of text without such tokens, and where they were, (rows,) bool."""
    told = column.isin(tokens)
    return column.mask(told), told
