"""Why users get their items: explanations from what the stages up to the submission have left on disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.candidates import Candidates
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, shown
from shortlist.pipeline.results import FINAL, load_scores, load_state, table_blocks
from shortlist.pipeline.run import Run
from shortlist.rerank.registry import RERANKERS
from shortlist.rerank.table import FeatureTable
from shortlist.studies.explain.explanation import Explanation, FeaturePart, Item, Pick, Reason
from shortlist.submission.lists import Submitted, submitted

LONGEST = 60
"""Characters of an attribute that are shown."""


@dataclass(frozen=True)
class Contributions:
    """What the features of some candidates contribute to their scores.

    Attributes:
        table: with the candidates of some users.
        values: (rows, F) float32.
    """

    table: FeatureTable
    values: FloatArray

    def reasons(self, user: int, item: int) -> tuple[Reason, ...]:
        """Of one candidate, by falling contribution; none where it is not in the table."""
        candidates = self.table.candidates
        groups: dict[str, list[FeaturePart]] = {}
        own = (candidates.users[self.table.row] == user) & (candidates.items[self.table.there] == item)
        for row in np.flatnonzero(own):
            for name, value, moved in zip(self.table.names, self.table.features[row], self.values[row], strict=True):
                group, _, column = name.partition(".")
                groups.setdefault(group, []).append(FeaturePart(column, float(value), float(moved)))
        reasons = [
            Reason(group, tuple(sorted(parts, key=lambda part: -abs(part.contribution))))
            for group, parts in groups.items()
        ]
        return tuple(sorted(reasons, key=lambda reason: -reason.contribution))


def explain(run: Run, users: Sequence[str], method: str | None = None) -> list[Explanation]:
    """Explain the submitted lists of some users.

    Args:
        run: with every stage up to the submission done.
        users: their ids, of those that the submission asks for.
        method: whose lists, instead of those that are submitted.

    Raises:
        ConfigError: a user or a method is not known.
    """
    dataset = Dataset.load(run.paths.dataset)
    codes = _codes(dataset, users)
    if method is not None:
        run = run.submitting(method)
    lists = submitted(run, load_scores(run.paths).order, codes)
    contributions = _contributions(run, lists.method, codes)
    reranked = lists.method in run.methods.rerankers
    return [
        Explanation(
            user=user,
            attributes=attributes(dataset.user_table, code),
            history=tuple(_item(dataset, item) for item in dataset.pairs[dataset.pairs[:, 0] == code, 1]),
            method=lists.method,
            reranked=reranked,
            picks=tuple(_pick(dataset, lists, contributions, place, item) for item in lists.items[place]),
        )
        for place, (user, code) in enumerate(zip(users, codes, strict=True))
    ]


def typical_users(dataset: Dataset, codes: IntArray, n: int) -> list[str]:
    """Ids of up to n of the users: from the shortest history to the longest in equal steps of users."""
    ordered = codes[np.argsort(np.diff(dataset.matrix().indptr)[codes], kind="stable")]
    places = np.unique(np.linspace(0, len(ordered) - 1, min(n, len(ordered))).round().astype(int))
    return [str(user) for user in dataset.users.ids[ordered[places]]]


def attributes(table: pd.DataFrame, code: int) -> dict[str, str]:
    """One row of a table for people: column -> value, missing ones left out, long ones cut."""
    return {str(name): _text(table[name].iloc[code]) for name in table if not pd.isna(table[name].iloc[code])}


def _text(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _codes(dataset: Dataset, users: Sequence[str]) -> IntArray:
    codes = dataset.users.codes(users)
    if (codes < 0).any():
        unknown = users[int(np.argmin(codes))]
        near = get_close_matches(unknown, dataset.users.ids.tolist()) or dataset.users.ids[:3].tolist()
        raise ConfigError(f"USER: there is no {shown(unknown)} in the dataset; the nearest ids are {', '.join(near)}")
    return codes


def _contributions(run: Run, method: str, users: IntArray) -> Contributions | None:
    """None where the method is no reranker or cannot tell."""
    if method not in run.methods.rerankers or not (state := load_state(run.paths, method)):
        return None
    table = FeatureTable.joined([block.of_users(users) for block in table_blocks(run.paths, FINAL)])
    values = RERANKERS.make(*run.competition.reranker(method)).contributions(state, table.features)
    return None if values is None else Contributions(table, values)


def _pick(dataset: Dataset, lists: Submitted, contributions: Contributions | None, place: int, item: int) -> Pick:
    own = lists.sources[lists.method]
    where = _place(own, place, item)
    ranks = {name: _place(source, place, item) for name, source in lists.sources.items()}
    return Pick(
        item=_item(dataset, item),
        ranks={name: None if rank is None else rank + 1 for name, rank in ranks.items()},
        score=None if where is None else float(own.scores[place, where]),
        reasons=contributions.reasons(int(own.users[place]), item) if contributions else (),
    )


def _place(lists: Candidates, place: int, item: int) -> int | None:
    there = np.flatnonzero(lists.items[place] == item)
    return int(there[0]) if len(there) else None


def _item(dataset: Dataset, item: int) -> Item:
    users = int((dataset.pairs[:, 1] == item).sum())
    return Item(str(dataset.items.ids[item]), users, attributes(dataset.item_table, item))
