"""The features of the candidates that rerankers see: a table for each fold of the first scheme, and the final one."""

import time

from shortlist.common.progress import note
from shortlist.config.competition import BLEND
from shortlist.data.dataset import Dataset
from shortlist.pipeline.asking import headline_of
from shortlist.pipeline.results import FINAL, load_final, load_lists
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds
from shortlist.rerank.table import Known, describe
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
        fold, headline = stacking_folds(run, dataset)[int(part) - 1], headline_of(competition)
        answers = Answers.of(dataset, fold, headline)
        visible = dataset.take(fold.train)
        known = Known(dataset.take(fold.test), headline.worth(answers.users, answers))
        lists = load_lists(paths, names, competition.first_scheme, fold)
    table = describe(visible, lists[BLEND].first(competition.blend.candidates), lists, known)
    table.save(paths.features(part))
    note(
        f"features {part}: {len(table.features):,} candidates, {len(table.names)} features "
        f"({time.perf_counter() - start:.1f} s)"
    )
