"""Fuzzing of raw files, one half: see `few`."""

from tests.fuzz.few import faults


def test_raw_files(base):
    """Whatever stands in them, it is read rightly or refused in one line."""
    assert faults(base, "raw", parts=2, part=0) == []
