"""Keys of competition.toml that had another place before version 0.3: they are still read."""

from collections.abc import Mapping
from typing import Any

from shortlist.errors import brief

METRIC_OF_DENOMINATOR = {"min(n,k)": "recall", "n": "recall_n", "k": "recall_k"}
"""What validation.denominator asked for."""

MOVED = {"submission": {"k": "k"}, "validation": {"denominator": "metric"}}
"""Section -> its former keys and their names in [question]."""


def with_question(values: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a TOML with the former keys moved to [question].

    Raises:
        ValueError: a key is in both places, or a denominator is none.
    """
    tables = {name: dict(table) if isinstance(table, Mapping) else table for name, table in values.items()}
    question = tables.setdefault("question", {})
    if not isinstance(question, dict):
        return tables  # said where the sections are checked
    for section, keys in MOVED.items():
        table = tables.get(section)
        if not isinstance(table, dict):
            continue
        for old, new in keys.items():
            if old not in table:
                continue
            if new in question:
                raise ValueError(f"{section}.{old} says the same as question.{new}; remove it")
            question[new] = _translated(old, table.pop(old))
    return tables


def _translated(key: str, value: Any) -> Any:
    if key != "denominator":
        return value
    if not isinstance(value, str) or value not in METRIC_OF_DENOMINATOR:
        raise ValueError(
            f"validation.denominator: must be one of {', '.join(METRIC_OF_DENOMINATOR)}, got {brief(value)}; "
            f'better, write [question] metric = "recall", "recall_n" or "recall_k"'
        )
    return METRIC_OF_DENOMINATOR[value]
