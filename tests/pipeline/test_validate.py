"""The offline scores are those that a plain recomputation on the same folds gives, and the table shows them all."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builder import competition, configuration, stages

from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.pipeline.cross_validate import cross_validate
from shortlist.pipeline.results import load_fold, load_scores
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.pipeline.validate import validate
from shortlist.retrievers.popular import Popular
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend
from shortlist.validation.scores import DataSize, FoldSize, MethodScores, Scores

KS = (1, 5, 20)
TABLES = """
[validation.schemes.holdout]
hidden = 0.4
[validation.schemes.cohort]
date = "updated_date"
[retrievers.popular]
[retrievers.user_knn]
[retrievers.few]
kind = "item_knn"
neighbours = 1
"""
SCHEMES = ("holdout", "cohort")
RETRIEVERS = ("popular", "user_knn", "few")
NAMES = {"holdout": (*RETRIEVERS, "blend"), "cohort": RETRIEVERS}
"""The blend has learnt on the first scheme's answers, which are among the others' too: it is scored there alone."""

Rows = list[tuple[int, dict[str, float]]]
"""The scored users of a fold, each with all metrics."""


def validated(root: Path, tables: str = TABLES) -> Run:
    """A small competition, all its retrievers on all folds, and their blend, scored."""
    text = configuration(tables, folds=3, ks=KS)
    return stages(competition(root, text, SampleSize(60, 40, 250)), "validate")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return validated(tmp_path_factory.mktemp("validation"))


@pytest.fixture(scope="module")
def scores(run: Run) -> Scores:
    return load_scores(run.paths)


def metrics_of(items: list[int], answers: set[int], k: int) -> dict[str, float]:
    """All metrics at k of one list, from their definitions."""
    hits = [item in answers for item in items[:k]]
    gains = [1 / math.log2(rank + 1) for rank, hit in enumerate(hits, 1) if hit]
    precisions = [sum(hits[:rank]) / rank for rank, hit in enumerate(hits, 1) if hit]
    best = min(len(answers), k)
    return {
        f"recall@{k}": sum(hits) / best,
        f"recall_n@{k}": sum(hits) / len(answers),
        f"recall_k@{k}": sum(hits) / k,
        f"hit@{k}": float(any(hits)),
        f"ndcg@{k}": sum(gains) / sum(1 / math.log2(rank + 1) for rank in range(1, best + 1)),
        f"map@{k}": sum(precisions) / best,
        f"mrr@{k}": next((1 / rank for rank, hit in enumerate(hits, 1) if hit), 0.0),
    }


def recomputed(run: Run, scheme: str, name: str) -> list[Rows]:
    """For each fold, each scored user with all metrics, from a retriever fitted here; of the blend from its lists."""
    dataset = Dataset.load(run.paths.dataset)
    folds = []
    for fold in splitters(run.competition)[scheme].split(dataset):
        visible = dataset.take(fold.train)
        answers: dict[int, set[int]] = {}
        for user, item in dataset.take(fold.test).pairs.tolist():
            answers.setdefault(user, set()).add(item)
        users = np.array(sorted(answers), dtype=np.int32)
        if name == "blend":
            lists = load_fold(run.paths, name, scheme, fold).candidates
            assert lists.users.tolist() == users.tolist()
        else:
            kind, settings = run.competition.retriever(name)
            lists = recommend(make_retriever(kind, settings, seed=3).fit(visible), users, 20, visible.matrix())
        rows = [
            (user, {key: value for k in KS for key, value in metrics_of(items, answers[user], k).items()})
            for user, items in zip(users.tolist(), lists.items.tolist(), strict=True)
        ]
        folds.append(rows)
    return folds


@pytest.fixture(scope="module")
def again(run: Run) -> dict[tuple[str, str], list[Rows]]:
    """The recomputation of everything, once."""
    return {(scheme, name): recomputed(run, scheme, name) for scheme in SCHEMES for name in NAMES[scheme]}


def methods(scores: Scores) -> Iterator[tuple[tuple[str, str], MethodScores]]:
    for scheme in SCHEMES:
        assert set(scores.schemes[scheme].methods) == set(NAMES[scheme])
        for name in NAMES[scheme]:
            yield (scheme, name), scores.schemes[scheme].methods[name]


def test_every_metric_is_the_mean_of_a_recomputation(scores, again):
    """All seven metrics at all k, overall and on each fold, for every method on every scheme."""
    for key, method in methods(scores):
        folds = again[key]
        assert set(method.metrics) == set(folds[0][0][1])
        for name, metric in method.metrics.items():
            values = [[row[name] for _, row in rows] for rows in folds]
            assert metric.folds == pytest.approx([np.mean(fold) for fold in values])
            assert metric.mean == pytest.approx(np.mean(np.concatenate(values)))


def test_the_error_takes_a_user_s_rows_together(scores, again):
    """The standard error is the cluster-robust one over users: summed by hand, user by user."""
    for key, method in methods(scores):
        rows = [row for fold in again[key] for row in fold]
        mean = np.mean([values["recall@5"] for _, values in rows])
        sums: dict[int, float] = {}
        for user, values in rows:
            sums[user] = sums.get(user, 0.0) + values["recall@5"] - mean
        clusters = len(sums)
        error = math.sqrt(sum(value**2 for value in sums.values()) * clusters / (clusters - 1)) / len(rows)
        assert method.metrics["recall@5"].error == pytest.approx(error)


def test_sizes_are_those_of_the_folds(run, scores, again):
    """Visible and hidden pairs and scored users of each fold."""
    dataset = Dataset.load(run.paths.dataset)
    assert scores.data == DataSize(users=60, items=40, pairs=250)
    for scheme, splitter in splitters(run.competition).items():
        for size, fold, rows in zip(
            scores.schemes[scheme].sizes, splitter.split(dataset), again[scheme, "popular"], strict=True
        ):
            users = len(np.unique(dataset.events.user[fold.test]))
            assert size == FoldSize(fold=fold.number, train=len(fold.train), test=len(fold.test), users=users)
            assert len(rows) == users


def test_coverage_is_the_share_of_items_shown(scores):
    """Popular shows few items to everybody; the share is a mean over folds, between 0 and 1, and grows with k."""
    for _, method in methods(scores):
        shares = [method.coverage[f"coverage@{k}"] for k in KS]
        assert 0 < shares[0] <= shares[1] <= shares[2] <= 1
        assert method.seconds > 0
    holdout = scores.schemes["holdout"].methods
    assert holdout["popular"].coverage["coverage@5"] < holdout["user_knn"].coverage["coverage@5"]


def test_methods_are_ordered_by_the_headline(scores):
    """From best to worst by the official metric, on each scheme by its own; the first scheme's order decides."""
    assert scores.headline == "recall@5"
    for scheme in SCHEMES:
        result = scores.schemes[scheme]
        means = [result.methods[name].metrics["recall@5"].mean for name in result.order]
        assert sorted(result.order) == sorted(NAMES[scheme])
        assert means == sorted(means, reverse=True)
    assert scores.chosen_by == "holdout"
    assert scores.order == scores.schemes["holdout"].order


