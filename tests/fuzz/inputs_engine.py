"""ENGINE=ray with addresses and numbers that are none: one line, without waiting for who is not there."""

import random
from importlib.util import find_spec

from tests.fuzz.trial import CANARY, Input, Must

KIND, WEIGHT, WORLD = "engine", 0.2, "packed"

ADDRESSES = ("127.0.0.1:1", "127.0.0.1:99999", "127.0.0.1:0", ":1", "[::1]:1", "[::1:1", "a b:1", "a\nb:1",
             "\x1b[31m:1", "ray://127.0.0.1:1", "ray://", "http://127.0.0.1:1", "::::1", "9" * 5000 + ":1", "-1:1",
             f"{CANARY[:5]}..x:1", "\ud55c\uae00:1", "x" * 70 + ".invalid:1")  # fmt: skip

ENGINES = (
    "ray ",
    "Ray",
    "ray\n",
    "local ",
    "../ray",
    "base",
    "machine",
    "threads",
    "r\x1b[31may",
    "ray,local",
    "x" * 5000,
)


def make(rng: random.Random) -> Input:
    """One input: a fold that is to be made again, in a process of its own, since Ray stays in the one where it was."""
    engine, address = "ray", rng.choice(ADDRESSES)
    must: Must = "refused"
    if rng.random() < 0.3:
        engine, address = rng.choice(ENGINES), ""
    elif find_spec("ray") is None:
        address = ""  # it says that Ray is missing, whatever the address
    command = ("cross-validate", "--method", "popular")
    return Input(
        WORLD, f"ENGINE={engine[:20]!r} RAY_ADDRESS={address[:40]!r}",
        lambda root: (root / "data" / WORLD / "work/folds/popular/kfold-1.npz").unlink(), (command,), must=must,
        environment={"ENGINE": engine, "RAY_ADDRESS": address}, process=True, removes=True,
    )  # fmt: skip
