"""What can go wrong for a user, by name: the command line prints the message as one line and exits with code 2."""


class ShortlistError(Exception):
    """Base of every error whose message is meant for the user: one line that says what, where and what to do."""


class ConfigError(ShortlistError):
    """A setting in competition.toml, on the command line or in the machine's set-up that cannot be used."""


class DataError(ShortlistError):
    """A raw file that is missing or does not hold what it should: `file: column: row: what, and what to do`."""


class SubmissionError(ShortlistError):
    """A submission CSV that the organiser would refuse."""
