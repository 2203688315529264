"""Fuzzing of own parts, of Parquet, of what lies where files belong, of MLflow's store and of engines: see `few`."""

from tests.fuzz.few import faults


def test_own_parts_and_places(base):
    """One line, or the same as ever; a submission that was made is still there."""
    assert faults(base, "parts", "places", "parquet", "tracking", "engine") == []