def test_distances_are_from_the_best(scores):
    """How far each lies behind the best: never negative on average, the difference of the means, in its interval."""
    for scheme in SCHEMES:
        result = scores.schemes[scheme]
        best, *others = result.order
        assert list(result.behind_best) == others
        for name, distance in result.behind_best.items():
            first, second = (result.methods[method].metrics["recall@5"].mean for method in (best, name))
            assert distance.mean == pytest.approx(first - second)
            assert distance.mean >= 0
            assert distance.low < distance.mean < distance.high
            assert distance.significant == (distance.low > 0)


def test_a_paired_interval_is_narrower_than_two_errors(scores):
    """The two methods are compared on the same users, so what both find hard does not blur the difference."""
    result = scores.schemes["holdout"]
    name = result.order[-1]
    best, last = (result.methods[method].metrics["recall@5"] for method in (result.order[0], name))
    distance = result.behind_best[name]
    unpaired = 2 * 1.96 * math.hypot(best.error, last.error)
    assert 0.3 * unpaired < distance.high - distance.low < 1.1 * unpaired


def test_the_table_shows_every_method_with_its_error(run, scores):
    """On each scheme, best first, with the mean and its standard error to four places, and the scheme's own words."""
    table = run.paths.table.read_text(encoding="utf-8")
    place = 0
    for scheme in SCHEMES:
        result = scores.schemes[scheme]
        assert result.description in " ".join(table.split())
        place = table.index(f"small, scheme {scheme}: ", place)
        for name in result.order:
            metric = result.methods[name].metrics["recall@5"]
            line = table.index(f"{metric.mean:.4f} ± {metric.error:.4f}", place)
            start = table.rindex("\n", 0, line)
            assert table[start:line].split() == [name]
            place = line


