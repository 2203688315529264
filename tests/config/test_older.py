"""Configurations written for earlier versions mean what they meant."""

from typing import Any

import pytest

from shortlist.config.older import with_question


def test_former_keys_move_to_the_question() -> None:
    """The cut-off and the denominator become the question's k and metric, everything else stays where it is."""
    old = {
        "title": "old", "submission": {"k": 5, "user_column": "u", "method": "best"},
        "validation": {"denominator": "n", "folds": 3},
    }  # fmt: skip
    assert with_question(old) == {
        "title": "old",
        "submission": {"user_column": "u", "method": "best"},
        "validation": {"folds": 3},
        "question": {"k": 5, "metric": "recall_n"},
    }
    assert old["submission"] == {"k": 5, "user_column": "u", "method": "best"}, "the caller's own tables stay"


@pytest.mark.parametrize(("denominator", "metric"), [("min(n,k)", "recall"), ("n", "recall_n"), ("k", "recall_k")])
def test_a_denominator_is_a_metric(denominator: str, metric: str) -> None:
    """Each of the three has its name."""
    moved = with_question({"validation": {"denominator": denominator}, "question": {"k": 3}})
    assert moved["question"] == {"k": 3, "metric": metric}


def test_a_new_file_is_left_as_it_is() -> None:
    """What says its question itself has nothing to move."""
    new = {"question": {"k": 5, "metric": {"recall": 0.5, "ndcg": 0.5}}, "submission": {}, "validation": {"folds": 2}}
    assert with_question(new) == new


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"submission": {"k": 5}, "question": {"k": 5}}, r"^submission\.k says the same as question\.k; remove it$"),
        (
            {"validation": {"denominator": "n"}, "question": {"k": 5, "metric": "ndcg"}},
            r"^validation\.denominator says the same as question\.metric; remove it$",
        ),
        ({"validation": {"denominator": "m"}}, r"^validation\.denominator: must be one of min\(n,k\), n, k, got"),
    ],
)
def test_what_is_said_twice_or_wrong_is_named(tables: dict[str, Any], message: str) -> None:
    """In one line that names the key."""
    with pytest.raises(ValueError, match=message) as error:
        with_question(tables)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("tables", [{"submission": 3}, {"question": 3}, {"validation": "x", "question": {"k": 1}}])
def test_what_is_no_table_is_left_to_the_check(tables: dict[str, Any]) -> None:
    """A number where a table should be is a fault of its own, found later; nothing breaks here."""
    assert {**tables, "question": tables.get("question", {})} == with_question(tables)
