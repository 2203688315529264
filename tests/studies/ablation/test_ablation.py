"""What leaving something out costs is found where it matters, is nested, and is made once."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shortlist.config.competition import BLEND, Competition, load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize, write_sample
from shortlist.errors import ConfigError
from shortlist.make_rules import write_rules
from shortlist.pipeline.cross_validate import FoldResult, cross_validate, hidden_pairs, load_fold
from shortlist.pipeline.preprocess import preprocess
from shortlist.pipeline.rerank import cross_validate_blend, cross_validate_reranker, make_table, stacking_folds
from shortlist.rerank import blend
from shortlist.rerank.lightgbm import LightGBM
from shortlist.rerank.table import FeatureTable
from shortlist.retrievers.topk import Candidates
from shortlist.studies.ablation.ablation import BlendExperiment, RerankerExperiment, ablate, load_ablation
from shortlist.validation.metrics import per_user

CONFIGURATION = """
title = "small"
url = "none"
source = "dacon_jobs"
candidates = 15
[submission]
k = 5
user_column = "resume_seq"
item_column = "recruitment_seq"
[validation]
folds = 4
ks = [5, 15]
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.knows]
kind = "user_knn"
[retrievers.guesses]
kind = "item_knn"
[blend]
candidates = 10
[rerankers.lightgbm]
trees = 10
seeds = 1
min_rows = 20
"""


def planted(paths: Paths, competition: Competition) -> None:
    """The list of `knows` has half of the answers first, that of `guesses` is drawn by lot."""
    dataset = Dataset.load(paths.dataset)
    rng = np.random.default_rng(0)
    for fold in stacking_folds(competition, dataset):
        users, answers = hidden_pairs(dataset, fold)
        for name in ("knows", "guesses"):
            items = np.array([rng.permutation(len(dataset.items))[:15] for _ in users], dtype=np.int32)
            if name == "knows":
                for row, user in enumerate(users):
                    known = [item for item in answers[[user]].indices if rng.random() < 0.5]
                    items[row] = [*known, *(item for item in items[row] if item not in known)][:15]
            scores = np.tile(-np.arange(15, dtype=np.float32), (len(users), 1))
            path = paths.fold(name, "kfold", fold.number)
            FoldResult(Candidates(users, items, scores), {}, 0.0).save(path, "planted")


def with_columns(paths: Paths, competition: Competition) -> None:
    """Some groups of the tables, and two more: one that is nearly the answer, and one drawn by lot."""
    rng = np.random.default_rng(1)
    for number in range(1, competition.validation.folds + 1):
        table = FeatureTable.load(paths.features(str(number))).select(["retrievers", "counts", "copies"])
        noise = rng.normal(size=(2, len(table.labels)))
        columns = np.column_stack([table.features, 2 * table.labels + noise[0], noise[1]]).astype(np.float32)
        names = [*table.names, "decisive.x", "useless.x"]
        replace(table, names=names, features=columns).save(paths.features(str(number)))


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> tuple[Paths, Competition]:
    """A small competition with known worth of its parts, ablated."""
    paths = Paths("small", tmp_path_factory.mktemp("ablation"))
    write_sample(paths.config.parent, SampleSize(150, 60, 900), seed=2)
    paths.config.write_text(CONFIGURATION, encoding="utf-8")
    competition = load_competition(paths.config)
    preprocess(paths, competition)
    cross_validate(paths, competition, "popular")
    planted(paths, competition)
    cross_validate_blend(paths, competition)
    for number in range(1, 5):
        make_table(paths, competition, str(number))
    with_columns(paths, competition)
    cross_validate_reranker(paths, competition, "lightgbm")
    ablate(paths, competition)
    return paths, competition


@pytest.fixture(scope="module")
def parts(project) -> dict[str, dict[str, Any]]:
    return {part["method"]: part for part in json.loads(project[0].ablation.read_text(encoding="utf-8"))["parts"]}


def differences(part: dict[str, Any], metric: str = "recall@5") -> dict[str, dict[str, float]]:
    return {one["name"]: one["scores"][metric]["difference"] for one in part["without"]}


def test_a_decisive_feature_is_missed_and_a_useless_one_is_not(parts):
    """Below zero with its interval for the one; the other's interval holds zero; the worst loss comes first."""
    found = differences(parts["lightgbm"])
    assert found["decisive"]["high"] < 0
    assert found["useless"]["low"] <= 0 <= found["useless"]["high"]
    assert next(iter(found)) == "decisive"


