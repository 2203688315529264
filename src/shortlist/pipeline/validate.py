"""The offline scores: every method on every scheme, as JSON and as a table."""

from dataclasses import replace

from shortlist.common.files import write_text
from shortlist.data.asked import Asked
from shortlist.data.dataset import Dataset
from shortlist.pipeline.asking import asking, headline_of
from shortlist.pipeline.results import load_fold, save_scores
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.pipeline.score_table import score_table
from shortlist.validation.distance import distance
from shortlist.validation.metrics import PER_USER
from shortlist.validation.scores import DataSize, Scores
from shortlist.validation.scoring import MethodRows, compared


def validate(run: Run) -> None:
    """Score what the methods gave on the folds; write the JSON and the table."""
    paths, competition, methods = run.paths, run.competition, run.methods
    dataset, asked = Dataset.load(paths.dataset), Asked.load(paths.dataset).users
    ks, headline = competition.validation.ks, headline_of(competition)
    schemes = {}
    for scheme, splitter in splitters(competition).items():
        # What has learnt on the first scheme's answers has seen those of the others: it is scored on the first alone.
        names = methods.all if scheme == competition.first_scheme else methods.retrievers
        folds = list(asking(run).folds(splitter.scored, dataset))
        rows = {}
        for name in names:
            results = ((fold, load_fold(paths, name, scheme, fold)) for fold in folds)  # one at a time in memory
            rows[name] = MethodRows(results, dataset, ks, headline)
        far = distance(dataset, folds, asked, asking(run))
        schemes[scheme] = replace(compared(splitter.describe().en, rows, competition.headline), distance=far)
    scores = Scores(
        competition=paths.competition,
        title=competition.title,
        data=DataSize(len(dataset.users), len(dataset.items), len(dataset.pairs)),
        k=headline.k,
        ks=ks,
        metrics=tuple(dict.fromkeys((headline.name, *PER_USER))),
        headline=competition.headline,
        seed=competition.seed,
        chosen_by=competition.first_scheme,
        rerankers=methods.rerankers,
        schemes=schemes,
    )
    write_text(paths.table, score_table(scores))
    save_scores(paths, scores)
