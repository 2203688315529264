"""Small competitions for tests: a configuration, raw files of the synthetic sample, and the stages run on them."""

from pathlib import Path

from shortlist.chain import leading_to
from shortlist.config.paths import Paths
from shortlist.data.sample import SampleSize, write_sample
from shortlist.increments import prepare
from shortlist.pipeline.run import Run

LISTS = ("validate", "train", "train-blend", "train-reranker")
"""The last stages before a submission: offline scores and final lists."""


def configuration(
    tables: str,
    *,
    title: str = "small",
    seed: int = 3,
    candidates: int = 20,
    folds: int = 2,
    ks: tuple[int, ...] = (5, 20),
    method: str = "best",
    source: str = '"dacon_jobs"',
    columns: tuple[str, str] = ("resume_seq", "recruitment_seq"),
) -> str:
    """The competition.toml of a small competition: what all have in common, then `tables` as they are.

    `source` is a value in TOML, `columns` those of the users and of the items in a submission.
    """
    return f"""
title = "{title}"
url = "none"
source = {source}
seed = {seed}
candidates = {candidates}
[submission]
k = 5
user_column = "{columns[0]}"
item_column = "{columns[1]}"
method = "{method}"
[validation]
folds = {folds}
ks = {list(ks)}
{tables}"""


def competition(root: Path, text: str, size: SampleSize | None = None, name: str = "small") -> Run:
    """A competition below `root` that nothing has run in yet: its configuration and, given a size, its raw files."""
    paths = Paths(name, root)
    paths.config.parent.mkdir(parents=True, exist_ok=True)
    paths.config.write_text(text, encoding="utf-8")
    if size is not None:
        write_sample(paths.config.parent, size, seed=2)
    return Run.load(name, root=root)


def configured(run: Run, text: str) -> Run:
    """The same competition with another configuration."""
    run.paths.config.write_text(text, encoding="utf-8")
    return Run.load(run.paths.competition, root=run.paths.root)


def stages(run: Run, *until: str) -> Run:
    """Do every step that leads to the stages named, whether or not it is done already; offline scores by default."""
    prepare(run)
    for stage, step in leading_to(run, until or LISTS):
        stage.perform(run, step.value)
    return run
