"""Ids that give something away, and ids that do not."""

import numpy as np

from shortlist.data.dataset import IdIndex
from shortlist.studies.eda.ids import id_places, id_signal


def test_ids_are_ordered_by_the_number_they_end_with():
    """u10 comes after u9; where one id has no number, the order of the ids is taken."""
    assert id_places(IdIndex(np.array(["u1", "u10", "u9"]))).tolist() == [0, 2, 1]
    assert id_places(IdIndex(np.array(["a", "b", "c1"]))).tolist() == [0, 1, 2]


def test_neighbouring_ids_that_meet_are_seen(rng, log_of):
    """Users take items of about their own number."""
    users = np.repeat(np.arange(400), 5)
    items = np.clip(users + rng.integers(-8, 9, size=2000), 0, 399)
    finding = id_signal(log_of(users, items), 99, rng)
    assert finding.words[0].en.startswith("Ids carry signal: user and item ids")
    assert "가까운 사용자와 아이템 id끼리 우연보다 자주 만납니다" in finding.words[0].ko


def test_shuffled_ids_say_nothing(random_log, rng):
    """The usual case."""
    assert id_signal(random_log, 199, rng).words[0].en.startswith("Ids carry no signal")
