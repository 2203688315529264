"""competition.toml with other values, and nothing else of it changed."""

import tomllib

import pytest

from shortlist.errors import ConfigError
from shortlist.studies.tuning.edit import with_values

EDITED = {
    "value before a comment": ("[a.b]\nx = 1 # one\n", {"x": 2}, "[a.b]\nx = 2 # one\n"),
    "sign within a string": ('[a.b]\nx = "#" # one\n', {"x": "y"}, '[a.b]\nx = "y" # one\n'),
    "list over lines": ("[a.b]\nx = [1, # one\n 2]\ny = 3\n", {"x": [4], "y": 5}, "[a.b]\nx = [4]\ny = 5\n"),
    "new key at the end": ("[a.b] # b\ny = 1\n\n# c\n[a.c]\n", {"x": 0.5}, "[a.b] # b\ny = 1\nx = 0.5\n\n# c\n[a.c]\n"),
    "new key in an empty table": ("[a.b]", {"x": True}, "[a.b]\nx = true\n"),
    "same key elsewhere": ("[a.c]\nx = 1\n[a.b]\nx = 1\n", {"x": 1e-05}, "[a.c]\nx = 1\n[a.b]\nx = 1e-05\n"),
    "line ends of Windows": ("[a.b]\r\nx = 1\r\n", {"x": 2, "y": 3}, "[a.b]\r\nx = 2\r\ny = 3\r\n"),
    "quotes and space": ('[ a . "b" ]\n"x"=1\n', {"x": 2}, '[ a . "b" ]\n"x"=2\n'),
}


@pytest.mark.parametrize(("text", "values", "edited"), EDITED.values(), ids=EDITED)
def test_values_change_where_they_stand(text, values, edited):
    """All else, comments and line ends too, is as it was."""
    assert with_values(text, "a", "b", values) == edited
    assert tomllib.loads(edited)["a"]["b"].items() >= values.items()


@pytest.mark.parametrize("text", ["a.b = { x = 1 }\n", "[a]\nb = { x = 1 }\n", "[a]\nb.x = 1\n"])
def test_tables_without_a_header_are_left_to_the_user(text):
    """It says what to change by hand instead of guessing."""
    with pytest.raises(ConfigError, match=r"set by hand: x = 2$"):
        with_values(text, "a", "b", {"x": 2})
