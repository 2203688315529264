"""The whole chain as a user runs it: through Make, in a copy of the project that shares the set-up."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from tests.projects import CLASSICAL, Project

STAGES = ("preprocess:", "eda:", "validate ", "train ", "features ", "submission:", "notice:")

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

TOWER = (
    CLASSICAL[: CLASSICAL.index("[validation.schemes.cohort]")]
    + """
[retrievers.two_tower]
epochs = 2
seeds = 2
factorized_top_k = true
"""
)


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
    assert (csv.parent / "report.html").exists()
    project.make("check", f"FILE={csv}")


def test_second_run_runs_nothing(built):
    """When nothing changed, no stage runs and the same line is printed."""
    project, first = built
    second = project.make("submission")
    assert stages(second) == []
    assert second.stdout == first.stdout


def test_the_report_shows_an_ablation_but_never_makes_one(project):
    """`make ablate` runs once; its figures are in the next report; a new configuration needs none to be reported."""
    report = project.folder / "submissions/sample/report.html"
    assert "user_knn" in project.make("ablate").stdout
    assert "ablate blend" not in project.make("ablate").stderr
    project.make("report")
    assert 'id="ablation"' in report.read_text(encoding="utf-8")
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
    again = project.csv(project.make("submission"))
    assert again == csv
    assert again.read_bytes() == content


def test_editing_one_retriever_s_table_reruns_it_and_what_follows(project):
    """Other retrievers are neither validated nor trained again."""
    project.configure(CLASSICAL.replace("[retrievers.item_knn]", "[retrievers.item_knn]\nneighbours = 5"))
    assert stages(project.make("submission")) == [
        "submission", "train blend", "train item_knn", "validate blend", "validate item_knn"
    ]  # fmt: skip


@pytest.mark.slow
def test_editing_one_retriever_s_source_reruns_it_and_what_follows(project):
    """A retriever's own file is a prerequisite of its results, and of no other's."""
    source = project.folder / "src/shortlist/retrievers/user_knn.py"
    source.write_text(source.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    assert stages(project.make("submission")) == [
        "submission", "train blend", "train user_knn", "validate blend", "validate user_knn"
    ]  # fmt: skip


def edit(project: Project, file: str, old: str, new: str) -> None:
    """Replace a text that stands in a source file once."""
    source = project.folder / "src/shortlist" / file
    text = source.read_text(encoding="utf-8")
    assert text.count(old) == 1, file
    source.write_text(text.replace(old, new), encoding="utf-8")


WORDS = [
    ("config/tune.py", "there is no [tune.space] to search; add one", "no [tune.space]: add one"),
    ("config/consistency.py", "must contain question.k", "must hold question.k"),
    ("validation/splitters/base.py", "use fewer folds or more data", "use fewer folds"),
    ("validation/splitters/kfold.py", "every pair once; no date used", "every pair one time; no date used"),
    ("retrievers/index.py", "ScaNN is not installed", "no ScaNN"),
    ("data/candidates.py", "The lists of different users as one.", "Lists of different users, joined."),
    ("common/parameters.py", "is not fitted yet", "has not learnt yet"),
    ("pipeline/blend.py", "Each fold's blend with weights", "Each fold's blend, with weights"),
    ("pipeline/cross_validate.py", "note_fold(run, name, task.name", "note_fold(run, name, str(task.name)"),
    ("report/sections/methods.py", "± is one standard error", "± is 1 standard error"),
    ("report/slices.py", "QUARTERS = 5", "QUARTERS = 4"),
    ("studies/tuning/study.py", "REPEATS = 25", "REPEATS = 26"),
    (
        "rerank/feature.py",
        "Columns = Iterator[tuple[str, FloatArray]]",
        "Columns = Iterator[tuple[str, FloatArray]]  # edited",
    ),
]
"""Messages, texts in two languages, docstrings, constants of the report and of tuning, and what a reranker needs."""


@pytest.mark.slow
def test_an_edit_costs_what_it_should(project):
    """Words and what is not of the retrievers run no fold and train nothing; an edit of the top N runs all of them."""
    for file, old, new in WORDS:
        edit(project, file, old, new)
    run = project.make("submission")
    assert not [stage for stage in stages(run) if stage.startswith(("validate", "train", "features", "preprocess"))]
    assert "report: " in run.stderr
    edit(project, "retrievers/topk.py", "BLOCK = 256", "BLOCK = 255")
    assert stages(project.make("submission")) == [
        "submission", "train blend", "train item_knn", "train popular", "train user_knn",
        "validate blend", "validate item_knn", "validate popular", "validate user_knn",
    ]  # fmt: skip


def test_an_edited_message_is_no_reason_to_run_anything(project):
    """Not even Make's own commands say that anything would run."""
    edit(project, "config/tune.py", "there is no [tune.space] to search; add one", "no [tune.space]: add one")
    assert "shortlist" not in project.make("-n", "submission").stdout.replace("shortlist rules", "")


