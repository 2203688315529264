"""What is handed in: exact bytes, a manifest that says where they come from, and nothing where a rule is broken."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.builder import competition, configuration, configured, stages

from shortlist.common.listing import distrust_changed, is_as_made
from shortlist.config.paths import Paths
from shortlist.data.candidates import Candidates
from shortlist.data.dataset import Dataset
from shortlist.errors import SubmissionError
from shortlist.pipeline.preprocess import preprocess
from shortlist.pipeline.results import load_scores, save_final, save_scores
from shortlist.pipeline.run import Run
from shortlist.submission import write
from shortlist.submission.check import Requirements, check_submission, load_requirements
from shortlist.submission.ledger import Ledger, Origin, Score
from shortlist.submission.origin import read_origin
from shortlist.submission.write import write_submission
from shortlist.validation.metrics import Difference
from shortlist.validation.scores import DataSize, FoldSize, MethodScores, MetricScore, SchemeScores, Scores

GOLDEN = Path(__file__).parents[1] / "golden"
"""A synthetic competition of 12 users and 20 items, and the CSV of its user_knn with one neighbour, filled up by
popular."""


def golden_configuration(method: str) -> str:
    """With the list of this method submitted."""
    return configuration(
        """
[validation.schemes.holdout]
[validation.schemes.cohort]
date = "updated_date"
[retrievers.popular]
[retrievers.user_knn]
neighbours = 2
""",
        title="golden",
        seed=7,
        candidates=10,
        ks=(5, 10),
        method=method,
    )


def files(paths: Paths) -> dict[str, bytes]:
    """Everything in the submissions folder, hidden files too."""
    return {path.name: path.read_bytes() for path in paths.submissions.glob("*")}


@pytest.fixture
def golden(tmp_path) -> Run:
    """The golden competition: its raw files, and nothing done."""
    run = competition(tmp_path, golden_configuration("user_knn"), name="golden")
    shutil.copytree(GOLDEN / "raw", run.paths.raw)
    return run


@pytest.fixture
def ready(golden) -> Run:
    """The same with every stage before the submission done, by fakes: what a retriever gives is set with `give`."""
    preprocess(golden)
    recall = MetricScore(mean=0.5, error=0.1, folds=(0.4, 0.6), fold_errors=(0.1, 0.1))
    methods = {
        name: MethodScores({"recall@5": recall}, coverage={}, figures={}, seconds=0.0)
        for name in ("popular", "user_knn")
    }
    holdout = SchemeScores(
        description="",
        sizes=(FoldSize(fold=1, train=30, test=30, users=12),),
        order=tuple(methods),
        methods=methods,
        behind_best={"user_knn": Difference(0.0, -0.1, 0.1)},
    )
    save_scores(
        golden.paths,
        Scores(
            competition="golden",
            title="golden",
            data=DataSize(users=12, items=20, pairs=60),
            k=5,
            ks=(5, 10),
            metrics=("recall",),
            headline="recall@5",
            seed=7,
            chosen_by="holdout",
            rerankers=(),
            schemes={"holdout": holdout},
        ),
    )
    return golden


def give(run: Run, name: str, lists: list[list[int]]) -> None:
    """Let the retriever `name` have found these items for each user; -1 where it found no more."""
    items = np.array(lists, dtype=np.int32)
    users = np.arange(len(items), dtype=np.int32)
    save_final(run.paths, name, Candidates(users, items, -np.sort(items).astype(np.float32)))


def unseen(run: Run) -> list[list[int]]:
    """All items that each user may be given, by code."""
    dataset = Dataset.load(run.paths.dataset)
    seen = dataset.matrix().toarray() > 0
    return [list(np.flatnonzero(~row)) for row in seen]


def by_user(csv: Path) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for line in csv.read_text(encoding="utf-8").splitlines()[1:]:
        user, item = line.split(",")
        lists.setdefault(user, []).append(item)
    return lists


def test_golden_csv(golden):
    """From fixed raw files the classical retrievers give exactly these bytes, named after them, with their manifest."""
    paths = golden.paths
    stages(golden)
    path = write_submission(golden)
    content = path.read_bytes()
    assert content == (GOLDEN / "submission.csv").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert path == paths.submissions / f"user_knn-{digest[:8]}.csv"
    assert paths.newest_submission.read_text(encoding="utf-8") == f"{path.as_posix()}\n"
    assert set(files(paths)) == {path.name, path.with_suffix(".json").name, paths.ledger.name}

    manifest = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    scores = load_scores(paths)
    assert set(manifest) == {
        "sha256", "method", "metric", "offline", "seed", "configuration", "raw_files", "versions", "revision",
        "methods", "seal",
    }  # fmt: skip
    assert manifest["sha256"] == digest
    assert manifest["method"] == "user_knn"
    assert manifest["metric"] == "recall@5"
    assert manifest["seed"] == 7
    assert manifest["configuration"] == golden.competition.model_dump(mode="json")
    retrievers = ["popular", "user_knn"]
    assert manifest["methods"] == {
        "retrievers": retrievers, "blended": retrievers, "rerankers": [], "submitted": "user_knn"
    }  # fmt: skip
    assert set(manifest["offline"]) == {"holdout", "cohort"}
    for name, offline in manifest["offline"].items():
        scheme = scores.schemes[name]
        users = float(np.mean([fold.users for fold in scheme.sizes]))
        recall = scheme.methods["user_knn"].metrics["recall@5"]
        assert offline == {
            "recall@5": {
                "mean": recall.mean,
                "error": recall.error,
                "folds": list(recall.folds),
                "fold_errors": list(recall.fold_errors),
                "users": users,
            }
        }
        assert len(recall.folds) == 2
    raw = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (GOLDEN / "raw").iterdir()}
    assert manifest["raw_files"] == raw
    assert {"python", "tensorflow", "tensorflow-recommenders", "numpy"} <= manifest["versions"].keys()
    assert manifest["versions"]["numpy"] == np.__version__


def test_golden_csv_is_what_the_rules_ask_for():
    """The golden file itself: header and user order of the sample submission, no BOM, 5 distinct new items."""
    content = (GOLDEN / "submission.csv").read_bytes()
    lines = content.decode("utf-8").split("\n")
    assert lines[0] == "resume_seq,recruitment_seq"
    assert lines[-1] == ""
    assert b"\r" not in content
    pairs = [tuple(line.split(",")) for line in lines[1:-1]]
    asked = (GOLDEN / "raw" / "sample_submission.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [user for user, _ in pairs] == [line.split(",")[0] for line in asked]
    assert len(set(pairs)) == len(pairs) == 60
    applied = (GOLDEN / "raw" / "apply_train.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert not {",".join(pair) for pair in pairs} & set(applied)


def test_the_next_best_fills_up_where_the_first_has_too_few(ready):
    """The chosen retriever's items come first, then the next one's, those already there passed over."""
    paths = ready.paths
    free = unseen(ready)
    give(ready, "user_knn", [[items[6], items[1], -1, -1, -1, -1] for items in free])
    give(ready, "popular", [[items[n] for n in (0, 1, 2, 6, 3, 4)] for items in free])
    dataset = Dataset.load(paths.dataset)
    lists = by_user(write_submission(ready))
    assert len(lists) == 12
    for user, items in zip(dataset.users.ids, free, strict=True):
        assert lists[user] == [dataset.items.ids[items[n]] for n in (6, 1, 0, 2, 3)]


def test_best_means_first_in_the_order_of_the_scores(ready):
    """With `best` the list of the retriever that won goes in, and the file is named after it."""
    paths = ready.paths
    free = unseen(ready)
    give(ready, "user_knn", [items[:5] for items in free])
    give(ready, "popular", [items[5:10] for items in free])
    path = write_submission(configured(ready, golden_configuration("best")))
    assert path.name.startswith("popular-")
    dataset = Dataset.load(paths.dataset)
    assert by_user(path)[dataset.users.ids[0]] == [dataset.items.ids[n] for n in free[0][5:10]]


def test_only_the_users_asked_for_are_in_it(ready):
    """Users who are not in the sample submission get no rows; its order is kept."""
    paths = ready.paths
    sample = paths.raw / "sample_submission.csv"
    lines = sample.read_text(encoding="utf-8").splitlines()
    sample.write_text("\n".join([lines[0], *lines[26:31], *lines[1:6]]), encoding="utf-8")
    for name in ready.chosen.retrievers:
        give(ready, name, [items[:5] for items in unseen(ready)])
    users = [lines[26].split(",")[0], lines[1].split(",")[0]]
    assert list(by_user(write_submission(ready))) == users


def test_ids_that_need_quotes_get_them(ready):
    """An id with a comma in it is written so that the CSV still has two columns, and passes its check."""
    paths = ready.paths
    for path in paths.raw.glob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("R00001", '"R,1"'), encoding="utf-8")
    preprocess(ready)
    for name in ready.chosen.retrievers:
        give(ready, name, [items[:5] for items in unseen(ready)])
    path = write_submission(ready)
    check_submission(path, load_requirements(ready))
    assert b',"R,1"\n' in path.read_bytes()


def test_a_csv_that_was_changed_is_made_anew(ready, capsys):
    """What somebody has changed keeps another name; the file of that name is what its manifest says again."""
    for name in ready.chosen.retrievers:
        give(ready, name, [items[:5] for items in unseen(ready)])
    path = write_submission(ready)
    made = path.read_bytes()
    path.write_bytes(made[:-10])
    distrust_changed(ready.paths.config.parent)
    assert ready.paths.newest_submission.stat().st_mtime == 1
    capsys.readouterr()
    assert write_submission(ready) == path
    assert path.read_bytes() == made
    assert is_as_made(path)
    digest = hashlib.sha256(made[:-10]).hexdigest()
    kept = path.with_name(f"{path.stem}-changed-{digest[:8]}.csv")
    assert kept.read_bytes() == made[:-10]
    said = " ".join(capsys.readouterr().err.split())
    assert f"{path.name}: was changed since it was made; it is called {kept.name} now, and is made again" in said
    before = ready.paths.newest_submission.stat().st_mtime_ns
    distrust_changed(ready.paths.config.parent)
    assert ready.paths.newest_submission.stat().st_mtime_ns == before


@pytest.fixture
def earlier(ready) -> dict[str, bytes]:
    """A submission that was made before, with its manifest, and what stands in its folder."""
    paths = ready.paths
    for name in ready.chosen.retrievers:
        give(ready, name, [items[:5] for items in unseen(ready)])
    write_submission(ready)
    (paths.submissions / "by-hand.csv").write_bytes(b"mine\n")
    return files(paths)


def test_what_fails_the_check_is_never_there(ready, earlier):
    """A pair applied for already: an error that names it, no CSV, no manifest; what was made before is untouched."""
    paths = ready.paths
    newest = paths.newest_submission.read_bytes()
    lists = [items[:5] for items in unseen(ready)]
    dataset = Dataset.load(paths.dataset)
    user, item = dataset.pairs[0]
    lists[user][2] = int(item)
    give(ready, "user_knn", lists)
    with pytest.raises(SubmissionError, match=f"user has the item already .*{dataset.items.ids[item]}"):
        write_submission(ready)
    assert files(paths) == earlier
    assert paths.newest_submission.read_bytes() == newest


def test_too_few_items_leave_nothing(ready, earlier):
    """If all retrievers together cannot fill a list, nothing is written."""
    paths = ready.paths
    for name in ready.chosen.retrievers:
        give(ready, name, [[*items[:4], -1] for items in unseen(ready)])
    with pytest.raises(SubmissionError, match=r"12 users.* fewer than 5 items"):
        write_submission(ready)
    assert files(paths) == earlier


def test_an_interruption_leaves_nothing(ready, earlier, monkeypatch):
    """Stopped in the middle of its check, a new CSV leaves neither itself nor a temporary file."""
    paths = ready.paths
    give(ready, "user_knn", [items[1:6] for items in unseen(ready)])

    def stop(path: Path, required: Requirements) -> None:
        assert path.exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "check_submission", stop)
    with pytest.raises(KeyboardInterrupt):
        write_submission(ready)
    assert files(paths) == earlier


def test_another_submission_stands_beside_the_earlier_one(ready, earlier):
    """A CSV of other content has another name; the same content once more changes no byte."""
    paths = ready.paths
    write_submission(ready)
    assert files(paths) == earlier
    give(ready, "user_knn", [items[1:6] for items in unseen(ready)])
    path = write_submission(ready)
    now = files(paths)
    assert {name: now[name] for name in earlier if name != paths.ledger.name} == {
        name: content for name, content in earlier.items() if name != paths.ledger.name
    }
    assert set(now) - set(earlier) == {path.name, path.with_suffix(".json").name}
    assert len(Ledger(paths.ledger).entries()) == 2


def test_the_ledger_says_what_it_was_made_from(ready, earlier):
    """Method, configuration and offline scores of the CSV that stands there, as its manifest has them."""
    paths = ready.paths
    (row,) = Ledger(paths.ledger).entries()
    content = (paths.submissions / row.file).read_bytes()
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    assert (row.state, row.method, row.metric) == ("made", "user_knn", "recall@5")
    assert row.scores == {"holdout": Score(0.5, 0.1, 12)}
    assert row.configuration is not None
    csv = paths.submissions / row.file
    assert read_origin(csv, row.sha256).configuration == row.configuration
    assert read_origin(csv, "0" * 64) == read_origin(paths.submissions / "by-hand.csv", row.sha256) == Origin()


def test_stopped_between_the_csv_and_its_row(ready, monkeypatch):
    """Stopped once the CSV is there, and its row not yet: Make has not been told that it is done, so it is made up."""
    paths = ready.paths
    for name in ready.chosen.retrievers:
        give(ready, name, [items[:5] for items in unseen(ready)])

    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "record", stop)
        with pytest.raises(KeyboardInterrupt):
            write_submission(ready)
    assert len(list(paths.submissions.glob("user_knn-*.csv"))) == 1
    assert not paths.newest_submission.exists()
    path = write_submission(ready)
    assert [row.file for row in Ledger(paths.ledger).entries()] == [path.name]


def test_the_revision_is_git_s(ready, earlier):
    """The manifest names the checkout's commit, marked if files were changed, or says that there is none."""
    paths = ready.paths
    (path,) = paths.submissions.glob("*.json")
    revision = json.loads(path.read_text(encoding="utf-8"))["revision"]
    command = ["git", "-C", str(GOLDEN), "rev-parse", "HEAD"] if shutil.which("git") else ["true"]
    head = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    assert revision.removesuffix("-dirty") == (head or "unknown")
