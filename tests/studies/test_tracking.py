"""A submission in MLflow: logged once, with everything, and never at the cost of the submission."""

import json
import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.report.conftest import build

from shortlist.config.paths import Paths
from shortlist.pipeline.validate import load_scores
from shortlist.report.document import write_report
from shortlist.studies.tracking import _line

pytest.importorskip("mlflow", reason="the extra `tracking` is not installed")

SECRET = "hunter2"

CONFIGURATION = {
    "title": "small",
    "seed": 3,
    "submission": {"k": 5, "method": "best"},
    "validation": {"ks": [5, 20], "schemes": {"holdout": {}}},
    "retrievers": {"user_knn": {"neighbours": 7}, "popular": {}},
}


def _metric(mean: float) -> dict[str, float | list[float]]:
    return {"mean": mean, "error": 0.01, "folds": [mean, mean]}


@pytest.fixture
def submission(tmp_path, monkeypatch) -> Paths:
    """What the stages leave behind, in the folder that they run in."""
    monkeypatch.chdir(tmp_path)
    paths = Paths("sample")
    paths.work.mkdir(parents=True)
    paths.submissions.mkdir(parents=True)
    methods = {
        name: {"metrics": {"recall@5": _metric(mean)}, "coverage": {"coverage@5": 0.5}, "figures": {"rmse": 1.5}}
        for name, mean in (("user_knn", 0.25), ("popular", 0.125))
    }
    manifest = {
        "sha256": "ab" * 32,
        "method": "user_knn",
        "metric": "recall@5",
        "offline": {"holdout": {"recall@5": _metric(0.25) | {"users": 20.0}}},
        "configuration": CONFIGURATION,
        "revision": "unknown",
    }
    paths.validation.write_text(json.dumps({"schemes": {"holdout": {"methods": methods}}}), "utf-8")
    csv = paths.submissions / "user_knn-abababab.csv"
    csv.write_text("user,item\na,b\n", "utf-8")
    csv.with_suffix(".json").write_text(json.dumps(manifest), "utf-8")
    paths.newest_submission.write_text(f"{csv.as_posix()}\n", "utf-8")
    paths.report.write_text("report", "utf-8")
    paths.config.write_bytes((Path(__file__).parents[2] / "data/sample/competition.toml").read_bytes())
    return paths


def track(**environment: str) -> subprocess.CompletedProcess[str]:
    """The stage as a process of its own, as Make runs it: MLflow sets up much that a test process would keep."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    return subprocess.run(
        [sys.executable, "-m", "shortlist", "track", "--competition", "sample"],
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
    experiment = client.get_experiment_by_name("sample")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert submission.tracked.read_text("utf-8") == f"{run.info.run_id}\n"
    assert (run.info.status, run.info.run_name) == ("FINISHED", "user_knn-abababab")
    assert run.data.params == {
        "title": "small",
        "seed": "3",
        "submission.k": "5",
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


def test_what_the_stages_really_write_is_logged(tmp_path, monkeypatch):
    """After a whole small run, not made by hand: the submitted list's score is that of the validation."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.tracking import MlflowClient

    monkeypatch.chdir(tmp_path)
    paths = Paths("sample")
    write_report(paths, build(paths))
    run = track()
    assert run.returncode == 0, run.stderr
    client = MlflowClient(f"sqlite:///{paths.tracking.absolute()}/mlflow.db")
    logged = client.get_run(paths.tracked.read_text("utf-8").strip()).data.metrics
    metric = load_scores(paths)["schemes"]["kfold"]["methods"]["lightgbm"]["metrics"]["recall@5"]
    assert logged["kfold/recall_at_5"] == logged["kfold/lightgbm/recall_at_5"] == pytest.approx(metric["mean"])
    assert logged["kfold/recall_at_5_error"] == pytest.approx(metric["error"])
