"""[learning_curve] of competition.toml: at which shares of the visible pairs methods are scored, and how often."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shortlist.common.parameters import Count, SomeShare


class LearningCurve(BaseModel):
    """What `make learning-curve` measures.

    Attributes:
        shares: of what the submission sees, that are visible; the last leaves what is hidden where answers are drawn.
        draws: of hidden pairs, each scored at every share.
        learnt: whether blend and rerankers take part, which learn on folds of their own at each point: that takes as
            long as a submission each time, and the retrievers alone take as long as one fold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shares: Annotated[tuple[Annotated[SomeShare, Field(lt=1)], ...], Field(min_length=2, max_length=20)] = (
        0.6, 0.7, 0.8, 0.9, 0.95,
    )  # fmt: skip
    draws: Count = 3
    learnt: bool = True

    @field_validator("shares")
    @classmethod
    def _rising(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        if sorted(set(shares)) != list(shares):
            raise ValueError("must rise from each to the next")
        return shares
