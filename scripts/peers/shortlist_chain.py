"""Shortlist as a newcomer runs it: `make init`, then `make submission`, on a folder of raw files."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from peers.event_log import EventLog
from peers.exchange import IntArray, Peer, Task
from shortlist.config.paths import Paths
from shortlist.data.candidates import NO_ITEM
from shortlist.data.dataset import Dataset
from shortlist.increments import run
from shortlist.pipeline.results import load_final
from shortlist.studies.init.init import init

PACKAGES = ("shortlist", "numpy", "scipy", "tensorflow", "lightgbm")


def read_lists(csv: Path) -> dict[str, list[str]]:
    """The list of each user in a CSV, whichever of the benchmark's forms it has: long, joined or wide."""
    table = pd.read_csv(csv, dtype=str)
    users, items = table.iloc[:, 0], table.iloc[:, 1:]
    if not users.is_unique:
        return {str(user): list(own) for user, own in items.iloc[:, 0].groupby(users)}
    if items.shape[1] == 1:
        return {user: cell.split() for user, cell in zip(users, items.iloc[:, 0], strict=True)}
    return dict(zip(users, items.to_numpy().tolist(), strict=True))


class Chain:
    """The whole chain; the clock runs from the raw files to the checked CSV.

    Args:
        variant: ends the name of the competition's folder.
        task: its competition is the folder.
    """

    def __init__(self, variant: str, task: Task) -> None:
        folder = Path(task.competition)
        self.task, self.log = task, EventLog.load(task)
        self.paths = Paths(folder.name + variant, folder.parents[1])

    def fit(self) -> None:
        """See `Peer.fit`."""
        init(self.paths)
        csv = run(self.paths.competition, until="submit", root=self.paths.root).csv
        if csv is None:
            raise RuntimeError("the chain made no CSV")
        self.csv = csv

    def predict(self) -> IntArray:
        """The CSV's lists, and behind each what else the submitted method had among its candidates."""
        submitted, known = read_lists(self.csv), pd.Index(self.log.item_ids)
        method = json.loads(self.csv.with_suffix(".json").read_text(encoding="utf-8"))["method"]
        final, dataset = load_final(self.paths, method), Dataset.load(self.paths.dataset)
        row_of = {user: row for row, user in enumerate(dataset.users.ids[final.users].tolist())}
        lists = np.full((len(self.task.users), self.log.k + final.items.shape[1]), -1, dtype=np.int32)
        for row, user in enumerate(self.log.user_ids[self.task.users].tolist()):
            own = submitted[user]
            others = [code for code in final.items[row_of[user]].tolist() if code != NO_ITEM] if user in row_of else []
            ids = list(dict.fromkeys([*own, *dataset.items.ids[others].tolist()]))
            lists[row, : len(ids)] = known.get_indexer(pd.Index(ids))
        return lists[:, : self.task.n]


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`; the name is the variant."""
    return Chain(name, task)
