"""`make kill`: stages, whole runs, studies and uploads are killed at random moments, and run again."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from tests.fuzz import worlds
from tests.fuzz.__main__ import number
from tests.fuzz.command import SRC
from tests.fuzz.inputs_kaggle import at_kaggle
from tests.fuzz.trial import CANARY
from tests.submission.conftest import Dacon
from tests.submission.kaggle_server import CREATE, KaggleServer

from shortlist.submission.ledger import Ledger

LATEST = 600
"""Seconds that anything may take."""

NAME = "killed"
TEXT = (
    worlds.text_of("jobs")
    + """
[retrievers.two_tower]
epochs = 1
seeds = 1
[tune]
folds = [1]
report_folds = [2]
[tune.space]
"retrievers.user_knn.neighbours" = { low = 2, high = 30 }
[ablate]
folds = 1
[learning_curve]
shares = [0.7, 0.9]
draws = 1
"""
)

RUN = ("-c", "import shortlist, sys; shortlist.run(sys.argv[1], sys.argv[2])", NAME)


def stage(*words: str) -> tuple[str, ...]:
    """A command of the command line."""
    return ("-m", "shortlist", *words, "--competition", NAME)


@dataclass(frozen=True)
class Victim:
    """What is killed.

    Attributes:
        command: of Python.
        made: patterns of the files that it makes, whose bytes must be the same in the end.
        gone: patterns of what is removed first, so that there is something to do.
        change: made to the folder first.
    """

    command: tuple[str, ...]
    made: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    change: Callable[[Path], None] | None = None

    @property
    def uploads(self) -> bool:
        """Whether it hands a CSV in."""
        return "upload" in self.command


W = f"data/{NAME}/work"
CSV = f"submissions/{NAME}/*-????????.csv"
ALL = (f"{W}/dataset/*", f"{W}/final/*.npz", f"{W}/features/*.npz", CSV)

UPLOAD = stage("upload", "--yes", "--memo", "memo")

VICTIMS = {
    "preprocess": Victim(stage("preprocess"), (f"{W}/dataset/*",), (f"{W}/dataset",)),
    "folds": Victim((*RUN, "validate"), (f"{W}/dataset/*",), (f"{W}/folds", f"{W}/validation.json")),
    "features": Victim(
        stage("features", "--part", "final"), (f"{W}/features/final.npz",), (f"{W}/features/final.npz",)
    ),
    "reranker": Victim(stage("train-reranker", "--method", "lightgbm"), (f"{W}/final/lightgbm.npz",)),
    "train": Victim(stage("train", "--method", "two_tower"), (f"{W}/final/two_tower.npz",)),
    "submit": Victim(stage("submit"), (CSV,), (CSV, f"{W}/submission.path")),
    "report": Victim(stage("report"), (f"submissions/{NAME}/report.html",)),
    "whole run": Victim((*RUN, "report"), ALL, (W, f"submissions/{NAME}")),
    "tune": Victim(stage("tune", "--minutes", "2")),
    "ablate": Victim(stage("ablate"), (f"{W}/ablation.txt",), (f"{W}/ablation*",)),
    "learning curve": Victim(
        stage("learning-curve"), (f"{W}/learning_curve.txt", f"{W}/learning_curve.json"), (f"{W}/learning_curve*",)
    ),
    "export": Victim(stage("export", "--retriever", "two_tower"), (), (f"{W}/export",)),
    "upload": Victim(UPLOAD),
    "upload to Kaggle": Victim(UPLOAD, change=partial(at_kaggle, NAME)),
}

SORTS = ("same", "other bytes", "failed", "left over", "lost", "double upload", "token seen")


class Servers:
    """Those in the services' places."""

    def __init__(self) -> None:
        self.dacon, self.kaggle = Dacon(), KaggleServer()
        for server in (self.dacon, self.kaggle):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def fresh(self) -> None:
        """Nothing has arrived."""
        self.dacon.requests.clear()
        self.kaggle.fresh()

    @property
    def arrived(self) -> int:
        """Files handed in."""
        return len(self.dacon.requests) + self.kaggle.asked.count(CREATE)

    @property
    def environment(self) -> dict[str, str]:
        """What leads to them."""
        addresses = {"DACON_API_URL": self.dacon.url, "KAGGLE_API_URL": self.kaggle.url}
        return {**addresses, "DACON_TIMEOUT": "20", "KAGGLE_TIMEOUT": "20"}


