"""MLflow's store, damaged, foreign, full or away: the submission that was made is neither lost nor refused."""

import random
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.mutations import damaged, remove, replaced
from tests.fuzz.trial import CANARY, Input, put

KIND, WEIGHT, WORLD = "tracking", 0.4, "jobs"

ADDRESSES = ("x://y", "/nowhere/x", "http://127.0.0.1:9", f"http://user:{CANARY}@127.0.0.1:9", "sqlite:////dev/full",
             "sqlite:///nowhere/x.db", "file:///dev/null/x", "http://[::1", "\ud55c", "a\x1bb", "sqlite://",
             "databricks",
             "file:" + "x" * 5000, "http://", "postgresql://a:b@127.0.0.1:9/c", "file:///proc/self/x")  # fmt: skip


def make(rng: random.Random) -> Input:
    """One input: the newest submission is logged once more."""
    way, seed = rng.choice(("address", "damage", "place", "folder", "no submission", "nothing")), rng.random()
    address = rng.choice(ADDRESSES) if way == "address" else ""

    def change(root: Path) -> None:
        own = random.Random(seed)
        store = root / "tracking/mlflow.db"
        if way in ("damage", "place"):
            store.parent.mkdir()
            put(store, damaged(own, b"SQLite format 3\x00" + own.randbytes(5000))[1])
            if way == "place":
                replaced(own, store)
        elif way == "folder":
            store.parent.write_bytes(b"")
        elif way == "no submission":
            for path in (root / "submissions" / WORLD).glob("*-????????.*"):
                remove(path)

    there = find_spec("mlflow") is not None
    kept = (f"submissions/{WORLD}/*-????????.csv", f"submissions/{WORLD}/*-????????.json")
    fine = there and way in ("address", "damage", "place", "folder", "nothing")
    # MLflow's import and its tables take most of the usual 20 seconds.
    return Input(
        WORLD, f"{way}: {address[:60]!r}", change, (("track",),), must="fine" if fine else "refused",
        same=kept if way != "no submission" else (), removes=True, seconds=60.0,
        environment={"MLFLOW_TRACKING_URI": address, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"},
    )  # fmt: skip
