"""What one run searches: the table of the method, its parameters' values, and how a trial draws them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shortlist.config.competition import Competition
from shortlist.config.tune import Dimension
from shortlist.errors import ConfigError
from shortlist.rerank.base import RERANKERS, Reranker
from shortlist.retrievers.base import RETRIEVERS, Retriever

if TYPE_CHECKING:
    import optuna

DIGITS = 4
"""Of a drawn number: it is written as it was tried, and more of them would be noise."""

ROUNDING = 1e-9
"""How far from a whole number of steps a float may be."""

ParameterValues = dict[str, Any]
"""Parameter -> value."""


@dataclass(frozen=True)
class Target:
    """The method of a run.

    Attributes:
        section: "retrievers" or "rerankers".
        name: of its table.
        kind, settings: of the table as it is.
        space: parameter -> the values to search.
        seed: the competition's.
    """

    section: str
    name: str
    kind: str
    settings: Mapping[str, Any]
    space: Mapping[str, Dimension]
    seed: int

    def make(self, values: Mapping[str, Any]) -> Retriever | Reranker:
        """The model with some parameters changed.

        Raises:
            ConfigError: the model does not know a parameter, or does not take its value.
        """
        settings = {**self.settings, **values}
        if self.section == "retrievers":
            return RETRIEVERS.make(self.kind, settings, seed=self.seed)
        return RERANKERS.make(self.kind, settings, seed=self.seed)

    def current(self) -> ParameterValues:
        """The values that the searched parameters have now, by the table or by default."""
        model = self.make({})
        found = {parameter: getattr(model, parameter) for parameter in self.space}
        return dict(json.loads(json.dumps(found)))  # tuples are lists in competition.toml


def targets(competition: Competition) -> list[Target]:
    """A target for each table that the space names."""
    found = []
    for section, name in competition.tune.tables:
        kind, settings = competition.retriever(name) if section == "retrievers" else competition.reranker(name)
        start = f"{section}.{name}."
        space = {key.removeprefix(start): one for key, one in competition.tune.space.items() if key.startswith(start)}
        found.append(Target(section, name, kind, settings, space, competition.seed))
    return found


def target(competition: Competition) -> Target:
    """The one that `tune.method` names, or the first.

    Raises:
        ConfigError: there is no space.
    """
    found = targets(competition)
    if not found:
        raise ConfigError(
            "competition.toml has no [tune.space] to search; add one, such as "
            f'"retrievers.{next(iter(competition.retrievers))}.<parameter>" = {{ low = 1, high = 10 }}'
        )
    return next(one for one in found if (one.section, one.name) == competition.tune.searched)


def check_space(competition: Competition) -> None:
    """Make each model with the ends of each of its ranges and with each choice.

    Raises:
        ConfigError: a parameter is unknown (the nearest known one is named), or does not take a value of the space.
    """
    for one in targets(competition):
        for parameter, dimension in one.space.items():
            for value in dimension.choices or dimension.ends:
                try:
                    one.make({parameter: value})
                except ConfigError as error:
                    raise ConfigError(f"tune.space.{one.section}.{one.name}.{parameter}: {error}") from None


def draw(trial: "optuna.Trial", space: Mapping[str, Dimension]) -> ParameterValues:
    """A trial's values."""
    for name, one in space.items():
        low, high = one.ends
        if one.choices:
            trial.suggest_categorical(name, [json.dumps(choice) for choice in one.choices])
        elif one.whole:
            trial.suggest_int(name, int(low), int(high), step=int(one.step or 1), log=one.log)
        else:
            trial.suggest_float(name, low, high, step=one.step, log=one.log)
    return values(trial.params, space)


def values(drawn: Mapping[str, Any], space: Mapping[str, Dimension]) -> ParameterValues:
    """The parameters' values from those that Optuna keeps: lists are choices too, but not to Optuna."""
    found = {}
    for name, one in space.items():
        if one.choices:
            found[name] = json.loads(drawn[name])
        elif one.whole:
            found[name] = drawn[name]
        else:
            low, high = one.ends
            found[name] = min(max(float(f"{drawn[name]:.{DIGITS}g}"), float(low)), float(high))
    return found


def as_drawn(found: ParameterValues, space: Mapping[str, Dimension]) -> ParameterValues | None:
    """What Optuna would keep of these values; None if one of them is outside the space."""
    drawn = {name: json.dumps(found[name]) if one.choices else found[name] for name, one in space.items()}
    inside = all(_within(found[name], one) for name, one in space.items())
    return drawn if inside and values(drawn, space) == found else None


def _within(value: object, one: Dimension) -> bool:
    if one.choices:
        return json.dumps(value) in [json.dumps(choice) for choice in one.choices]
    low, high = one.ends
    if not isinstance(value, int | float) or not low <= value <= high:
        return False
    steps = 0.0 if one.step is None else (value - low) / one.step
    return abs(steps - round(steps)) < ROUNDING


def applied(competition: Competition, one: Target, found: ParameterValues) -> Competition:
    """The configuration with the values in the target's table."""
    tables = getattr(competition, one.section)
    return competition.model_copy(update={one.section: {**tables, one.name: {**tables[one.name], **found}}})
