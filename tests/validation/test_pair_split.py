"""Any splitter works where scikit-learn wants one."""

import math

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.model_selection import check_cv, cross_validate

from shortlist.data.dataset import Dataset
from shortlist.validation.pair_split import PairSplit
from shortlist.validation.splitters.holdout import Holdout


def test_pair_split_works_in_scikit_learn(made: Dataset) -> None:
    """`cross_validate` takes it as cv, fits once a fold, and uses exactly the folds' positions."""
    splitter = Holdout(folds=3)
    cv = PairSplit(splitter, made)
    assert check_cv(cv) is cv
    assert cv.get_n_splits() == 3
    target = np.arange(len(made), dtype=float)
    result = cross_validate(
        DummyRegressor(), made.pairs, target, cv=cv, scoring="neg_mean_absolute_error", return_indices=True
    )
    for number, fold in enumerate(splitter.split(made)):
        np.testing.assert_array_equal(result["indices"]["train"][number], fold.train)
        np.testing.assert_array_equal(result["indices"]["test"][number], fold.test)
        error = np.abs(target[fold.test] - target[fold.train].mean()).mean()
        assert math.isclose(-result["test_score"][number], error)


def test_pair_split_refuses_other_rows(made: Dataset) -> None:
    """Positions mean nothing in an X of another length."""
    with pytest.raises(ValueError, match=f"X has {len(made) - 1} rows, the dataset {len(made)} events"):
        next(PairSplit(Holdout(), made).split(made.pairs[1:]))