def test_make_and_python_agree_on_what_must_run(project):
    """After Make, `shortlist.run` does nothing; after an edit it runs the same stages, and Make has nothing to do."""
    script = "import shortlist; print('submission:', shortlist.run('sample').csv)"
    environment = {**os.environ, "PYTHONPATH": str(project.folder / "src")}

    def python() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script],
            cwd=project.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )

    before = project.files()
    assert stages(python()) == []
    assert project.files() == before
    project.configure(CLASSICAL.replace("[retrievers.item_knn]", "[retrievers.item_knn]\nneighbours = 5"))
    edited = python()
    assert stages(edited) == [
        "submission", "train blend", "train item_knn", "validate blend", "validate item_knn"
    ]  # fmt: skip
    made = project.make("submission")
    assert stages(made) == []
    assert project.csv(made) == project.csv(edited)


@pytest.mark.slow
def test_the_page_about_the_files_is_made_when_it_must_be(project):
    """From the dataset alone; again after an edit of its template or of the seed, and not otherwise."""
    page = project.folder / "submissions/sample/eda.html"
    assert stages(project.make("eda")) == ["eda"]
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert stages(project.make("eda")) == []
    edit(project, "studies/eda/document.html", "{% block opening %}", "{% block opening %}<!-- edited -->")
    assert stages(project.make("eda")) == ["eda"]
    assert "<!-- edited -->" in page.read_text(encoding="utf-8")
    project.configure(CLASSICAL.replace("seed = 3", "seed = 1"))
    assert " eda --competition sample" in project.make("eda", "-n").stdout


