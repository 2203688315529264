"""All that a report is about: the newest validation and submission, read when a section asks for it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from shortlist.config.competition import Competition, load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pipeline.cross_validate import FoldResult, load_fold, splitters
from shortlist.pipeline.too_large import TooLarge, all_left_out
from shortlist.pipeline.validate import load_scores
from shortlist.submission.ledger import Entry, Ledger
from shortlist.submission.manifest import read_manifest
from shortlist.validation.splits import Fold, Splitter


@dataclass(frozen=True)
class Run:
    """The newest run of a competition."""

    paths: Paths
    competition: Competition

    @cached_property
    def left_out(self) -> dict[str, TooLarge]:
        """The retrievers that needed more memory than there was."""
        return all_left_out(self.paths, load_competition(self.paths.config))

    @cached_property
    def dataset(self) -> Dataset:
        """All pairs."""
        return Dataset.load(self.paths.dataset)

    @cached_property
    def scores(self) -> dict[str, Any]:
        """The offline scores, see `validation.validate`."""
        return load_scores(self.paths)

    @property
    def scheme(self) -> str:
        """The first scheme, by which choices are made."""
        return str(self.scores["chosen_by"])

    @property
    def first(self) -> dict[str, Any]:
        """The first scheme's part of the scores."""
        return dict(self.scores["schemes"][self.scheme])

    @cached_property
    def splitters(self) -> dict[str, Splitter]:
        """The schemes by name."""
        return splitters(self.competition)

    @cached_property
    def folds(self) -> list[Fold]:
        """Of the first scheme."""
        return list(self.splitters[self.scheme].split(self.dataset))

    def results(self, method: str) -> list[FoldResult]:
        """A method's lists on the first scheme's folds."""
        return [load_fold(self.paths, method, self.scheme, fold) for fold in self.folds]

    @cached_property
    def submission(self) -> Path | None:
        """The newest CSV; None before one was written."""
        if not self.paths.newest_submission.exists():
            return None
        path = Path(self.paths.newest_submission.read_text(encoding="utf-8").strip())
        return path if path.exists() else None

    @cached_property
    def manifest(self) -> dict[str, Any] | None:
        """What that CSV was made from."""
        return None if self.submission is None else read_manifest(self.submission)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The ledger, oldest first."""
        return Ledger(self.paths.ledger).entries()

    @cached_property
    def previous(self) -> dict[str, Any] | None:
        """The manifest of the CSV that was made before the newest one, if it is still there."""
        if self.manifest is None:
            return None
        digests = [entry.sha256 for entry in self.entries]
        own = digests.index(self.manifest["sha256"]) if self.manifest["sha256"] in digests else len(digests)
        others = [*self.entries[own + 1 :][::-1], *self.entries[:own][::-1]]  # made again, a CSV keeps its place
        found = (read_manifest(self.paths.submissions / entry.file) for entry in others if entry.method is not None)
        return next((manifest for manifest in found if manifest is not None), None)
