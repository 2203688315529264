"""A splitter for scikit-learn."""

from collections.abc import Iterator

from shortlist.data.dataset import Dataset
from shortlist.validation.division import Positions
from shortlist.validation.splitters.base import Splitter


class PairSplit:
    """A splitter behind scikit-learn's cross-validation protocol, for `cross_validate(..., cv=PairSplit(...))`.

    Args:
        splitter: any of this package's.
        dataset: whose events are divided; scikit-learn's X must have a row for each.
    """

    def __init__(self, splitter: Splitter, dataset: Dataset) -> None:
        self.splitter = splitter
        self.dataset = dataset

    def split(self, X: object = None, y: object = None, groups: object = None) -> Iterator[tuple[Positions, Positions]]:
        """Yield train and test positions; the arguments are scikit-learn's, and only the length of X matters.

        Raises:
            ValueError: X has another number of rows than the dataset has events.
        """
        if X is not None and len(X) != len(self.dataset):  # type: ignore[arg-type]
            raise ValueError(f"X has {len(X)} rows, the dataset {len(self.dataset)} events; pass one row for each")  # type: ignore[arg-type]
        for fold in self.splitter.scored.split(self.dataset):
            yield fold.train, fold.test

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """K."""
        return self.splitter.folds
