"""What a command does is done whoever reads of it: streams that are closed, cut off, full or cannot hold a sign."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE

import pytest
import typer
from tests.builder import competition, configuration, stages
from tests.projects import ROOT

from shortlist.cli import app
from shortlist.data.sample import SampleSize
from shortlist.pipeline.run import Run

TABLES = configuration(
    """
[validation.schemes.holdout]
[retrievers.popular]
[retrievers.item_knn]
[rerankers.lightgbm]
trees = 2
min_rows = 5
[tune.space]
"retrievers.item_knn.neighbours" = { choices = [2, 3] }
[upload]
cpt_id = 236170
url = "https://127.0.0.1:9/"
""",
    title="작은 대회",
)

COMMANDS = {
    "sample": "--users 60 --items 40 --pairs 200",
    "rules": "",
    "cross-validate": "--method popular",
    "train": "--method popular",
    "features": "--part 1",
    "cross-validate-reranker": "--method lightgbm",
    "train-reranker": "--method lightgbm",
    "export": "--retriever popular",
    "check": "",
    "upload": "--file CSV --memo 메모",
    "settle": "--file CSV --as refused",
    "score": "--file CSV --public 0.1",
    "compare": "--a CSV --b CSV",
    "explain": "--user USER",
    "tune": "--minutes 0.0001",
}
"""What a command needs on its line; nothing for most."""

REFUSED = ("export", "init", "tune")
"""There is nothing for them to do here, or no time."""

COMPETITION = {"sample": "fresh"}
"""Where not the one that all others share."""

NAMES = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A competition in which every stage has run."""
    root = tmp_path_factory.mktemp("streams")
    small = competition(root, TABLES, SampleSize(60, 40, 200))
    return stages(small, "report")


def command(run: Run, name: str) -> list[str]:
    """A command with what it needs."""
    (csv,) = run.paths.submissions.glob("*.csv")
    user = csv.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    words = COMMANDS.get(name, "").replace("CSV", csv.name).replace("USER", user).split()
    return [sys.executable, "-m", "shortlist", name, "--competition", COMPETITION.get(name, "small"), *words]


def environment() -> dict[str, str]:
    """That of a terminal that can show ASCII alone."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("DACON", "MLFLOW"))}
    return outer | {
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
        "MLFLOW_TRACKING_URI": "nowhere://",
    }


def started(
    run: Run, name: str, close: Callable[[], None] | None = None, stdout: int = PIPE, stderr: int = PIPE
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    return subprocess.run(
        command(run, name), cwd=run.paths.root, env=environment(), check=False, preexec_fn=close, timeout=120,
        stdout=stdout, stderr=stderr,
    )  # fmt: skip


def cut_off() -> int:
    """The writing end of a pipe whose reader is gone."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def test_every_command_is_tried() -> None:
    """Each name in the table is a command."""
    assert set(COMMANDS) - set(NAMES) == set()


IN_FORKS = """
import json, os, sys
from importlib import import_module
from shortlist.chain import STAGES
from shortlist.cli import main
for stage in STAGES:
    import_module("shortlist." + stage.function.partition(":")[0])
stream, ended = int(sys.argv[1]), {}
for name, words in json.load(sys.stdin).items():
    if (process := os.fork()) == 0:
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        sys.argv = ["shortlist", *words]
        main()
    ended[name] = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
print(json.dumps(ended))
"""
"""Each command in a process of its own, whose imports are done; both its streams are the one that is named."""


def test_a_reader_who_is_gone_changes_no_exit_code(run: Run) -> None:
    """Of both streams, neither of which could hold Korean."""
    writer = cut_off()
    done = subprocess.run(
        [sys.executable, "-c", IN_FORKS, str(writer)],
        input=json.dumps({name: command(run, name)[3:] for name in NAMES}).encode(), pass_fds=[writer],
        cwd=run.paths.root, env=environment(), stdout=PIPE, check=True, timeout=600,
    )  # fmt: skip
    os.close(writer)
    assert json.loads(done.stdout) == {name: 2 if name in REFUSED else 0 for name in NAMES}


CLOSED: dict[str, Callable[[], None]] = {
    "output": lambda: os.close(1),
    "errors": lambda: os.close(2),
    "all": lambda: os.closerange(0, 3),
}


@pytest.mark.parametrize("closed", CLOSED)
@pytest.mark.parametrize("name", ["ledger", "preprocess"])
def test_streams_that_were_never_open_change_nothing(run: Run, name: str, closed: str) -> None:
    """No file gets their numbers: what a stage writes is as without."""
    before = {path: path.read_bytes() for path in run.paths.dataset.rglob("*.npz")}
    assert started(run, name, CLOSED[closed], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    assert {path: path.read_bytes() for path in before} == before


def test_signs_that_a_stream_cannot_hold_are_replaced(run: Run) -> None:
    """The dry run of an upload has Korean in it; its end is there all the same."""
    seen = started(run, "upload")
    assert (seen.returncode, seen.stderr) == (0, b"")
    assert b"upload: dry run, nothing was sent; add YES=1 to send / ?? ??" in seen.stdout
    assert b'memo      "??"' in seen.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no full device")
def test_output_that_is_lost_is_said(run: Run) -> None:
    """A full disk behind the output: one line, and the exit code of what was done."""
    with Path("/dev/full").open("wb") as full:
        seen = started(run, "ledger", stdout=full.fileno())
    assert seen.returncode == 0
    assert seen.stderr == b"shortlist: the output was lost: No space left on device\n"


def test_help_and_usage_without_a_reader(run: Run) -> None:
    """Typer's own words go the same way."""
    writer = cut_off()
    for words, code in ((["--help"], 0), (["ledger", "--help"], 0), ([], 2), (["nonsense"], 2)):
        done = subprocess.run(
            [sys.executable, "-m", "shortlist", *words],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stdout=writer, stderr=writer, check=False,
        )  # fmt: skip
        assert done.returncode == code
    os.close(writer)
