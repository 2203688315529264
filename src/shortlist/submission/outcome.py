"""What became of a CSV, as a person tells the ledger: settled by hand, or scored on the leaderboard."""

import math
from pathlib import Path

from shortlist.common.bilingual import Bilingual
from shortlist.common.files import is_temporary
from shortlist.common.provenance import file_digest
from shortlist.config.paths import Paths
from shortlist.errors import ConfigError, SubmissionError, one_line, shown
from shortlist.pipeline.run import Run
from shortlist.submission.ledger import Entry, Ledger, Origin
from shortlist.submission.lock import notice_cut_off
from shortlist.submission.origin import read_origin

SETTLED = {
    "accepted": Bilingual("it is never sent again", "제출된 것으로 기록했습니다"),
    "refused": Bilingual("it may be sent again", "거부된 것으로 기록했습니다. 다시 보낼 수 있습니다"),
}
"""What follows from a person's word."""


def find_csv(paths: Paths, file: str) -> Path:
    """The CSV at this path, or of this name in the submissions folder.

    Raises:
        SubmissionError: there is none, or it may be a half-written one.
    """
    if not file:
        raise SubmissionError("name the CSV with FILE=...")
    if is_temporary(Path(file).name):
        raise SubmissionError(
            f"{file}: has the name of a temporary file, which may be incomplete; name the finished CSV"
        )
    for path in (Path(file), paths.submissions / file):
        if path.is_file():
            return path
    raise SubmissionError(f"{file}: no such file, nor in {paths.submissions}; name an existing CSV")


def recorded_name(paths: Paths, csv: Path) -> str:
    """What the ledger calls it: its name in the submissions folder, or its path as given."""
    return csv.name if csv.resolve().parent == paths.submissions.resolve() else str(csv)


def settle(paths: Paths, file: str, outcome: str) -> str:
    """Record whether an upload of unknown end was accepted; returns the line that says so.

    Raises:
        ConfigError: `outcome` is neither "accepted" nor "refused".
        SubmissionError: neither folder nor ledger knows the file.
        UploadError: there is nothing to settle.
    """
    if outcome not in ("accepted", "refused"):
        raise ConfigError(f"AS: can be accepted or refused, got {shown(outcome)}")
    entry = _entry(paths, file)
    Ledger(paths.ledger).settle(entry.sha256, outcome)  # type: ignore[arg-type]
    return one_line(f"settle: {entry.file}: {outcome}; {SETTLED[outcome]}")


def score(run: Run, file: str, public: str, private: str = "") -> str:
    """Record the leaderboard's score of a CSV; returns the line that says so.

    Args:
        run: of the competition.
        file: the CSV.
        public, private: as typed; without a public one the service is asked for both.

    Raises:
        ConfigError: a score is not one that the competition's metric can have, or the service tells none.
        SubmissionError: neither folder nor ledger knows the file.
        UploadError: it is being sent, or the service has no score of it.
    """
    paths, question = run.paths, run.competition.question
    most = sum(question.metrics.values()) * (sum(question.kind_weights.values()) or 1)
    if not public:
        from shortlist.submission.services.registry import service_of  # with the means to ask, which nobody else needs

        handed_in = _entry(paths, file)
        public, told = service_of(run).prepared(run, Path(handed_in.file), handed_in.memo).scores()
        private = private or told
    values = _number("PUBLIC", public, most), _number("PRIVATE", private, most) if private else None
    entry = _entry(paths, file)
    Ledger(paths.ledger).score(entry.sha256, *values)
    more = f", private {values[1]:g}" if values[1] is not None else ""
    return one_line(f"score: {entry.file}: public {values[0]:g}{more}")


def _entry(paths: Paths, file: str) -> Entry:
    """The row of a file; a CSV that the ledger has not met gets one, and one that is gone is found by its name.

    What the ledger has lost gets a row again.
    """
    notice_cut_off(paths)
    ledger = Ledger(paths.ledger)
    try:
        csv = find_csv(paths, file)
    except SubmissionError:
        known = [(entry.sha256, entry.file) for entry in ledger.entries()]
        known += [(line.sha256, line.file) for line in ledger.lost()]
        named = {sha256: name for sha256, name in known if file and file in (name, f"{paths.submissions}/{name}")}
        if len(named) != 1:
            raise
        [(sha256, name)] = named.items()
        return ledger.find(sha256) or ledger.record(sha256, name, Origin())
    sha256 = file_digest(csv)
    return ledger.record(sha256, recorded_name(paths, csv), read_origin(csv, sha256))


def _number(name: str, text: str, most: float) -> float:
    """A score of the metric, whose values lie in 0 ... `most`; NaN does not."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise ConfigError(f"{name}: must be a number from 0 to {most:g}, such as 0.1716, got {shown(text)}")
    return value
