"""Why a user gets these items, as tables in the terminal."""

from collections.abc import Iterable, Mapping

from rich import box
from rich.table import Table

from shortlist.common.terminal import printed
from shortlist.rerank.features import FEATURES
from shortlist.studies.explain.explanation import Explanation, Item, Pick

WIDTH = 120
"""Of the text; long cells are wrapped."""


def explanation_text(explanation: Explanation) -> str:
    """Plain text."""
    method, picks = explanation.method, explanation.picks
    reasons = [_reasons(pick, method) if pick.reasons else _filled_up(pick, method) for pick in picks]
    return printed(
        f"{explanation.user}: {_flow(explanation.attributes)}\n",
        _items("history: what the user has", explanation.history) if explanation.history else "history: nothing\n",
        _items(f"submitted, from {method}", [pick.item for pick in picks]),
        _ranks(explanation),
        *(reasons if explanation.told else [_no_reasons(explanation)]),
        width=WIDTH,
    )


def _filled_up(pick: Pick, method: str) -> str:
    return f"{pick.item.id}: not among the candidates that {method} put in order; it fills up the list\n"


def _no_reasons(explanation: Explanation) -> str:
    if not explanation.reranked:
        return f"{explanation.method} is no reranker: there are no features whose contributions could be shown"
    return f"the reranker {explanation.method} cannot tell what each feature contributes"


def _items(title: str, items: Iterable[Item]) -> Table:
    table = _table(title, "item", ">users", "attributes")
    for item in items:
        table.add_row(item.id, f"{item.users:,}", _flow(item.attributes))
    return table


def _ranks(explanation: Explanation) -> Table:
    """A line for each method: more of them than of items, and the longest list of items is still narrow."""
    table = _table("rank in each method's list", "method", *(f">{pick.item.id}" for pick in explanation.picks))
    for method in explanation.picks[0].ranks:
        ranks = [pick.ranks[method] for pick in explanation.picks]
        table.add_row(method, *("-" if rank is None else str(rank) for rank in ranks))
    return table


def _reasons(pick: Pick, method: str) -> Table:
    """The score as a sum: each reason, and what no feature accounts for."""
    table = _table(f"{pick.item.id}: score {pick.score:.2f} of {method}", ">adds", "reason", "strongest features")
    for reason in pick.reasons:
        table.add_row(f"{reason.contribution:+.2f}", FEATURES[reason.group][0].en, reason.strongest)
    table.add_row(
        f"{pick.unexplained:+.2f}", "base value: where the model starts, and what no feature accounts for", ""
    )
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="", padding=(0, 1, 0, 0))
    for column in columns:
        right = column.startswith(">")
        table.add_column(column.removeprefix(">"), justify="right" if right else "left", overflow="fold")
    return table


def _flow(attributes: Mapping[str, str]) -> str:
    return " · ".join(f"{name} {value}" for name, value in attributes.items())
