"""Which methods take part in a run: those of competition.toml, less what RERANK and the machine's memory take away."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal, get_args

from shortlist.config.competition import BEST, BLEND, RERANKER, Competition
from shortlist.config.consistency import method_fault
from shortlist.errors import ConfigError, shown

Rerank = Literal["auto", "0", "1"]
"""As competition.toml says, without rerankers, or with one in any case."""


@dataclass(frozen=True)
class Methods:
    """What a run chooses.

    Attributes:
        retrievers: by name.
        blended: those of them whose lists become the blend.
        rerankers: by name.
        submitted: whose list goes in: a method, "best", or "reranker" for the best of the rerankers.
    """

    retrievers: tuple[str, ...]
    blended: tuple[str, ...]
    rerankers: tuple[str, ...]
    submitted: str

    @classmethod
    def chosen(cls, competition: Competition, rerank: str = "auto") -> "Methods":
        """What competition.toml and RERANK say.

        Args:
            rerank: see `Rerank`.

        Raises:
            ConfigError: `rerank` is none of those.
        """
        if rerank not in get_args(Rerank):
            raise ConfigError(f"RERANK: can be {', '.join(get_args(Rerank))}, got {shown(rerank)}")
        return cls(
            retrievers=tuple(competition.retrievers),
            blended=competition.blend.retrievers or tuple(competition.retrievers),
            rerankers=() if rerank == "0" else tuple(competition.rerankers),
            submitted=RERANKER if rerank == "1" else competition.submission.method,
        )

    def without(self, absent: Collection[str]) -> "Methods":
        """The same without some of the retrievers."""
        kept, blended = ([name for name in names if name not in absent] for names in (self.retrievers, self.blended))
        return replace(self, retrievers=tuple(kept), blended=tuple(blended))

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that is validated and could be submitted."""
        return (*self.retrievers, BLEND, *self.rerankers)

    @property
    def listed(self) -> tuple[str, ...]:
        """Those whose lists the rerankers see."""
        return (*self.retrievers, BLEND)

    def submitted_of(self, order: Collection[str]) -> str:
        """The method whose list goes in, given all methods from the best to the worst."""
        if self.submitted == BEST:
            return next(iter(order))
        if self.submitted == RERANKER:
            return next(name for name in order if name in self.rerankers)
        return self.submitted

    @property
    def fault(self) -> str | None:
        """Why the list that is to be submitted cannot be; None if it can."""
        return method_fault(self.submitted, self.all, self.rerankers)
