"""The rerankers: learnt on the feature tables of the first scheme's folds, then applied to the final one.

The score reported for a fold comes from a model that has learnt on other folds' answers only (see `division.teachers`);
the lists of the submission come from one that has learnt on all folds.
"""

import time

from shortlist.common.files import write_text
from shortlist.common.progress import note, track
from shortlist.common.provenance import file_digest, fingerprint, source_digest
from shortlist.config.competition import BLEND
from shortlist.config.paths import Paths
from shortlist.data.candidates import Candidates, joined
from shortlist.data.dataset import Dataset
from shortlist.pipeline.cross_validate import note_fold
from shortlist.pipeline.results import (
    FINAL,
    RerankerLearnt,
    fold_made_from,
    load_final,
    load_fold,
    load_table,
    save_final,
    save_fold,
    save_reranker,
    table_blocks,
)
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds, stacking_parts
from shortlist.pipeline.train import note_final
from shortlist.rerank.base import Reranker
from shortlist.rerank.registry import RERANKERS
from shortlist.rerank.table import blocks
from shortlist.validation.division import teachers
from shortlist.validation.folds import FoldResult


def cross_validate_reranker(run: Run, name: str) -> None:
    """Each scored fold reranked by a model that has learnt on others; finished folds are kept."""
    paths, competition = run.paths, run.competition
    dataset, scheme = Dataset.load(paths.dataset), competition.first_scheme
    folds, parts = stacking_folds(run, dataset), stacking_parts(competition)
    kind, settings = competition.reranker(name)
    tables = [load_table(paths, part, competition.rerank.users) for part in parts]
    made_of = [
        [file_digest(paths.features(part)) for part in parts],
        kind, settings, competition.seed, competition.rerank.users, source_digest(RERANKERS.module(kind)),
    ]  # fmt: skip
    learnt: tuple[list[int], Reranker] | None = None
    for place, fold in enumerate(track(folds, f"{name}: {scheme} folds", len(folds))):
        if not fold.scored:
            continue
        blended, taught_by = load_fold(paths, BLEND, scheme, fold).candidates, teachers(folds, place)
        made_from = fingerprint(*made_of, fold.number, taught_by, blended.items)
        if fold_made_from(paths, name, scheme, fold.number) == made_from:
            note(f"validate {name}: {scheme} fold {fold.number}/{len(folds)} is there already")
            continue
        start = time.perf_counter()
        if learnt is None or learnt[0] != taught_by:
            fresh = RERANKERS.make(kind, settings, seed=competition.seed)
            learnt = taught_by, fresh.fit([tables[number] for number in taught_by])
        model = learnt[1]
        candidates = _reranked(paths, model, parts[place], blended)
        result = FoldResult(candidates, model.figures(tables[place]), time.perf_counter() - start)
        save_fold(paths, name, scheme, fold, result, made_from)
        note_fold(run, name, f"{scheme} fold {fold.number}", dataset, fold, result)
    write_text(paths.folds_done(name), "")


def train_reranker(run: Run, name: str) -> None:
    """Learn on all folds; rerank the candidates of all users."""
    paths, competition = run.paths, run.competition
    kind, settings = competition.reranker(name)
    model = RERANKERS.make(kind, settings, seed=competition.seed)
    model.fit([load_table(paths, part, competition.rerank.users) for part in stacking_parts(competition)])
    lists = _reranked(paths, model, FINAL, load_final(paths, BLEND))
    save_reranker(paths, name, RerankerLearnt(model.importances()))
    save_final(paths, name, lists, model.state())
    note_final(name, lists)


def _reranked(paths: Paths, model: Reranker, part: str, blended: Candidates) -> Candidates:
    """The candidates of a feature table by the model's scores and then the rest of the blend's, by blocks."""
    lists, start = [], 0
    for table in track(table_blocks(paths, part), f"rerank {part}: blocks", blocks(blended)):
        block = slice(start, start + len(table.candidates.users))
        lists.append(table.reranked(model.score(table), blended.rows(block)))
        start = block.stop
    return joined(lists)
