"""Files that stages have left behind: damaged, exchanged, replaced."""

import random
from pathlib import Path

from tests.fuzz.mutations import damaged, remove, replaced, swap
from tests.fuzz.trial import Input, Must, put

KIND, WEIGHT = "work", 12

METHOD = "--method"
STEPS = (
    (("cross-validate", METHOD, "popular"), "dataset/*", ()),
    (("cross-validate", METHOD, "user_knn"), "folds/user_knn/*", ()),
    (("cross-validate-blend",), "folds/*/*", ()),
    (("train", METHOD, "user_knn"), "dataset/*", ("final/user_knn.npz",)),
    (("train-blend",), "final/*", ("final/blend.npz",)),
    (("train-blend",), "blend.json", ("final/blend.npz",)),
    (("features", "--part", "1"), "folds/*/*", ("features/1.npz",)),
    (("features", "--part", "final"), "final/*", ("features/final.npz",)),
    (("train-reranker", METHOD, "lightgbm"), "features/*", ("final/lightgbm.npz",)),
    (("cross-validate-reranker", METHOD, "lightgbm"), "features/*", ()),
    (("validate",), "folds/*/*", ()),
    (("submit",), "final/*", ("submission",)),
    (("submit",), "validation.json", ("submission",)),
    (("submit",), "dataset/*", ("submission",)),
    (("submit",), "submission", ("submission",)),
    (("report",), "*.json", ()),
    (("report",), "folds/*/*", ()),
    (("report",), "rerankers/*", ()),
    (("check",), "dataset/*", ()),
    (("check",), "submission.path", ()),
    (("explain", "--user", "@user"), "final/*", ()),
    (("explain", "--user", "@user"), "*.json", ()),
    (("rules",), "*", ()),
    (("rules",), "config/*", ()),
    (("rules",), "sources/*", ()),
    (("infer-split",), "dataset/*", ()),
    (("eda",), "dataset/*", ()),
)
"""A command, what it may read in `work/`, and what it makes with the same bytes; "submission" is the newest CSV."""


def make(rng: random.Random) -> Input:
    """One input: the command reads what is damaged, and says so or makes the same."""
    # Pages take seconds: few of them.
    weights = [1 if command[0] in ("report", "eda", "infer-split", "explain") else 10 for command, _, _ in STEPS]
    [(command, pattern, made)] = rng.choices(STEPS, weights)
    world = "jobs"
    folder = f"data/{world}/work"
    same = tuple(f"submissions/{world}/*-????????.csv" if name == "submission" else f"{folder}/{name}" for name in made)
    way, seed = (
        rng.choice(("damage", "damage", "damage", "swap", "place", "missing", "nothing", "temporary")),
        rng.random(),
    )

    def change(root: Path) -> None:
        own = random.Random(seed)
        place = root / "submissions" / world if pattern == "submission" else root / folder
        files = place.glob("*.csv*" if pattern == "submission" else pattern)
        path = own.choice(sorted(each for each in files if each.is_file()))
        if way == "damage":
            put(path, damaged(own, path.read_bytes())[1])
        elif way == "swap":
            swap(own, place, path)
        elif way == "place":
            replaced(own, path)
        elif way == "missing":
            remove(path)
        elif way == "temporary":  # what a writer that was killed has left
            path.with_name(f".{path.stem}.abc123.tmp{path.suffix}").write_bytes(path.read_bytes()[:50])

    must: Must = "fine" if way in ("nothing", "temporary") else ""
    return Input(
        world, f"{' '.join(command)}: {pattern}: {way}", change, (command,), must=must, same=same, removes=True
    )
