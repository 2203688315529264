"""RecTools: EASE, and recall."""

import numpy as np
import pandas as pd
from rectools import Columns
from rectools.dataset import Dataset
from rectools.metrics import Recall
from rectools.models import EASEModel

from speed.task import Outcome, Run, Task

PACKAGES = ("rectools", "numpy")


def ease(task: Task) -> Run:
    """`EASEModel.fit`; the outcome has a corner of the weights."""
    pairs = pd.DataFrame(task["pairs"], columns=Columns.UserItem)
    # The log has no times, which RecTools demands.
    dataset = Dataset.construct(pairs.assign(weight=1.0, datetime=pd.Timestamp("2024-01-01")))
    places = np.ix_(*2 * [dataset.item_id_map.convert_to_internal(task["corner"])])

    def run() -> Outcome:
        model = EASEModel(regularization=task["regularization"], recommend_n_threads=task["threads"]).fit(dataset)
        return {"weights": model.weight[places]}

    return run


def evaluation(task: Task) -> Run:
    """`Recall.calc_per_user` at each k, of tables that are there already."""
    lists, scored = task["lists"], task["scored"]
    frame = pd.DataFrame(
        {
            Columns.User: np.repeat(scored, lists.shape[1]),
            Columns.Item: lists.ravel(),
            Columns.Rank: np.tile(np.arange(1, lists.shape[1] + 1), len(lists)),
        }
    )
    answers = pd.DataFrame(task["pairs"], columns=Columns.UserItem)

    def run() -> Outcome:
        found = {f"recall@{k}": Recall(k).calc_per_user(frame, answers) for k in task["ks"]}
        return {name: values.reindex(scored).to_numpy() for name, values in found.items()}

    return run
