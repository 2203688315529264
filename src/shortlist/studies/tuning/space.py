"""What one run searches: the table of the method, its parameters' values, and how a trial draws them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shortlist.config.competition import Competition
from shortlist.config.tune import Dimension
from shortlist.errors import ConfigError
from shortlist.rerank.base import Reranker
from shortlist.rerank.registry import RERANKERS
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.registry import RETRIEVERS

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
        current = {parameter: getattr(model, parameter) for parameter in self.space}
        return dict(json.loads(json.dumps(current)))  # tuples are lists in competition.toml


def targets(competition: Competition) -> list[Target]:
    """A target for each table that the space names."""
    wanted = []
    for section, name in competition.tune.tables:
        kind, settings = competition.retriever(name) if section == "retrievers" else competition.reranker(name)
        start = f"{section}.{name}."
        space = {
            key.removeprefix(start): dimension
            for key, dimension in competition.tune.space.items()
            if key.startswith(start)
        }
        wanted.append(Target(section, name, kind, settings, space, competition.seed))
    return wanted


def target(competition: Competition) -> Target:
    """The one that `tune.method` names, or the first.

    Raises:
        ConfigError: there is no space.
    """
    possible = targets(competition)
    if not possible:
        raise ConfigError(
            "competition.toml has no [tune.space] to search; add one, such as "
            f'"retrievers.{next(iter(competition.retrievers))}.<parameter>" = {{ low = 1, high = 10 }}'
        )
    return next(own for own in possible if (own.section, own.name) == competition.tune.searched)


def check_space(competition: Competition) -> None:
    """Make each model with the ends of each of its ranges and with each choice.

    Raises:
        ConfigError: a parameter is unknown (the nearest known one is named), or does not take a value of the space.
    """
    for searched in targets(competition):
        for parameter, dimension in searched.space.items():
            for value in dimension.choices or dimension.ends:
                try:
                    searched.make({parameter: value})
                except ConfigError as error:
                    raise ConfigError(f"tune.space.{searched.section}.{searched.name}.{parameter}: {error}") from None


def draw(trial: "optuna.Trial", space: Mapping[str, Dimension]) -> ParameterValues:
    """A trial's values."""
    for name, dimension in space.items():
        low, high = dimension.ends
        if dimension.choices:
            trial.suggest_categorical(name, [json.dumps(choice) for choice in dimension.choices])
        elif dimension.whole:
            trial.suggest_int(name, int(low), int(high), step=int(dimension.step or 1), log=dimension.log)
        else:
            trial.suggest_float(name, low, high, step=dimension.step, log=dimension.log)
    return values(trial.params, space)


def values(drawn: Mapping[str, Any], space: Mapping[str, Dimension]) -> ParameterValues:
    """The parameters' values from those that Optuna keeps: lists are choices too, but not to Optuna."""
    converted = {}
    for name, dimension in space.items():
        if dimension.choices:
            converted[name] = json.loads(drawn[name])
        elif dimension.whole:
            converted[name] = drawn[name]
        else:
            low, high = dimension.ends
            converted[name] = min(max(float(f"{drawn[name]:.{DIGITS}g}"), float(low)), float(high))
    return converted


def as_drawn(chosen: ParameterValues, space: Mapping[str, Dimension]) -> ParameterValues | None:
    """What Optuna would keep of these values; None if one of them is outside the space."""
    drawn = {name: json.dumps(chosen[name]) if dimension.choices else chosen[name] for name, dimension in space.items()}
    inside = all(_within(chosen[name], dimension) for name, dimension in space.items())
    return drawn if inside and values(drawn, space) == chosen else None


def _within(value: object, dimension: Dimension) -> bool:
    if dimension.choices:
        return json.dumps(value) in [json.dumps(choice) for choice in dimension.choices]
    low, high = dimension.ends
    if not isinstance(value, int | float) or not low <= value <= high:
        return False
    steps = 0.0 if dimension.step is None else (value - low) / dimension.step
    return abs(steps - round(steps)) < ROUNDING


def applied(competition: Competition, searched: Target, chosen: ParameterValues) -> Competition:
    """The configuration with the values in the target's table."""
    tables = getattr(competition, searched.section)
    return competition.model_copy(
        update={searched.section: {**tables, searched.name: {**tables[searched.name], **chosen}}}
    )
