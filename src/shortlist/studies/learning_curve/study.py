"""The learning curve of a competition: every method at several shares of visible pairs, on the same hidden ones."""

import numpy as np

from shortlist.common.files import write_text
from shortlist.common.progress import note, track
from shortlist.common.provenance import fingerprint, source_digest
from shortlist.config.competition import Competition
from shortlist.data.dataset import Dataset
from shortlist.pipeline.methods import Methods
from shortlist.pipeline.run import Run
from shortlist.rerank.feature import own_modules
from shortlist.rerank.registry import RERANKERS
from shortlist.retrievers.registry import RETRIEVERS
from shortlist.studies.learning_curve.fit import curves
from shortlist.studies.learning_curve.points import by_share, points, share_on_folds
from shortlist.studies.learning_curve.result import LearningCurve, read_learning_curve, write_learning_curve
from shortlist.studies.learning_curve.scores import scores_at
from shortlist.studies.learning_curve.table import learning_curve_table
from shortlist.validation.metrics import UserScores
from shortlist.validation.registry import SPLITTERS


def learning_curve(run: Run) -> None:
    """Score every point, and fit a curve to each method; points that are there from an interrupted run are kept.

    Raises:
        DataError: too few events for a fold to have something to train on and something to score.
    """
    dataset = Dataset.load(run.paths.dataset)
    made_from, all_points, scores = made_of(run.competition, run.chosen, dataset), points(run, dataset), {}
    for point in track(all_points, "learning-curve: points", len(all_points)):
        note(f"learning-curve: draw {point.draw}, {point.share:.0%} visible: {len(point.fold.train):,} events")
        scores[point.draw, point.share] = scores_at(run, dataset, point, made_from)
    methods = [name for name in run.chosen.all if all(name in own for own in scores.values())]
    joined = {
        name: [
            UserScores.joined([scores[point.draw, share][name] for point in at_share])
            for share, at_share in by_share(all_points)
        ]
        for name in methods
    }
    on_folds = share_on_folds(run, dataset)
    result = LearningCurve(
        metric=run.competition.headline,
        shares=run.competition.learning_curve.shares,
        share_on_folds=on_folds,
        draws=len({point.draw for point in all_points}),
        users=len(np.unique(joined[methods[0]][0].users)),
        made_from=made_from,
        curves=curves(joined, run.competition.learning_curve.shares, on_folds),
    )
    write_text(run.paths.learning_curve_table, learning_curve_table(result))
    write_learning_curve(run.paths, result)
    write_text(run.paths.learning_curve_done, "")


def load_learning_curve(run: Run, dataset: Dataset) -> LearningCurve | None:
    """What `learning_curve` wrote, with rerankers or without, if it fits the present configuration and data."""
    if (stored := read_learning_curve(run.paths)) is None:
        return None
    chosen = (Methods.chosen(run.competition, rerank) for rerank in ("auto", "0"))
    return stored if any(stored.made_from == made_of(run.competition, each, dataset) for each in chosen) else None


def made_of(competition: Competition, chosen: Methods, dataset: Dataset) -> str:
    """Fingerprint of all that the figures rest on."""
    retrievers = [competition.retriever(name) for name in chosen.retrievers]
    rerankers = [competition.reranker(name) for name in chosen.rerankers]
    first = competition.scheme(competition.first_scheme)
    modules = [
        *(RETRIEVERS.module(kind) for kind, _ in retrievers), *(RERANKERS.module(kind) for kind, _ in rerankers),
        SPLITTERS.module(first[0]), *own_modules(),
    ]  # fmt: skip
    return fingerprint(
        dataset.digest, [chosen.retrievers, chosen.blended, chosen.rerankers], retrievers, rerankers, first,
        competition.seed, competition.candidates, competition.question.model_dump(mode="json"),
        competition.validation.users, competition.blend.candidates, competition.rerank.users,
        competition.learning_curve.model_dump(mode="json"), source_digest(__name__, *modules),
    )  # fmt: skip
