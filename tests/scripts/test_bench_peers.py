"""The parts of the benchmark beside other libraries that need none of them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import bench_peers
from peers import running
from peers.child import peak_memory
from peers.exchange import Answer, Task
from peers.running import PeerError, Row, last_line, run_child
from peers.scoring import Case, Lists, Result, check_lists
from shortlist.config.competition import Competition
from shortlist.data.dataset import Dataset
from shortlist.retrievers.topk import recommend
from shortlist.validation.splitters.holdout import Holdout

ROOT = Path(__file__).parents[2]


@pytest.fixture
def competition() -> Competition:
    return Competition.model_validate(
        {
            "title": "small",
            "url": "none",
            "source": "dacon_jobs",
            "candidates": 20,
            "submission": {"k": 5, "user_column": "user", "item_column": "item"},
            "validation": {"schemes": {"holdout": {}}},
            "retrievers": {"popular": {}},
        }
    )


@pytest.fixture
def case(made: Dataset, competition: Competition) -> Case:
    fold = next(iter(Holdout(folds=2).split(made)))
    return Case.of("small", competition, made, fold, threads=1)


def answer(items: np.ndarray) -> Answer:
    return Answer(items.astype(np.int32), 1.0, 2.0, 30.0, {"library": "1.0"})


def all_items_first(case: Case, wanted: np.ndarray) -> np.ndarray:
    """Lists of all items: those marked in `wanted`, (m, I) bool, first."""
    return np.argsort(~wanted, axis=1, kind="stable")


def test_a_task_and_an_answer_come_back_from_their_files_as_they_were(case: Case, tmp_path: Path) -> None:
    case.task.save(tmp_path / "task.npz")
    task = Task.load(tmp_path / "task.npz")
    for name, value in vars(case.task).items():
        np.testing.assert_array_equal(getattr(task, name), value)
    assert task.shape == case.task.shape

    given = answer(np.array([[1, 2], [3, -1]]))
    given.save(tmp_path / "answer.npz")
    back = Answer.load(tmp_path / "answer.npz")
    np.testing.assert_array_equal(back.items, given.items)
    assert (back.packages, back.memory) == (given.packages, given.memory)


def test_a_peer_sees_only_visible_pairs(case: Case) -> None:
    hidden = set(zip(*case.answers.nonzero(), strict=True))
    assert hidden
    assert not hidden & set(map(tuple, case.task.pairs.tolist()))
    assert len(hidden) == case.sizes()["hidden"]


def test_seen_items_are_dropped_and_a_list_of_the_asked_length_stays_full(case: Case) -> None:
    task = case.task
    seen = case.visible[task.users].toarray() > 0
    lists = all_items_first(case, seen)[:, : task.length].astype(np.int32)  # the worst case: all seen ones first
    top = recommend(Lists(task.users, lists), task.users, task.n, case.visible).items
    assert (top >= 0).all()
    assert not np.take_along_axis(seen, top, axis=1).any()


def test_lists_that_begin_with_the_answers_have_full_recall(case: Case) -> None:
    wanted = case.answers[case.task.users].toarray() > 0
    result = Result()
    result.add(answer(all_items_first(case, wanted)), case, k=5)
    figures = result.figures()
    assert figures["recall@5"] == {"mean": 1.0, "error": 0.0}
    assert figures["memory"] == 30.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda items: items[1:], "lists for"),
        (lambda items: np.where(items == 0, 10_000, items), "gave item 10000"),
        (lambda items: np.concatenate([items, items[:, :1]], axis=1), "stands twice"),
    ],
)
def test_lists_that_cannot_be_scored_say_why(case: Case, change, message: str) -> None:
    items = np.tile(np.arange(case.task.length, dtype=np.int32), (len(case.task.users), 1))
    check_lists(items, case.task)
    with pytest.raises(PeerError, match=message):
        check_lists(change(items), case.task)


def test_the_table_has_a_line_for_each_row_also_for_one_that_failed(case: Case) -> None:
    good = Result()
    good.add(answer(all_items_first(case, case.answers[case.task.users].toarray() > 0)), case, k=5)
    rows = {
        "ours_x": bench_peers.our_row("x"),
        "same": Row("the same", "m", "n", filters=True),
        "bad": Row("bad", "m", "n"),
    }
    results = {"ours_x": good, "same": good, "bad": Result(error="not installed: no a|b")}
    collected = bench_peers.collect(rows, results, "ours_x", 5)
    lines = bench_peers.markdown(collected, 5, 20, "x").splitlines()
    assert lines[0] == "| model | recall@5 | x ahead by | recall@20 | fit s | predict s | peak MB |"
    assert lines[2] == "| Shortlist x | 1.0000 ± 0.0000 |  | 1.000 | 1.0 | 2.0 | 30 |"
    assert lines[3].startswith("| the same * | 1.0000 ± 0.0000 | +0.0000 [+0.0000, +0.0000] |")
    assert lines[4] == "| bad | not installed: no a/b |  |  |  |  |  |"
    assert {line.count("|") for line in lines[:5]} == {8}


def test_a_child_that_fails_becomes_one_line(case: Case, tmp_path: Path) -> None:
    case.task.save(tmp_path / "task.npz")
    with pytest.raises(PeerError, match=r"^failed: ModuleNotFoundError: No module named 'peers\.nothing'$"):
        run_child(Row("nothing", "nothing", "x"), tmp_path / "task.npz", threads=1, timeout=60)


def test_packages_that_cannot_be_installed_become_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(running, "ROOT", tmp_path)
    monkeypatch.setenv("UV", str(tmp_path / "no-uv"))
    with pytest.raises(PeerError, match=r"^not installed: .*no-uv: No such file"):
        running.interpreter("cornac")


def test_the_last_line_of_a_traceback_is_what_matters() -> None:
    assert last_line(b"Traceback\n  File\nValueError: so\n\n") == "ValueError: so"
    assert last_line(None) == "no message"


def test_the_memory_is_that_of_this_program() -> None:
    assert 10 < peak_memory() < 100_000


@pytest.mark.parametrize(
    "environment", sorted((ROOT / "scripts" / "peers").glob("*.txt"), key=str), ids=lambda f: f.stem
)
def test_every_package_of_a_peer_is_pinned_and_no_address_is_named(environment: Path) -> None:
    for line in environment.read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        assert name
        assert version
        assert "/" not in line
        assert not line.startswith("-")


def test_an_unknown_peer_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "bench_peers.py"), "--competition", "sample", "--peers", "nobody"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("bench-peers: --peers: there is no 'nobody'; there are organiser,")
    assert done.stderr.count("\n") == 1
