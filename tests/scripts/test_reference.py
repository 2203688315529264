"""The reference pages say what the classes say."""

import pytest

from reference import FOLDER, arguments, default, defaults_of, pages, rows, values
from shortlist.common.parameters import Share, SomePeriod, parameters
from shortlist.config.competition import Competition, Question
from shortlist.data.sources.interactions import Interactions


@parameters
class Parent:
    """The first.

    Args:
        weight: of the parent.
        left, right: two of a kind,
            on two lines.
    """

    weight: Share = 0.5
    left: int | None = None
    right: bool = True


@parameters
class Child(Parent):
    """The second.

    Args:
        weight: of the child, a | b and <table>.
        window: how long.
    """

    window: SomePeriod


@parameters
class Silent:
    """Nothing is said of what it has."""

    weight: Share = 0.5


def test_the_committed_pages_are_those_of_the_classes() -> None:
    """A parameter that is added, or a bound that is changed, changes its page; the script writes it."""
    made = pages()
    assert sorted(FOLDER.iterdir()) == sorted(made)
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `python scripts/reference.py`"


def test_the_nearest_docstring_counts() -> None:
    """A class's own words go before those of its bases; names that share a line share its words."""
    assert arguments(Child) == {
        "weight": "of the child, a | b and <table>.",
        "left": "two of a kind, on two lines.",
        "right": "two of a kind, on two lines.",
        "window": "how long.",
    }


def test_a_row_has_default_bounds_and_words() -> None:
    """A required value says so; signs of tables and of HTML are shown, not read."""
    table = rows(Child, {name: SCHEMA[name] for name in SCHEMA}, defaults_of(Child), "en")
    assert "| `weight` | `0.5` | number from 0 up to 1 | of the child, a &#124; b and &lt;table&gt;. |" in table
    assert "| `left` |  | whole number, or left out | two of a kind, on two lines. |" in table
    assert "| `right` | `true` | `true`, `false` | two of a kind, on two lines. |" in table
    assert '| `window` | required | length of time such as `"14d"` | how long. |' in table


SCHEMA = {
    "weight": {"type": "number", "minimum": 0, "maximum": 1},
    "left": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    "right": {"type": "boolean"},
    "window": {"type": "number", "gt": 0},
}


def test_a_parameter_that_no_docstring_explains_ends_the_script() -> None:
    """In one line that names it."""
    with pytest.raises(SystemExit, match="the docstring of Silent does not say what weight is"):
        rows(Silent, {"weight": SCHEMA["weight"]}, defaults_of(Silent), "en")


def test_defaults_are_those_of_the_file() -> None:
    """As TOML has them, a section's and a model's, made ones too."""
    assert default(defaults_of(Question)["metric"], "en") == '`"recall"`'
    assert default(defaults_of(Question)["k"], "ko") == "필수"
    assert default(defaults_of(Interactions)["kinds"], "en") == "`{}`"
    assert default(defaults_of(Interactions)["time"], "en") == ""
    assert set(defaults_of(Competition)) == set(Competition.model_fields)


def test_the_stronger_of_two_bounds_is_told() -> None:
    """`above 0` makes `from 0` idle."""
    assert values("x", {"type": "number", "minimum": 0, "exclusiveMinimum": 0, "maximum": 4}, "en") == (
        "number above 0 up to 4"
    )
