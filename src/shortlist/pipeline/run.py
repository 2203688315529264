"""What every stage is handed: where the files of a competition lie, what its file says, and which methods take part."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from shortlist.common import own
from shortlist.config.competition import Competition
from shortlist.config.load import load_competition
from shortlist.config.paths import Paths
from shortlist.errors import ConfigError, shown
from shortlist.pipeline.methods import Methods
from shortlist.pipeline.too_large import TooLarge, load_too_large


@dataclass(frozen=True)
class Run:
    """One run of a competition.

    Attributes:
        paths: where its files lie.
        competition: what competition.toml says.
        chosen: the methods that are to take part.
    """

    paths: Paths
    competition: Competition
    chosen: Methods

    @classmethod
    def load(cls, name: str, rerank: str = "auto", root: Path = Path()) -> "Run":
        """Read competition.toml.

        Args:
            name: of the competition's folder below `data/`.
            rerank: see `methods.Rerank`.
            root: the project's folder.

        Raises:
            ConfigError: it cannot be used, or `rerank` is no choice.
        """
        paths = Paths(name, root)
        own.use(paths.config.parent)
        return cls.of(paths, load_competition(paths.config), rerank)

    @classmethod
    def of(cls, paths: Paths, competition: Competition, rerank: str = "auto") -> "Run":
        """The run of a configuration that is read already."""
        chosen = Methods.chosen(competition, rerank)
        if chosen.fault is not None:
            raise ConfigError(f"{paths.config}: {chosen.fault}")
        return cls(paths, competition, chosen)

    @property
    def too_large(self) -> Mapping[str, TooLarge]:
        """The retrievers that need more memory than there is, and how much."""
        files = {name: load_too_large(self.paths, name) for name in self.chosen.retrievers}
        return {name: needed for name, needed in files.items() if needed is not None}

    @property
    def methods(self) -> Methods:
        """Those that fit into memory, which is known once the retrievers are cross-validated.

        Raises:
            ConfigError: none is left, or the one that is to be submitted is not.
        """
        absent = self.too_large
        left = self.chosen.without(absent)
        if absent and (not left.blended or left.submitted in absent):
            raise ConfigError(
                f"{self.paths.config}: {', '.join(absent)} left out for lack of memory, nothing is left to submit; "
                f"add a retriever that needs less, such as [retrievers.item_knn]"
            )
        return left

    def submitting(self, method: str) -> "Run":
        """The same run with another method's list.

        Raises:
            ConfigError: there is no such method.
        """
        if method not in self.methods.all:
            raise ConfigError(f"METHOD: can be {', '.join(self.methods.all)}, got {shown(method)}")
        return replace(self, chosen=replace(self.chosen, submitted=method))

    @property
    def ablated_reranker(self) -> str | None:
        """The reranker whose features `make ablate` leaves out; None where none takes part."""
        rerankers = self.chosen.rerankers
        return (self.competition.ablate.reranker or rerankers[0]) if rerankers else None
