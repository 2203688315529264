"""The section [tune] of competition.toml: what is searched, on which folds, and for how long."""

from collections.abc import Mapping
from difflib import get_close_matches
from math import isfinite
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, model_validator

from shortlist.common.parameters import Flag, Folds, Name
from shortlist.errors import brief

SECTIONS = ("retrievers", "rerankers")
"""Whose tables can be tuned."""

KEY = "keys are retrievers.<table>.<parameter> and rerankers.<table>.<parameter>"


FARTHEST = 10**15
"""From 0: a float has 15 digits, and beyond them a range has gaps."""

MOST_STEPS = 1_000_000
"""Of a range: no search tries a part of so many that is worth naming."""

LONGEST_MINUTES = 7 * 24 * 60
"""A week."""


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("must be a finite number")
    if abs(value) > FARTHEST:
        raise ValueError(f"must be at most {FARTHEST:.0e} from 0")
    return value


Number = Annotated[int | float, PlainValidator(_number, json_schema_input_type=float)]
FoldNumbers = Annotated[tuple[Folds, ...], Field(max_length=100)]


class Dimension(BaseModel):
    """The values that one parameter can take: a range, or choices.

    Attributes:
        low, high: both ends belong to the range; if both are integers, so are its values.
        step: values are low, low + step, ...; without it every value up to `high`.
        log: small values are tried as often as large ones, by order of magnitude.
        choices: instead of a range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: Number | None = None
    high: Number | None = None
    step: Number | None = None
    log: Flag = False
    choices: Annotated[tuple[Any, ...], Field(max_length=1000)] = ()

    @property
    def whole(self) -> bool:
        """Whether the values are integers."""
        return all(isinstance(value, int) for value in (self.low, self.high, 1 if self.step is None else self.step))

    @property
    def ends(self) -> tuple[int | float, int | float]:
        """`low` and `high`; of choices, nothing."""
        return (0, 0) if self.low is None or self.high is None else (self.low, self.high)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if "choices" in self.model_fields_set:
            if self.model_fields_set != {"choices"} or len({repr(choice) for choice in self.choices}) < 2:
                raise ValueError("choices must be at least two different values, without low, high, step or log")
        elif self.low is None or self.high is None:
            raise ValueError("must have low and high, or choices")
        elif self.low >= self.high:
            raise ValueError(f"low = {self.low} must be less than high = {self.high}")
        elif self.step is not None and (self.log or not 0 < self.step <= self.high - self.low):
            raise ValueError("step must be more than 0, no more than high - low, and without log")
        elif self.step is not None and (self.high - self.low) / self.step > MOST_STEPS:
            raise ValueError(f"step leaves more than {MOST_STEPS:,} values from low to high; make it larger")
        elif self.log and self.low <= 0:
            raise ValueError("log needs a low above 0")
        return self


class Tune(BaseModel):
    """How `make tune` searches; nothing is searched while the space is empty.

    Attributes:
        minutes: for the trials; the comparison at the end comes on top.
        method: the retriever or reranker whose headline score is maximised; by default the first table of the space.
        folds: of the first scheme, on which trials are scored; by default those that are not reported on.
        report_folds: of the same scheme, which no trial sees, for the comparison of the best trial with the current
            configuration; by default those that are not tuned on, or the last two of five.
        space: "retrievers.<table>.<parameter>" or "rerankers.<table>.<parameter>" -> its values.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: Annotated[float, Field(strict=True, gt=0, le=LONGEST_MINUTES)] = 30
    method: Name | None = None
    folds: FoldNumbers = ()
    report_folds: FoldNumbers = ()
    space: Annotated[dict[str, Dimension], Field(max_length=100)] = {}

    @property
    def tables(self) -> tuple[tuple[str, str], ...]:
        """Section and name of the tables that the space names, in its order."""
        return tuple(dict.fromkeys((key.split(".")[0], key.split(".")[1]) for key in self.space))

    @property
    def searched(self) -> tuple[str, str]:
        """Section and name of the table of `method`."""
        return next((table for table in self.tables if table[1] == self.method), self.tables[0])

    def division(self, folds: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The folds that are tuned on and those that are reported on, of a scheme with so many."""
        numbers = range(1, folds + 1)
        report = self.report_folds
        if not report:
            last = folds - max(1, 2 * folds // 5)
            report = tuple(number for number in numbers if (number not in self.folds if self.folds else number > last))
        return self.folds or tuple(number for number in numbers if number not in report), report

    def fault(self, tables: Mapping[str, Mapping[str, Any]], folds: int) -> str | None:
        """The first thing that does not fit the rest of the configuration, in one line.

        Args:
            tables: "retrievers" and "rerankers" -> the tables of competition.toml.
            folds: of the first scheme.
        """
        if not self.space:
            return "tune.method: there is no [tune.space] to search; add one" if self.method else None
        known = [f"{section}.{name}" for section in SECTIONS for name in tables[section]]
        for key in self.space:
            table, _, parameter = key.rpartition(".")
            if table not in known or not parameter:
                near = get_close_matches(table or key, known, n=1, cutoff=0.5)
                hint = f"did you mean '{near[0]}.{parameter or '...'}'?" if near else KEY
                return f"tune.space: no table for {brief(key)}; {hint}"
        return self._method_fault() or self._folds_fault(folds)

    def _method_fault(self) -> str | None:
        names = [name for _, name in self.tables]
        if self.method is None and len({section for section, _ in self.tables}) > 1:
            return (
                "tune.space: a reranker is tuned on the lists of retrievers as they are, so not in one run with them; "
                f"name whose turn it is with method = one of {', '.join(names)}"
            )
        if self.method is not None and self.method not in names:
            near = get_close_matches(self.method, names, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names)}"
            return f"tune.method: no key of '{self.method}' is in tune.space; {hint}"
        return None

    def _folds_fault(self, folds: int) -> str | None:
        tuning, report = self.division(folds)
        if both := sorted(set(tuning) & set(report)):
            return (
                f"tune.report_folds: fold {both[0]} is in tune.folds too; a fold is tuned on or reported on, not both"
            )
        for name, numbers in (("folds", tuning), ("report_folds", report)):
            if not numbers:
                return f"tune.{name}: no fold is left of the {folds} that the first scheme has; use more folds"
            if len(set(numbers)) < len(numbers) or max(numbers) > folds:
                return f"tune.{name}: must be different numbers of 1 ... {folds}, got {list(numbers)}"
        if self.searched[0] == "rerankers" and len(tuning) < 2:
            return "tune.folds: a reranker learns on one fold and is scored on another; tune on two at least"
        return None
