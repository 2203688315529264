"""What a stage keeps as JSON comes back as it was, and a damaged file is named."""

import math
from pathlib import Path

import pytest

from shortlist.common.json_files import read_json, write_json
from shortlist.errors import DataError
from shortlist.validation.metrics import Difference
from shortlist.validation.scores import DataSize, FoldSize, MethodScores, MetricScore, SchemeScores, Scores


def scores(error: float) -> Scores:
    """Of two methods on one scheme with one fold, whose errors are all the same."""
    methods = {
        name: MethodScores({"recall@5": MetricScore(mean, error, (mean,), (error,))}, {"coverage@5": 0.5}, figures, 1.5)
        for name, mean, figures in (("이웃", 0.25, {"rmse": 1e-9}), ("popular", 0.125, {}))
    }
    behind = {"popular": Difference(0.125, -0.5, 0.75)}
    scheme = SchemeScores("half is hidden", (FoldSize(1, 100, 10, 5),), ("이웃", "popular"), methods, behind)
    return Scores(
        competition="small", title="작은 대회", data=DataSize(60, 40, 250), k=5, ks=(5, 20), metrics=("recall",),
        headline="recall@5", seed=3, chosen_by="kfold", rerankers=(), schemes={"kfold": scheme},
    )  # fmt: skip


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    """Every field with its type, tuples and nested tables too; letters of any script as they are."""
    path = tmp_path / "validation.json"
    write_json(path, scores(0.01))
    assert read_json(path, Scores) == scores(0.01)
    assert "작은 대회" in path.read_text(encoding="utf-8")


def test_an_error_that_is_not_known_comes_back(tmp_path: Path) -> None:
    """With a single user there is no standard error: not a number, and still one of the scores."""
    path = tmp_path / "validation.json"
    write_json(path, scores(math.nan))
    metric = read_json(path, Scores).first.methods["popular"].metrics["recall@5"]
    assert (metric.mean, metric.folds) == (0.125, (0.125,))
    assert math.isnan(metric.error)
    assert math.isnan(metric.fold_errors[0])


def test_keys_of_another_version_are_passed_over(tmp_path: Path) -> None:
    """A file may say more than is asked for."""
    path = tmp_path / "difference.json"
    path.write_text('{"mean": 1.0, "low": 0.5, "high": 1.5, "significant": true}\n', encoding="utf-8")
    assert read_json(path, Difference) == Difference(1.0, 0.5, 1.5)


DAMAGED = {
    "cut off": b'{"mean": 1.0, "low": 0.5,',
    "empty": b"",
    "no text": b"\xff\xfe\x00",
    "something else": b"[1, 2]",
    "a key is missing": b'{"mean": 1.0, "low": 0.5}',
    "a value of another kind": b'{"mean": 1.0, "low": 0.5, "high": "much"}',
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    """In one line that says what to do."""
    path = tmp_path / "difference.json"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_json(path, Difference)
    assert str(error.value) == f"{path}: damaged; delete it and run again"
