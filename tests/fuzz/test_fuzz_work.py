"""Fuzzing of what stages leave behind: see `few`."""

from tests.fuzz.few import faults


def test_files_of_stages(base):
    """A damaged file is named, or what is made from it has the same bytes."""
    assert faults(base, "work") == []
