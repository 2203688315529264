"""What can go wrong for a user, by name: the command line prints the message as one line and exits with its code."""

from typing import ClassVar


class ShortlistError(Exception):
    """Base of every error whose message is meant for the user: one line that says what, where and what to do."""

    exit_code: ClassVar[int] = 2


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
