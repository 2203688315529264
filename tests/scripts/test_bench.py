"""The benchmark: who takes part in a tiny run of each group, the table, and what can be wrong on the command line."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import bench
from peers.running import ROOT, PeerError
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from speed.measure import run_stage
from speed.options import Options
from speed.stage import Contender, Figures, Stage
from speed.table import HEADER, collect, markdown

THREADS = 1


@pytest.fixture
def tiny(made: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Options:
    """A working directory with the dataset of a made competition."""
    monkeypatch.chdir(tmp_path)
    made.save(Paths("tiny").dataset)
    return Options("tiny", repeats=1, threads=THREADS, timeout=60, vectors=3000, queries=20)


def without_other_environments(stage: Stage) -> Stage:
    """Tests install nothing: libraries that have an environment of their own take no part."""
    kept = tuple(who for who in stage.contenders if who.environment is None)
    return Stage(**vars(stage) | {"contenders": kept})


SLOW = ("training", "ann")
"""Groups whose processes import TensorFlow, one after the other."""


@pytest.mark.parametrize(
    "group",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in bench.GROUPS if name != "chain"],
)
def test_every_group_runs_and_what_is_compared_agrees(group: str, tiny: Options) -> None:
    for stage in map(without_other_environments, bench.GROUPS[group](tiny)):
        results = run_stage(stage, repeats=1, threads=THREADS, timeout=60)
        for contender in stage.contenders:
            result = results[contender.title]
            assert result.error is None
            assert len(result.wall) == len(result.cpu) == 1
            assert result.wall[0] > 0
            assert result.memory > 10
            assert result.packages
            assert bool(result.note) == (contender.compared and stage.agree is not None)


def stage_of(*contenders: Contender, **task: object) -> Stage:
    return Stage("stage", "small", "users", 10, contenders, task)


def test_every_function_that_a_group_names_is_there(tiny: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench_ann.run_stage", lambda stage, **_: {who.title: Figures() for who in stage.contenders})
    (Paths("tiny").config).write_text((ROOT / "data/sample/competition.toml").read_text(encoding="utf-8"))
    for stages in bench.GROUPS.values():
        for stage in stages(tiny):
            assert [who.role for who in stage.contenders].count("ours") == 1
            assert stage.contenders[0].role == "ours"
            assert len({who.title for who in stage.contenders}) == len(stage.contenders)
            for contender in stage.contenders:
                module, _, function = contender.call.partition(".")
                source = (ROOT / "scripts" / "speed" / f"{module}.py").read_text(encoding="utf-8")
                assert f"def {function}(task: Task) -> Run:" in source
                if contender.environment:
                    assert (ROOT / "scripts" / "peers" / f"{contender.environment}.txt").exists()


def test_a_peer_with_other_recall_than_ours_is_no_peer() -> None:
    from bench_evaluation import same_recall

    ours = {"recall@5": np.array([0.0, 0.5])}
    assert same_recall(ours, {"recall@5": np.array([0.0, 0.5])})
    with pytest.raises(PeerError, match="gives another recall@5"):
        same_recall(ours, {"recall@5": np.array([0.5, 0.5])})


def test_the_table_says_who_is_ahead_and_what_failed() -> None:
    contenders = (
        Contender("mine", "ours.x", "ours"),
        Contender("slow", "a.b"),
        Contender("fast", "a.b"),
        Contender("bound", "a.b", "limit", goal=0.5),
        Contender("gone", "a.b"),
    )
    results = {
        "mine": Figures([2.0, 4.0], [2.0, 2.0], 100.0),
        "slow": Figures([4.0, 4.0], [1.0, 1.0], 50.0, note="same lists"),
        "fast": Figures([1.0, 1.0], [1.0, 1.0], 50.0),
        "bound": Figures([1.2, 2.4], [1.0, 1.0], 50.0),
        "gone": Figures(error="not installed: no network"),
    }
    collected = collect(stage_of(*contenders), results)
    reached = {row["title"]: row.get("reached") for row in collected["rows"]}
    assert reached == {"mine": None, "slow": True, "fast": False, "bound": True, "gone": None}
    assert collected["rows"][1]["times_ours"] == {"least": 1.0, "median": 1.5}
    lines = markdown({"date": "today"}, [collected]).splitlines()
    assert lines[:2] == ["- date: today", "- stage: small"]
    table = [line for line in lines if line.startswith("|")]
    assert {line.count("|") for line in table} == {len(HEADER) + 1}
    assert table[2].startswith("| stage | **mine** | 3 | 2 | 2 | 3 users | 100 |")
    assert table[3].endswith("| 1.00 | 1.50 | 1 | yes |")
    assert "- stage, gone: not installed: no network" in lines
    assert "- stage, slow: same lists" in lines


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "nothing"], "bench: --only: there is no 'nothing'; there are training,"),
        (["--repeats", "0"], "bench: --repeats: must be more than 0, got 0"),
        (["--competition", "none"], "bench: data/none/work/dataset: no dataset; run make preprocess COMPETITION=none"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(arguments: list[str], message: str) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "bench.py"), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
