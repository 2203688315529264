"""Fuzzing of competition.toml and of what is typed: see `few`."""

from tests.fuzz.few import faults


def test_settings_and_what_is_typed(tmp_path):
    """Each is used rightly, or refused in one line."""
    assert faults(tmp_path, "settings", "typed") == []
