"""Models whose parameters are fields, checked when one is made; and what tells whether it has learnt already.

Every sort of number that competition.toml can hold has its bounds here, once, with their reason: a value that no
machine or no data could ever carry is a slip of the hand, and is named before anything runs. Numbers are not taken from
text, nor from true and false.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

MOST = 2**31 - 1
"""Of anything that is counted in the data: codes and positions are int32."""

SMALLEST, LARGEST = 1e-9, 1e9
"""Of a factor: a float32 has 7 digits, and nothing is left of what is 9 orders of magnitude smaller than the rest."""


def no_trifle(value: float) -> float:
    """Pass a number that is not `SMALLEST` by far.

    Raises:
        ValueError: it is.
    """
    if value < SMALLEST:
        raise ValueError(f"must be {SMALLEST:g} at least")
    return value


Count = Annotated[int, Field(strict=True, ge=1, le=MOST)]
CountOrNone = Annotated[int, Field(strict=True, ge=0, le=MOST)]
"""The same, and 0 for none at all."""

Seed = Annotated[int, Field(strict=True, ge=0, lt=2**32)]
"""What NumPy takes."""

Flag = Annotated[bool, Field(strict=True)]
"""true or false, and no word or number for it."""

Cutoff = Annotated[int, Field(strict=True, ge=1, le=10_000)]
"""Places of a list: those of a million users with so many items each take 80 GB."""

Folds = Annotated[int, Field(strict=True, ge=1, le=100)]
"""Each fits every retriever again: at a minute for all of them, so many are a night's work."""

Passes = Annotated[int, Field(strict=True, ge=1, le=10_000)]
"""Passes over the data, or trees: of ten seconds each, so many are a day."""

Models = Annotated[int, Field(strict=True, ge=1, le=100)]
"""Models that differ in their seed: the mean of so many has a tenth of one's noise."""

Width = Annotated[int, Field(strict=True, ge=1, le=2048)]
"""Numbers of a vector, or members that stand for it: so many of a million items take 8 GB."""

WidthOrNone = Annotated[int, Field(strict=True, ge=0, le=2048)]

Depth = Annotated[int, Field(strict=True, ge=1, le=64)]
"""Layers: each takes as long, and as much memory, as the one below it."""

Batch = Annotated[int, Field(strict=True, ge=1, le=2**16)]
"""Rows of a step: a softmax of so many by so many takes 16 GB."""

Draws = Annotated[int, Field(strict=True, ge=0, le=2**16)]
"""Rows drawn for each step beside its own, likewise; 0 = none."""

Workers = Annotated[int, Field(strict=True, ge=1, le=1024)]
"""Processes that share one training: more wait for each other longer than they compute."""

Share = Annotated[float, Field(strict=True, ge=0, le=1)]
SomeShare = Annotated[float, Field(strict=True, gt=0, le=1), AfterValidator(no_trifle)]
"""A share that is not nothing."""

Dropout = Annotated[float, Field(strict=True, ge=0, le=0.99)]
"""The share that is left out of each step: what is left is scaled by up to a hundred."""

Weight = Annotated[float, Field(strict=True, ge=0, le=LARGEST)]
Positive = Annotated[float, Field(strict=True, gt=0, le=LARGEST), AfterValidator(no_trifle)]

Rate = Annotated[float, Field(strict=True, gt=0, le=1), AfterValidator(no_trifle)]
"""Of learning: a step of 1 is longer than any weight of a model should become."""

Temperature = Annotated[float, Field(strict=True, ge=1e-3, le=1e3)]
"""Divides cosines: below, one item takes all of a softmax; above, all items have the same."""

Power = Annotated[float, Field(strict=True, ge=0, le=4)]
"""Of a count: a thousand million to the fourth, 1e36, is the most that a float32 can hold."""

SomePower = Annotated[Power, Field(gt=0), AfterValidator(no_trifle)]
AnyPower = Annotated[float, Field(strict=True, ge=-4, le=4)]

Rating = Annotated[float, Field(strict=True, ge=-1e38, le=1e38)]
"""A number of the organiser's, kept as a float32."""

UNITS = {"d": 1.0, "w": 7.0, "h": 1 / 24, "m": 1 / 1440, "s": 1 / 86_400}
"""Of a length of time, in days."""

LONGEST_PERIOD = 4e18
"""Twice the nanoseconds since 1970, the finest unit that the times of a log come in."""


def period(text: str | float) -> float | None:
    """Such as "14d", "2w" or "6h", in days, or a number in the log's own unit; None for anything else."""
    if isinstance(text, int | float):
        return float(text)
    match = re.fullmatch(r"\s*(\d{1,20}(?:\.\d{1,20})?)\s*([dwhms]?)\s*", text)
    return float(match[1]) * UNITS.get(match[2], 1.0) if match else None


def _period(text: object) -> float:
    value = period(text) if isinstance(text, str | int | float) and not isinstance(text, bool) else None
    if value is None or not 0 <= value <= LONGEST_PERIOD:
        raise ValueError('must be a length of time such as "14d", "6h" or, in the unit of the log, 14')
    return value


Period = Annotated[float, BeforeValidator(_period)]
"""A length of time in days, written "14d", "2w" or "6h", or as a number in the log's own unit."""

SomePeriod = Annotated[Period, Field(gt=0), AfterValidator(no_trifle)]
"""A length of time that is not nothing."""

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What nobody sees in a text, or what ends a line for some readers; half a letter, which no file can hold, too."""


def unseen(text: str) -> str | None:
    """Which such character a text has, in the words of a message; None where it has none."""
    match = UNSEEN.search(text)
    return f"holds U+{ord(match.group()):04X}, a character that nobody sees" if match else None


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}", text):
        raise ValueError("must be one name of A-Z, a-z, 0-9, _ and -, not beginning with - and of 100 letters at most")
    return text


def _file_name(text: str) -> str:
    long = len(text.encode(errors="replace")) > LONGEST_FILE_NAME
    if long or UNSEEN.search(text) or re.search(r"[/\\]", text) or not text.strip(". "):
        raise ValueError(f"must be the name of a file in raw/, without a folder, of {LONGEST_FILE_NAME} bytes at most")
    return text


def _line(text: str) -> str:
    if UNSEEN.search(text) or not text.strip():
        raise ValueError("must be one line of text")
    return text


LONGEST_FILE_NAME = 255
"""Bytes: what file systems take."""

Name = Annotated[str, AfterValidator(_name)]
"""Of a method or a scheme: it becomes a part of file names, a target of Make and an argument of commands."""

ColumnName = Annotated[str, Field(min_length=1, max_length=1000)]
"""Of a column, an event's kind or what else stands in the organiser's files: as it is there."""

FileName = Annotated[str, AfterValidator(_file_name)]
"""Of a file that lies in raw/ itself: with a folder in it, or of dots alone, it would name another place."""

Line = Annotated[str, Field(max_length=1000), AfterValidator(_line)]
"""What people read: one line of text."""

parameters = checked_dataclass(kw_only=True, config=ConfigDict(extra="forbid"))
"""Decorator of a model class: its fields are its parameters, checked when it is made."""


class NotFittedError(ValueError, AttributeError):
    """A model was asked before `fit`; the bases are those of scikit-learn's error of that name."""


def fitted(model: object, name: str) -> Any:
    """What `fit` of the model stored under `name`.

    Raises:
        NotFittedError: before `fit`.
    """
    try:
        return model.__dict__[name]
    except KeyError:
        raise NotFittedError(f"{type(model).__name__} is not fitted yet; call fit(...) first") from None
