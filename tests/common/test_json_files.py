"""What a stage keeps as JSON comes back as it was, and a damaged file is named."""

import math
from pathlib import Path

import pytest

from shortlist.common.json_files import read_json, write_json
from shortlist.common.seals import Damaged
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
    "a thousand lists in each other": b"[" * 100_000,
    "a number of 5,000 digits": b'{"mean": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    """In one line that says what to do."""
    path = tmp_path / "difference.json"
    path.write_bytes(content)
    with pytest.raises(Damaged) as error:
        read_json(path, Difference)
    assert str(error.value) == f"{path}: damaged; delete it and run again"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """And what says that its stage is done goes, so that the next run makes both."""
    done = tmp_path / "done"
    done.touch()
    with pytest.raises(Damaged, match=r"a\.json: missing; run `make` again"):
        read_json(tmp_path / "a.json", Difference, done)
    assert not done.exists()


def test_another_number_is_noticed(tmp_path: Path) -> None:
    """A digit that is another is valid JSON, and not what was written."""
    path = tmp_path / "validation.json"
    write_json(path, scores(0.01))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("0.125", "0.925"), encoding="utf-8")
    with pytest.raises(Damaged, match="damaged"):
        read_json(path, Scores)
    path.write_text(text.replace("0.125", "0.1250"), encoding="utf-8")
    assert read_json(path, Scores) == scores(0.01)


def test_a_file_of_the_work_folder_knows_which_it_is(tmp_path: Path) -> None:
    """Another's content, or that of a version without a seal, does not pass for it; elsewhere both do."""
    first, second = (tmp_path / "data" / "small" / "work" / "rerankers" / name for name in ("a.json", "b.json"))
    for path in (first, second):
        write_json(path, Difference(1.0, 0.5, 1.5))
        assert read_json(path, Difference) == Difference(1.0, 0.5, 1.5)
    second.write_bytes(first.read_bytes())
    with pytest.raises(Damaged):
        read_json(second, Difference)
    second.write_text('{"mean": 1.0, "low": 0.5, "high": 1.5}', encoding="utf-8")
    with pytest.raises(Damaged):
        read_json(second, Difference)
    outside = tmp_path / "work" / "submissions" / "a.json"
    write_json(outside, Difference(1.0, 0.5, 1.5))
    outside.rename(outside.with_name("b.json"))
    assert read_json(outside.with_name("b.json"), Difference) == Difference(1.0, 0.5, 1.5)


def test_a_mapping_comes_back(tmp_path: Path) -> None:
    """Keys of whatever kind as text, as JSON has them."""
    write_json(tmp_path / "a.json", {"b": [1, 2], "a": {10: None, 9: 0.1}})
    assert read_json(tmp_path / "a.json", dict[str, object]) == {"b": [1, 2], "a": {"10": None, "9": 0.1}}
