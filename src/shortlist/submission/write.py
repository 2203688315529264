"""From candidates to a CSV that is sure to be accepted, with a manifest that says what it was made from."""

import csv
import hashlib
import io
from pathlib import Path

import numpy as np

from shortlist.common.files import atomic
from shortlist.common.progress import note
from shortlist.config.competition import Competition
from shortlist.data.dataset import Dataset
from shortlist.data.sources.sample_submission import read_sample_submission
from shortlist.pipeline.results import load_scores, save_newest_csv
from shortlist.pipeline.run import Run
from shortlist.submission.check import Requirements, check_submission
from shortlist.submission.ledger import Ledger
from shortlist.submission.lists import submitted
from shortlist.submission.manifest import make_manifest, save_manifest
from shortlist.submission.origin import origin_of


def write_submission(run: Run) -> Path:
    """Write the CSV of the current configuration; returns its path, named after its method and its content.

    Raises:
        SubmissionError: the CSV would not be accepted; then none is left behind.
    """
    paths, competition = run.paths, run.competition
    dataset, scores = Dataset.load(paths.dataset), load_scores(paths)
    chosen = submitted(run, scores.order)
    users = read_sample_submission(paths.raw, competition.submission, dataset)
    text = _csv(competition, users, dataset.items.ids[chosen.items[dataset.users.codes(users)]])
    digest = hashlib.sha256(text.encode()).hexdigest()
    path = paths.submissions / f"{chosen.method}-{digest[:8]}.csv"
    with atomic(path) as temporary:
        # Checked before it has its name: what fails is never there as something that could be handed in.
        temporary.write_text(text, encoding="utf-8", newline="")
        check_submission(temporary, Requirements(competition.submission, users, dataset))
        manifest = make_manifest(run, scores, chosen.method, digest)
        save_manifest(path, manifest)
    # After the CSV, before what tells Make that this stage is done: killed in between, the next run records it.
    Ledger(paths.ledger).record(digest, path.name, origin_of(manifest))
    save_newest_csv(paths, path)
    note(f"submission: {len(users):,} users, {competition.submission.k} items each, from {chosen.method}; checked")
    return path


def _csv(competition: Competition, users: np.ndarray, items: np.ndarray) -> str:
    rules = competition.submission
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")  # an id may hold a comma
    writer.writerow((rules.user_column, rules.item_column))
    writer.writerows((user, item) for user, row in zip(users, items, strict=True) for item in row)
    return text.getvalue()
