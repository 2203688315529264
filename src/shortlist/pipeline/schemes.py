"""The validation schemes of competition.toml, and the folds that blend and rerankers learn on."""

from shortlist.config.competition import Competition
from shortlist.data.dataset import Dataset
from shortlist.pipeline.asking import asking
from shortlist.pipeline.run import Run
from shortlist.validation.division import Fold
from shortlist.validation.registry import make_splitter
from shortlist.validation.splitters.base import Splitter


def splitters(competition: Competition) -> dict[str, Splitter]:
    """The schemes by name; the first with the folds that are there to learn on only.

    Raises:
        ConfigError: unknown scheme or parameter, or a value out of range.
    """
    made = {name: make_splitter(*competition.scheme(name)) for name in competition.validation.schemes}
    return {name: made[name] if name == competition.first_scheme else made[name].scored for name in made}


def stacking_folds(run: Run, dataset: Dataset) -> list[Fold]:
    """The folds of the first scheme, which blend and rerankers learn on, in the order of time where they have one."""
    competition = run.competition
    return list(asking(run).folds(splitters(competition)[competition.first_scheme], dataset))


def stacking_parts(competition: Competition) -> list[str]:
    """The numbers of those folds, without the dataset."""
    splitter = splitters(competition)[competition.first_scheme]
    return [str(number) for number in splitter.numbers]
