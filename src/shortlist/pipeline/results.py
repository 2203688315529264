"""What the stages of the pipeline leave behind, written and read in one place: lists, models' states, scores."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from shortlist.common.array_files import Arrays, open_arrays, write_arrays
from shortlist.common.files import read_file, write_text
from shortlist.common.json_files import read_json, write_json
from shortlist.common.seals import Damaged
from shortlist.config.competition import BLEND
from shortlist.config.paths import Paths
from shortlist.data.candidates import Candidates
from shortlist.rerank.blend import ListWeights
from shortlist.validation.division import Fold
from shortlist.validation.folds import FoldResult
from shortlist.validation.scores import Scores

if TYPE_CHECKING:
    from shortlist.rerank.table import FeatureTable

FINAL = "final"
"""The part of the feature tables that is no fold: the candidates of the submission."""

STATE = "state/"
"""Prefix of a model's own arrays in the file of its final lists."""


@dataclass(frozen=True)
class BlendLearnt:
    """What the blend has learnt on all folds.

    Attributes:
        scheme: whose folds.
        weights: of each retriever's list.
    """

    scheme: str
    weights: dict[str, ListWeights]


@dataclass(frozen=True)
class RerankerLearnt:
    """What a reranker that has learnt on all folds says of itself.

    Attributes:
        importances: share of each feature, "<group>.<column>"; empty where it cannot tell.
    """

    importances: dict[str, float]


def save_fold(paths: Paths, method: str, scheme: str, fold: Fold, result: FoldResult, made_from: str) -> None:
    """Write a method's result of one fold, with the fingerprint of what it was made from."""
    about = json.dumps({"made_from": made_from, "figures": result.figures, "seconds": result.seconds})
    arrays = {**result.candidates.arrays(), "about": np.array(about)}
    write_arrays(paths.fold(method, scheme, fold.number), arrays.items())


def load_fold(paths: Paths, method: str, scheme: str, fold: Fold) -> FoldResult:
    """What `save_fold` wrote."""
    with open_arrays(paths.fold(method, scheme, fold.number), paths.folds_done(method)) as arrays:
        candidates, about = Candidates.of_file(arrays), _about(arrays)
    return FoldResult(candidates, about["figures"], about["seconds"])


def load_lists(paths: Paths, methods: Iterable[str], scheme: str, fold: Fold) -> dict[str, Candidates]:
    """The candidates of several methods on one fold."""
    return {name: load_fold(paths, name, scheme, fold).candidates for name in methods}


def fold_made_from(paths: Paths, method: str, scheme: str, number: int) -> str | None:
    """The fingerprint that a fold's result was saved with; None where there is no result that can be read."""
    with suppress(Damaged), open_arrays(paths.fold(method, scheme, number)) as arrays:
        Candidates.of_file(arrays)  # kept only if all of it is whole
        return str(_about(arrays)["made_from"])
    return None


def _about(arrays: Arrays) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(str(arrays["about"]))
    return about


def save_final(
    paths: Paths, method: str, lists: Candidates, state: Mapping[str, np.ndarray] = MappingProxyType({})
) -> None:
    """Write a method's candidates for every user, and what else of the model is needed later."""
    kept = {STATE + name: value for name, value in state.items()}
    write_arrays(paths.final(method), {**lists.arrays(), **kept}.items())


def load_final(paths: Paths, method: str) -> Candidates:
    """The candidates that `save_final` wrote."""
    with open_arrays(paths.final(method)) as arrays:
        return Candidates.of_file(arrays)


def load_state(paths: Paths, method: str) -> dict[str, np.ndarray]:
    """The state that was saved beside the candidates: a retriever's or a reranker's."""
    with open_arrays(paths.final(method)) as arrays:
        return {key.removeprefix(STATE): arrays[key] for key in arrays.names if key.startswith(STATE)}


def load_table(paths: Paths, part: str, most: int | None = None) -> "FeatureTable":
    """The candidates of one fold, `part` being its number, or of the submission (`FINAL`), with their features.

    Args:
        most: of at most so many users, drawn at random; None = of all.
    """
    from shortlist.rerank import table_file  # the features take a second, which most readers need not pay

    return table_file.load(paths.features(part), most)


def table_blocks(paths: Paths, part: str) -> "Iterator[FeatureTable]":
    """The same for some users at a time, all together."""
    from shortlist.rerank import table_file

    return table_file.blocks(paths.features(part))


def save_blend(paths: Paths, learnt: BlendLearnt) -> None:
    """Write the blend's weights."""
    write_json(paths.blend, learnt)


def load_blend(paths: Paths) -> BlendLearnt:
    """What `save_blend` wrote."""
    return read_json(paths.blend, BlendLearnt, paths.folds_done(BLEND))


def save_reranker(paths: Paths, name: str, learnt: RerankerLearnt) -> None:
    """Write what a reranker says of itself."""
    write_json(paths.reranker(name), learnt)


def load_reranker(paths: Paths, name: str) -> RerankerLearnt:
    """What `save_reranker` wrote."""
    return read_json(paths.reranker(name), RerankerLearnt, paths.final(name))


def save_scores(paths: Paths, scores: Scores) -> None:
    """Write the offline scores."""
    write_json(paths.validation, scores)


def load_scores(paths: Paths) -> Scores:
    """What `save_scores` wrote."""
    return read_json(paths.validation, Scores)


def save_newest_csv(paths: Paths, csv: Path) -> None:
    """Name the CSV that the present configuration and data give."""
    write_text(paths.newest_submission, f"{csv.as_posix()}\n")


def load_newest_csv(paths: Paths) -> Path | None:
    """What `save_newest_csv` named; None before there is one, and where it names no file that is there."""
    try:
        csv = paths.submissions / Path(read_file(paths.newest_submission).decode("utf-8").strip()).name
        return csv if csv.is_file() else None
    except (ValueError, OSError):  # none yet; bytes that are no text; a name too long for any file
        return None
