"""Fuzzing of own parts, of what lies where files belong, and of MLflow's store: see `few`."""

from tests.fuzz.few import faults


def test_own_parts_and_places(base):
    """One line, or the same as ever; a submission that was made is still there."""
    assert faults(base, "parts", "places", "tracking") == []
