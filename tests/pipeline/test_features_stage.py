"""The tables that rerankers learn from: the blend's first candidates with their answers and features."""

import numpy as np
from tests.pipeline.learnt import FOLDS, folds_of, lists_of

from shortlist.data.dataset import Dataset
from shortlist.pipeline.features import make_table
from shortlist.pipeline.results import FINAL, load_table
from shortlist.pipeline.run import Run


def test_a_table_holds_the_blend_s_first_with_their_answers(built: Run) -> None:
    """12 candidates of each user, labelled by the fold's hidden pairs; the final ones have no labels."""
    dataset, folds = Dataset.load(built.paths.dataset), folds_of(built)
    blended = lists_of(built, "blend")
    for part in (*FOLDS, FINAL):
        table = load_table(built.paths, part)
        np.testing.assert_array_equal(table.candidates.items, blended[part].items[:, :12])
        right = set() if part == FINAL else {tuple(pair) for pair in dataset.take(folds[part].test).pairs.tolist()}
        users = np.repeat(table.candidates.users, table.there.sum(axis=1)).tolist()
        items = table.candidates.items[table.there].tolist()
        pairs = list(zip(users, items, strict=True))
        assert table.labels.tolist() == [pair in right for pair in pairs]
        assert table.labels.any() == (part != FINAL)
        for name in ("popular", "user_knn", "content", "blend"):
            assert f"retrievers.{name}-rank" in table.names
        rank = table.features[:, table.names.index("retrievers.blend-rank")]
        np.testing.assert_array_equal(rank, np.concatenate([1 + np.arange(n) for n in table.there.sum(axis=1)]))


def test_hidden_pairs_are_no_history_in_a_table(built: Run) -> None:
    """The number of the user's and of the item's pairs is that of the visible ones, in the final table of all."""
    dataset = Dataset.load(built.paths.dataset)
    visible = {part: dataset.take(fold.train) for part, fold in folds_of(built).items()} | {FINAL: dataset}
    for part, pairs in ((part, shown.pairs) for part, shown in visible.items()):
        table = load_table(built.paths, part)
        users = np.repeat(table.candidates.users, table.there.sum(axis=1))
        counts = {side: np.bincount(pairs[:, n], minlength=150) for n, side in enumerate(("user", "item"))}
        for side, codes in (("user", users), ("item", table.candidates.items[table.there])):
            column = table.features[:, table.names.index(f"counts.{side}")]
            np.testing.assert_array_equal(column, counts[side][codes])


def test_tables_are_the_same_bytes_on_another_run(run: Run) -> None:
    """So that an unneeded run of the features does not make the rerankers learn again."""
    for part in (FOLDS[1], FINAL):
        path = run.paths.features(part)
        before = path.read_bytes()
        path.unlink()
        make_table(run, part)
        assert path.read_bytes() == before
