"""Folds that differ are told apart, folds at random are not."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tests.pages.texts import by_name, english

from shortlist.studies.eda.adversarial import adversarial, attributes, auc, separate
from shortlist.validation.splitters.cohort import Cohort
from shortlist.validation.splitters.holdout import Holdout


def test_auc_is_scikit_learn_s(rng):
    """With ties."""
    label, score = rng.random(200) < 0.4, rng.integers(10, size=200).astype(float)
    assert auc(label, score) == pytest.approx(roc_auc_score(label, score))
    assert np.isnan(auc(np.ones(3, dtype=bool), np.zeros(3)))


def test_windows_of_time_are_told_apart_by_their_dates_only(tasteful):
    """The cohort scheme cuts by `joined`; a rotating holdout cuts by nothing."""
    schemes = {"cohort": Cohort(folds=3, date="joined"), "holdout": Holdout(folds=3)}
    finding = adversarial(tasteful, schemes, seed=1)
    numbers = by_name(finding.numbers)
    assert numbers["AUC, cohort, all columns"] > 0.95
    assert numbers["AUC, holdout, all columns"] == pytest.approx(0.5, abs=0.07)
    assert "cohort can be told apart" in finding.words[0].en
    assert "holdout cannot" in finding.words[0].en
    assert "cohort: 예(AUC" in finding.words[0].ko
    assert "holdout: 아니요(AUC" in finding.words[0].ko
    assert [label.en for label in attributes(tasteful, tasteful.pairs, dates=False)] == [
        "taste (user)", "noise (user)", "age (user)", "kind (item)", "price (item)",
    ]  # fmt: skip


def test_interval_holds_the_auc(tasteful):
    """A label that is half noise: between a coin's guess and certainty, with an interval around it."""
    rng = np.random.default_rng(1)
    taste = tasteful.user_table["taste"].cat.codes.to_numpy()[tasteful.pairs[:, 0]]
    label = np.where(rng.random(len(taste)) < 0.5, taste < 2, rng.random(len(taste)) < 0.5)
    separation = separate(attributes(tasteful, tasteful.pairs), label, tasteful.pairs[:, 0], seed=0)
    assert 0.6 < separation.low < separation.auc < separation.high < 0.9


def test_without_attributes_nothing_is_told_apart(checkerboard):
    """A log of ids alone: the interval is all of 0 to 1."""
    finding = adversarial(checkerboard, {"holdout": Holdout(folds=2)}, seed=0)
    assert english(finding.table)[0][2:] == ["0.500", "0.000 to 1.000", "nothing"]


def test_one_fold_cannot_be_compared(made):
    """The page says so."""
    finding = adversarial(made, {"holdout": Holdout(folds=1)}, seed=0)
    assert [text.en for text in finding.words] == ["No scheme has two folds to compare."]
