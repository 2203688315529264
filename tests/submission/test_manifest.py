"""A manifest can be read where it was written, and its settings have names."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shortlist.pipeline.methods import Methods
from shortlist.submission.manifest import Manifest, OfflineScore, flat, read_manifest, save_manifest

MANIFEST = Manifest(
    sha256="a" * 64,
    method="트리",
    metric="recall@5",
    offline={"kfold": {"recall@5": OfflineScore(0.1, 0.01, (0.09, 0.11), (0.02, 0.02), users=12.5)}},
    seed=3,
    configuration={"retrievers": {"popular": {}}, "ks": [5, 20]},
    raw_files={"파일.csv": "b" * 64},
    versions={"python": "3.11"},
    revision="unknown",
    methods=Methods(("popular",), ("popular",), ("트리",), "best"),
)


def test_it_is_read_back(tmp_path: Path) -> None:
    """Beside its CSV, Korean and all; where there is none, nothing is read."""
    csv = tmp_path / "a.b.csv"
    assert read_manifest(csv) is None
    save_manifest(csv, MANIFEST)
    assert read_manifest(csv) == MANIFEST
    assert (tmp_path / "a.b.json").exists()


def test_one_of_version_0_1_is_read(tmp_path: Path) -> None:
    """It does not say which methods took part; all else is there."""
    csv = tmp_path / "old.csv"
    save_manifest(csv, MANIFEST)
    path = csv.with_suffix(".json")
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["methods"], content["seal"]
    path.write_text(json.dumps(content), encoding="utf-8")
    manifest = read_manifest(csv)
    assert manifest is not None
    assert manifest.methods is None
    assert manifest.score("kfold") == MANIFEST.score("kfold")
    assert MANIFEST.settings == {
        **manifest.settings,
        "methods.retrievers": ("popular",),
        "methods.blended": ("popular",),
        "methods.rerankers": ("트리",),
        "methods.submitted": "best",
    }


def test_what_is_no_manifest_is_none(tmp_path: Path) -> None:
    """Another file of that name, or half of one, is as good as none."""
    for content in ("", "[]", "{}", '{"sha256": "'):
        (tmp_path / "a.json").write_text(content, encoding="utf-8")
        assert read_manifest(tmp_path / "a.csv") is None


def test_the_score_of_a_scheme() -> None:
    """The headline where the method was scored; None on another scheme."""
    score = MANIFEST.score("kfold")
    assert score is not None
    assert (score.mean, score.users) == (0.1, 12.5)
    assert MANIFEST.score("cohort") is None


def test_every_setting_has_its_dotted_name() -> None:
    """Nested tables are flattened, an empty one stays, and lists are values."""
    nested = {"a": {"b": {"c": 1, "d": None}, "e": {}}, "f": "x y", "g": [1, {"h": 2}]}
    assert dict(flat(nested)) == {"a.b.c": 1, "a.b.d": None, "a.e": {}, "f": "x y", "g": [1, {"h": 2}]}


@given(st.recursive(st.integers(), lambda inner: st.dictionaries(st.text("xyz", min_size=1), inner, min_size=1)))
def test_no_leaf_is_lost(nested: object) -> None:
    """Following the dots from the top leads to the same value."""
    for name, value in flat(nested):
        reached = nested
        for key in name.split(".") if name else ():
            assert isinstance(reached, dict)
            reached = reached[key]
        assert reached == value
