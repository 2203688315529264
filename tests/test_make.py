"""The whole chain as a user runs it: through Make, in a copy of the project that shares the set-up."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]

STAGES = ("preprocess:", "eda:", "validate ", "train ", "features ", "submission:", "notice:")

CLASSICAL = """
title = "small"
url = "make sample"
source = "dacon_jobs"
candidates = 20
[submission]
k = 5
user_column = "resume_seq"
item_column = "recruitment_seq"
[validation]
folds = 2
ks = [5, 20]
[validation.schemes.holdout]
[validation.schemes.cohort]
date = "updated_date"
[retrievers.popular]
[retrievers.user_knn]
[retrievers.item_knn]
"""

RERANKED = (
    CLASSICAL
    + """
[blend]
candidates = 15
[rerankers.lightgbm]
trees = 10
min_rows = 5
[rerankers.stumps]
kind = "lightgbm"
trees = 5
leaves = 2
min_rows = 5
seeds = 1
"""
)

TOWERS = (
    CLASSICAL
    + """
[retrievers.two_tower_id]
epochs = 2
[retrievers.two_tower]
epochs = 2
seeds = 2
factorized_top_k = true
"""
)


class Project:
    """A copy of the project, with its own data and the set-up of the real one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def new(cls, folder: Path, configuration: str) -> "Project":
        project = cls(folder)
        for name in ("Makefile", "pyproject.toml", "requirements.lock", "README.md"):
            shutil.copy2(ROOT / name, folder / name)
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        project.configure(configuration)
        return project

    def configure(self, configuration: str) -> None:
        path = self.folder / "data" / "sample" / "competition.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(configuration, encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        return ["make", *arguments, f"VENV={Path(sys.prefix)}", "UV=/bin/true"]

    def files(self) -> dict[str, int]:
        """Time stamps of everything that the stages made, but for the table of stages itself."""
        paths = [path for path in (self.folder / "data/sample/work").rglob("*") if path.is_file()]
        return {str(path.relative_to(self.folder)): path.stat().st_mtime_ns for path in paths}

    def make(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        environment = {
            key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
        }
        run = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == code, run.stdout + run.stderr
        assert "Traceback" not in run.stderr
        return run

    def small_sample(self) -> None:
        self.make("sample", "USERS=120", "ITEMS=80", "PAIRS=600")

    def newest(self) -> Path:
        return self.folder / (self.folder / "data/sample/work/submission.path").read_text(encoding="utf-8").strip()

    def csv(self, run: subprocess.CompletedProcess[str]) -> Path:
        last = run.stdout.strip().splitlines()[-1]
        found = re.fullmatch(r"submission: (submissions/sample/\S+\.csv)", last)
        assert found, last
        return self.folder / found[1]


def stages(run: subprocess.CompletedProcess[str]) -> list[str]:
    """The stages that ran, as they say themselves: `validate popular`, `train two_tower` ..."""
    lines = [line for line in run.stderr.splitlines() if line.startswith(STAGES)]
    return sorted({":".join(line.split(":")[:1]) for line in lines})


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A project whose submission is made, and the run that made it: made once, since every stage is a process."""
    project = Project.new(tmp_path_factory.mktemp("built"), CLASSICAL)
    project.small_sample()
    return project, project.make("submission")


@pytest.fixture
def project(built, tmp_path):
    """A copy of `built`, time stamps and all."""
    shutil.copytree(built[0].folder, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path)


def test_submission_ends_with_the_path_of_a_checked_csv(built):
    """One command gives the table, the report, the CSV and its manifest, and the path as the last line."""
    project, run = built
    csv = project.csv(run)
    assert "recall@5" in run.stdout
    manifest = json.loads(csv.with_suffix(".json").read_text(encoding="utf-8"))
    assert {"sha256", "configuration", "seed", "versions", "revision", "offline"} <= manifest.keys()
    assert (csv.parent / "report.md").exists()
    project.make("check", f"FILE={csv}")


def test_second_run_runs_nothing(built):
    """When nothing changed, no stage runs and the same line is printed."""
    project, first = built
    second = project.make("submission")
    assert stages(second) == []
    assert second.stdout == first.stdout


def test_the_report_shows_an_ablation_but_never_makes_one(project):
    """`make ablate` runs once; its figures are in the next report; a new configuration needs none to be reported."""
    report = project.folder / "submissions/sample/report.md"
    assert "user_knn" in project.make("ablate").stdout
    assert "ablate blend" not in project.make("ablate").stderr
    project.make("report")
    assert "## What each retriever and feature adds" in report.read_text(encoding="utf-8")
    project.configure(CLASSICAL.replace("[retrievers.item_knn]", "[retrievers.item_knn]\nneighbours = 3"))
    run = project.make("-n", "report")
    assert "shortlist report" in run.stdout
    assert "shortlist ablate" not in run.stdout


def test_a_search_ends_with_what_it_has_found(project):
    """`make tune` says in the end what was best; a key that it does not know stops it, and every other target."""
    project.configure(CLASSICAL + '[tune.space]\n"retrievers.user_knn.neighbours" = { choices = [2, 3] }\n')
    run = project.make("tune", "MINUTES=10")
    assert re.search(r"best: recall@5 0\.\d{4} with neighbours = [23]\n", run.stdout)
    assert "tune user_knn: trial 0: " in run.stderr
    project.configure(CLASSICAL + '[tune.space]\n"retrievers.user_knn.neighbour" = { choices = [2, 3] }\n')
    assert "did you mean 'neighbours'?" in project.make("validate", code=2).stderr


def test_same_bytes_on_another_run(project):
    """The same files, configuration and seed give the same CSV in a fresh work folder."""
    csv = project.newest()
    content = csv.read_bytes()
    csv.unlink()
    project.make("clean")
    again = project.csv(project.make("submission", "-j2"))
    assert again == csv
    assert again.read_bytes() == content


def test_editing_one_retriever_s_table_reruns_it_and_what_follows(project):
    """Other retrievers are neither validated nor trained again."""
    project.configure(CLASSICAL.replace("[retrievers.item_knn]", "[retrievers.item_knn]\nneighbours = 5"))
    assert stages(project.make("submission")) == [
        "submission", "train blend", "train item_knn", "validate blend", "validate item_knn"
    ]  # fmt: skip


def test_editing_one_retriever_s_source_reruns_it_and_what_follows(project):
    """A retriever's own file is a prerequisite of its results, and of no other's."""
    source = project.folder / "src/shortlist/retrievers/user_knn.py"
    source.write_text(source.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    assert stages(project.make("submission")) == [
        "submission", "train blend", "train user_knn", "validate blend", "validate user_knn"
    ]  # fmt: skip


def test_the_page_about_the_files_is_made_when_it_must_be(project):
    """From the dataset alone; again after an edit of its template or of the seed, and not otherwise."""
    page = project.folder / "submissions/sample/eda.html"
    assert stages(project.make("eda")) == ["eda"]
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert stages(project.make("eda")) == []
    template = project.folder / "src/shortlist/eda/document.html"
    template.write_text(template.read_text(encoding="utf-8") + "<!-- edited -->\n", encoding="utf-8")
    assert stages(project.make("eda")) == ["eda"]
    assert page.read_text(encoding="utf-8").endswith("<!-- edited -->")
    project.configure("seed = 1\n" + CLASSICAL)
    assert " eda --competition sample" in project.make("eda", "-n").stdout


def test_the_hold_out_rule_is_inferred_when_it_must_be(project):
    """Its ranking is printed each time, and made again only after an edit of what it is made from."""
    first, again = project.make("infer-split"), project.make("infer-split")
    assert "times less likely" in first.stdout
    assert first.stdout.endswith("infer-split: submissions/sample/infer_split.html\n")
    assert "times less likely" in again.stdout
    assert " infer-split --competition sample" not in project.make("infer-split", "-n").stdout
    source = project.folder / "src/shortlist/hiding.py"
    source.write_text(source.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    assert " infer-split --competition sample" in project.make("infer-split", "-n").stdout


def test_changing_a_raw_file_reruns_everything(project):
    """The raw files are prerequisites, also when an older copy takes a file's place or an optional one is removed."""
    raw = project.folder / "data/sample/raw"
    (raw / "company.csv").unlink()
    rows = (raw / "apply_train.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (raw / "apply_train.csv").write_text("".join(rows[:-1]), encoding="utf-8")
    os.utime(raw / "apply_train.csv", (0, 0))
    names = ("blend", "item_knn", "popular", "user_knn")
    everything = [f"{stage} {name}" for stage in ("train", "validate") for name in names]
    assert stages(project.make("submission")) == sorted(["preprocess", "submission", *everything])


def test_deleted_csv_is_made_again(project):
    """Only the last stage runs for it."""
    csv = project.newest()
    csv.unlink()
    assert stages(project.make("submission")) == ["submission"]
    assert csv.exists()


@pytest.fixture(scope="module")
def built_reranked(built, tmp_path_factory):
    """A copy of `built` that gets two rerankers: a run without them, then one that submits the better; both runs."""
    folder = tmp_path_factory.mktemp("reranked")
    shutil.copytree(built[0].folder, folder, dirs_exist_ok=True)
    project = Project(folder)
    project.configure(RERANKED)
    without = project.make("submission", "RERANK=0")
    before, plain = project.files(), project.csv(without)
    return project, without, before, plain, project.make("submission", "RERANK=1")


@pytest.fixture
def reranked(built_reranked, tmp_path):
    """A copy of it, time stamps and all."""
    shutil.copytree(built_reranked[0].folder, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path)


RERANKERS = ("lightgbm", "stumps")


def test_rerankers_are_left_out_when_asked(built, built_reranked):
    """RERANK=0: tables of rerankers in competition.toml make no stage run, and everything is as without them."""
    _, run, before, csv, _ = built_reranked
    assert stages(run) == []
    assert run.stdout == built[1].stdout
    assert csv.name == built[0].newest().name
    assert not [name for name in RERANKERS if name in run.stdout]
    assert not [file for file in before if "/features/" in file or "/rerankers/" in file]


def test_a_reranker_is_submitted_when_asked(built_reranked):
    """RERANK=1 after RERANK=0: features and rerankers alone are made, both are in the table, the better goes in."""
    project, _, before, plain, run = built_reranked
    parts = [f"features {part}" for part in ("1", "2", "final")]
    made = [f"{stage} {name}" for stage in ("train", "validate") for name in RERANKERS]
    assert stages(run) == sorted(["submission", *parts, *made])
    csv = project.csv(run)
    scores = json.loads((project.folder / "data/sample/work/validation.json").read_text(encoding="utf-8"))
    assert csv.name.split("-")[0] == next(name for name in scores["order"] if name in RERANKERS)
    assert set(scores["schemes"]["holdout"]["methods"]) == {"popular", "user_knn", "item_knn", "blend", *RERANKERS}
    assert set(scores["schemes"]["cohort"]["methods"]) == {"popular", "user_knn", "item_knn"}
    now = project.files()
    kept = [file for file in before if "/folds/" in file or "/final/" in file or "/dataset/" in file]
    assert len(kept) > 10
    assert all(now[file] == before[file] for file in kept)
    assert plain.exists()
    manifest = json.loads(csv.with_suffix(".json").read_text(encoding="utf-8"))
    assert (manifest["method"], list(manifest["offline"])) == (csv.name.split("-")[0], ["holdout"])
    assert "## Reranker lightgbm" in (csv.parent / "report.md").read_text(encoding="utf-8")


def test_leaving_rerankers_out_again_changes_nothing_else(built_reranked, reranked):
    """RERANK=0 gives the CSV of the first run; what the rerankers had made stays, so that going back costs little."""
    _, _, _, plain, last = built_reranked
    before = reranked.files()
    run = reranked.make("submission", "RERANK=0")
    assert stages(run) == ["submission"]
    assert reranked.csv(run).name == plain.name
    now = reranked.files()
    kept = [file for file in before if any(f"/{part}/" in file for part in ("folds", "final", "features", "rerankers"))]
    assert len(kept) > 20
    assert all(now[file] == before[file] for file in kept)
    again = reranked.make("validate", "RERANK=1")
    assert stages(again) == []
    assert again.stdout.strip() in last.stdout
    assert all(reranked.files()[file] == before[file] for file in kept)


def test_editing_one_reranker_s_table_reruns_that_one(reranked):
    """Neither the features nor the other reranker are made again, and a run after it does nothing."""
    reranked.configure(RERANKED.replace("leaves = 2", "leaves = 3"))
    run = reranked.make("submission", "RERANK=1")
    assert stages(run) == ["submission", "train stumps", "validate stumps"]
    assert stages(reranked.make("submission", "RERANK=1")) == []


def test_interrupted_reranker_goes_on_where_it_was(reranked):
    """Killed after its first fold, a reranker learns only what is missing, and its lists are the same bytes."""
    folder = "data/sample/work/folds/lightgbm"
    folds = reranked.folder / folder
    with np.load(folds / "holdout-2.npz") as arrays:
        before = {name: arrays[name].tobytes() for name in ("users", "items", "scores")}
    for name in ("done", "holdout-2.npz"):
        (folds / name).unlink()
    (folds / ".holdout-2.npz.half").write_bytes(b"half")
    first = (folds / "holdout-1.npz").stat().st_mtime_ns
    run = reranked.make(f"{folder}/done", "RERANK=1")
    assert stages(run) == ["validate lightgbm"]
    assert "validate lightgbm: holdout fold 1/2 is there already" in run.stderr
    assert (folds / "holdout-1.npz").stat().st_mtime_ns == first
    with np.load(folds / "holdout-2.npz") as arrays:
        assert {name: arrays[name].tobytes() for name in before} == before


def test_missing_raw_files_are_listed_in_one_line(tmp_path):
    """The line says which files, where to put them and where to get them; the exit code is 2."""
    project = Project.new(tmp_path, CLASSICAL)
    (tmp_path / "data/other").mkdir()
    (tmp_path / "data/other/competition.toml").write_text(
        CLASSICAL.replace("make sample", "https://example.org"), "utf-8"
    )
    run = project.make("submission", "COMPETITION=other", code=2)
    lines = [line for line in run.stderr.splitlines() if line.startswith("shortlist:")]
    assert len(lines) == 1
    for part in ("apply_train.csv", "resume.csv", "sample_submission.csv", "data/other/raw", "https://example.org"):
        assert part in lines[0]


def test_unknown_competition_names_those_there_are(tmp_path):
    """A misspelt COMPETITION is told what it can be."""
    run = Project.new(tmp_path, CLASSICAL).make("submission", "COMPETITION=sampel", code=2)
    assert "COMPETITION can be sample" in run.stderr


def test_wrong_python_gets_one_line(tmp_path):
    """A Python outside 3.11-3.13 is refused with what is needed, before anything is installed."""
    project = Project.new(tmp_path, CLASSICAL)
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.1 && exit 0\nexit 1\n', encoding="utf-8")
    python.chmod(0o755)
    command = ["make", "setup", f"PYTHON={python}", "VENV=fresh", "UV=/bin/true"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "needs Python 3.11, 3.12 or 3.13, found Python 3.9.1" in run.stderr
    assert not (project.folder / "fresh").exists()


def test_broken_configuration_stops_before_any_stage(project):
    """An unknown key is named with the nearest one, and what was made stays."""
    csv = project.newest()
    project.configure(CLASSICAL.replace("[retrievers.item_knn]", "[retrievers.item_knn]\nneighbors = 5"))
    run = project.make("submission", code=2)
    assert "did you mean 'neighbours'?" in run.stderr
    assert stages(run) == []
    assert csv.exists()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_validation_goes_on_where_it_was(project, sent):
    """Folds that were finished are kept; there are no half files; the result is that of an undisturbed run."""
    project.configure(CLASSICAL.replace("folds = 2", "folds = 40").replace("[retrievers.item_knn]", ""))
    project.make("clean")
    project.make("preprocess")
    folds = project.folder / "data/sample/work/folds/user_knn"
    command = [
        sys.executable,
        "-m",
        "shortlist",
        "cross-validate",
        "--competition",
        "sample",
        "--method",
        "user_knn",
    ]
    with subprocess.Popen(command, cwd=project.folder, stderr=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 60
        while len(list(folds.glob("holdout-*.npz"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        run.send_signal(sent)
        assert run.wait() != 0
        assert "Traceback" not in run.communicate()[1]
    kept = {path: path.stat().st_mtime_ns for path in folds.glob("[!.]*.npz")}
    assert len(kept) >= 2
    project.make("submission")
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert len(list(folds.glob("[!.]*.npz"))) == 80


def test_towers_from_raw_files_to_export(tmp_path):
    """The two-towers stand in the table, FactorizedTopK beside it, and an export is loaded without Shortlist."""
    project = Project.new(tmp_path, TOWERS)
    project.small_sample()
    run = project.make("submission")
    project.csv(run)
    assert "factorized_top_k@5" in run.stdout
    project.make("export", "RETRIEVER=two_tower")
    users = tmp_path / "data/sample/raw/sample_submission.csv"
    script = f"""
import sys, csv
import tensorflow as tf
try:
    import scann
    indexes = ["brute_force", "scann"]
except ImportError:
    indexes = ["brute_force"]
ids = [row[0] for row in list(csv.reader(open({str(users)!r})))[1:60:5]]
folder = {str(tmp_path / "data/sample/work/export/two_tower")!r}
for name in indexes:
    scores, items = tf.saved_model.load(folder + "/" + name)(tf.constant(ids))
    assert scores.shape == items.shape == (len(ids), 20), (scores.shape, items.shape)
    assert bool(tf.reduce_all(scores[:, :-1] >= scores[:, 1:]))
    assert all(item.startswith(b"R") for item in items.numpy().ravel())
user = tf.saved_model.load(folder + "/user_tower")(tf.constant(ids))
scores, items = tf.saved_model.load(folder + "/brute_force")(tf.constant(ids))
item = tf.saved_model.load(folder + "/item_tower")(items[:, 0])
assert float(tf.reduce_max(tf.abs(tf.reduce_sum(user * item, 1) - scores[:, 0]))) < 1e-5
assert "shortlist" not in sys.modules
print("loaded")
"""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3")
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.strip() == "loaded"
