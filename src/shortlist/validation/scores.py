"""The offline scores of a run: by scheme, by method, by metric, with standard errors and paired differences."""

from dataclasses import dataclass

from shortlist.validation.distance import Distance
from shortlist.validation.metrics import Difference


@dataclass(frozen=True)
class MetricScore:
    """One metric of one method on one scheme.

    Attributes:
        mean: over the users of all folds.
        error: its standard error, see `metrics.estimate`.
        folds, fold_errors: the same of each fold.
    """

    mean: float
    error: float
    folds: tuple[float, ...]
    fold_errors: tuple[float, ...]


@dataclass(frozen=True)
class MethodScores:
    """One method on one scheme.

    Attributes:
        metrics: by name and cut-off, "recall@5".
        coverage: share of the items that some list shows, "coverage@5".
        figures: what the method says of itself beside recall.
        seconds: to fit and to predict, all folds.
    """

    metrics: dict[str, MetricScore]
    coverage: dict[str, float]
    figures: dict[str, float]
    seconds: float


@dataclass(frozen=True)
class FoldSize:
    """Numbers of events that one fold shows and hides, and of users that it scores."""

    fold: int
    train: int
    test: int
    users: int


@dataclass(frozen=True)
class SchemeScores:
    """Every method on one scheme.

    Attributes:
        description: what the scheme hides, in a line.
        sizes: of each fold.
        order: the methods by the headline, best first.
        methods: by name, in that order.
        behind_best: of all but the best: the best's headline less theirs, on the same users.
        distance: how its folds differ from the question; None in files of before version 0.3.
    """

    description: str
    sizes: tuple[FoldSize, ...]
    order: tuple[str, ...]
    methods: dict[str, MethodScores]
    behind_best: dict[str, Difference]
    distance: Distance | None = None

    @property
    def users(self) -> float:
        """How many a fold scores on average."""
        return sum(size.users for size in self.sizes) / len(self.sizes)


@dataclass(frozen=True)
class DataSize:
    """How large the dataset is."""

    users: int
    items: int
    pairs: int


@dataclass(frozen=True)
class Scores:
    """All offline scores of one run.

    Attributes:
        competition, title: its folder's name, and its name for people.
        data: its size.
        k: items that a submission gives each user.
        ks: cut-offs of the metrics.
        metrics: their names without a cut-off.
        headline: the official metric with its cut-off.
        seed: of the configuration.
        chosen_by: the scheme that the best method is chosen by: the first.
        rerankers: which of the methods are rerankers.
        schemes: by name.
    """

    competition: str
    title: str
    data: DataSize
    k: int
    ks: tuple[int, ...]
    metrics: tuple[str, ...]
    headline: str
    seed: int
    chosen_by: str
    rerankers: tuple[str, ...]
    schemes: dict[str, SchemeScores]

    @property
    def first(self) -> SchemeScores:
        """The scheme that choices are made by."""
        return self.schemes[self.chosen_by]

    @property
    def order(self) -> tuple[str, ...]:
        """All methods, best first."""
        return self.first.order
