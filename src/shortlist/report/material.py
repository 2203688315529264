"""All that a report is about: the newest validation and submission, read when a section asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from shortlist.data.dataset import Dataset
from shortlist.pipeline.answer_form import AnswerForm, load_answer_form
from shortlist.pipeline.asking import asking, headline_of
from shortlist.pipeline.results import load_blend, load_fold, load_scores
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.pipeline.too_large import TooLarge
from shortlist.report.slices import SliceRows, user_rows
from shortlist.rerank.blend import ListWeights
from shortlist.submission.ledger import Entry, Ledger
from shortlist.submission.manifest import Manifest, Submission, newest_submission, read_manifest
from shortlist.validation.division import Fold
from shortlist.validation.folds import FoldResult
from shortlist.validation.metrics import Difference, paired_bootstrap
from shortlist.validation.scores import Scores
from shortlist.validation.splitters.base import Splitter

Made = TypeVar("Made")


@dataclass(frozen=True)
class Material:
    """What the sections read.

    Attributes:
        run: the newest of a competition.
    """

    run: Run

    def once(self, function: Callable[["Material"], Made]) -> Made:
        """What the function makes of this, for all that show it."""
        if function not in self._made:
            self._made[function] = function(self)
        made: Made = self._made[function]
        return made

    @cached_property
    def _made(self) -> dict[Callable[..., Any], Any]:
        return {}

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
    def weights(self) -> Mapping[str, ListWeights]:
        """Of each retriever's list in the blend."""
        return load_blend(self.run.paths).weights

    @cached_property
    def chosen(self) -> str:
        """The method whose list goes in, if the first scheme has scored it; else the best that it has."""
        submitted = None if self.submission is None else self.submission.manifest.method
        return submitted if submitted in self.scores.first.methods else self.scores.order[0]

    @cached_property
    def baseline(self) -> str | None:
        """What every method has to beat: the most popular items, or the weakest retriever where nobody ranks those."""
        retrievers = [name for name in self.scores.order if name in self.run.competition.retrievers]
        popular = [name for name in retrievers if self.run.competition.retriever(name)[0] == "popular"]
        return next((name for name in (*popular, *retrievers[::-1]) if name != self.chosen), None)

    def rows(self, method: str) -> SliceRows:
        """A method's headline for each user of each of the first scheme's folds."""
        if method not in self._rows:
            headline = headline_of(self.run.competition)
            self._rows[method] = user_rows(
                self.dataset, self.folds, self.results(method), self.scores.headline, headline
            )
        return self._rows[method]

    @cached_property
    def _rows(self) -> dict[str, SliceRows]:
        return {}

    def ahead_of(self, method: str) -> Difference:
        """How far the chosen method is ahead of another on the same users."""
        best, other = self.rows(self.chosen), self.rows(method)
        return paired_bootstrap(best.scores, other.scores, best.users)

    @cached_property
    def answer(self) -> AnswerForm:
        """The form of a submission."""
        return load_answer_form(self.run)

    @cached_property
    def submission(self) -> Submission | None:
        """The newest CSV and what it was made from; None before one was written."""
        return newest_submission(self.run.paths)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The ledger, oldest first."""
        return Ledger(self.run.paths.ledger).entries()

    @cached_property
    def entry(self) -> Entry | None:
        """The ledger's row of the newest CSV."""
        sha256 = None if self.submission is None else self.submission.manifest.sha256
        return next((entry for entry in self.entries if entry.sha256 == sha256), None)

    @cached_property
    def earlier(self) -> Entry | None:
        """What a reader compares with: the CSV that was handed in last, or else the one that was made before."""
        sent = [entry for entry in self.entries if entry.may_have_arrived and entry != self.entry]
        if sent:
            return max(sent, key=lambda entry: entry.sent or entry.made)
        sha256 = None if self.previous is None else self.previous.sha256
        return next((entry for entry in self.entries if entry.sha256 == sha256), None)

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
