"""ENGINE=local: in this process, then in processes, with the same results; what is interrupted leaves none behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.engine import tasks

from shortlist.common import system
from shortlist.data.dataset import Dataset
from shortlist.engine import local, machine
from shortlist.engine.base import in_order, running
from shortlist.engine.threads import VARIABLES
from shortlist.errors import ConfigError, DataError, ShortlistError
from shortlist.retrievers.registry import kinds, make_retriever

ROOT = Path(__file__).parents[2]


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes after the first task, however short it was and however few the cores."""
    monkeypatch.delenv("ENGINE", raising=False)
    monkeypatch.setattr(local, "WORTH", -100.0)
    monkeypatch.setattr(local, "room", lambda threads: 2)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process alone."""
    monkeypatch.delenv("ENGINE", raising=False)
    monkeypatch.setenv("WORKERS", "1")


@pytest.mark.usefixtures("two")
def test_each_task_comes_with_its_result() -> None:
    """All of them, from this process and one or two others: a quick one may leave nothing for the second."""
    with running(tasks.multiplier, 7, range(20)) as results:
        assert sorted(results) == [(task, 7 * task) for task in range(20)]
    assert in_order(tasks.multiplier, 7, range(5)) == [0, 7, 14, 21, 28]
    before = len(tasks.prepared)
    found = in_order(tasks.process_ids, None, range(40))
    processes = {process for process, _ in found}
    assert found[0] == (os.getpid(), before + 1)
    assert {number for process, number in found if process != os.getpid()} == {1}
    assert 1 < len(processes) <= 3


def test_short_tasks_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process costs seconds to start, and would be in vain."""
    monkeypatch.delenv("ENGINE", raising=False)
    assert {process for process, _ in in_order(tasks.process_ids, None, range(40))} == {os.getpid()}


@pytest.mark.usefixtures("two")
def test_a_task_s_tasks_run_where_it_runs() -> None:
    """So that there are never more processes than fit."""
    for process, inner in in_order(tasks.nested, None, range(4)):
        assert set(inner) == {process}


@pytest.mark.usefixtures("two")
def test_a_task_s_threads_are_those_of_the_work() -> None:
    """In this process as in others, whatever the environment says; afterwards it is as it was."""
    before = dict(os.environ)
    with running(tasks.environment, list(VARIABLES), range(3), threads=3) as results:
        assert dict(results) == dict.fromkeys(range(3), ["3"] * len(VARIABLES))
    assert dict(os.environ) == before


@pytest.mark.usefixtures("two")
def test_the_next_task_may_depend_on_the_results() -> None:
    """Tasks are taken when there is room, so a generator sees the results before its next one."""
    seen: list[int] = []

    def following() -> Iterator[int]:
        while sum(seen) < 100:
            yield len(seen)

    with running(tasks.multiplier, 10, following()) as results:
        seen.extend(result for _, result in results)
    assert 100 <= sum(seen) < 300


@pytest.mark.usefixtures("two")
def test_an_error_of_a_task_is_raised_as_it_is() -> None:
    """Its message is the one line that a user sees today."""
    with running(tasks.failing, None, range(8)) as results, pytest.raises(DataError) as error:
        list(results)
    assert str(error.value) == "a.csv: row 3: bad; repair it"


@pytest.mark.usefixtures("two")
def test_a_killed_process_is_one_line(tmp_path: Path) -> None:
    """As when memory runs out; it says that finished parts are kept, and how to go on with less."""
    with running(tasks.dying_once, tmp_path, range(4)) as results, pytest.raises(ShortlistError, match="WORKERS=1"):
        list(results)


def test_every_retriever_gives_the_same_bytes_in_other_processes(
    made: Dataset, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lists on a fold, seeds and all, do not depend on the process, and so not on the number of processes."""
    request.getfixturevalue("two")
    with running(tasks.lists_of_kinds, made, ["popular", *kinds()]) as results:
        apart = dict(results)
    monkeypatch.undo()
    request.getfixturevalue("alone")
    with running(tasks.lists_of_kinds, made, kinds()) as results:
        assert dict(results) == apart


@pytest.mark.usefixtures("alone")
def test_an_unknown_engine_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what ENGINE can be; so for a number of workers."""
    monkeypatch.setenv("ENGINE", "rai")
    with pytest.raises(ConfigError, match=r"^ENGINE: can be local or ray, got 'rai'$"):
        in_order(tasks.multiplier, 1, range(3))
    monkeypatch.setenv("WORKERS", "many")
    with pytest.raises(ConfigError, match=r"^WORKERS: must be a whole number from 1 to 10,000, got 'many'$"):
        machine.room(1)


@pytest.mark.usefixtures("alone")
def test_several_processes_for_one_model_need_a_cluster(made: Dataset) -> None:
    """The line says what to set."""
    model = make_retriever("two_tower", {"workers": 2, "seeds": 1})
    with pytest.raises(ConfigError, match=r"^2 processes for one model .*: run with ENGINE=ray, or set workers = 1$"):
        model.fit(made)


def test_a_missing_ray_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which target of Make installs it."""
    monkeypatch.setenv("ENGINE", "ray")
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "shortlist.engine.ray", raising=False)
    with pytest.raises(ConfigError, match=r"^ENGINE=ray: Ray is not installed; `make setup-cluster` installs it$"):
        in_order(tasks.multiplier, 1, range(3))


def test_processes_fit_into_the_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each is taken to need as much as this one has had; a container's limit counts where it is lower."""
    monkeypatch.delenv("WORKERS", raising=False)
    monkeypatch.setattr("loky.cpu_count", lambda: 64)
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.max").write_text("max\n")
    free = machine.available_memory()
    assert 1 <= machine.room(1) <= 64
    (tmp_path / "memory.max").write_text(f"{1000 + 3 * system.peak_memory()}\n")
    if free > 4 * system.peak_memory():
        assert machine.room(1) == 3
    (tmp_path / "memory.max").write_text("1000\n")
    assert machine.room(1) == 1


SCRIPT = """
import sys
from pathlib import Path
from shortlist.engine import local
from shortlist.engine.base import running
from tests.engine import tasks
local.WORTH, local.room = -100.0, lambda threads: 2
if __name__ == "__main__":
    with running(tasks.sleeping, Path(sys.argv[1]), range(9)) as results:
        for task, result in results:
            pass
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interruption_ends_every_process(sent: signal.Signals, tmp_path: Path) -> None:
    """At once, and not when their tasks, of ten minutes here, are done; even where the first one is killed."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "ENGINE": "local"}
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    # In a session of its own, as a terminal has it: Ctrl-C goes to all of its processes.
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True) as run:
        _wait_for(lambda: len(list(tmp_path.iterdir())) == 2)
        workers = [int(path.name) for path in tmp_path.iterdir()]
        if sent == signal.SIGINT:
            os.killpg(run.pid, sent)
        else:
            run.send_signal(sent)
        errors = run.communicate(timeout=60)[1]
    _wait_for(lambda: not any(_alive(worker) for worker in workers))
    assert errors.count("Traceback") == (sent == signal.SIGINT)  # the script's own


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
