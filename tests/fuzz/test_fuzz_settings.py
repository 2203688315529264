"""Fuzzing of competition.toml and of what is typed: see `few`."""

from tests.fuzz.few import faults


def test_settings_and_what_is_typed(base):
    """Each is used rightly, or refused in one line."""
    assert faults(base, "settings", "typed") == []