class Scene:
    """A copy of the competition after its whole run, as the victim needs it, and the servers.

    Args:
        world: the competition, in which everything has been made.
        root: where the copy lies.
    """

    def __init__(self, world: Path, root: Path, servers: Servers, victim: Victim) -> None:
        self.world, self.root, self.servers = world, root, servers
        shutil.rmtree(root, ignore_errors=True)
        worlds.copy(world, root)
        servers.fresh()
        self.remove(victim.gone)
        if victim.change is not None:
            victim.change(root)

    def start(self, victim: Victim) -> subprocess.Popen[bytes]:
        """Start it in a group of its own, whose other processes are killed with it."""
        environment = {**os.environ, "PYTHONPATH": str(SRC), **self.servers.environment}
        more = ("--file", str(self.csv.relative_to(self.root))) if victim.uploads else ()
        with (self.root / "output.txt").open("ab") as output:
            return subprocess.Popen([sys.executable, *victim.command, *more], cwd=self.root, env=environment,
                                    stdout=output, stderr=output, start_new_session=True)  # fmt: skip

    @property
    def csv(self) -> Path:
        """The submission."""
        return next(iter(sorted(self.root.glob(CSV))))

    def said(self) -> str:
        """The last line of the output."""
        lines = (self.root / "output.txt").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def remove(self, patterns: Sequence[str]) -> None:
        """Remove what is to be made again."""
        for path in [path for pattern in patterns for path in self.root.glob(pattern)]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def killed(scene: Scene, victim: Victim, after: float) -> bool:
    """Kill it after so many seconds; False where it was done before."""
    process = scene.start(victim)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def again(scene: Scene, victim: Victim) -> int | None:
    """Run it to its end; the exit code, None where it has none."""
    process = scene.start(victim)
    try:
        return process.wait(LATEST)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


def judged(scene: Scene, name: str, code: int | None) -> tuple[str, str]:
    """What became of it after the second run: one of `SORTS`, and what was seen."""
    victim, root = VICTIMS[name], scene.root
    if victim.uploads:
        return _judged_upload(scene, code)
    if code != 0:
        return "failed", f"{code}: {scene.said()}"
    for path in [path for pattern in victim.made for path in scene.world.glob(pattern)]:
        other = root / path.relative_to(scene.world)
        if not other.is_file() or other.read_bytes() != path.read_bytes():
            return "other bytes", str(path.relative_to(scene.world))
    if left := [path for path in root.rglob("*") if ".tmp" in path.suffixes]:
        return "left over", str(left[0].relative_to(root))
    if name == "export" and not (root / W / "export/two_tower/done").is_file():
        return "lost", "export/two_tower/done"
    json.loads((root / W / "validation.json").read_text())
    return "same", ""


def _judged_upload(scene: Scene, code: int | None) -> tuple[str, str]:
    """At most one has arrived, and what arrived is no longer free to be sent."""
    seen = [path for path in scene.root.rglob("*") if path.is_file() and path.name != ".env"]
    if any(CANARY.encode() in path.read_bytes() for path in seen):
        return "token seen", ""
    entries = Ledger(scene.root / f"submissions/{NAME}/ledger.sqlite").entries()
    state = next(entry.state for entry in entries if entry.file == scene.csv.name)
    arrived = scene.servers.arrived
    if arrived > 1:
        return "double upload", f"{arrived} arrived"
    if arrived and state not in ("accepted", "unknown", "sending"):
        return "lost", f"it has arrived, and the ledger says {state}"
    if code not in (0, 2):
        return "failed", f"{code}: {scene.said()}"
    return "same", ""


def usual_seconds(world: Path, base: Path, servers: Servers) -> Callable[[str], float]:
    """How long something takes that nobody kills; measured once for each."""

    @cache
    def seconds(name: str) -> float:
        victim = VICTIMS[name]
        scene = Scene(world, base / "measured", servers, victim)
        start = time.monotonic()
        if again(scene, victim) != 0:
            sys.exit(f"kill: {name} fails without being killed: {scene.said()}")
        return time.monotonic() - start

    return seconds


def main() -> None:
    """Kill as often as wished; ends with 1 where something was wrong."""
    times, seed, only = number("TIMES", 200), number("SEED", 0), os.environ.get("SHORTLIST_ONLY", "")
    if only and only not in VICTIMS:
        sys.exit(f"kill: ONLY: one of {', '.join(VICTIMS)}; got {only[:80]!r}")
    names = [only] if only else list(VICTIMS)
    counts: Counter[tuple[str, str]] = Counter()
    servers = Servers()
    with tempfile.TemporaryDirectory(prefix="kill-") as folder:
        base = Path(folder)
        worlds.build(base / "world", NAME, TEXT, until=("ablate", "learning-curve", "report"))
        seconds = usual_seconds(base / "world", base, servers)
        for time_number in range(times):
            name = names[time_number % len(names)]
            rng = random.Random(f"{seed}/{name}/{time_number}")
            moment = rng.uniform(0, seconds(name))  # before the scene, which forgets what has arrived
            scene = Scene(base / "world", base / "scene", servers, VICTIMS[name])
            hit = killed(scene, VICTIMS[name], moment)
            sort, seen = judged(scene, name, again(scene, VICTIMS[name]))
            counts[name, sort] += 1
            counts[name, "killed"] += hit
            if (time_number + 1) % 20 == 0:
                print(f"kill: {time_number + 1} of {times}", file=sys.stderr, flush=True)
            if sort != "same":
                print(f"{sort}: {name} after {moment:.2f} s (SEED={seed}, number {time_number}): {seen}", flush=True)
    print(f"{'':20}" + "".join(f"{sort:>15}" for sort in ("killed", *SORTS)))
    for name in names:
        print(f"{name:20}" + "".join(f"{counts[name, sort]:15}" for sort in ("killed", *SORTS)))
    sys.exit(any(counts[name, sort] for name in names for sort in SORTS[1:]))


if __name__ == "__main__":
    main()
