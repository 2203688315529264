"""What can go wrong for a user, by name: the command line prints the message as one line and exits with its code.

Messages hold names and values from files and settings: here they are made harmless, all of them.
"""

from collections.abc import Iterable
from typing import ClassVar

LONGEST_LINE, LONGEST_VALUE = 600, 80
"""Letters of a message, and of a value in it."""

LISTED = 10
"""Names of a file's columns and the like in one message."""


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Any text as one line: what ends a line or is not seen is written as Python does, a long one is cut within."""
    text = _cut(text, longest)
    if text.isprintable():
        return text
    return _cut("".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text), longest)


def brief(value: object) -> str:
    """A value as Python writes it, on one line and not too long."""
    try:
        return one_line(repr(value), LONGEST_VALUE)
    except (ValueError, RecursionError):  # thousands of digits, or of lists in each other
        return f"a {type(value).__name__} too large to show"


def shown(value: object) -> str:
    """A value from a file as part of a message: in quotes, on one line, and not too long."""
    return brief(str(value))


def listed(names: Iterable[object]) -> str:
    """Names from files one after the other: `LISTED` at most, each made harmless, and how many more there are."""
    every = [one_line(str(name), LONGEST_VALUE) for name in names]
    first = every[:LISTED]
    while len(first) > 1 and len(", ".join(first)) > LONGEST_LINE // 3:
        first.pop()
    more = f" and {len(every) - len(first):,} more" if len(every) > len(first) else ""
    return ", ".join(first) + more if every else "none"


def _cut(text: str, longest: int) -> str:
    """The beginning and, for what is to be done stands there, the end."""
    end = longest // 3
    return text if len(text) <= longest else f"{text[: longest - end - 3]}...{text[-end:]}"


class ShortlistError(Exception):
    """Base of every error whose message is meant for the user: one line that says what, where and what to do.

    Args:
        lines: mostly one; each is made `one_line`.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, *lines: str) -> None:
        super().__init__(*map(one_line, lines))

    def __str__(self) -> str:
        """The lines."""
        return "\n".join(self.args)


class ConfigError(ShortlistError):
    """A setting in competition.toml, on the command line or in the machine's set-up that cannot be used."""


class DataError(ShortlistError):
    """A raw file that is missing or does not hold what it should: `file: column: row: what, and what to do`."""


class SubmissionError(ShortlistError):
    """A submission CSV that the organiser would refuse."""


class LedgerError(ShortlistError):
    """The ledger of submissions cannot be read or written."""


class UploadError(ShortlistError):
    """Nothing was sent: the upload would be in vain, or cannot be made."""


class UploadRefused(UploadError):  # noqa: N818 (what happened, beside UploadError's kin)
    """The competition's server has refused the file."""

    exit_code = 3


class UploadUnknown(UploadError):  # noqa: N818
    """The file may have arrived or not: a slot of the day may be spent."""

    exit_code = 4
