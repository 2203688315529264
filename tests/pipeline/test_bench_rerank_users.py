"""The script that says what it costs to learn from fewer users."""

import numpy as np
import pytest
from tests.pipeline.learnt import FOLDS, lists_of

import bench_rerank_users
from shortlist.pipeline.results import load_table
from shortlist.pipeline.run import Run


def test_with_all_users_it_scores_the_lists_of_the_folds(built: Run) -> None:
    """Every user's value is the recall of the reranked list that the stage wrote, by a loop over the answers found."""
    lists, k, expected = lists_of(built, "lightgbm"), built.competition.question.k, []
    for part in FOLDS:
        table = load_table(built.paths, part)
        answers = set(zip(table.row[table.labels], table.candidates.items[table.there][table.labels], strict=True))
        for place, items in enumerate(lists[part].items):
            expected.append(table.worth[place] * sum((place, item) in answers for item in items[:k]))
    values, codes = bench_rerank_users.scored(built, "lightgbm", None)
    np.testing.assert_allclose(values, expected, rtol=1e-6)
    assert len(codes) == len(values)


def test_a_row_for_each_number_of_users_below_all(built: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """With its difference to all of them."""
    bench_rerank_users.compare(built, "lightgbm", [20, 10**6])
    everyone, few = (line.split("|") for line in capsys.readouterr().out.splitlines()[2:])
    assert few[1].strip() == "20"
    assert float(everyone[2]) != float(few[2])
    assert float(few[3].split()[0]) == pytest.approx(float(everyone[2]) - float(few[2]), abs=2e-4)
