"""A cut before the split is found in the visible counts, and none where there was none."""

import numpy as np
import pandas as pd
import pytest
from tests.pages.texts import english

from shortlist.studies.eda.truncation import fit_original, truncation


def test_planted_cut_is_found(rng):
    """Original counts of 7 and more, thinned: the cut is seen, and items seen rarely hide as much as others."""
    original = 6 + rng.geometric(0.2, size=4000)
    visible = rng.binomial(original, 0.7)
    fit = fit_original(visible, 0.3)
    assert fit.truncated
    assert fit.lowest == pytest.approx(7, abs=1)
    assert fit.at_least(0.9) == pytest.approx(7, abs=1)
    for seen in (3, 5, 7):
        assert fit.hidden[seen] == pytest.approx((original - visible)[visible == seen].mean(), rel=0.25)


@pytest.mark.parametrize("success", [0.1, 0.3])
def test_long_tail_is_not_called_cut(success, rng):
    """Geometric counts fall from 1 on: nothing is missing, whether items without visible pairs are listed or not."""
    visible = rng.binomial(rng.geometric(success, size=4000), 0.7)
    for counts in (visible, visible[visible > 0]):
        fit = fit_original(counts, 0.3)
        assert not fit.truncated
        assert fit.lowest <= 2


def test_fit_is_a_distribution_that_explains_what_was_seen(rng):
    """Shares sum to 1 and give the mean of the visible counts back."""
    visible = rng.binomial(rng.poisson(12, size=3000), 0.6)
    fit = fit_original(visible, 0.4)
    assert fit.share.sum() == pytest.approx(1)
    assert fit.share @ np.arange(len(fit.share)) * 0.6 == pytest.approx(visible.mean(), rel=0.01)


def test_finding_says_so_in_words(rng, log_of):
    """The sentence and the numbers agree, for a log with a cut and one without."""
    kept = rng.binomial(6 + rng.geometric(0.2, size=800), 0.7)
    tail = rng.binomial(rng.geometric(0.2, size=800), 0.7)
    for counts, words, korean in (
        (kept, "Rare items are missing", "빠져 있습니다"), (tail, "not missing", "빠지지 않았습니다"),
    ):  # fmt: skip
        users = np.concatenate([np.arange(count) for count in counts])
        items = np.repeat(np.arange(800), counts)
        finding = truncation(log_of(users, items, item_table=pd.DataFrame(index=range(800))), 0.3)
        assert words in finding.words[0].en
        assert korean in finding.words[0].ko
        assert english(finding.table)[0][1] == str((counts == 0).sum())
