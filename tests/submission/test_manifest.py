"""A manifest can be read where it was written, and its settings have names."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shortlist.submission.manifest import flat, read_manifest, save_manifest


def test_it_is_read_back(tmp_path: Path) -> None:
    """Beside its CSV, Korean and all; where there is none, nothing is read."""
    csv = tmp_path / "a.b.csv"
    assert read_manifest(csv) is None
    save_manifest(csv, {"method": "트리", "offline": {}})
    assert read_manifest(csv) == {"method": "트리", "offline": {}}
    assert (tmp_path / "a.b.json").exists()


def test_every_setting_has_its_dotted_name() -> None:
    """Nested tables are flattened, an empty one stays, and lists are values."""
    nested = {"a": {"b": {"c": 1, "d": None}, "e": {}}, "f": "x y", "g": [1, {"h": 2}]}
    assert dict(flat(nested)) == {"a.b.c": 1, "a.b.d": None, "a.e": {}, "f": "x y", "g": [1, {"h": 2}]}


@given(st.recursive(st.integers(), lambda inner: st.dictionaries(st.text("xyz", min_size=1), inner, min_size=1)))
def test_no_leaf_is_lost(nested: object) -> None:
    """Following the dots from the top leads to the same value."""
    for name, value in flat(nested):
        found = nested
        for key in name.split(".") if name else ():
            assert isinstance(found, dict)
            found = found[key]
        assert found == value
