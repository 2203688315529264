"""The official metric as a weighted sum, over kinds of answers too, against plain loops."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.data.dataset import Dataset
from shortlist.validation.division import Fold
from shortlist.validation.headline import Answers, Headline, fold_scores
from shortlist.validation.metrics import PER_USER, per_user

few = settings(deadline=None, max_examples=60, derandomize=True)
KINDS = {"click": 1.0, "cart": 1.0, "order": 1.0}
SUMS: dict[str, tuple[Mapping[str, float], Mapping[str, float]]] = {
    "one metric": ({"ndcg": 1.0}, {}),
    "two metrics": ({"recall": 0.25, "mrr": 2.0}, {}),
    "one metric by kind": ({"recall": 1.0}, {"click": 0.1, "cart": 0.3, "order": 0.6}),
    "two metrics by kind": ({"hit": 0.5, "map": 0.5}, {"order": 1.0, "click": 0.5}),
}


class Case:
    """A log of events of three kinds, some of them hidden, and a list for each user who has hidden ones."""

    def __init__(self, seed: int, users: int, items: int) -> None:
        rng = np.random.default_rng(seed)
        n = int(rng.integers(2, 60))
        ids = pd.DataFrame({"user": rng.integers(users, size=n), "item": rng.integers(items, size=n)})
        kind = rng.choice([*KINDS], n, p=[0.7, 0.2, 0.1])
        self.dataset = Dataset.from_events(ids, kind=kind, kinds=KINDS)
        hidden = rng.random(n) < 0.5
        hidden[0] = True
        self.fold = Fold(1, np.flatnonzero(~hidden), np.flatnonzero(hidden))
        events = self.dataset.events
        assert events.kind is not None
        names = [*KINDS]
        self.answers = [
            (int(events.user[row]), int(events.item[row]), names[events.kind[row]]) for row in self.fold.test
        ]
        asked = np.array(sorted({user for user, *_ in self.answers}), dtype=np.int32)
        top = np.array([rng.permutation(len(self.dataset.items)) for _ in asked], dtype=np.int32)
        top[np.arange(top.shape[1]) >= rng.integers(1, top.shape[1] + 1, (len(asked), 1))] = NO_ITEM
        self.lists = Candidates(asked, top, np.zeros(top.shape, dtype=np.float32))

    def wanted(self, user: int, kind: str | None = None) -> set[int]:
        """The items that a user turned out to want, of one kind or of all."""
        return {item for other, item, own in self.answers if other == user and kind in (None, own)}

    def value(self, metric: str, row: int, wanted: set[int], k: int) -> float:
        """One metric of one list, with these answers; `per_user` itself is held against loops elsewhere."""
        answers = np.zeros((1, len(self.dataset.items)))
        answers[0, list(wanted)] = 1
        top = self.lists.items[[row]]
        return float(per_user(top, np.zeros(1, np.int32), sp.csr_matrix(answers), [k])[f"{metric}@{k}"][0])


cases = st.builds(Case, st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 9))


@pytest.mark.parametrize("name", SUMS)
@few
@given(case=cases)
def test_a_weighted_sum_equals_loops(name: str, case: Case) -> None:
    """Its mean over users is the sum over metrics and kinds of weight times the mean over those who have answers."""
    metrics, kinds = SUMS[name]
    k = min(3, case.lists.items.shape[1])
    headline = Headline(k, metrics, kinds)
    expected = 0.0
    weights: list[tuple[str | None, float]] = [*kinds.items()] or [(None, 1.0)]
    for kind, kind_weight in weights:
        rows = [row for row, user in enumerate(case.lists.users) if case.wanted(user, kind)]
        for metric, weight in metrics.items():
            values = [case.value(metric, row, case.wanted(case.lists.users[row], kind), k) for row in rows]
            expected += kind_weight * weight * float(np.mean(values)) if values else 0.0
    found = fold_scores(case.dataset, case.fold, case.lists, [f"{headline.name}@{k}"], headline)
    assert found.users.tolist() == case.lists.users.tolist()
    assert found.means[0] == pytest.approx(expected)


@few
@given(case=cases)
def test_all_metrics_are_there_beside_the_sum(case: Case) -> None:
    """Under their own names, over the answers of all kinds; a headline of one metric adds none."""
    lists, ks = case.lists, [1]
    for headline, more in ((Headline(1, {"map": 1.0}), []), (Headline(1, {"map": 1.0, "hit": 2.0}), ["score@1"])):
        answers = Answers.of(case.dataset, case.fold, headline)
        values = headline.per_user(lists.items, lists.users, answers, ks)
        plain = per_user(lists.items, lists.users, answers.all, ks)
        assert list(values) == [*(f"{metric}@1" for metric in PER_USER), *more]
        for name, expected in plain.items():
            np.testing.assert_array_equal(values[name], expected)


@few
@given(case=cases)
def test_lists_shorter_than_k_find_nothing_further_down(case: Case) -> None:
    """A list of one item has at k = 4 what a list with nothing after it has."""
    short = case.lists.first(1)
    found = fold_scores(case.dataset, case.fold, short, ["recall_n@4", "recall_n@1"], Headline(1))
    assert found.means[0] == found.means[1]


@pytest.mark.parametrize("metric", ["recall", "recall_n", "recall_k", "map"])
@few
@given(case=cases)
def test_worth_is_what_one_hit_adds(metric: str, case: Case) -> None:
    """Of a metric to which each hit adds the same, or which is linear in them at the first place, exactly that."""
    headline = Headline(3, {metric: 2.0})
    answers = Answers.of(case.dataset, case.fold, headline)
    for user, worth in zip(answers.users, headline.worth(answers.users, answers), strict=True):
        n = len(case.wanted(user))
        one = {"recall": 1 / min(n, 3), "recall_n": 1 / n, "recall_k": 1 / 3, "map": 1 / min(n, 3)}[metric]
        assert worth == pytest.approx(2 * one)


@few
@given(case=cases)
def test_worth_by_kind_is_the_sum_of_the_kinds(case: Case) -> None:
    """Each kind's weight, times what a hit adds to the mean over those who have such answers."""
    kinds = {"click": 0.1, "cart": 0.3, "order": 0.6}
    headline = Headline(2, {"recall": 1.0}, kinds)
    answers = Answers.of(case.dataset, case.fold, headline)
    asked = answers.users.tolist()
    for user, worth in zip(asked, headline.worth(answers.users, answers), strict=True):
        expected = 0.0
        for kind, weight in kinds.items():
            if own := case.wanted(user, kind):
                having = sum(bool(case.wanted(other, kind)) for other in asked)
                expected += weight * len(asked) / having / min(len(own), 2)
        assert worth == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("metric", PER_USER)
def test_no_answer_no_worth(metric: str) -> None:
    """A user without answers weighs nothing; every metric gives those who have some a finite weight above zero."""
    dataset = Dataset.from_events(pd.DataFrame({"user": [*"aab"], "item": [*"xyx"]}))
    fold = Fold(1, np.array([2]), np.array([0, 1]))
    headline = Headline(5, {metric: 1.0})
    worth = headline.worth(np.array([0, 1], dtype=np.int32), Answers.of(dataset, fold, headline))
    assert worth.dtype == np.float32
    assert 0 < worth[0] <= 1
    assert worth[1] == 0


def test_names() -> None:
    """One metric keeps its name; any sum is a score."""
    assert Headline(5).name == "recall"
    assert Headline(5, {"ndcg": 1.0}).name == "ndcg"
    assert Headline(5, {"ndcg": 1.0, "recall": 1.0}).name == "score"
    assert Headline(5, {"ndcg": 1.0}, {"order": 1.0}).name == "score"
