"""competition.toml: the whole configuration of one competition, checked before anything runs."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shortlist.common.faults import first_fault
from shortlist.common.parameters import Count, Seed, period
from shortlist.config.older import with_question
from shortlist.config.tune import Tune
from shortlist.errors import ConfigError

Metric = Literal["recall", "recall_n", "recall_k", "precision", "hit", "ndcg", "map", "mrr"]
"""As `validation.metrics` defines them; "precision" is another word for "recall_k"."""

SCORE = "score"
"""What a weighted sum of metrics is called among them."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]  # becomes a file name and a target of Make
BEST, RERANKER, BLEND = "best", "reranker", "blend"
"""Names with a meaning of their own among the methods."""

Tables = Annotated[dict[Name, dict[str, Any]], Field(min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(_Section):
    """What is asked, apart from the files that say it.

    Attributes:
        k: items for each user.
        metric: the official one at k, or several with their weights in a sum.
        kind_weights: kind of event -> weight: the metric is the sum over kinds, each scored on the answers of its kind.
        seen: whether items that a user has already are left out ("drop") or may come again ("keep").
        answers: kinds of events that count as answers; empty = all.
        asked: the users: those of the "sample", or of a file of raw/ with their ids.
        items: what may be recommended: "all"; "active 30d", what had an event within so long before the end; or a file
            of raw/ with the ids of items, or of users and items.
    """

    k: Count
    metric: Metric | Annotated[dict[Metric, float], Field(min_length=1)] = "recall"
    kind_weights: dict[str, float] = {}
    seen: Literal["drop", "keep"] = "drop"
    answers: tuple[str, ...] = ()
    asked: str = "sample"
    items: str = "all"

    @property
    def metrics(self) -> dict[str, float]:
        """Metric -> its weight, under the names of `validation.metrics`."""
        weights = {self.metric: 1.0} if isinstance(self.metric, str) else self.metric
        return {"recall_k" if name == "precision" else name: weight for name, weight in weights.items()}

    @property
    def headline(self) -> str:
        """The official metric with its cut-off, "recall@5"."""
        names = list(self.metrics)
        return f"{SCORE if len(names) > 1 or self.kind_weights else names[0]}@{self.k}"

    @property
    def active_days(self) -> float | None:
        """How long before the end an item must have had an event; None where that does not matter."""
        return period(self.items.removeprefix("active ")) if self.items.startswith("active ") else None


class SubmissionRules(_Section):
    """What the organiser accepts, and whose list goes in.

    Attributes:
        sample: the file of raw/ that shows the form.
        user_column, item_column: of that file, where it cannot tell by itself.
        method: whose list goes in: `best` by the main validation score, `reranker` for the best of the rerankers, or
            the name of a retriever, of a reranker, or `blend`.
    """

    sample: str = "sample_submission.csv"
    user_column: str | None = None
    item_column: str | None = None
    method: str = BEST


class Validation(_Section):
    """How offline scores are made.

    Attributes:
        folds: K of every scheme.
        ks: cut-offs at which the metrics are reported.
        users: that are scored in each fold at most, drawn at random: a mean over so many is known well enough.
        schemes: a table for each scheme: its parameters, and `kind` where its name is not its kind; the first scheme is
            the one that choices are made by.
    """

    folds: Count = 5
    ks: Annotated[tuple[Count, ...], Field(min_length=1)] = (5, 10, 20, 50, 100)
    users: Count = 50_000
    schemes: Tables


class Blend(_Section):
    """How the retrievers' lists become one.

    Attributes:
        retrievers: whose lists take part; empty = all.
        candidates: the first so many of each user, or all there are, go to the rerankers.
    """

    retrievers: tuple[Name, ...] = ()
    candidates: Count = 100


class Rerank(_Section):
    """What the rerankers learn from.

    Attributes:
        users: of each fold at most, drawn at random: trees learn little from more, and need memory for each.
    """

    users: Count = 20_000


class Ablate(_Section):
    """What `make ablate` leaves out, one thing at a time.

    Attributes:
        folds: how many folds are scored; all the others are learnt on in any case.
        reranker: whose features are left out; the first by default.
    """

    folds: Count = 2
    reranker: Name | None = None


class Upload(_Section):
    """Where `make upload` sends a CSV.

    Attributes:
        cpt_id: the competition's number at Dacon; without it nothing can be uploaded.
        daily_limit: how many CSVs the organiser takes in a day (KST).
        url: of the API; without it, as in the synthetic sample, the environment has to name one in DACON_API_URL.
    """

    cpt_id: Count | None = None
    daily_limit: Count = 3
    url: Annotated[str, Field(pattern=r"^https://[^\s@]+$")] | None = None


class Report(_Section):
    """What the report looks at beside the rest.

    Attributes:
        groups: category columns of users and items by whose values recall is split; by default the first one of each.
    """

    groups: tuple[str, ...] = ()


class Competition(_Section):
    """One competition.

    Attributes:
        title: its name for people.
        url: where a competitor gets the files.
        source: the module of `shortlist.data.sources` that reads them, or a table with it as `kind` and its parameters.
        seed: of everything random that has no seed of its own.
        candidates: length of the lists that retrievers give.
        question: what is asked.
        submission: what the organiser accepts.
        validation: how offline scores are made.
        retrievers: a table for each retriever: its parameters, and `kind` where its name is not its kind.
        blend: the lists as one.
        rerank: what rerankers learn from.
        rerankers: a table for each reranker, likewise; none = the blend is the end.
        tune: the search for better parameters.
        ablate: what each retriever and feature adds.
        report: what the report splits recall by.
        upload: where a CSV is handed in.
    """

    title: str
    url: str
    source: str | dict[str, Any]
    seed: Seed = 0
    candidates: Count = 100
    question: Question
    submission: SubmissionRules = SubmissionRules()
    validation: Validation
    retrievers: Tables
    blend: Blend = Blend()
    rerank: Rerank = Rerank()
    rerankers: dict[Name, dict[str, Any]] = {}
    tune: Tune = Tune()
    ablate: Ablate = Ablate()
    report: Report = Report()
    upload: Upload = Upload()

    @model_validator(mode="before")
    @classmethod
    def _older_keys(cls, values: Any) -> Any:
        return with_question(values) if isinstance(values, dict) else values

    @property
    def source_kind(self) -> tuple[str, dict[str, Any]]:
        """Kind and parameters of the source."""
        return _kind("", {"kind": self.source} if isinstance(self.source, str) else self.source)

    @property
    def first_scheme(self) -> str:
        """The validation scheme that choices are made by, and on whose folds blend and rerankers learn."""
        return next(iter(self.validation.schemes))

    @property
    def methods(self) -> tuple[str, ...]:
        """The names of everything that can be validated and submitted."""
        return (*self.retrievers, BLEND, *self.rerankers)

    @property
    def headline(self) -> str:
        """The official metric with its cut-off."""
        return self.question.headline

    def reranker(self, name: str) -> tuple[str, dict[str, Any]]:
        """Kind and parameters of the reranker that competition.toml calls `name`.

        Raises:
            ConfigError: there is no such table.
        """
        if name not in self.rerankers:
            raise ConfigError(
                f"no table [rerankers.{name}] in competition.toml; there are {', '.join(self.rerankers) or 'none'}"
            )
        return _kind(name, self.rerankers[name])

    def retriever(self, name: str) -> tuple[str, dict[str, Any]]:
        """Kind and parameters of the retriever that competition.toml calls `name`.

        Raises:
            ConfigError: there is no such table.
        """
        if name not in self.retrievers:
            raise ConfigError(
                f"no table [retrievers.{name}] in competition.toml; there are {', '.join(self.retrievers)}"
            )
        return _kind(name, self.retrievers[name])

    def scheme(self, name: str) -> tuple[str, dict[str, Any]]:
        """Kind and parameters of the validation scheme that competition.toml calls `name`."""
        kind, settings = _kind(name, self.validation.schemes[name])
        return kind, {"folds": self.validation.folds, "seed": self.seed, **settings}


def _kind(name: str, table: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    settings = dict(table)
    return settings.pop("kind", name), settings


def load_competition(path: Path) -> Competition:
    """Read and check a competition.toml.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, or a value that cannot be used; one line.
    """
    try:
        with path.open("rb") as file:
            competition = Competition.model_validate(tomllib.load(file))
    except FileNotFoundError:
        known = sorted(folder.parent.name for folder in path.parent.parent.glob("*/competition.toml"))
        raise ConfigError(
            f"{path}: no such file; COMPETITION can be {' or '.join(known) or '... none is set up'}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    except ValidationError as error:
        raise ConfigError(f"{path}: {first_fault(error, Competition)}") from None
    if fault := _fault(competition) or _experiments_fault(competition):
        raise ConfigError(f"{path}: {fault}")
    return competition


def _fault(competition: Competition) -> str | None:
    """The first thing that each key allows and all of them together do not."""
    rules, validation, methods = competition.submission, competition.validation, competition.methods
    if (longest := max(validation.ks)) > competition.candidates:
        return f"validation.ks: {longest} is more than candidates = {competition.candidates}; raise that"
    if competition.question.k not in validation.ks:
        return f"validation.ks: must contain question.k = {competition.question.k}, the official one"
    if fault := _question_fault(competition.question):
        return fault
    for name in competition.blend.retrievers:
        if name not in competition.retrievers:
            return f"blend.retrievers: '{name}' is not a table under [retrievers]"
    for name in methods:
        if methods.count(name) > 1 or name in (BEST, RERANKER):
            return f"'{name}' cannot name a retriever or reranker: it has another meaning or is there twice"
    return method_fault(rules.method, methods, tuple(competition.rerankers))


def _question_fault(question: Question) -> str | None:
    if question.items.startswith("active ") and question.active_days is None:
        return f"question.items: {question.items!r} is no length of time; write 'active 30d'"
    for kind in question.kind_weights:
        if question.answers and kind not in question.answers:
            return f"question.kind_weights: '{kind}' is not among question.answers"
    return None


def method_fault(method: str, methods: tuple[str, ...], rerankers: tuple[str, ...]) -> str | None:
    """Why a list cannot go in, where only these methods take part."""
    if method == RERANKER and not rerankers:
        return "submission.method: no reranker to submit: add a table [rerankers.lightgbm], and do not set RERANK=0"
    if method not in (BEST, RERANKER, *methods):
        return f"submission.method: '{method}' is neither 'best' nor one of {', '.join(methods)}"
    return None


def _experiments_fault(competition: Competition) -> str | None:
    """The same of what is for `make tune` and `make ablate`."""
    if (name := competition.ablate.reranker) is not None and name not in competition.rerankers:
        return f"ablate.reranker: '{name}' is not a table under [rerankers]"
    folds = competition.scheme(next(iter(competition.validation.schemes)))[1]["folds"]
    tables = {"retrievers": competition.retrievers, "rerankers": competition.rerankers}
    return competition.tune.fault(tables, folds) if isinstance(folds, int) else None
