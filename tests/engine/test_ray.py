"""ENGINE=ray on a real cluster of two machines, both of them this one: the same bytes, whatever ends meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.builder import competition, configuration, stages
from tests.engine import tasks

from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize, write_sample
from shortlist.data.sources.dacon_jobs import DaconJobs
from shortlist.engine.base import in_order, running, together
from shortlist.errors import ConfigError, DataError
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend
from shortlist.validation.metrics import per_user

ray = pytest.importorskip("ray", reason="Ray, the extra `cluster`, is not installed")

STORE = 100 * 2**20
"""Bytes of a machine's object store."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A machine with one processor, where the driver is; the tests add the other."""
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": STORE})
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.fixture
def second(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The second machine, and the environment in which the cluster is used."""
    monkeypatch.setenv("ENGINE", "ray")
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    if len(cluster.list_all_nodes()) < 2:
        cluster.add_node(num_cpus=1, object_store_memory=STORE)
    cluster.wait_for_nodes()
    return max(cluster.list_all_nodes(), key=lambda node: node is not cluster.head_node)


@pytest.mark.usefixtures("second")
def test_tasks_run_in_processes_of_the_cluster_with_this_code() -> None:
    """Two processes, neither of them this one, each prepared once; their package is the copy that was sent."""
    found = in_order(tasks.process_ids, None, range(20))
    processes = {process for process, _ in found}
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2
    assert {number for _, number in found} == {1}
    assert all("py_modules" in file for file in in_order(tasks.where, None, range(3)))


@pytest.mark.usefixtures("second")
def test_the_next_task_may_depend_on_the_results() -> None:
    """So the folds of a trial follow one another, while others run; none for now is not the end."""
    seen: list[int] = []
    given: list[int] = []

    class Following:
        def __iter__(self) -> Iterator[int]:
            return self

        def __next__(self) -> int:
            if len(given) == 6 or len(given) > len(seen):
                raise StopIteration
            given.append(sum(seen))
            return given[-1] + 1

    with running(tasks.multiplier, 2, Following()) as results:
        seen.extend(result for _, result in results)
    assert seen == [2, 6, 18, 54, 162, 486]


@pytest.mark.usefixtures("second")
def test_an_error_of_a_task_is_raised_as_it_is() -> None:
    """Its message is the one line that a user sees with the other engine."""
    with running(tasks.failing, None, range(8)) as results, pytest.raises(DataError) as error:
        list(results)
    assert str(error.value) == "a.csv: row 3: bad; repair it"


@pytest.mark.usefixtures("second")
def test_a_killed_process_s_task_is_run_again(tmp_path: Path) -> None:
    """Every task but one kills its process once, by SIGKILL; all results come."""
    assert in_order(tasks.dying_once, tmp_path, range(4)) == [0, 1, 2, 3]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_lost_machine_s_tasks_run_on_another(cluster: Any, second: Any, tmp_path: Path) -> None:
    """With tasks in the middle on both machines, one ends with all its processes; all results come from the other."""
    kept, lost = cluster.head_node.node_id, second.node_id

    def take_away() -> None:
        while len(busy := {one.name.partition("-")[0]: one.name for one in tmp_path.iterdir()}) < 2:
            time.sleep(0.05)
        cluster.remove_node(second, allow_graceful=False)
        os.kill(int(busy[lost].partition("-")[2]), signal.SIGKILL)
        (tmp_path / "go").touch()

    with ThreadPoolExecutor() as pool, running(tasks.on_machines, tmp_path, range(6)) as results:
        taken = pool.submit(take_away)
        found = dict(results)
        taken.result()
    assert found == {number: (number, kept) for number in range(6)}


@pytest.mark.usefixtures("second")
def test_retrievers_give_the_same_bytes(made: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their lists on a fold are those of this process: of each sort of arithmetic one, `test_local.py` has all."""
    chosen = ["item_knn", "ease", "ials", "two_tower"]
    with running(tasks.lists_of_kinds, made, chosen) as results:
        apart = dict(results)
    monkeypatch.setenv("ENGINE", "local")
    monkeypatch.setenv("WORKERS", "1")
    with running(tasks.lists_of_kinds, made, chosen) as results:
        assert dict(results) == apart


SETTINGS = configuration("""
[validation.schemes.kfold]
[validation.schemes.holdout]
[retrievers.popular]
[retrievers.ease]
[retrievers.ials]
factors = 16
seeds = 2
""")
SIZE = SampleSize(120, 80, 600)


@pytest.mark.usefixtures("second")
def test_folds_and_final_lists_are_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole chain up to the blend's lists, with one engine and with the other."""
    of_engine = []
    for engine in ("ray", "local"):
        monkeypatch.setenv("ENGINE", engine)
        run = stages(competition(tmp_path / engine, SETTINGS, SIZE))
        files = [run.paths.final(name) for name in run.chosen.all]
        files += [
            run.paths.fold(name, scheme, number)
            for name in run.chosen.retrievers
            for scheme in ("kfold", "holdout")
            for number in (1, 2)
        ]
        lists = []
        for file in files:
            with np.load(file) as arrays:
                lists.append({name: arrays[name].tobytes() for name in ("users", "items", "scores")})
        of_engine.append(lists)
    assert of_engine[0] == of_engine[1]


@pytest.mark.usefixtures("second")
def test_a_group_that_has_lost_a_process_meets_again(tmp_path: Path) -> None:
    """The one that waits for it is ended too; a group larger than the cluster is refused at once."""
    assert together(tasks.meeting, tmp_path, 2) == (0, 2)
    with pytest.raises(ConfigError, match=r"^5 processes for one model: the cluster has 2 processors; set workers$"):
        together(tasks.meeting, tmp_path, 5)


@pytest.mark.slow
@pytest.mark.usefixtures("second")
def test_two_processes_learn_what_one_does(made: Dataset) -> None:
    """Without chance, that is without dropout, their model is that of one process but for rounding."""
    settings = {"seeds": 1, "epochs": 1, "batch_size": 100, "dropout": 0, "history_dropout": 0}
    alone, shared = (make_retriever("two_tower", {**settings, "workers": n}, seed=0).fit(made) for n in (1, 2))
    users = np.arange(len(made.users), dtype=np.int32)
    np.testing.assert_allclose(shared.score(users), alone.score(users), atol=2e-3)
    untrained = make_retriever("two_tower", {**settings, "learning_rate": 1e-9}, seed=0).fit(made)
    assert np.abs(untrained.score(users) - alone.score(users)).max() > 0.1


@pytest.mark.slow
@pytest.mark.usefixtures("second")
def test_a_model_learnt_by_two_processes_is_as_good(tmp_path: Path) -> None:
    """On the synthetic sample's hidden answers, user by user, it is within a standard error of one process's."""
    write_sample(tmp_path, SampleSize(), seed=0)
    dataset = DaconJobs().read(tmp_path / "raw")
    answers = pd.read_csv(tmp_path / "answers.csv", encoding="utf-8-sig")
    hidden = Dataset.from_events(
        answers, pd.DataFrame(index=dataset.users.ids), pd.DataFrame(index=dataset.items.ids)
    ).matrix()
    users = np.flatnonzero(np.diff(hidden.indptr)).astype(np.int32)
    found = []
    for workers in (1, 2):
        model = make_retriever("two_tower", {"seeds": 1, "workers": workers}, seed=0).fit(dataset)
        lists = recommend(model, users, 5, dataset.matrix())
        found.append(per_user(lists.items, users, hidden, [5])["recall@5"])
    difference = found[1] - found[0]
    assert found[0].mean() > 0.1
    assert (difference != 0).any()
    assert abs(difference.mean()) < difference.std(ddof=1) / np.sqrt(len(users))


def test_a_missing_cluster_is_one_line(tmp_path: Path) -> None:
    """Nobody listens at RAY_ADDRESS; the exit code is 2, and there is no traceback."""
    competition(tmp_path, SETTINGS, SIZE)
    environment = {**os.environ, "ENGINE": "ray", "RAY_ADDRESS": "127.0.0.1:1"}
    command = [sys.executable, "-m", "shortlist"]
    for stage in (["preprocess"], ["cross-validate", "--method", "popular"]):
        run = subprocess.run(
            [*command, *stage, "--competition", "small"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    assert run.returncode == 2
    assert run.stderr.startswith("shortlist: RAY_ADDRESS: nobody answers at '127.0.0.1:1'")
    assert run.stderr.count("\n") == 1


LISTENING = """
import os
from pathlib import Path
from shortlist.engine.base import in_order
from tests.engine import tasks

in_order(tasks.process_ids, None, range(2))
parents = {}
for status in Path("/proc").glob("[0-9]*/stat"):
    try:
        parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended
        pass
ours, size = {os.getpid()}, 0
while size < len(ours):
    size = len(ours)
    ours |= {process for process, parent in parents.items() if parent in ours}
sockets = set()
for process in ours:
    for name in Path(f"/proc/{process}/fd").glob("*"):
        try:
            sockets.add(os.readlink(name))
        except OSError:
            pass
for family in ("tcp", "tcp6"):
    for line in Path(f"/proc/net/{family}").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
            print(fields[1].partition(":")[0])
"""

LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
"""127.0.0.1 and ::1, as Linux writes them."""


def test_a_cluster_of_one_process_is_at_127_0_0_1() -> None:
    """Where RAY_ADDRESS names no cluster."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2] / "src")
    script = "import shortlist.engine.ray, ray; print(ray.util.get_node_ip_address())"
    for address in ("", "local"):
        done = subprocess.run(
            [sys.executable, "-c", script], env={**environment, "RAY_ADDRESS": address},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout == "127.0.0.1\n"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="told by Linux alone")
def test_it_listens_where_nobody_else_can_reach_it() -> None:
    """All processes of a cluster that was started for this one process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    root = Path(__file__).parents[2]
    environment |= {"ENGINE": "ray", "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}
    done = subprocess.run(
        [sys.executable, "-c", LISTENING], env=environment, capture_output=True, text=True, check=False, cwd=root
    )
    assert done.returncode == 0, done.stderr
    addresses = set(done.stdout.split())
    assert addresses
    assert addresses <= LOOPBACK
