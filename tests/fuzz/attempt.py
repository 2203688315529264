"""One input from beginning to end: a copy of a competition, the change, the commands, the judgement."""

import shutil
import threading
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from tests.fuzz import (
    inputs_engine,
    inputs_kaggle,
    inputs_ledger,
    inputs_parquet,
    inputs_parts,
    inputs_places,
    inputs_raw,
    inputs_server,
    inputs_settings,
    inputs_submissions,
    inputs_tracking,
    inputs_typed,
    inputs_work,
    oracle,
    worlds,
)
from tests.fuzz.command import Done, called, started
from tests.fuzz.judge import faults_of_bytes, faults_of_end, faults_of_files, stamps
from tests.fuzz.trial import Fault, Input, Must, Outcome, generator
from tests.submission.conftest import Dacon
from tests.submission.kaggle_server import CREATE, KaggleServer

MODULES = (
    inputs_raw, inputs_settings, inputs_submissions, inputs_work, inputs_server, inputs_ledger, inputs_typed,
    inputs_kaggle, inputs_parquet, inputs_parts, inputs_places, inputs_tracking, inputs_engine,
)  # fmt: skip
KINDS: Mapping[str, ModuleType] = {module.KIND: module for module in MODULES}
"""Of inputs; each module has `KIND`, its `WEIGHT` among them, and `make`."""

VERDICTS: Mapping[str, Must] = {"right": "fine", "wrong": "refused", "either": ""}

CLEARED = ("RERANK", "ENGINE", "RAY_ADDRESS", "SHORTLIST_FILE", "SHORTLIST_USER", "DACON_TOKEN", "DACON_TEAM",
           "KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY",
           "MLFLOW_TRACKING_URI", "SHORTLIST_MEMORY_GB", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")  # fmt: skip


def names(inputs: int, kinds: tuple[str, ...] = tuple(KINDS)) -> list[str]:
    """The names of so many inputs in all, as far as they are of these kinds; the kinds take turns."""
    whole = sum(module.WEIGHT for module in MODULES)
    numbers = {kind: max(1, round(inputs * KINDS[kind].WEIGHT / whole)) for kind in kinds}
    places = [(number / count, kind, number) for kind, count in numbers.items() for number in range(count)]
    return [f"{kind}:{number}" for _, kind, number in sorted(places)]


class Workplace:
    """Where inputs are tried, one after the other.

    Args:
        base: a folder for the worlds, which others may share, and for the copies.
        own: name of this workplace's own folder in it.
    """

    def __init__(self, base: Path, own: str) -> None:
        self.base, self.root = base, base / own
        self.dacon, self.kaggle = Dacon(), KaggleServer()
        for server in (self.dacon, self.kaggle):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def attempt(self, name: str, seed: int) -> Outcome:
        """Try one input."""
        kind = name.partition(":")[0]
        tried: Input = KINDS[kind].make(generator(seed, name))
        world = worlds.folder_of(self.base, tried.world)
        self._ready(world, tried)
        try:
            with chdir(self.root):
                tried.change(Path())
                if kind == inputs_submissions.KIND:
                    verdict = inputs_submissions.judged(Path(), tried.world)
                    tried = replace(tried, must=VERDICTS[verdict], what=verdict)
                done, faults = self._commands(tried)
            if done.code == 0:
                faults += faults_of_bytes(tried, world, self.root)
        finally:
            shutil.rmtree(self.root, ignore_errors=True)
        line = done.err.strip().splitlines()[-1:] or [""]
        return Outcome(name, f"{tried.world}: {tried.what}", done.code, line[0], tuple(faults))

    def _ready(self, world: Path, tried: Input) -> None:
        """A fresh copy, and servers that have heard nothing."""
        shutil.rmtree(self.root, ignore_errors=True)
        worlds.copy(world, self.root)
        self.dacon.requests.clear()
        self.dacon.reads = True
        self.dacon.answers(200, b'{"message": "ok"}')
        if tried.server is not None:
            tried.server(self.dacon)
        self.kaggle.fresh()
        if tried.kaggle is not None:
            tried.kaggle(self.kaggle)

    def _commands(self, tried: Input) -> tuple[Done, list[Fault]]:
        """Run the commands, each as far as the one before ended well, unless each is a try of its own."""
        environment = {**dict.fromkeys(CLEARED), "WORKERS": "1", "DACON_API_URL": self.dacon.url, "DACON_TIMEOUT": "1",
                       "KAGGLE_API_URL": self.kaggle.url, **tried.environment}  # fmt: skip
        faults: list[Fault] = []
        last = Done(None)
        for place, command in enumerate(tried.commands):
            before = stamps(Path())
            last = self._run(tried, self._filled(tried, command), environment)
            after = stamps(Path())
            faults += faults_of_end(tried, command, last, place == 0)
            faults += faults_of_files(tried, Path(), before, after, last.code == 2)
            if faults or (last.code != 0 and tried.sends is None):
                break
        sent = len(self.dacon.requests) + self.kaggle.asked.count(CREATE)
        if tried.sends is not None and sent > tried.sends:
            faults.append(Fault("double upload", f"{sent} were sent, {tried.sends} may be"))
        return last, faults

    def _run(self, tried: Input, command: tuple[str, ...], environment: Mapping[str, str | None]) -> Done:
        known = command[:1] and "--competition" not in command and command[0] not in ("", "--help")
        arguments = (*command, "--competition", tried.world) if known else command
        return (
            started(arguments, environment, tried.wrapped)
            if tried.process
            else called(arguments, environment, tried.seconds)
        )

    def _filled(self, tried: Input, command: tuple[str, ...]) -> tuple[str, ...]:
        """A command with the newest CSV and a user's id where they are asked for."""
        if not {"@csv", "@user"} & set(command):
            return command
        csv = next(iter(sorted(Path("submissions", tried.world).glob("*-????????.csv"))), Path("none.csv"))
        world = worlds.folder_of(self.base, tried.world)
        user = oracle.facts(tried.world, world / "data" / tried.world / "raw").requests[0][0]
        return tuple({"@csv": str(csv), "@user": user}.get(word, word) for word in command)
