"""Whole chains, from the organiser's files to a CSV with everybody's list."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from peers.running import ROOT, PeerError
from shortlist.common.files import write_text
from shortlist.config.load import load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.data.sources.registry import SOURCES
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend
from speed import baseline
from speed.task import Outcome, Run, Task

PACKAGES = ("shortlist", "numpy")

COPIED = ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock")


def submission(task: Task) -> Run:
    """`make submission` in a fresh copy of the project: every method, every fold, the report and the checked CSV."""
    paths = Paths(task["competition"], ROOT)

    def run() -> Outcome:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for file in COPIED:
                shutil.copy2(ROOT / file, folder / file)
            shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
            copy = Paths(task["competition"], folder)
            copy.config.parent.mkdir(parents=True)
            shutil.copy2(paths.config, copy.config)
            # With its time stamps, .made among them: the sample is not made again.
            shutil.copytree(paths.raw, copy.raw)
            environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
            command = ["make", f"-j{task['threads']}", f"VENV={Path(sys.prefix)}", "UV=/bin/true", "TRACKING=0"]
            done = subprocess.run(
                [*command, "submission", f"COMPETITION={task['competition']}"],
                cwd=folder,
                env=environment | {"MAKEFLAGS": ""},
                stdout=subprocess.DEVNULL,
                check=False,
            )
            if done.returncode:
                raise PeerError("make submission failed")
        return {}

    return run


def one_method(task: Task) -> Run:
    """One of our retrievers with its defaults."""

    def lists(dataset: Dataset, k: int) -> np.ndarray:
        retriever = make_retriever(task["method"], {}, seed=0).fit(dataset)
        return recommend(retriever, everybody(dataset), k, dataset.matrix()).items

    return _from_files(task, lists)


def organiser(task: Task) -> Run:
    """The method of the organiser's notebook."""

    def lists(dataset: Dataset, k: int) -> np.ndarray:
        shape = len(dataset.users), len(dataset.items)
        found: np.ndarray = baseline.user_cosine({"pairs": dataset.pairs, "shape": shape, "n": k})()["items"]
        return found

    return _from_files(task, lists)


def tutorial(task: Task) -> Run:
    """The tutorial's model trained by Keras without FactorizedTopK, for as many epochs as our `two_tower_id`."""
    from peers.tutorial import Tutorial, tutorial_batches
    from shortlist.engine.tensorflow import tf, tfrs
    from shortlist.retrievers.two_tower_id import TwoTowerId

    class Searched:
        """What `recommend` needs of the trained model: the tutorial's brute-force layer."""

        def __init__(self, model: Tutorial, dataset: Dataset) -> None:
            self.model, self.ids, self.items = model, dataset.users.ids, tf.constant(dataset.items.ids)

        def candidates(self, users: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
            layer = tfrs.layers.factorized_top_k.BruteForce(self.model.users, k=n)
            layer.index(self.model.items(self.items))
            scores, places = layer(tf.constant(self.ids[users]))
            return places.numpy(), scores.numpy()

    def lists(dataset: Dataset, k: int) -> np.ndarray:
        defaults = TwoTowerId()
        model = Tutorial(dataset, compute_metrics=False)
        model.fit(tutorial_batches(dataset, dataset.pairs, defaults.batch_size), epochs=defaults.epochs, verbose=0)
        return recommend(Searched(model, dataset), everybody(dataset), k, dataset.matrix()).items

    return _from_files(task, lists)


def everybody(dataset: Dataset) -> np.ndarray:
    """All users, int32 codes."""
    return np.arange(len(dataset.users), dtype=np.int32)


def _from_files(task: Task, lists: Callable[[Dataset, int], np.ndarray]) -> Run:
    """Read the files as we do, make the lists, write a CSV."""
    paths = Paths(task["competition"], ROOT)
    competition = load_competition(paths.config)

    def run() -> Outcome:
        dataset = SOURCES.make(*competition.source_kind).read(paths.raw)
        items = lists(dataset, competition.question.k)
        rows = (
            f"{dataset.users.ids[user]},{dataset.items.ids[item]}" for user, row in enumerate(items) for item in row
        )
        with tempfile.TemporaryDirectory() as folder:
            write_text(Path(folder) / "submission.csv", "\n".join(rows) + "\n")
        return {"items": items}

    return run