def test_every_group_and_every_retriever_is_left_out(parts):
    """Of a reranker each group of its table and the columns of each list; of the blend each retriever."""
    groups = {"retrievers", "counts", "copies", "decisive", "useless"}
    lists = {f"retrievers.{name}" for name in ("popular", "knows", "guesses", "blend")}
    assert groups | lists == set(differences(parts["lightgbm"]))
    assert set(differences(parts[BLEND])) == {"popular", "knows", "guesses"}


@pytest.mark.parametrize("metric", ["recall@5", "recall_n@10"])
def test_a_decisive_retriever_is_missed_and_a_useless_one_is_not(parts, metric):
    """At the official cut-off and among the candidates for the rerankers."""
    found = differences(parts[BLEND], metric)
    assert found["knows"]["high"] < 0
    assert found["guesses"]["low"] <= 0.02
    assert found["knows"]["mean"] < found["guesses"]["mean"]


def test_with_everything_it_is_the_score_of_validation(project, parts):
    """The mean over the users of the two scored folds is the one of the lists that cross-validation has saved."""
    paths, competition = project
    dataset = Dataset.load(paths.dataset)
    folds = stacking_folds(competition, dataset)[:2]
    for method in (BLEND, "lightgbm"):
        values = []
        for fold in folds:
            found = load_fold(paths, method, "kfold", fold).candidates
            values.append(per_user(found.items, found.users, hidden_pairs(dataset, fold)[1], [5])["recall@5"])
        assert parts[method]["with"]["recall@5"] == pytest.approx(np.concatenate(values).mean())


def test_a_difference_is_the_one_of_the_scores(parts):
    """Without minus with, for every line."""
    for part in parts.values():
        for one in part["without"]:
            for metric, score in one["scores"].items():
                assert score["difference"]["mean"] == pytest.approx(score["mean"] - part["with"][metric])
                assert score["difference"]["low"] <= score["difference"]["mean"] <= score["difference"]["high"]


def test_what_is_scored_is_not_learnt_from(project, monkeypatch):
    """The weights and the reranker for a fold come from the answers of the other three."""
    paths, competition = project
    dataset = Dataset.load(paths.dataset)
    folds = stacking_folds(competition, dataset)
    learn, fit = blend.learn, LightGBM.fit
    answers_of: list[int] = []
    rows_of: list[int] = []

    def watched_learn(pools, answers):
        answers_of.extend(one.nnz for one in answers)
        return learn(pools, answers)

    def watched_fit(self, tables):
        rows_of.extend(len(one.labels) for one in tables)
        return fit(self, tables)

    monkeypatch.setattr(blend, "learn", watched_learn)
    monkeypatch.setattr(LightGBM, "fit", watched_fit)
    BlendExperiment(paths, competition, dataset, folds).without("knows", 1)
    RerankerExperiment(paths, competition, dataset, folds, "lightgbm").without("useless", 1)
    assert answers_of == [len(folds[place].test) for place in (0, 2, 3)]
    assert rows_of == [len(FeatureTable.load(paths.features(str(number))).labels) for number in (1, 3, 4)]


def watched(monkeypatch) -> list[tuple[str, str, int]]:
    """The units that are made from now on: method, what is left out, and place of the fold."""
    made: list[tuple[str, str, int]] = []
    for experiment in (BlendExperiment, RerankerExperiment):
        original = experiment.without

        def without(self, part, place, original=original):
            made.append((self.method, part, place))
            return original(self, part, place)

        monkeypatch.setattr(experiment, "without", without)
    return made


def test_an_interrupted_run_goes_on(project, monkeypatch):
    """Finished units are kept: only what is missing is made, and the result is the same."""
    paths, competition = project
    before = paths.ablation.read_bytes()
    paths.ablated("lightgbm", "useless", 2).unlink()
    paths.ablated(BLEND, "knows", 1).unlink()
    paths.ablation.unlink()
    made = watched(monkeypatch)
    ablate(paths, competition)
    assert made == [(BLEND, "knows", 0), ("lightgbm", "useless", 1)]
    assert paths.ablation.read_bytes() == before


def changed(paths: Paths, old: str, new: str, tmp_path: Path) -> tuple[Paths, Competition]:
    """The same files, but for one setting."""
    other = Paths("small", tmp_path)
    other.work.parent.mkdir(parents=True)
    other.config.write_text(CONFIGURATION.replace(old, new), encoding="utf-8")
    assert old in CONFIGURATION
    other.work.symlink_to(paths.work.absolute())
    return other, load_competition(other.config)


def users(paths: Paths) -> int:
    """How many have a hidden pair in one of the two scored folds."""
    dataset = Dataset.load(paths.dataset)
    folds = stacking_folds(load_competition(paths.config), dataset)[:2]
    return len(set(dataset.pairs[np.concatenate([fold.test for fold in folds]), 0].tolist()))


