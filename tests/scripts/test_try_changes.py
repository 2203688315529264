"""The script that tells what changes of a configuration are worth."""

import argparse
import tomllib
from pathlib import Path

import numpy as np
import pytest
from tests.fuzz import worlds

import try_changes
from shortlist.errors import ConfigError
from shortlist.increments import run
from shortlist.pipeline.run import Run

CHANGES = """
[[changes]]
en = "3 neighbours"
ko = "이웃 3명"
set = { "retrievers.user_knn.neighbours" = 3 }
method = "user_knn"

[[changes]]
en = "as it is"
ko = "그대로"
set = {}

[[changes]]
en = "item-kNN too"
ko = "item-kNN 추가"
set = { "retrievers.item_knn" = {} }
"""


@pytest.fixture
def options(tmp_path: Path) -> argparse.Namespace:
    """Of a small competition that was validated, with changes."""
    worlds.build(tmp_path, "tabs")
    (tmp_path / "changes.toml").write_text(CHANGES, encoding="utf-8")
    return argparse.Namespace(
        competition="tabs", root=tmp_path, changes=tmp_path / "changes.toml", method=None, output=tmp_path / "made.json"
    )


def test_a_change_is_scored_on_the_folds_of_what_is_configured(options: argparse.Namespace) -> None:
    """As if it were configured; nothing of the competition itself changes, and no copy is left."""
    root, config = options.root, options.root / "data/tabs/competition.toml"
    before = {path: path.read_bytes() for path in (root / "data").rglob("*") if path.is_file()}
    about = try_changes.tried(options)
    assert {path: path.read_bytes() for path in (root / "data").rglob("*") if path.is_file()} == before
    assert not list(root.glob(".changes-*"))
    rows = {row["en"]: row for row in about["rows"]}
    assert rows["as it is"]["difference"] == rows["as it is"]["low"] == 0
    best = run("tabs", "validate", root=root).scores.order[0]
    configured = try_changes.scores_of(Run.load("tabs", root=root), best)
    assert about["method"] == best
    assert about["score"] == configured.means[0] == rows["as it is"]["score"]
    config.write_text(config.read_text().replace("[retrievers.user_knn]", "[retrievers.user_knn]\nneighbours = 3"))
    run("tabs", "validate", root=root)
    changed = try_changes.scores_of(Run.load("tabs", root=root), "user_knn")
    assert rows["3 neighbours"]["score"] == changed.means[0]
    assert rows["3 neighbours"]["difference"] == pytest.approx(float(np.mean(changed.values - configured.values)))


def test_what_was_tried_is_kept(options: argparse.Namespace, capsys: pytest.CaptureFixture[str]) -> None:
    """An interrupted run goes on where it was."""
    first = try_changes.tried(options)
    capsys.readouterr()
    assert try_changes.tried(options)["rows"] == first["rows"]
    assert "item-kNN too" not in capsys.readouterr().err


def test_the_table_has_the_best_first(options: argparse.Namespace) -> None:
    """In both languages, a row for each change."""
    about = try_changes.tried(options)
    for language, word in (("en", "as it is"), ("ko", "그대로")):
        lines = try_changes.table(about, language).splitlines()
        rows = [float(line.split("|")[3].split()[0]) for line in lines[4:]]
        assert len(rows) == 3
        assert rows == sorted(rows, reverse=True)
        assert sum(f"| {word} |" in line for line in lines) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [("x = 1\n", "has no [[changes]]"), ('[[changes]]\nen = "x"\nset = {}\n', "change 1: ko: missing; add it")],
)
def test_a_file_that_lacks_something_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Before anything runs."""
    (tmp_path / "changes.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        try_changes.wished(tmp_path / "changes.toml")
    assert said in str(error.value)


def test_another_value_stands_where_it_belongs() -> None:
    """Of tables that are there and of new ones; the first scheme alone is left."""
    text = "candidates = 20\n[validation.schemes.kfold]\n[validation.schemes.holdout]\n[blend]\nx = [1, 'é']\n"
    written = tomllib.loads(try_changes.changed(text, {"blend.x": 3, "retrievers.ease": {}, "candidates": 5}))
    assert written == {
        "candidates": 5, "validation": {"schemes": {"kfold": {}}}, "blend": {"x": 3}, "retrievers": {"ease": {}},
    }  # fmt: skip
    with pytest.raises(ConfigError, match="tables within lists"):
        try_changes.changed(f"{text}y = [{{ a = 1 }}]\n", {})
