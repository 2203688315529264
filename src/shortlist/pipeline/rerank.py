"""What is learnt from retrievers' lists whose right answers are known: the blend's weights and the rerankers.

They learn on the folds of the first validation scheme. The score reported for a fold comes from a model that has learnt
on the other folds' answers only; the lists of the submission come from one that has learnt on all folds.
"""

import json
import time
from typing import TypeVar

import numpy as np
import scipy.sparse as sp

from shortlist.common.files import write_text
from shortlist.common.progress import note, track
from shortlist.common.provenance import file_digest, fingerprint, source_digest
from shortlist.config.competition import BLEND, Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pipeline.cross_validate import FoldResult, hidden_pairs, kept_fold, load_fold, splitters
from shortlist.pipeline.train import load_final, save_final
from shortlist.rerank import blend
from shortlist.rerank.base import RERANKERS, Reranker
from shortlist.rerank.table import FeatureTable, describe
from shortlist.retrievers.topk import Candidates
from shortlist.validation.metrics import recall_at_k
from shortlist.validation.splits import Fold

T = TypeVar("T")

LEARN_DEPTH = 30
"""Items of each list that the blend's weights are learnt on: deeper ones hardly change them and take memory."""

LEARN_USERS = 50_000
"""Users of each fold that the blend's weights are learnt on at most: its two numbers for each list need no more."""

FINAL = "final"
"""The part of the tables that is not a fold."""


def stacking_folds(competition: Competition, dataset: Dataset) -> list[Fold]:
    """The folds that blend and rerankers learn on."""
    return list(splitters(competition)[competition.first_scheme].split(dataset))


def cross_validate_blend(paths: Paths, competition: Competition) -> None:
    """Each fold's blend with weights learnt on the other folds; then the weights learnt on all."""
    dataset = Dataset.load(paths.dataset)
    scheme, folds = competition.first_scheme, stacking_folds(competition, dataset)
    names = competition.blend_retrievers
    lists = (list(_fold_lists(paths, scheme, fold, names).values()) for fold in folds)
    learnt_on = (blend.sampled(one, LEARN_USERS) for one in track(lists, "blend: pools", len(folds)))
    pools = [blend.pool(one, LEARN_DEPTH) for one in learnt_on]
    answers = [hidden_pairs(dataset, fold)[1] for fold in folds]
    for place, fold in enumerate(track(folds, f"blend: {scheme} folds", len(folds))):
        start = time.perf_counter()
        weights = blend.learn(*(_without(part, place) for part in (pools, answers)))
        own = list(_fold_lists(paths, scheme, fold, names).values())
        found = blend.blend(own, weights, competition.candidates)
        result = FoldResult(found, {}, time.perf_counter() - start)
        _finish(paths, competition, BLEND, fold, answers[place], result)
    weights = blend.learn(pools, answers)
    about = {"scheme": scheme, "weights": blend.by_retriever(names, weights)}
    write_text(paths.blend, json.dumps(about, indent=1) + "\n")
    write_text(paths.folds_done(BLEND), "")


def train_blend(paths: Paths, competition: Competition) -> None:
    """The blend of the lists of all users."""
    names = competition.blend_retrievers
    weights = blend.vector(json.loads(paths.blend.read_text(encoding="utf-8"))["weights"], names)
    lists = [load_final(paths, name) for name in names]
    save_final(paths, BLEND, blend.blend(lists, weights, competition.candidates))


def make_table(paths: Paths, competition: Competition, part: str) -> None:
    """Compute the features of one fold's candidates, `part` being its number, or of all users, `part` being "final"."""
    dataset = Dataset.load(paths.dataset)
    start = time.perf_counter()
    names = (*competition.retrievers, BLEND)
    if part == FINAL:
        visible, hidden = dataset, None
        lists = {name: load_final(paths, name) for name in names}
    else:
        fold = stacking_folds(competition, dataset)[int(part) - 1]
        visible, hidden = dataset.take(fold.train), dataset.take(fold.test)
        lists = _fold_lists(paths, competition.first_scheme, fold, names)
    table = describe(visible, _first(lists[BLEND], competition.blend.candidates), lists, hidden)
    table.save(paths.features(part))
    note(f"features {part}: {len(table.features):,} candidates, {len(table.names)} features "
         f"({time.perf_counter() - start:.1f} s)")  # fmt: skip