def test_only_what_fits_is_shown(project, tmp_path):
    """With another reranker the blend's part alone; with other lists nothing."""
    paths, _ = project
    now = load_ablation(paths)
    assert now is not None
    assert [part["method"] for part in now["parts"]] == [BLEND, "lightgbm"]
    found = load_ablation(changed(paths, "trees = 10", "trees = 11", tmp_path / "trees")[0])
    assert found is not None
    assert [part["method"] for part in found["parts"]] == [BLEND]
    assert load_ablation(changed(paths, "candidates = 10", "candidates = 9", tmp_path / "candidates")[0]) is None
    assert load_ablation(Paths("none", tmp_path)) is None


def test_a_changed_setting_is_scored_again(project, tmp_path, monkeypatch):
    """Of the method that it belongs to, and of no other."""
    paths, competition = changed(project[0], "trees = 10", "trees = 2", tmp_path)
    monkeypatch.setattr(RerankerExperiment, "parts", lambda self: ["useless"])
    files = [paths.ablation, paths.ablation_table, *(paths.work / "ablation" / "lightgbm").iterdir()]
    before = {path: path.read_bytes() for path in files}
    made = watched(monkeypatch)
    ablate(paths, competition)
    for path, content in before.items():
        path.write_bytes(content)
    assert made == [("lightgbm", part, place) for part in ("with.all", "useless") for place in (0, 1)]


def test_the_table_is_for_people(project):
    """The same figures as the report, in the terminal."""
    paths, _ = project
    text = paths.ablation_table.read_text(encoding="utf-8")
    assert f"lightgbm, scheme kfold: folds 1, 2 of 4 scored, {users(paths)} users" in text
    assert "decisive" in text


def test_one_retriever_alone_has_nothing_to_leave_out(project, tmp_path):
    """Said in one line; a reranker alone is enough."""
    old = CONFIGURATION[CONFIGURATION.index("[retrievers.knows]") : CONFIGURATION.index("[blend]")]
    paths, _ = changed(project[0], old, "", tmp_path)
    with pytest.raises(ConfigError, match=r"^ablate: one retriever and no reranker: there is nothing to leave out"):
        ablate(paths, load_competition(paths.config, "0"))


def test_an_unknown_reranker_is_refused(tmp_path):
    """When the configuration is loaded; without rerankers none is asked for."""
    path = tmp_path / "competition.toml"
    path.write_text(CONFIGURATION + '[ablate]\nreranker = "lightgmb"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ablate.reranker: 'lightgmb' is not a table under \[rerankers\]"):
        load_competition(path)
    path.write_text(CONFIGURATION + '[ablate]\nreranker = "lightgbm"\n', encoding="utf-8")
    assert load_competition(path, "0").ablated_reranker is None


def test_a_report_never_waits_for_an_ablation(project):
    """Its stamp has a rule, what the report reads has none."""
    paths, competition = project
    write_rules(paths, competition)
    lines = (paths.work / "rules.mk").read_text(encoding="utf-8").splitlines()
    targets = [line.partition(":")[0] for line in lines]
    assert paths.ablation_done.as_posix() in targets
    assert paths.ablation.as_posix() not in targets
    assert not [line for line in lines if paths.ablation_done.name in line.partition(":")[2].split()]


def test_a_pool_without_a_list_is_the_pool_of_the_others(project):
    """The same rows and the same evidence."""
    paths, competition = project
    fold = stacking_folds(competition, Dataset.load(paths.dataset))[0]
    lists = [load_fold(paths, name, "kfold", fold).candidates for name in competition.retrievers]
    for number in range(3):
        found = blend.pool(lists).without(number)
        wanted = blend.pool(lists[:number] + lists[number + 1 :])
        for name in ("users", "row", "items", "evidence"):
            np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))


def test_columns_are_told_apart_by_their_whole_name():
    """A retriever whose name begins like another's keeps its columns."""
    names = ["retrievers.a-rank", "retrievers.a-b-rank", "counts.a", "counts.a-b"]
    candidates = Candidates(np.zeros(1, np.int32), np.zeros((1, 1), np.int32), np.zeros((1, 1), np.float32))
    features, label = np.arange(4, dtype=np.float32)[None], np.zeros(1, dtype=bool)
    table = FeatureTable(candidates, names, features, label, np.zeros(1, np.float32))
    for group, kept in {"retrievers.a": [0], "retrievers.a-b": [1], "retrievers": [0, 1], "counts": [2, 3]}.items():
        assert table.select([group]).names == [names[place] for place in kept]
        rest = table.without(group)
        assert rest.features.tolist() == [[float(place) for place in range(4) if place not in kept]]
