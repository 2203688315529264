"""Parts of a task on its threads: in order, the first alone, BLAS with one thread each."""

import os
import threading
import time
from typing import Self

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from shortlist.data.dataset import Dataset
from shortlist.engine.threads import VARIABLES, allowed, limited, spread
from shortlist.errors import DataError
from shortlist.retrievers.base import VectorRetriever
from shortlist.retrievers.index import Search
from shortlist.retrievers.topk import recommend


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads, whatever the machine has."""
    monkeypatch.setenv(VARIABLES[0], "2")


def test_a_task_has_the_threads_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of `limited`, else those of the environment, else all cores."""
    monkeypatch.delenv(VARIABLES[0], raising=False)
    assert allowed() == os.cpu_count()
    monkeypatch.setenv(VARIABLES[0], "3")
    assert allowed() == 3
    with limited(1):
        assert allowed() == 1
    for unusable in ("", "0", "two"):
        monkeypatch.setenv(VARIABLES[0], unusable)
        assert allowed() == os.cpu_count()


@pytest.mark.usefixtures("two")
def test_parts_keep_their_order_and_share_the_threads() -> None:
    """The first is done before any other begins; then two are under way at once; nested ones stay where they are."""
    events: list[tuple[str, int]] = []
    meeting = threading.Barrier(2, timeout=30)

    def part(number: int) -> tuple[int, int, list[int]]:
        events.append(("begin", number))
        if number:
            meeting.wait()
        else:
            time.sleep(0.05)
        events.append(("end", number))
        blas = max(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")
        return number, blas, list(spread(lambda inner: threading.get_ident(), range(1)))

    before = [library["num_threads"] for library in threadpool_info()]
    found = list(spread(part, range(5)))
    assert [number for number, _, _ in found] == [0, 1, 2, 3, 4]
    assert events[:2] == [("begin", 0), ("end", 0)]
    assert {blas for _, blas, _ in found} == {1}
    assert len({ident for _, _, (ident,) in found}) > 1
    assert [library["num_threads"] for library in threadpool_info()] == before
    assert os.environ[VARIABLES[0]] == "2"


@pytest.mark.usefixtures("two")
def test_an_error_of_a_part_is_raised_as_it_is() -> None:
    """And the limits are taken back."""

    def part(number: int) -> int:
        if number == 3:
            raise DataError("row 3")
        return number

    with pytest.raises(DataError, match="row 3"):
        list(spread(part, range(10)))
    assert allowed() == 2


class Drawn(VectorRetriever):
    """A retriever of random vectors."""

    def fit(self, dataset: Dataset) -> Self:
        """Nothing is learnt from the pairs."""
        rng = np.random.default_rng(0)
        self.user_vectors_ = rng.normal(size=(len(dataset.users), 16)).astype(np.float32)
        self.item_vectors_ = rng.normal(size=(len(dataset.items), 16)).astype(np.float32)
        return self


@pytest.mark.parametrize("search", ["exact", "scann"])
def test_lists_are_the_same_for_any_number_of_threads(
    made: Dataset, monkeypatch: pytest.MonkeyPatch, search: Search
) -> None:
    """Bit for bit; the index is made once."""
    retriever = Drawn()
    retriever.search = search
    retriever.fit(made)
    everybody = np.arange(len(made.users), dtype=np.int32)
    indexes, found = set(), []
    for threads in ("1", "2", "5"):
        monkeypatch.setenv(VARIABLES[0], threads)
        found.append(recommend(retriever, everybody, 20, made.matrix()))
        indexes.add(id(vars(retriever)["index_"]))
    for other in found[1:]:
        np.testing.assert_array_equal(other.items, found[0].items)
        np.testing.assert_array_equal(other.scores, found[0].scores)
    assert len(indexes) == 1
