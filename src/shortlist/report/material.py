"""All that a report is about: the newest validation and submission, read when a section asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from shortlist.data.dataset import Dataset
from shortlist.pipeline.asking import asking
from shortlist.pipeline.results import load_fold, load_scores
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.pipeline.too_large import TooLarge
from shortlist.submission.ledger import Entry, Ledger
from shortlist.submission.manifest import Manifest, Submission, newest_submission, read_manifest
from shortlist.validation.division import Fold
from shortlist.validation.folds import FoldResult
from shortlist.validation.scores import Scores
from shortlist.validation.splitters.base import Splitter


@dataclass(frozen=True)
class Material:
    """What the sections read.

    Attributes:
        run: the newest of a competition.
    """

    run: Run

    @cached_property
    def too_large(self) -> Mapping[str, TooLarge]:
        """The retrievers that needed more memory than there was."""
        return self.run.too_large

    @cached_property
    def dataset(self) -> Dataset:
        """All events."""
        return Dataset.load(self.run.paths.dataset)

    @cached_property
    def scores(self) -> Scores:
        """The offline scores."""
        return load_scores(self.run.paths)

    @cached_property
    def splitters(self) -> dict[str, Splitter]:
        """The schemes by name."""
        return splitters(self.run.competition)

    @cached_property
    def folds(self) -> list[Fold]:
        """Of the first scheme, those that methods are scored on."""
        return list(asking(self.run).folds(self.splitters[self.scores.chosen_by].scored, self.dataset))

    def results(self, method: str) -> list[FoldResult]:
        """A method's lists on the first scheme's folds."""
        return [load_fold(self.run.paths, method, self.scores.chosen_by, fold) for fold in self.folds]

    @cached_property
    def submission(self) -> Submission | None:
        """The newest CSV and what it was made from; None before one was written."""
        return newest_submission(self.run.paths)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The ledger, oldest first."""
        return Ledger(self.run.paths.ledger).entries()

    @cached_property
    def previous(self) -> Manifest | None:
        """The manifest of the CSV that was made before the newest one, if it is still there."""
        if self.submission is None:
            return None
        digests, sha256 = [entry.sha256 for entry in self.entries], self.submission.manifest.sha256
        own = digests.index(sha256) if sha256 in digests else len(digests)
        others = [*self.entries[own + 1 :][::-1], *self.entries[:own][::-1]]  # made again, a CSV keeps its place
        folder = self.run.paths.submissions
        manifests = (read_manifest(folder / entry.file) for entry in others if entry.method is not None)
        return next((manifest for manifest in manifests if manifest is not None), None)
