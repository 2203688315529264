"""The stages that Make chains, in one process, for tests of what they leave behind."""

from collections.abc import Iterable

from shortlist.config.competition import Competition, load_competition
from shortlist.config.paths import Paths
from shortlist.data.sample import SampleSize, write_sample
from shortlist.make_rules import write_rules
from shortlist.pipeline.cross_validate import cross_validate
from shortlist.pipeline.preprocess import preprocess
from shortlist.pipeline.rerank import (
    FINAL,
    cross_validate_blend,
    cross_validate_reranker,
    make_table,
    train_blend,
    train_reranker,
)
from shortlist.pipeline.train import train
from shortlist.pipeline.validate import validate


def made_competition(paths: Paths, configuration: str, size: SampleSize) -> Competition:
    """The raw files of a made sample, its configuration, and every stage before the submission."""
    write_sample(paths.config.parent, size, seed=2)
    return run_stages(paths, configuration)


def run_stages(paths: Paths, configuration: str) -> Competition:
    """Every stage from the raw files to the offline scores and the final lists."""
    paths.config.write_text(configuration, encoding="utf-8")
    competition = load_competition(paths.config)
    write_rules(paths, competition)
    preprocess(paths, competition)
    for name in competition.retrievers:
        cross_validate(paths, competition, name)
        train(paths, competition, name)
    cross_validate_blend(paths, competition)
    train_blend(paths, competition)
    for part in _parts(competition) if competition.rerankers else ():
        make_table(paths, competition, part)
    for name in competition.rerankers:
        cross_validate_reranker(paths, competition, name)
        train_reranker(paths, competition, name)
    validate(paths, competition)
    return competition


def _parts(competition: Competition) -> Iterable[str]:
    """Of the tables: the folds of the first scheme, and all users."""
    folds = competition.scheme(competition.first_scheme)[1]["folds"]
    return (*map(str, range(1, folds + 1)), FINAL)
