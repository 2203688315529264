"""The offline scores are those that a plain recomputation on the same folds gives, and the table shows them all."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shortlist.config.competition import Competition, load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize, write_sample
from shortlist.pipeline.cross_validate import cross_validate, load_fold, splitters
from shortlist.pipeline.preprocess import preprocess
from shortlist.pipeline.rerank import cross_validate_blend
from shortlist.pipeline.validate import load_scores, validate
from shortlist.retrievers.base import make_retriever
from shortlist.retrievers.popular import Popular
from shortlist.retrievers.topk import recommend

KS = (1, 5, 20)
CONFIGURATION = f"""
title = "small"
url = "none"
source = "dacon_jobs"
seed = 3
candidates = 20
[submission]
k = 5
user_column = "resume_seq"
item_column = "recruitment_seq"
[validation]
folds = 3
ks = {list(KS)}
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


def make(root: Path, configuration: str = CONFIGURATION) -> tuple[Paths, Competition]:
    """A small competition, all its retrievers on all folds, and their blend, not scored yet."""
    paths = Paths("small", root)
    write_sample(paths.config.parent, SampleSize(60, 40, 250), seed=2)
    paths.config.write_text(configuration, encoding="utf-8")
    competition = load_competition(paths.config)
    preprocess(paths, competition)
    for name in competition.retrievers:
        cross_validate(paths, competition, name)
    cross_validate_blend(paths, competition)
    return paths, competition


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> tuple[Paths, Competition]:
    paths, competition = make(tmp_path_factory.mktemp("validation"))
    validate(paths, competition)
    return paths, competition


@pytest.fixture(scope="module")
def scores(project) -> dict[str, Any]:
    return load_scores(project[0])


def metrics_of(found: list[int], answers: set[int], k: int) -> dict[str, float]:
    """All metrics at k of one list, from their definitions."""
    hits = [item in answers for item in found[:k]]
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


def recomputed(project: tuple[Paths, Competition], scheme: str, name: str) -> list[list[tuple[int, dict[str, float]]]]:
    """For each fold, each scored user with all metrics, from a retriever fitted here; of the blend from its lists."""
    paths, competition = project
    dataset = Dataset.load(paths.dataset)
    folds = []
    for fold in splitters(competition)[scheme].split(dataset):
        visible = dataset.take(fold.train)
        answers: dict[int, set[int]] = {}
        for user, item in dataset.pairs[fold.test].tolist():
            answers.setdefault(user, set()).add(item)
        users = np.array(sorted(answers), dtype=np.int32)
        if name == "blend":
            found = load_fold(paths, name, scheme, fold).candidates
            assert found.users.tolist() == users.tolist()
        else:
            kind, settings = competition.retriever(name)
            found = recommend(make_retriever(kind, settings, seed=3).fit(visible), users, 20, visible.matrix())
        rows = [
            (user, {key: value for k in KS for key, value in metrics_of(items, answers[user], k).items()})
            for user, items in zip(users.tolist(), found.items.tolist(), strict=True)
        ]
        folds.append(rows)
    return folds


@pytest.fixture(scope="module")
def again(project) -> dict[tuple[str, str], list[list[tuple[int, dict[str, float]]]]]:
    """The recomputation of everything, once."""
    return {(scheme, name): recomputed(project, scheme, name) for scheme in SCHEMES for name in NAMES[scheme]}


