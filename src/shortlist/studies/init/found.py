"""All that was found out about a competition's files."""

import re
from dataclasses import dataclass

from shortlist.data.dataset import Dataset
from shortlist.studies.init.columns import LogColumns
from shortlist.studies.init.log import LogFiles
from shortlist.studies.init.methods import Method, Sizes, reranked, reranked_candidates
from shortlist.studies.init.question import Told
from shortlist.studies.init.sample import Sample
from shortlist.studies.init.scheme import Scheme
from shortlist.studies.init.tables import Tables

CANDIDATES = 100
"""Length of the retrievers' lists, where k is not more."""


@dataclass(frozen=True)
class Found:
    """What competition.toml is written from, and people are told.

    Attributes:
        name: of the competition.
        source: the table `[source]`.
        sample: the file that shows the form.
        log, columns, tables: the other files; None for a source that knows its files by name.
        dataset: what the source made of them.
        told: the question.
        folds, schemes: how it is validated.
        sizes: what methods were chosen by.
        retrievers: those that suit.
    """

    name: str
    source: dict[str, object]
    sample: Sample
    log: LogFiles | None
    columns: LogColumns | None
    tables: Tables | None
    dataset: Dataset
    told: Told
    folds: int
    schemes: tuple[Scheme, ...]
    sizes: Sizes
    retrievers: tuple[Method, ...]

    @property
    def dacon(self) -> int | None:
        """The competition's number at Dacon, where its name has one."""
        number = re.fullmatch(r"dacon[_-]?(\d{5,6})", self.name.casefold())
        return int(number[1]) if number else None

    @property
    def candidates(self) -> int:
        """Length of the retrievers' lists."""
        return max(CANDIDATES, self.told.k)

    @property
    def reranked(self) -> int | None:
        """How many candidates of each user go to a reranker; None without one."""
        return reranked_candidates(self.sizes, self.candidates) if reranked(self.sizes) else None

    @property
    def kind_weights(self) -> dict[str, float]:
        """The metric's weight of each kind that the sample asks for, by what such events weigh; empty for one list."""
        kinds = {kind: self.dataset.kinds.get(kind, 1.0) for kind in self.told.kinds}
        total = sum(kinds.values())
        return {kind: round(weight / total, 3) for kind, weight in kinds.items()}
