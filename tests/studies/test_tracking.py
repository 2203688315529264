"""A submission in MLflow: logged once, with everything, and never at the cost of the submission."""

import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.builder import competition, configuration, stages

from shortlist.config.paths import Paths
from shortlist.data.sample import SampleSize
from shortlist.pipeline.results import load_scores, save_newest_csv, save_scores
from shortlist.report.document import write_report
from shortlist.studies.tracking import _line
from shortlist.submission.manifest import Manifest, OfflineScore, save_manifest
from shortlist.submission.write import write_submission
from shortlist.validation.scores import DataSize, FoldSize, MethodScores, MetricScore, SchemeScores, Scores

pytest.importorskip("mlflow", reason="the extra `tracking` is not installed")

SECRET = "hunter2"

CONFIGURATION = {
    "title": "small",
    "seed": 3,
    "question": {"k": 5},
    "submission": {"method": "best"},
    "validation": {"ks": [5, 20], "schemes": {"holdout": {}}},
    "retrievers": {"user_knn": {"neighbours": 7}, "popular": {}},
}


MEANS = {"user_knn": 0.25, "popular": 0.125}


def scores() -> Scores:
    """Of two methods on one scheme."""
    methods = {
        name: MethodScores({"recall@5": MetricScore(mean, 0.01, (mean, mean), (0.01, 0.01))}, {"coverage@5": 0.5},
                           {"rmse": 1.5}, 1.0)
        for name, mean in MEANS.items()
    }  # fmt: skip
    scheme = SchemeScores("half is hidden", (FoldSize(1, 100, 10, 20),), tuple(MEANS), methods, {})
    return Scores(
        competition="small", title="small", data=DataSize(60, 40, 250), k=5, ks=(5,), metrics=("recall",),
        headline="recall@5", seed=3, chosen_by="holdout", rerankers=(), schemes={"holdout": scheme},
    )  # fmt: skip


def manifest() -> Manifest:
    """Of a submission of the better one."""
    mean = MEANS["user_knn"]
    offline = OfflineScore(mean, 0.01, (mean, mean), (0.01, 0.01), users=20.0)
    return Manifest(
        sha256="ab" * 32, method="user_knn", metric="recall@5", offline={"holdout": {"recall@5": offline}}, seed=3,
        configuration=CONFIGURATION, raw_files={}, versions={}, revision="unknown",
    )  # fmt: skip


@pytest.fixture
def submission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """What the stages leave behind, in the folder that they run in."""
    monkeypatch.chdir(tmp_path)
    tables = "[validation.schemes.holdout]\n[retrievers.user_knn]\n[retrievers.popular]\n"
    paths = competition(Path(), configuration(tables)).paths
    save_scores(paths, scores())
    csv = paths.submissions / "user_knn-abababab.csv"
    csv.parent.mkdir(parents=True)
    csv.write_text("user,item\na,b\n", "utf-8")
    save_manifest(csv, manifest())
    save_newest_csv(paths, csv)
    paths.report.write_text("report", "utf-8")
    return paths


def track(**environment: str) -> subprocess.CompletedProcess[str]:
    """The stage as a process of its own, as Make runs it: MLflow sets up much that a test process would keep."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    return subprocess.run(
        [sys.executable, "-m", "shortlist", "track", "--competition", "small"],
        env={**inherited, "SOME_TOKEN": SECRET, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_submission_is_one_run_with_everything_and_stays_one(submission):
    """Parameters, metrics with errors and files are there; a new report alone is logged again."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.tracking import MlflowClient

    assert track().returncode == 0
    submission.report.write_text("a newer report", "utf-8")
    second = track()
    assert second.returncode == 0
    assert second.stdout == ""
    client = MlflowClient(f"sqlite:///{submission.tracking.absolute()}/mlflow.db")
    experiment = client.get_experiment_by_name("small")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert submission.tracked.read_text("utf-8") == f"{run.info.run_id}\n"
    assert (run.info.status, run.info.run_name) == ("FINISHED", "user_knn-abababab")
    assert run.data.params == {
        "title": "small",
        "seed": "3",
        "question.k": "5",
        "submission.method": "best",
        "validation.ks": "[5, 20]",
        "validation.schemes.holdout": "{}",
        "retrievers.user_knn.neighbours": "7",
        "retrievers.popular": "{}",
        "method": "user_knn",
    }
    assert run.data.metrics == {
        "holdout/recall_at_5": 0.25,
        "holdout/recall_at_5_error": 0.01,
        "holdout/user_knn/recall_at_5": 0.25,
        "holdout/user_knn/recall_at_5_error": 0.01,
        "holdout/user_knn/coverage_at_5": 0.5,
        "holdout/user_knn/rmse": 1.5,
        "holdout/popular/recall_at_5": 0.125,
        "holdout/popular/recall_at_5_error": 0.01,
        "holdout/popular/coverage_at_5": 0.5,
        "holdout/popular/rmse": 1.5,
    }
    assert len(client.get_metric_history(run.info.run_id, "holdout/recall_at_5")) == 1
    csv = submission.newest_submission.read_text("utf-8").strip()
    for file in (Path(csv), Path(csv).with_suffix(".json"), submission.report):
        (logged,) = submission.tracking.rglob(file.name)
        assert logged.read_bytes() == file.read_bytes()
    written = [path.read_bytes() for path in submission.tracking.rglob("*") if path.is_file()]
    assert not [content for content in written if SECRET.encode() in content]


def test_a_server_that_is_not_there_costs_one_line(submission):
    """The exit code is 0, nothing says that it was logged, and the user and password of the address are not shown."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        port = taken.getsockname()[1]
        run = track(MLFLOW_TRACKING_URI=f"http://me:{SECRET}@127.0.0.1:{port}", MLFLOW_HTTP_REQUEST_MAX_RETRIES="0")
    assert run.returncode == 0
    (line,) = (run.stdout + run.stderr).splitlines()
    assert line.startswith("warning: tracking: the run was not logged, the submission is complete: ")
    assert SECRET not in line
    assert not submission.tracked.exists()
    assert not submission.tracking.exists()


def test_an_address_s_user_and_password_are_left_out():
    """Whatever a library says of an address, who logs in there is not repeated; and one line is enough."""
    error = OSError("cannot reach postgresql://me:p/w@host/db\nfor a while, nor http://you@host2/x")
    assert _line(error) == "cannot reach postgresql://host/db for a while, nor http://host2/x"
    assert _line(ValueError()) == "ValueError"


LEARNT = configuration("""
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.user_knn]
[blend]
candidates = 12
[rerankers.lightgbm]
trees = 5
min_rows = 5
""", method="lightgbm")  # fmt: skip


def test_what_the_stages_really_write_is_logged(tmp_path, monkeypatch):
    """After a whole small run, not made by hand: the submitted list's score is that of the validation."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.tracking import MlflowClient

    monkeypatch.chdir(tmp_path)
    run = stages(competition(Path(), LEARNT, SampleSize(90, 60, 400)))
    write_submission(run)
    write_report(run)
    process = track()
    assert process.returncode == 0, process.stderr
    paths = run.paths
    client = MlflowClient(f"sqlite:///{paths.tracking.absolute()}/mlflow.db")
    logged = client.get_run(paths.tracked.read_text("utf-8").strip()).data.metrics
    metric = load_scores(paths).schemes["kfold"].methods["lightgbm"].metrics["recall@5"]
    assert logged["kfold/recall_at_5"] == logged["kfold/lightgbm/recall_at_5"] == pytest.approx(metric.mean)
    assert logged["kfold/recall_at_5_error"] == pytest.approx(metric.error)