def methods(scores: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for scheme in SCHEMES:
        assert set(scores["schemes"][scheme]["methods"]) == set(NAMES[scheme])
        for name in NAMES[scheme]:
            yield (scheme, name), scores["schemes"][scheme]["methods"][name]


def test_every_metric_is_the_mean_of_a_recomputation(scores, again):
    """All seven metrics at all k, overall and on each fold, for every method on every scheme."""
    for key, method in methods(scores):
        folds = again[key]
        assert set(method["metrics"]) == set(folds[0][0][1])
        for metric, found in method["metrics"].items():
            values = [[row[metric] for _, row in rows] for rows in folds]
            assert found["folds"] == pytest.approx([np.mean(fold) for fold in values])
            assert found["mean"] == pytest.approx(np.mean(np.concatenate(values)))


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
        assert method["metrics"]["recall@5"]["error"] == pytest.approx(error)


def test_sizes_are_those_of_the_folds(project, scores, again):
    """Visible and hidden pairs and scored users of each fold."""
    paths, competition = project
    dataset = Dataset.load(paths.dataset)
    assert scores["data"] == {"users": 60, "items": 40, "pairs": 250}
    for scheme, splitter in splitters(competition).items():
        for size, fold, rows in zip(
            scores["schemes"][scheme]["sizes"], splitter.split(dataset), again[scheme, "popular"], strict=True
        ):
            users = len(np.unique(dataset.pairs[fold.test, 0]))
            assert size == {"fold": fold.number, "train": len(fold.train), "test": len(fold.test), "users": users}
            assert len(rows) == users


def test_coverage_is_the_share_of_items_shown(project, scores):
    """Popular shows few items to everybody; the share is a mean over folds, between 0 and 1, and grows with k."""
    for _, method in methods(scores):
        shares = [method["coverage"][f"coverage@{k}"] for k in KS]
        assert 0 < shares[0] <= shares[1] <= shares[2] <= 1
        assert method["seconds"] > 0
    holdout = scores["schemes"]["holdout"]["methods"]
    assert holdout["popular"]["coverage"]["coverage@5"] < holdout["user_knn"]["coverage"]["coverage@5"]


def test_methods_are_ordered_by_the_headline(scores):
    """From best to worst by the official metric, on each scheme by its own; the first scheme's order decides."""
    assert scores["headline"] == "recall@5"
    for scheme in SCHEMES:
        result = scores["schemes"][scheme]
        means = [result["methods"][name]["metrics"]["recall@5"]["mean"] for name in result["order"]]
        assert sorted(result["order"]) == sorted(NAMES[scheme])
        assert means == sorted(means, reverse=True)
    assert scores["chosen_by"] == "holdout"
    assert scores["order"] == scores["schemes"]["holdout"]["order"]


def test_distances_are_from_the_best(scores):
    """How far each lies behind the best: never negative on average, the difference of the means, in its interval."""
    for scheme in SCHEMES:
        result = scores["schemes"][scheme]
        best, *others = result["order"]
        assert list(result["behind_best"]) == others
        for name, distance in result["behind_best"].items():
            first, second = (result["methods"][one]["metrics"]["recall@5"]["mean"] for one in (best, name))
            assert distance["mean"] == pytest.approx(first - second)
            assert distance["mean"] >= 0
            assert distance["low"] < distance["mean"] < distance["high"]
            assert distance["significant"] == (distance["low"] > 0)


def test_a_paired_interval_is_narrower_than_two_errors(scores):
    """The two methods are compared on the same users, so what both find hard does not blur the difference."""
    result = scores["schemes"]["holdout"]
    name = result["order"][-1]
    best, last = (result["methods"][one]["metrics"]["recall@5"] for one in (result["order"][0], name))
    distance = result["behind_best"][name]
    unpaired = 2 * 1.96 * math.hypot(best["error"], last["error"])
    assert 0.3 * unpaired < distance["high"] - distance["low"] < 1.1 * unpaired


def test_the_table_shows_every_method_with_its_error(project, scores):
    """On each scheme, best first, with the mean and its standard error to four places, and the scheme's own words."""
    table = project[0].table.read_text(encoding="utf-8")
    place = 0
    for scheme in SCHEMES:
        result = scores["schemes"][scheme]
        assert result["description"] in " ".join(table.split())
        place = table.index(f"small, scheme {scheme}: ", place)
        for name in result["order"]:
            found = result["methods"][name]["metrics"]["recall@5"]
            line = table.index(f"{found['mean']:.4f} ± {found['error']:.4f}", place)
            start = table.rindex("\n", 0, line)
            assert table[start:line].split() == [name]
            place = line


def test_figures_are_shown_only_where_they_were_asked_for(project, tmp_path, monkeypatch):
    """Without them there is no second table; a retriever that gives them has their mean over the folds in it."""
    assert "per hidden pair" not in project[0].table.read_text(encoding="utf-8")
    values = iter([0.1, 0.2, 0.6] * 2)
    monkeypatch.setattr(Popular, "figures", lambda self, pairs: {"factorized_top_k@5": next(values)})
    paths, competition = make(tmp_path)
    validate(paths, competition)
    _, *parts = paths.table.read_text(encoding="utf-8").split("per hidden pair: ")
    assert len(parts) == len(SCHEMES)
    for part in parts:
        lines = [line.split() for line in part.split("small, scheme")[0].splitlines()]
        assert ["method", "factorized_top_k@5"] in lines
        assert ["popular", "0.3000"] in lines
        assert not [line for line in lines if line[:1] == ["user_knn"]]


@pytest.mark.parametrize(("denominator", "headline"), [("n", "recall_n@5"), ("k", "recall_k@5")])
def test_another_denominator_is_another_headline(project, scores, denominator, headline):
    """The table, the order and the distances follow the recall that the organiser scores by."""
    paths, competition = project
    before = {path: path.read_bytes() for path in (paths.table, paths.validation)}
    settings = competition.validation.model_copy(update={"denominator": denominator})
    try:
        validate(paths, competition.model_copy(update={"validation": settings}))
        found, table = load_scores(paths), paths.table.read_text(encoding="utf-8")
    finally:
        for path, content in before.items():
            path.write_bytes(content)
    assert found["headline"] == headline
    assert headline in table
    result = found["schemes"]["holdout"]
    first, second = (result["methods"][name]["metrics"][headline]["mean"] for name in result["order"][:2])
    assert result["behind_best"][result["order"][1]]["mean"] == pytest.approx(first - second)
    assert result["methods"] == scores["schemes"]["holdout"]["methods"]


def test_the_same_folds_give_the_same_file(project):
    """Scored once more, the JSON and the table are the same bytes."""
    paths, competition = project
    before = paths.validation.read_bytes(), paths.table.read_bytes()
    validate(paths, competition)
    assert (paths.validation.read_bytes(), paths.table.read_bytes()) == before
    json.loads(before[0], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_folds_already_there_are_kept(project, capsys):
    """A second run of a retriever fits nothing again; another seed makes new folds, so nothing old fits them."""
    paths, competition = project
    stamps = {path: path.stat().st_mtime_ns for path in (paths.work / "folds" / "few").glob("*.npz")}
    assert len(stamps) == 6
    cross_validate(paths, competition, "few")
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert capsys.readouterr().err.count("is there already") == 6


def test_a_scheme_may_have_another_name_than_its_kind(project, tmp_path):
    """Two schemes of one kind with other parameters are both run, each with its own folds."""
    configuration = CONFIGURATION.replace(
        "[validation.schemes.cohort]\ndate", '[validation.schemes.registered]\nkind = "cohort"\ndate'
    ).replace('"updated_date"', '"reg_date"')
    paths, competition = make(tmp_path, configuration)
    validate(paths, competition)
    schemes = load_scores(paths)["schemes"]
    assert list(schemes) == ["holdout", "registered"]
    assert "reg_date" in schemes["registered"]["description"]
    other = load_scores(project[0])["schemes"]["cohort"]
    assert schemes["registered"]["sizes"] != other["sizes"]
