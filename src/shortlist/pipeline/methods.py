"""What a command of the command line runs: the competition, as configured or as far as it fits, and its stages."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, get_args

from shortlist.config.paths import Paths
from shortlist.errors import ConfigError

# The imports within the functions cost seconds that a command which does not need them should not pay.
if TYPE_CHECKING:
    from shortlist.config.competition import Competition

    Stage = Callable[[Paths, Competition], None]


def configured(competition: str, rerank: str = "auto") -> tuple[Paths, "Competition"]:
    """All that competition.toml says.

    Raises:
        ConfigError: it cannot be used, or `rerank` is no choice.
    """
    from shortlist.config.competition import Rerank, load_competition

    if rerank not in get_args(Rerank):
        raise ConfigError(f"RERANK: can be {', '.join(get_args(Rerank))}, got '{rerank}'")
    paths = Paths(competition)
    return paths, load_competition(paths.config, rerank)  # type: ignore[arg-type]


def load(competition: str, rerank: str = "auto") -> tuple[Paths, "Competition"]:
    """The competition as far as its retrievers fit into memory: what every stage after their own is about."""
    from shortlist.pipeline.too_large import remaining

    paths, settings = configured(competition, rerank)
    return paths, remaining(paths, settings)


def load_for(method: str, competition: str) -> tuple[Paths, "Competition"]:
    """What a method's own stages need: of a retriever, whether it fits is still to be seen."""
    paths, settings = configured(competition)
    return (paths, settings) if method in settings.retrievers else load(competition)


def stages_of(method: str, competition: "Competition") -> tuple["Stage", "Stage"]:
    """How a method is run on the folds, and how it is fitted on all pairs."""
    from shortlist.config.competition import BLEND

    if method == BLEND:
        from shortlist.pipeline.rerank import cross_validate_blend, train_blend

        return cross_validate_blend, train_blend
    if method in competition.rerankers:
        from shortlist.pipeline.rerank import cross_validate_reranker as cross_validate
        from shortlist.pipeline.rerank import train_reranker as train
    else:
        from shortlist.pipeline.cross_validate import cross_validate
        from shortlist.pipeline.train import train
    return partial(cross_validate, name=method), partial(train, name=method)
