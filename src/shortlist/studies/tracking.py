"""Each submission as a run in MLflow, with the optional extra `tracking`: what it was made with, its scores, its files.

MLflow is imported here alone, and only where it is asked for; Make asks where it is installed.
"""

import json
import logging
import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from shortlist.common.files import write_text
from shortlist.common.progress import note
from shortlist.common.provenance import fingerprint
from shortlist.config.paths import Paths
from shortlist.errors import ConfigError
from shortlist.pipeline.results import load_scores
from shortlist.pipeline.run import Run
from shortlist.submission.manifest import Manifest, flat, manifest_path, newest_submission
from shortlist.validation.scores import MetricScore, Scores

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

ENVIRONMENT = {
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # a user and password in it, too
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",  # seconds
}
"""Quieter than MLflow by itself, and no minutes of waiting for a server that is away; the user's own values win."""

KEY = "shortlist.key"
"""Tag that a run is found again by."""


def track(run: Run) -> None:
    """Log the newest submission: a run of its own for each configuration, scores and CSV, however often it is logged.

    A store that cannot be used costs a line of warning and no more: the next `make submission` tries again.

    Raises:
        ConfigError: MLflow is not installed.
    """
    if find_spec("mlflow") is None:
        raise ConfigError("tracking: MLflow is not installed; `make setup-tracking` installs it")
    paths = run.paths
    newest = newest_submission(paths)
    if newest is None:
        raise ConfigError("tracking: no submission to log; run `make submission`")
    csv, manifest = newest.csv, newest.manifest
    settings = flat({**manifest.configuration, "method": manifest.method})
    parameters = {name: _text(value) for name, value in settings}
    metrics = {**_method_metrics(load_scores(paths)), **_submission_metrics(manifest)}
    key = fingerprint(parameters, metrics, manifest.sha256)
    try:
        client = _client(paths)
        logged = _run(client, paths, {KEY: key, "mlflow.runName": csv.stem, "revision": manifest.revision})
        _log(client, logged, parameters, metrics)
        for file in (csv, manifest_path(csv), paths.report):
            client.log_artifact(logged, str(file))
        client.set_terminated(logged)
    except Exception as error:  # MLflow, its database and its network fail in many ways, and none may cost a submission
        note(f"warning: tracking: the run was not logged, the submission is complete: {_line(error)}")
        return
    write_text(paths.tracked, f"{logged}\n")
    note(f"tracking: run {logged} holds {csv.name}")


def _client(paths: Paths) -> "MlflowClient":
    """A client of MLFLOW_TRACKING_URI, or of an SQLite file below the project."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    # It would report its use to its makers.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "true"
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # a line for each retry
    from mlflow.tracking import MlflowClient

    uri = os.environ.get("MLFLOW_TRACKING_URI")
    if not uri:
        paths.tracking.mkdir(exist_ok=True)
        uri = f"sqlite:///{(paths.tracking / 'mlflow.db').as_posix()}"
    return MlflowClient(uri)


def _run(client: "MlflowClient", paths: Paths, tags: dict[str, str]) -> str:
    """Id of the run with this key in the competition's experiment: the one that is there already, or a new one."""
    experiment = client.get_experiment_by_name(paths.competition)
    if experiment is None:
        own = not os.environ.get("MLFLOW_TRACKING_URI")  # a server knows best where its artifacts go
        folder = (paths.tracking / "artifacts" / paths.competition).absolute().as_uri() if own else None
        identity = client.create_experiment(paths.competition, artifact_location=folder)
    else:
        identity = experiment.experiment_id
    runs = client.search_runs([identity], filter_string=f"tags.`{KEY}` = '{tags[KEY]}'", max_results=1)
    run = runs[0] if runs else client.create_run(identity, tags=tags)
    return str(run.info.run_id)


def _log(client: "MlflowClient", run: str, parameters: dict[str, str], metrics: dict[str, float]) -> None:
    """Log both; a second time for the same run adds nothing, as a metric has the run's own start time."""
    from mlflow.entities import Metric, Param

    when = client.get_run(run).info.start_time
    client.log_batch(
        run,
        metrics=[Metric(name, value, when, 0) for name, value in metrics.items()],
        params=[Param(name, value) for name, value in parameters.items()],
    )


def _text(value: Any) -> str:
    """A setting as MLflow keeps it: words as they stand, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _method_metrics(scores: Scores) -> dict[str, float]:
    """`scheme/method/metric` of everything that was validated."""
    metrics: dict[str, float] = {}
    for scheme, result in scores.schemes.items():
        for name, method in result.methods.items():
            metrics |= _named(f"{scheme}/{name}", method.metrics)
            others = {**method.coverage, **method.figures}
            metrics |= {f"{scheme}/{name}/{_allowed(key)}": value for key, value in others.items()}
    return metrics


def _submission_metrics(manifest: Manifest) -> dict[str, float]:
    """`scheme/metric` of what goes in: one name in every run, whichever method was chosen."""
    metrics: dict[str, float] = {}
    for scheme, offline in manifest.offline.items():
        metrics |= _named(scheme, offline)
    return metrics


def _named(prefix: str, metrics: Mapping[str, MetricScore]) -> dict[str, float]:
    """Means and standard errors."""
    means = {f"{prefix}/{_allowed(key)}": metric.mean for key, metric in metrics.items()}
    return means | {f"{prefix}/{_allowed(key)}_error": metric.error for key, metric in metrics.items()}


def _allowed(metric: str) -> str:
    """MLflow takes no @ in a name."""
    return metric.replace("@", "_at_")


def _line(error: Exception) -> str:
    """What went wrong in one line, without the user and password that an address may hold."""
    text = " ".join(str(error).split()) or type(error).__name__
    return re.sub(r"//\S*@", "//", text)[:300]
