"""Whether a file's first row names its columns."""

from collections.abc import Sequence

from shortlist.data.sources.text import DATE


def is_header(names: Sequence[str], rows: Sequence[Sequence[str]], needed: Sequence[str]) -> bool:
    """Whether the first row is none like the others.

    It is like them where it has numbers or dates in columns of numbers or dates, unless the numbers count from 0 or 1,
    as pandas names columns.

    Args:
        names: the first row.
        rows: the next ones.
        needed: columns that there are, if the file has a header.
    """
    if needed and set(needed) <= set(names):
        return True
    measured = [place for place, name in enumerate(names) if _is_measured(name)]
    if not measured or not rows:
        return True
    counted = [names[place] for place in measured]
    if len(counted) > 2 and counted in (_count(0, len(counted)), _count(1, len(counted))):
        return True
    return not all(_is_measured(fields[place]) for fields in rows for place in measured if place < len(fields))


def _count(first: int, length: int) -> list[str]:
    return [str(number) for number in range(first, first + length)]


def _is_measured(text: str) -> bool:
    """Whether it is a number or a date."""
    try:
        float(text)
    except ValueError:
        return bool(DATE.fullmatch(text.strip()))
    return text.strip().lower() not in ("nan", "inf", "infinity")
