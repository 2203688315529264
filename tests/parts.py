"""`make test-parts`: a plugin of pytest that keeps, of the suites that hold for every kind, what is about own parts.

The suites ask the registries which kinds there are; with SHORTLIST_OWN in the environment those know the own ones too.
"""

import pytest

from shortlist.common import own
from shortlist.rerank.features import own_features

NOT_ASKED = ("test_the_withheld_item_comes_first", "test_it_learns_what_was_planted")
"""How good a part is, is its author's business: a retriever may know nothing but what is new."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the cases of own parts."""
    names = {*own.files(), *own_features()}
    kept = [item for item in items if names & _cases(item) and getattr(item, "originalname", "") not in NOT_ASKED]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where there was no part to test."""
    place = own.folder()
    if place is not None and not any(terminalreporter.stats.get(key) for key in ("passed", "failed", "error")):
        terminalreporter.write_line(f"test-parts: {own.shown(place)} holds no own part")


def _cases(item: pytest.Item) -> set[str]:
    """What a test is run with."""
    call = getattr(item, "callspec", None)
    return {str(value) for value in call.params.values()} if call else set()
