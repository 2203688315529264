"""competition.toml: the whole configuration of one competition, checked before anything runs."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shortlist.common.parameters import (
    ColumnName,
    Count,
    Cutoff,
    FileName,
    Folds,
    Line,
    Name,
    Seed,
    Weight,
    period,
)
from shortlist.config.learning_curve import LearningCurve
from shortlist.config.older import with_question
from shortlist.config.tune import Tune
from shortlist.errors import ConfigError, brief

Metric = Literal["recall", "recall_n", "recall_k", "precision", "hit", "ndcg", "map", "mrr"]
"""As `validation.metrics` defines them; "precision" is another word for "recall_k"."""

SCORE = "score"
"""What a weighted sum of metrics is called among them."""

BEST, RERANKER, BLEND = "best", "reranker", "blend"
"""Names with a meaning of their own among the methods."""

KIND = "kind"
"""The key of a table whose name is not its kind."""

KIND_NAME = re.compile(r"[\w-]{1,100}")
"""Of a file without its ending, which may be an own one in any language."""

MOST_TABLES = 100
"""Of a sort: a hundred retrievers on every fold are a day's work."""

MOST_KINDS = 127
"""Kinds of events: their codes are int8."""


def _table(table: dict[str, Any]) -> dict[str, Any]:
    kind = table.get(KIND, "a")
    if not isinstance(kind, str) or not KIND_NAME.fullmatch(kind):
        raise ValueError("kind must be the name of a file of the package or of an own part")
    for key in table:
        if not key.isidentifier() or key.startswith("_"):
            raise ValueError(f"{brief(key)} is not the name of a parameter")
    return table


Table = Annotated[dict[str, Any], AfterValidator(_table)]
"""Parameters of a model, and `kind`: the model itself checks them when it is made."""

Tables = Annotated[dict[Name, Table], Field(min_length=1, max_length=MOST_TABLES)]
Kinds = Annotated[dict[ColumnName, Weight], Field(max_length=MOST_KINDS)]


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

    k: Cutoff
    metric: Metric | Annotated[dict[Metric, Weight], Field(min_length=1)] = "recall"
    kind_weights: Kinds = {}
    seen: Literal["drop", "keep"] = "drop"
    answers: Annotated[tuple[ColumnName, ...], Field(max_length=MOST_KINDS)] = ()
    asked: FileName = "sample"
    items: FileName = "all"

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

    sample: FileName = "sample_submission.csv"
    user_column: ColumnName | None = None
    item_column: ColumnName | None = None
    method: Name = BEST


class Validation(_Section):
    """How offline scores are made.

    Attributes:
        folds: K of every scheme.
        ks: cut-offs at which the metrics are reported.
        users: that are scored in each fold at most, drawn at random: a mean over so many is known well enough.
        schemes: a table for each scheme: its parameters, and `kind` where its name is not its kind; the first scheme is
            the one that choices are made by.
    """

    folds: Folds = 5
    ks: Annotated[tuple[Cutoff, ...], Field(min_length=1, max_length=100)] = (5, 10, 20, 50, 100)
    users: Count = 50_000
    schemes: Tables


class Blend(_Section):
    """How the retrievers' lists become one.

    Attributes:
        retrievers: whose lists take part; empty = all.
        candidates: the first so many of each user, or all there are, go to the rerankers.
    """

    retrievers: Annotated[tuple[Name, ...], Field(max_length=MOST_TABLES)] = ()
    candidates: Cutoff = 100


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

    folds: Folds = 2
    reranker: Name | None = None


class Upload(_Section):
    """Where `make upload` sends a CSV.

    Attributes:
        kind: who takes it, `dacon` or `kaggle`.
        cpt_id: the competition's number at Dacon; without it nothing can be uploaded there.
        competition: the competition's name in the address of its page at Kaggle; likewise.
        daily_limit: how many CSVs the organiser takes in a day; by default 3 at Dacon, whose days are Korea's (KST),
            and 5 at Kaggle, whose days are those of UTC.
        url: of the API; without it Dacon's has to be named in DACON_API_URL, as in the synthetic sample.
    """

    kind: Literal["dacon", "kaggle"] = "dacon"
    cpt_id: Count | None = None
    competition: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")] | None = None
    daily_limit: Annotated[Count, Field(le=1000)] | None = None
    url: Annotated[Line, Field(pattern=r"^https://[^\s@]+$")] | None = None


class Report(_Section):
    """What the report looks at beside the rest.

    Attributes:
        groups: category columns of users and items by whose values recall is split; by default the first one of each.
    """

    groups: Annotated[tuple[ColumnName, ...], Field(max_length=100)] = ()


class Competition(_Section):
    """One competition.

    Attributes:
        title: its name for people.
        url: where a competitor gets the files: an address, or words such as "none".
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
        learning_curve: how scores grow with what is visible.
        report: what the report splits recall by.
        upload: where a CSV is handed in.
    """

    title: Line
    url: Line
    source: Name | Table
    seed: Seed = 0
    candidates: Cutoff = 100
    question: Question
    submission: SubmissionRules = SubmissionRules()
    validation: Validation
    retrievers: Tables
    blend: Blend = Blend()
    rerank: Rerank = Rerank()
    rerankers: Annotated[dict[Name, Table], Field(max_length=MOST_TABLES)] = {}
    tune: Tune = Tune()
    ablate: Ablate = Ablate()
    learning_curve: LearningCurve = LearningCurve()
    report: Report = Report()
    upload: Upload = Upload()

    @model_validator(mode="before")
    @classmethod
    def _older_keys(cls, values: Any) -> Any:
        return with_question(values) if isinstance(values, dict) else values

    @property
    def source_kind(self) -> tuple[str, dict[str, Any]]:
        """Kind and parameters of the source."""
        return _kind("", {KIND: self.source} if isinstance(self.source, str) else self.source)

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
    return settings.pop(KIND, name), settings
