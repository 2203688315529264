"""Feature tables on disk: the users' rows in blocks, so that a table larger than the memory can be written and read."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from shortlist.common.array_files import Arrays, open_arrays, write_arrays
from shortlist.common.arrays import IntArray
from shortlist.data.candidates import Candidates
from shortlist.rerank.table import FeatureTable, Rated


def save(path: Path, tables: Iterable[FeatureTable]) -> int:
    """Write tables of different users, made one at a time, whole or not at all; returns the number of rows.

    The arrays in the file are called "<block>/<array>".
    """
    rows = 0

    def arrays() -> Iterator[tuple[str, np.ndarray]]:
        nonlocal rows
        for block, table in enumerate(tables):
            rows += len(table.features)
            for name, array in _arrays(table).items():
                yield f"{block}/{name}", array

    write_arrays(path, arrays())
    return rows


def blocks(path: Path) -> Iterator[FeatureTable]:
    """What `save` was given, one table at a time."""
    with open_arrays(path) as arrays:
        number = 0
        while f"{number}/names" in arrays:
            yield _table({name: arrays[f"{number}/{name}"] for name in _names(arrays, number)})
            number += 1


def load(path: Path, most: int | None = None) -> FeatureTable:
    """The whole of it, or the rows of at most so many users, drawn at random, always the same ones."""
    chosen = None if most is None else sample(path, most)
    return FeatureTable.joined([block if chosen is None else block.of_users(chosen) for block in blocks(path)])


def sample(path: Path, most: int) -> IntArray | None:
    """At most so many of a file's users, drawn at random, always the same ones; None = all of them."""
    with open_arrays(path) as arrays:
        users = np.concatenate([arrays[name] for name in arrays.names if name.endswith("/users")])
    if len(users) <= most:
        return None
    chosen: IntArray = np.random.default_rng(0).choice(users, most, replace=False)
    return chosen


def _names(arrays: Arrays, block: int) -> list[str]:
    prefix = f"{block}/"
    return [name.removeprefix(prefix) for name in arrays.names if name.startswith(prefix)]


def _arrays(table: FeatureTable) -> dict[str, np.ndarray]:
    lists = table.candidates
    arrays = {
        "names": np.array(table.names), "users": lists.users, "items": lists.items, "scores": lists.scores,
        "features": table.features, "labels": table.labels, "worth": table.worth, "places": table.places,
    }  # fmt: skip
    if (rated := table.rated) is not None:
        arrays |= {"rated": rated.features, "ratings": rated.ratings, "raters": rated.users}
    return arrays


def _table(arrays: dict[str, np.ndarray]) -> FeatureTable:
    candidates = Candidates(arrays["users"], arrays["items"], arrays["scores"])
    rated = Rated(arrays["raters"], arrays["rated"], arrays["ratings"]) if "rated" in arrays else None
    features, labels, worth, places = (arrays[name] for name in ("features", "labels", "worth", "places"))
    return FeatureTable(candidates, arrays["names"].tolist(), features, labels, worth, places, rated)
