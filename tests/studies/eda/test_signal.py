"""Columns and groups that carry signal are told from those that do not."""

import numpy as np
import pandas as pd
from tests.pages.texts import by_name, english

from shortlist.studies.eda.signal import column_signal, group_patterns, value_test


def corrected(finding) -> dict[str, float]:
    return {row[0]: float(row[-1]) for row in english(finding.table)}


def test_planted_columns_come_first_and_noise_stays_out(tasteful, rng):
    """The chart is sorted by z; the corrected p of noise is not small."""
    finding = column_signal([value_test(tasteful, side, 199, rng) for side in ("user", "item")])
    p = corrected(finding)
    assert set(list(p)[:3]) == {"taste (user)", "joined (user)", "kind (item)"}
    assert max(p[name] for name in ("taste (user)", "joined (user)", "kind (item)")) <= 0.05
    assert min(p[name] for name in ("noise (user)", "age (user)", "price (item)")) > 0.05
    assert by_name(finding.numbers)["columns with signal"] == 3
    assert finding.figure is not None
    assert finding.figure.svg.startswith("<svg")
    assert finding.words[0].ko.startswith("열 6개 중 3개에 쌍에 대한 신호가 있습니다.")


def test_nothing_is_found_in_noise(random_log, rng):
    """Twelve columns of noise: none is left after the correction."""
    finding = column_signal([value_test(random_log, "user", 199, rng)])
    assert by_name(finding.numbers) == {"columns with signal": 0, "columns without": 12}


def test_words_in_common_are_counted(rng, log_of):
    """A column of words is one column, whatever the number of words, and '=' in a word is no trouble."""
    kind = np.arange(120) % 3
    words = pd.DataFrame({"w": [f"a{k}=x b{k} c{n % 7}" for n, k in enumerate(kind)]})
    users = np.repeat(np.arange(120), 5)
    test = value_test(log_of(users, kind[users] * 20 + rng.integers(20, size=600), words), "user", 99, rng)
    assert test.columns == ["w"]
    assert test.of_columns.observed[0] > 2
    assert test.of_columns.p[0] == 0.01


def test_groups_that_repeat_are_named(tasteful, rng):
    """All four kinds meet about four times as often as chance gives."""
    finding = group_patterns([value_test(tasteful, side, 199, rng) for side in ("user", "item")])
    ratio = {row[0]: float(row[3]) for row in english(finding.table)}
    assert all(ratio[f"taste={kind} (user)"] > 2.5 for kind in range(4))
    assert not any(name.startswith("noise") for name in ratio)


def test_without_tables_there_is_nothing_to_test(checkerboard, rng):
    """A log of ids alone gets a sentence instead of a chart."""
    tests = [value_test(checkerboard, side, 9, rng) for side in ("user", "item")]
    assert column_signal(tests).figure is group_patterns(tests).figure is None
