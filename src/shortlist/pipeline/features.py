"""The features of the candidates that rerankers see: a table for each fold of the first scheme, and the final one."""

import time

from shortlist.common.progress import note, track
from shortlist.config.competition import BLEND
from shortlist.data.dataset import Dataset
from shortlist.pipeline.asking import headline_of
from shortlist.pipeline.results import FINAL, load_final, load_lists
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds
from shortlist.rerank import table_file
from shortlist.rerank.table import Known, blocks, describe
from shortlist.validation.headline import Answers


def make_table(run: Run, part: str) -> None:
    """Compute the features of one fold's candidates, `part` being its number, or of all users, `part` being "final"."""
    paths, competition, names = run.paths, run.competition, run.methods.listed
    dataset = Dataset.load(paths.dataset)
    start = time.perf_counter()
    if part == FINAL:
        visible, known = dataset, None
        lists = {name: load_final(paths, name) for name in names}
    else:
        fold = next(fold for fold in stacking_folds(run, dataset) if str(fold.number) == part)
        headline = headline_of(competition)
        answers = Answers.of(dataset, fold, headline)
        visible = dataset.take(fold.train)
        known = Known(dataset.take(fold.test), headline.worth(answers.users, answers), headline.places)
        lists = load_lists(paths, names, competition.first_scheme, fold)
    candidates = lists[BLEND].first(competition.blend.candidates)
    tables = track(describe(visible, candidates, lists, known), f"features {part}: blocks", blocks(candidates))
    rows = table_file.save(paths.features(part), tables)
    note(f"features {part}: {rows:,} candidates ({time.perf_counter() - start:.1f} s)")
