"""From candidates to a CSV that is sure to be accepted, with a manifest that says what it was made from."""

import hashlib
from pathlib import Path

from shortlist.common.files import atomic
from shortlist.common.fingerprints import file_digest
from shortlist.common.progress import note
from shortlist.data.dataset import Dataset
from shortlist.pipeline.answer_form import load_answer_form
from shortlist.pipeline.results import load_scores, save_newest_csv
from shortlist.pipeline.run import Run
from shortlist.submission.check import check_submission, requirements
from shortlist.submission.ledger import Ledger
from shortlist.submission.lists import submitted
from shortlist.submission.manifest import make_manifest, save_manifest
from shortlist.submission.origin import origin_of
from shortlist.submission.own_lists import last_word


def write_submission(run: Run) -> Path:
    """Write the CSV of the current configuration; returns its path, named after its method and its content.

    Raises:
        SubmissionError: the CSV would not be accepted; then none is left behind.
    """
    paths, k = run.paths, run.competition.question.k
    dataset, scores, answer = Dataset.load(paths.dataset), load_scores(paths), load_answer_form(run)
    requests = answer.form.requests(answer.sheet)
    chosen = submitted(run, scores.order, dataset.users.codes(requests["user"]))
    lists = last_word(requests["user"], dataset.items.ids[chosen.items], dataset)
    content = answer.form.write(answer.sheet, lists.tolist())
    digest = hashlib.sha256(content).hexdigest()
    path = paths.submissions / f"{chosen.method}-{digest[:8]}{_ending(run.competition.submission.sample)}"
    with atomic(path) as temporary:
        # Checked before it has its name: what fails is never there as something that could be handed in.
        temporary.write_bytes(content)
        check_submission(temporary, requirements(run, answer, dataset))
        _keep_changed(path, digest)
        manifest = make_manifest(run, scores, chosen.method, digest)
        save_manifest(path, manifest)
    # After the CSV, before what tells Make that this stage is done: killed in between, the next run records it.
    Ledger(paths.ledger).record(digest, path.name, origin_of(manifest))
    save_newest_csv(paths, path)
    note(f"submission: {len(answer.users):,} users, {k} items each, from {chosen.method}; checked")
    return path


def _keep_changed(path: Path, digest: str) -> None:
    """Give a CSV that was changed since it was made another name: whoever changed it may want it."""
    if path.is_file() and (actual := file_digest(path)) != digest:
        kept = path.with_name(path.name.replace(digest[:8], f"{digest[:8]}-changed-{actual[:8]}"))
        path.replace(kept)
        note(f"notice: {path}: was changed since it was made; it is called {kept.name} now, and is made again")


def _ending(name: str) -> str:
    """Of a file's name: ".csv", or ".csv.gz" of one that is packed."""
    endings = Path(name).suffixes
    return "".join(endings[-2:] if endings[-1:] == [".gz"] else endings[-1:])
