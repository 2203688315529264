"""ranx: recall."""

import numpy as np
from ranx import Qrels, evaluate
from ranx import Run as Ranking

from speed.task import Outcome, Run, Task

PACKAGES = ("ranx", "numba", "numpy")


def evaluation(task: Task) -> Run:
    """`evaluate` at each k, of its own objects that are there already."""
    lists, scored, names = task["lists"], task["scored"], [f"recall@{k}" for k in task["ks"]]
    answers: dict[str, dict[str, int]] = {str(user): {} for user in scored}
    for user, item in task["pairs"].tolist():
        answers[str(user)][str(item)] = 1
    falling = np.arange(lists.shape[1], 0, -1).tolist()
    rows = ([str(item) for item in row] for row in lists.tolist())
    ranking = {str(user): dict(zip(row, falling, strict=True)) for user, row in zip(scored, rows, strict=True)}
    qrels, run_object = Qrels(answers), Ranking(ranking)
    # ranx sorts users by their names: back to the task's order.
    back = np.argsort(np.argsort([str(user) for user in scored], kind="stable"), kind="stable")

    def run() -> Outcome:
        found = evaluate(qrels, run_object, names, return_mean=False)
        return {name: np.asarray(found[name])[back] for name in names}

    return run