def cross_validate_reranker(paths: Paths, competition: Competition, name: str) -> None:
    """Each fold reranked by a model that has learnt on the other folds; finished folds are kept."""
    dataset = Dataset.load(paths.dataset)
    folds = stacking_folds(competition, dataset)
    scheme = competition.first_scheme
    kind, settings = competition.reranker(name)
    tables = [FeatureTable.load(paths.features(str(fold.number))) for fold in folds]
    made_of = [
        [file_digest(paths.features(str(fold.number))) for fold in folds],
        kind, settings, competition.seed, source_digest("shortlist.pipeline.rerank", RERANKERS.module(kind)),
    ]  # fmt: skip
    for place, fold in enumerate(track(folds, f"{name}: {scheme} folds", len(folds))):
        blended = load_fold(paths, BLEND, scheme, fold).candidates
        made_from = fingerprint(*made_of, fold.number, blended.items)
        if kept_fold(paths.fold(name, scheme, fold.number), made_from):
            note(f"validate {name}: {scheme} fold {fold.number}/{len(folds)} is there already")
            continue
        start = time.perf_counter()
        model = RERANKERS.make(kind, settings, seed=competition.seed).fit(_without(tables, place))
        found = _reranked(model, tables[place], blended)
        result = FoldResult(found, model.figures(tables[place]), time.perf_counter() - start)
        _finish(paths, competition, name, fold, hidden_pairs(dataset, fold)[1], result, made_from)
    write_text(paths.folds_done(name), "")


def train_reranker(paths: Paths, competition: Competition, name: str) -> None:
    """Learn on all folds; rerank the candidates of all users."""
    dataset = Dataset.load(paths.dataset)
    kind, settings = competition.reranker(name)
    tables = [FeatureTable.load(paths.features(str(fold.number))) for fold in stacking_folds(competition, dataset)]
    model = RERANKERS.make(kind, settings, seed=competition.seed).fit(tables)
    found = _reranked(model, FeatureTable.load(paths.features(FINAL)), load_final(paths, BLEND))
    about = {"importances": model.importances()}
    write_text(paths.reranker(name), json.dumps(about, indent=1, ensure_ascii=False) + "\n")
    save_final(paths, name, found, model.state())


def _fold_lists(paths: Paths, scheme: str, fold: Fold, names: tuple[str, ...]) -> dict[str, Candidates]:
    return {name: load_fold(paths, name, scheme, fold).candidates for name in names}


def _without(parts: list[T], place: int) -> list[T]:
    return [part for number, part in enumerate(parts) if number != place]


def _first(found: Candidates, n: int) -> Candidates:
    return Candidates(found.users, found.items[:, :n], found.scores[:, :n])


def _reranked(model: Reranker, table: FeatureTable, blended: Candidates) -> Candidates:
    """The reranked candidates, and after them those of the blend that were not reranked."""
    top = table.ordered(model.score(table))
    n = top.items.shape[1]
    # Below the last of the reranked, in the blend's order: a list's scores fall.
    rest = blended.items[:, n:]
    lowest = np.min(top.scores, axis=1, keepdims=True, where=np.isfinite(top.scores), initial=0)
    scores = np.where(rest >= 0, lowest - 1 - np.arange(rest.shape[1]), -np.inf).astype(np.float32)
    return Candidates(top.users, np.hstack([top.items, rest]), np.hstack([top.scores, scores]))


def _finish(
    paths: Paths, competition: Competition, name: str, fold: Fold, answers: sp.csr_matrix, result: FoldResult,
    made_from: str = "",
) -> None:  # fmt: skip
    scheme, k = competition.first_scheme, competition.submission.k
    result.save(paths.fold(name, scheme, fold.number), made_from)
    recall = recall_at_k(result.candidates, answers, k)
    note(f"validate {name}: {scheme} fold {fold.number}: recall@{k} "
         f"{recall.mean:.4f} +- {recall.error:.4f} ({result.seconds:.1f} s)")  # fmt: skip