@pytest.mark.slow
def test_the_hold_out_rule_is_inferred_when_it_must_be(project):
    """Its ranking is printed each time, and made again only after an edit of what it is made from."""
    page = project.folder / "submissions/sample/infer_split.html"
    first, made = project.make("infer-split"), page.stat().st_mtime_ns
    assert "times less likely" in first.stdout
    assert first.stdout.endswith("infer-split: submissions/sample/infer_split.html\n")
    assert project.make("infer-split").stdout == first.stdout
    assert page.stat().st_mtime_ns == made
    source = project.folder / "src/shortlist/validation/holdout_rule.py"
    source.write_text(source.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    project.make("infer-split")
    assert page.stat().st_mtime_ns > made


@pytest.mark.slow
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


def test_a_submission_is_logged_where_mlflow_is_installed(project):
    """The last stage is there with MLflow in the environment only, and not with TRACKING=0; nothing else differs."""
    (project.folder / "env").mkdir()
    (project.folder / "env/.ready").touch()
    command = ("submission", "-n", "VENV=env")
    without = project.make(*command, "TRACKING=1").stdout
    installed = project.folder / "env/lib/python3.12/site-packages/mlflow/__init__.py"
    installed.parent.mkdir(parents=True)
    installed.touch()
    logged = project.make(*command, "TRACKING=1").stdout.splitlines()
    assert [line for line in logged if "shortlist track" in line] == [
        "env/bin/python -m shortlist track --competition sample"
    ]
    assert [line for line in logged if "shortlist track" not in line] == without.splitlines()
    assert project.make(*command).stdout == without


def test_deleted_csv_is_made_again(project):
    """Only the last stage runs for it."""
    csv = project.newest()
    csv.unlink()
    assert stages(project.make("submission")) == ["submission"]
    assert csv.exists()


def test_a_changed_csv_is_made_again(project):
    """It is checked as it is; a submission that is asked for is what was made, and the changed one has another name."""
    csv = project.newest()
    made = csv.read_bytes()
    csv.write_bytes(made.replace(b"\n", b"\r\n"))
    assert "has lines that end with CRLF" in project.make("check").stderr
    assert csv.read_bytes() != made
    run = project.make("submission")
    assert stages(run) == ["notice", "submission"]
    assert "was changed since it was made" in run.stderr
    assert csv.read_bytes() == made
    assert [path.read_bytes() for path in csv.parent.glob("*-changed-*.csv")] == [made.replace(b"\n", b"\r\n")]
    assert stages(project.make("submission")) == []


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
    assert csv.name.split("-")[0] == next(name for name in scores["schemes"]["holdout"]["order"] if name in RERANKERS)
    assert set(scores["schemes"]["holdout"]["methods"]) == {"popular", "user_knn", "item_knn", "blend", *RERANKERS}
    assert set(scores["schemes"]["cohort"]["methods"]) == {"popular", "user_knn", "item_knn"}
    now = project.files()
    kept = [file for file in before if "/folds/" in file or "/final/" in file or "/dataset/" in file]
    assert len(kept) > 10
    assert all(now[file] == before[file] for file in kept)
    assert plain.exists()
    manifest = json.loads(csv.with_suffix(".json").read_text(encoding="utf-8"))
    assert (manifest["method"], list(manifest["offline"])) == (csv.name.split("-")[0], ["holdout"])
    assert "lightgbm: the " in (csv.parent / "report.html").read_text(encoding="utf-8")


def test_a_list_is_explained(built_reranked):
    """Of the user named on the command line, whoever is logged in; the submitted list or another method's."""
    project, _, _, _, _ = built_reranked
    submitted = [line.split(",") for line in project.newest().read_text(encoding="utf-8").splitlines()[1:6]]
    user = submitted[0][0]
    run = project.make("explain", f"USER={user}", "RERANK=1")
    assert stages(run) == []
    assert run.stdout.startswith(f"{user}: ")
    for one, item in submitted:
        assert one == user
        assert f"\n{item}: score " in run.stdout
    other = project.make("explain", f"USER={user}", "RERANK=1", "METHOD=popular")
    assert "submitted, from popular" in other.stdout
    assert "there are no features" in other.stdout


def test_a_list_cannot_be_explained_of_nobody(tmp_path, built):
    """Without a user nothing is run; one that is not there is one line with the nearest ids."""
    fresh = Project.new(tmp_path, CLASSICAL)
    run = fresh.make("explain", code=2)
    assert "explain: name a user with USER=..." in run.stderr
    assert stages(run) == []
    run = built[0].make("explain", "USER=U0001", code=2)
    lines = [line for line in run.stderr.splitlines() if line.startswith("shortlist:")]
    assert len(lines) == 1
    assert "there is no 'U0001' in the dataset; the nearest ids are U0" in lines[0]


@pytest.mark.slow
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


@pytest.mark.slow
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
        CLASSICAL.replace('url = "none"', 'url = "https://example.org"'), "utf-8"
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


IN_PROCESSES = """
from shortlist.engine import local
from shortlist.cli import main
local.WORTH, local.room = -100.0, lambda threads: 2
main()
"""


ALONE, TOGETHER = ("-m", "shortlist"), ("-c", IN_PROCESSES)


@pytest.mark.parametrize(
    ("sent", "how"),
    [
        (signal.SIGINT, TOGETHER),
        (signal.SIGKILL, ALONE),
        pytest.param(signal.SIGINT, ALONE, marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, ALONE, marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, TOGETHER, marks=pytest.mark.slow),
        pytest.param(signal.SIGKILL, TOGETHER, marks=pytest.mark.slow),
    ],
)
def test_interrupted_validation_goes_on_where_it_was(project, sent, how):
    """Folds that were finished are kept; there are no half files; the result is that of an undisturbed run."""
    project.configure(CLASSICAL.replace("folds = 2", "folds = 40").replace("[retrievers.item_knn]", ""))
    project.make("clean")
    project.make("preprocess")
    folds = project.folder / "data/sample/work/folds/user_knn"
    command = [sys.executable, *how, "cross-validate", "--competition", "sample", "--method", "user_knn"]
    with subprocess.Popen(command, cwd=project.folder, stderr=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 60
        while len(list(folds.glob("holdout-*.npz"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        run.send_signal(sent)
        assert run.wait() != 0
        assert "Traceback" not in run.communicate()[1]
    kept = {path: path.stat().st_mtime_ns for path in folds.glob("[!.]*.npz")}
    assert len(kept) >= 2
    project.make("data/sample/work/folds/user_knn/done")
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert len(list(folds.glob("[!.]*.npz"))) == 80


def test_a_two_tower_from_raw_files_to_export(tmp_path):
    """A two-tower stands in the table, FactorizedTopK beside it, and an export is loaded without Shortlist."""
    project = Project.new(tmp_path, TOWER)
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