def test_figures_are_shown_only_where_they_were_asked_for(run, tmp_path, monkeypatch):
    """Without them there is no second table; a retriever that gives them has their mean over the folds in it."""
    assert "per hidden pair" not in run.paths.table.read_text(encoding="utf-8")
    values = iter([0.1, 0.2, 0.6] * 2)
    monkeypatch.setattr(Popular, "figures", lambda self, pairs: {"factorized_top_k@5": next(values)})
    _, *parts = validated(tmp_path).paths.table.read_text(encoding="utf-8").split("per hidden pair: ")
    assert len(parts) == len(SCHEMES)
    for part in parts:
        lines = [line.split() for line in part.split("small, scheme")[0].splitlines()]
        assert ["method", "factorized_top_k@5"] in lines
        assert ["popular", "0.3000"] in lines
        assert not [line for line in lines if line[:1] == ["user_knn"]]


@pytest.mark.parametrize(
    ("metric", "headline"), [("recall_n", "recall_n@5"), ("precision", "recall_k@5"), ("mrr", "mrr@5")]
)
def test_another_metric_is_another_headline(run, scores, metric, headline):
    """The table, the order and the distances follow what the organiser scores by."""
    paths = run.paths
    before = {path: path.read_bytes() for path in (paths.table, paths.validation)}
    question = run.competition.question.model_copy(update={"metric": metric})
    try:
        validate(replace(run, competition=run.competition.model_copy(update={"question": question})))
        changed, table = load_scores(paths), paths.table.read_text(encoding="utf-8")
    finally:
        for path, content in before.items():
            path.write_bytes(content)
    assert changed.headline == headline
    assert headline in table
    result = changed.schemes["holdout"]
    first, second = (result.methods[name].metrics[headline].mean for name in result.order[:2])
    assert result.behind_best[result.order[1]].mean == pytest.approx(first - second)
    assert result.methods == scores.schemes["holdout"].methods


def test_the_same_folds_give_the_same_file(run):
    """Scored once more, the JSON and the table are the same bytes."""
    paths = run.paths
    before = paths.validation.read_bytes(), paths.table.read_bytes()
    validate(run)
    assert (paths.validation.read_bytes(), paths.table.read_bytes()) == before
    json.loads(before[0], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_folds_already_there_are_kept(run, capsys):
    """A second run of a retriever fits nothing again; another seed makes new folds, so nothing old fits them."""
    stamps = {path: path.stat().st_mtime_ns for path in run.paths.folds_done("few").parent.glob("*.npz")}
    assert len(stamps) == 6
    cross_validate(run, "few")
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert capsys.readouterr().err.count("is there already") == 6


def test_a_scheme_may_have_another_name_than_its_kind(scores, tmp_path):
    """Two schemes of one kind with other parameters are both run, each with its own folds."""
    tables = TABLES.replace(
        "[validation.schemes.cohort]\ndate", '[validation.schemes.registered]\nkind = "cohort"\ndate'
    ).replace('"updated_date"', '"reg_date"')
    schemes = load_scores(validated(tmp_path, tables).paths).schemes
    assert list(schemes) == ["holdout", "registered"]
    assert "reg_date" in schemes["registered"].description
    assert schemes["registered"].sizes != scores.schemes["cohort"].sizes
