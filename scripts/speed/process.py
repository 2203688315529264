"""The process of one contender, which runs whenever it is told to; its other end is `speed.child`."""

import json
import os
import select
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from peers.running import ROOT, PeerError, interpreter, last_line, thread_limits
from speed.stage import Contender
from speed.task import Outcome, load


class Process:
    """A contender's process.

    Raises:
        PeerError: here and in the methods: it cannot be installed, fails, or takes more than `timeout` seconds.
    """

    def __init__(self, contender: Contender, task: Path, outcome: Path, *, threads: int, timeout: float) -> None:
        self._outcome, self._timeout = outcome, timeout
        self._errors = outcome.with_suffix(".stderr")
        command = [str(interpreter(contender.environment)), "-P", "-m", "speed.child", contender.call]
        paths = os.pathsep.join(str(ROOT / name) for name in ("scripts", "src"))
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [*command, str(task), str(outcome)],
                env=os.environ | thread_limits(threads) | {"PYTHONPATH": paths},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=ROOT,
            )

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (_pipe(self._process.stdin), _pipe(self._process.stdout)):
            with suppress(BrokenPipeError):
                stream.close()

    def answer(self) -> dict[str, Any]:
        """Its next line."""
        output = _pipe(self._process.stdout)
        if not select.select([output], [], [], self._timeout)[0]:
            raise PeerError(f"stopped after {self._timeout:.0f} s")
        if not (line := output.readline()):
            self._process.wait()  # it closes its output before it has said why
            raise PeerError(f"failed: {last_line(self._errors.read_bytes())}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def turn(self) -> dict[str, Any]:
        """Run once."""
        stdin = _pipe(self._process.stdin)
        stdin.write(b"\n")
        stdin.flush()
        return self.answer()

    def end(self) -> tuple[float, Outcome]:
        """Peak memory, MB, and the outcome of the last run."""
        _pipe(self._process.stdin).close()
        memory = float(self.answer()["memory"])
        return memory, load(self._outcome)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # all of them are pipes
    return stream
