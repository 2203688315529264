"""The script that the retrievers' defaults come from."""

from itertools import product

import pytest

import tune_retrievers
from shortlist.data.dataset import Dataset
from shortlist.retrievers.registry import make_retriever


@pytest.mark.parametrize("kind", tune_retrievers.GRIDS)
def test_every_combination_is_allowed(kind: str) -> None:
    """None is refused after the others have run for minutes."""
    for settings in tune_retrievers.combinations(kind):
        make_retriever(kind, settings)


def test_combinations_are_those_of_each_grid() -> None:
    """Grids are not multiplied with each other."""
    grids = tune_retrievers.GRIDS["ppr"]
    assert len(tune_retrievers.combinations("ppr")) == sum(len(list(product(*grid.values()))) for grid in grids)


def test_a_score_is_the_mean_of_two_folds(made: Dataset) -> None:
    """A model that knows the users beats the most popular; both numbers are shares, and more is found among 100."""
    popular, knn = (tune_retrievers.score(made, kind, {}) for kind in ("popular", "user_knn"))
    assert 0 < popular[0] < knn[0] < knn[1] <= 1
