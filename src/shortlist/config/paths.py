"""Where the files of one competition lie, below the project's folder."""

import re
from dataclasses import dataclass
from pathlib import Path

from shortlist.errors import ConfigError, brief

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")
"""Of a competition: it becomes part of file names, targets of Make and commands. The Makefile has the same signs."""


@dataclass(frozen=True)
class Paths:
    """Every file that a stage reads or writes.

    Args:
        competition: name of the folder below `data/`.
        root: the project's folder; the working directory by default.

    Raises:
        ConfigError: a name that a path or Make cannot carry.
    """

    competition: str
    root: Path = Path()

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.competition):
            raise ConfigError(
                f"COMPETITION: one name of A-Z, a-z, 0-9, _ and -, not beginning with -, up to 100 of them, "
                f"got {brief(self.competition)}"
            )

    @property
    def config(self) -> Path:
        """The competition's whole configuration; tracked."""
        return self.root / "data" / self.competition / "competition.toml"

    @property
    def raw(self) -> Path:
        """The organiser's files."""
        return self.config.parent / "raw"

    @property
    def work(self) -> Path:
        """What the stages made; can be deleted."""
        return self.config.parent / "work"

    @property
    def dataset(self) -> Path:
        """Folder of `Dataset.save`."""
        return self.work / "dataset"

    @property
    def form(self) -> Path:
        """The form of the answer, as the sample submission has told it."""
        return self.dataset / "form.json"

    def section(self, name: str) -> Path:
        """One part of the configuration, rewritten only when it changes: what Make compares."""
        return self.work / "config" / f"{name}.json"

    def sources(self, name: str) -> Path:
        """What computing a stage rests on, rewritten only when it changes: what Make compares."""
        return self.work / "sources" / f"{name}.txt"

    def seconds(self, stage: str, value: str | None) -> Path:
        """How long a step took the last time."""
        return self.work / "seconds" / f"{stage}{f'-{value}' if value else ''}.txt"

    @property
    def raw_list(self) -> Path:
        """Sizes, times and names of the raw files, rewritten only when they change."""
        return self.work / "raw.list"

    @property
    def sample_made(self) -> Path:
        """Says that the raw files of the synthetic sample are there."""
        return self.raw / ".made"

    @property
    def sample_digest(self) -> Path:
        """What code made them."""
        return self.raw / ".sources"

    @property
    def rules(self) -> Path:
        """What Make knows of the competition."""
        return self.work / "rules.mk"

    @property
    def dataset_done(self) -> Path:
        """Says that all of `dataset` is there."""
        return self.dataset / "events.npz"

    def fold(self, method: str, scheme: str, number: int) -> Path:
        """A method's candidates for the hidden pairs of one fold."""
        return self.work / "folds" / method / f"{scheme}-{number}.npz"

    def folds_done(self, method: str) -> Path:
        """Says that all folds of a method are there."""
        return self.work / "folds" / method / "done"

    def too_large(self, name: str) -> Path:
        """Why a retriever takes no part; see `pipeline.too_large`."""
        return self.work / "folds" / name / "too_large.json"

    def final(self, method: str) -> Path:
        """A method's candidates for every user, fitted on all pairs, and the model's state where it is needed later."""
        return self.work / "final" / f"{method}.npz"

    @property
    def blend(self) -> Path:
        """The blend's weights."""
        return self.work / "blend.json"

    def features(self, part: str) -> Path:
        """The features of one fold's candidates (its number), or of every user's ("final")."""
        return self.work / "features" / f"{part}.npz"

    def reranker(self, name: str) -> Path:
        """What a reranker that has learnt on all folds can say of itself."""
        return self.work / "rerankers" / f"{name}.json"

    @property
    def trials(self) -> Path:
        """Everything that `make tune` has tried, an SQLite database."""
        return self.work / "tune" / "trials.db"

    @property
    def tuned(self) -> Path:
        """The configuration with the best values that `make tune` has found."""
        return self.work / "tune" / "competition.toml"

    def ablated(self, method: str, without: str, number: int) -> Path:
        """One fold's scores of a method that has learnt without something."""
        return self.work / "ablation" / method / f"{without}-{number}.npz"

    @property
    def ablation(self) -> Path:
        """What each retriever and feature adds; the report shows it."""
        return self.work / "ablation.json"

    @property
    def ablation_done(self) -> Path:
        """Says that `ablation` fits its prerequisites; a file of its own, so that a report never waits for it."""
        return self.work / "ablation" / "done"

    @property
    def ablation_table(self) -> Path:
        """`ablation` for people."""
        return self.work / "ablation.txt"

    def learning_curve_point(self, draw: int, share: float) -> Path:
        """Every method's scores on one draw of hidden pairs, with a share of the others visible."""
        return self.work / "learning_curve" / f"{draw}-{share:g}.npz"

    @property
    def learning_curve(self) -> Path:
        """How every method's score grows with what is visible; the report shows it."""
        return self.work / "learning_curve.json"

    @property
    def learning_curve_done(self) -> Path:
        """Says that `learning_curve` fits its prerequisites, as `ablation_done` does."""
        return self.work / "learning_curve" / "done"

    @property
    def learning_curve_table(self) -> Path:
        """`learning_curve` for people."""
        return self.work / "learning_curve.txt"

    @property
    def validation(self) -> Path:
        """The offline scores."""
        return self.work / "validation.json"

    @property
    def table(self) -> Path:
        """The offline scores for people."""
        return self.work / "validation.txt"

    @property
    def submissions(self) -> Path:
        """Folder of the CSVs, their manifests and the report."""
        return self.root / "submissions" / self.competition

    @property
    def newest_submission(self) -> Path:
        """Names the CSV that the current configuration and data give."""
        return self.work / "submission.path"

    @property
    def ledger(self) -> Path:
        """What was made, sent and scored: `submission.ledger.Ledger`."""
        return self.submissions / "ledger.sqlite"

    @property
    def report(self) -> Path:
        """The validation report beside the submissions."""
        return self.submissions / "report.html"

    @property
    def comparison(self) -> Path:
        """Two submissions beside each other."""
        return self.submissions / "compare.html"

    @property
    def eda(self) -> Path:
        """What the files tell, as one HTML page beside the submissions."""
        return self.submissions / "eda.html"

    @property
    def inferred(self) -> Path:
        """Which hold-out rule the visible counts fit, as an HTML page."""
        return self.submissions / "infer_split.html"

    @property
    def inferred_table(self) -> Path:
        """The same for the terminal."""
        return self.work / "infer_split.txt"

    @property
    def tracking(self) -> Path:
        """Folder of MLflow's own store, of all competitions; not used where MLFLOW_TRACKING_URI names another."""
        return self.root / "tracking"

    @property
    def tracked(self) -> Path:
        """Names the run in MLflow that holds the newest submission."""
        return self.work / "tracking.run"

    def export(self, retriever: str) -> Path:
        """Folder of a retriever's exported models."""
        return self.work / "export" / retriever

    def export_done(self, retriever: str) -> Path:
        """Says that all of `export` is there."""
        return self.export(retriever) / "done"
