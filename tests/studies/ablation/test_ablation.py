"""What leaving something out costs is found where it matters, is nested, and is made once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builder import competition, configuration, stages

from shortlist.config.competition import BLEND
from shortlist.config.load import load_competition
from shortlist.data.candidates import Candidates
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.errors import ConfigError
from shortlist.make_rules import write_rules
from shortlist.pipeline.blend import cross_validate_blend
from shortlist.pipeline.features import make_table
from shortlist.pipeline.rerank import cross_validate_reranker
from shortlist.pipeline.results import load_fold, load_lists, load_table, save_fold
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds, stacking_parts
from shortlist.rerank import blend, table_file
from shortlist.rerank.lightgbm import LightGBM
from shortlist.rerank.table import FeatureTable
from shortlist.studies.ablation.ablation import ablate, load_ablation
from shortlist.studies.ablation.experiments import BlendExperiment, RerankerExperiment
from shortlist.studies.ablation.result import AblatedMethod
from shortlist.validation.folds import FoldResult, hidden_pairs
from shortlist.validation.metrics import Difference, per_user

CONFIGURATION = configuration(
    """
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
""",
    seed=0,
    candidates=15,
    folds=4,
    ks=(5, 15),
)


def planted(run: Run) -> None:
    """The list of `knows` has half of the answers first, that of `guesses` is drawn by lot."""
    dataset = Dataset.load(run.paths.dataset)
    rng = np.random.default_rng(0)
    for fold in stacking_folds(run, dataset):
        users, answers = hidden_pairs(dataset, fold)
        for name in ("knows", "guesses"):
            items = np.array([rng.permutation(len(dataset.items))[:15] for _ in users], dtype=np.int32)
            if name == "knows":
                for row, user in enumerate(users):
                    known = [item for item in answers[[user]].indices if rng.random() < 0.5]
                    items[row] = [*known, *(item for item in items[row] if item not in known)][:15]
            scores = np.tile(-np.arange(15, dtype=np.float32), (len(users), 1))
            result = FoldResult(Candidates(users, items, scores), {}, 0.0)
            save_fold(run.paths, name, "kfold", fold, result, "planted")


def with_columns(run: Run) -> None:
    """Some groups of the tables, and two more: one that is nearly the answer, and one drawn by lot."""
    rng = np.random.default_rng(1)
    for part in stacking_parts(run.competition):
        table = load_table(run.paths, part).select(["retrievers", "counts", "copies"])
        noise = rng.normal(size=(2, len(table.labels)))
        columns = np.column_stack([table.features, 2 * table.labels + noise[0], noise[1]]).astype(np.float32)
        names = [*table.names, "decisive.x", "useless.x"]
        table_file.save(run.paths.features(part), [replace(table, names=names, features=columns)])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small competition with known worth of its parts, ablated."""
    run = competition(tmp_path_factory.mktemp("ablation"), CONFIGURATION, SampleSize(150, 60, 900))
    stages(run, "cross-validate")
    planted(run)
    cross_validate_blend(run)
    for part in stacking_parts(run.competition):
        make_table(run, part)
    with_columns(run)
    cross_validate_reranker(run, "lightgbm")
    ablate(run)
    return run


@pytest.fixture(scope="module")
def methods(run: Run) -> dict[str, AblatedMethod]:
    ablation = load_ablation(run)
    assert ablation is not None
    return {method.method: method for method in ablation.methods}


def differences(method: AblatedMethod, metric: str = "recall@5") -> dict[str, Difference]:
    return {without.part: without.differences[metric] for without in method.without}


def test_a_decisive_feature_is_missed_and_a_useless_one_is_not(methods):
    """Below zero with its interval for the one; the other's interval holds zero; the worst loss comes first."""
    missed = differences(methods["lightgbm"])
    assert missed["decisive"].high < 0
    assert missed["useless"].low <= 0 <= missed["useless"].high
    assert next(iter(missed)) == "decisive"


def test_every_group_and_every_retriever_is_left_out(methods):
    """Of a reranker each group of its table and the columns of each list; of the blend each retriever."""
    groups = {"retrievers", "counts", "copies", "decisive", "useless"}
    lists = {f"retrievers.{name}" for name in ("popular", "knows", "guesses", "blend")}
    assert groups | lists == set(differences(methods["lightgbm"]))
    assert set(differences(methods[BLEND])) == {"popular", "knows", "guesses"}


@pytest.mark.parametrize("metric", ["recall@5", "recall_n@10"])
def test_a_decisive_retriever_is_missed_and_a_useless_one_is_not(methods, metric):
    """At the official cut-off and among the candidates for the rerankers."""
    missed = differences(methods[BLEND], metric)
    assert missed["knows"].high < 0
    assert missed["guesses"].low <= 0.02
    assert missed["knows"].mean < missed["guesses"].mean


def test_with_everything_it_is_the_score_of_validation(run, methods):
    """The mean over the users of the two scored folds is the one of the lists that cross-validation has saved."""
    dataset = Dataset.load(run.paths.dataset)
    folds = stacking_folds(run, dataset)[:2]
    for name in (BLEND, "lightgbm"):
        values = []
        for fold in folds:
            lists = load_fold(run.paths, name, "kfold", fold).candidates
            values.append(per_user(lists.items, lists.users, hidden_pairs(dataset, fold)[1], [5])["recall@5"])
        assert methods[name].everything["recall@5"] == pytest.approx(np.concatenate(values).mean())


def test_a_difference_is_the_one_of_the_scores(methods):
    """Without minus with, for every line."""
    for method in methods.values():
        for without in method.without:
            assert set(without.means) == set(without.differences) == set(method.metrics)
            for metric, difference in without.differences.items():
                assert difference.mean == pytest.approx(without.means[metric] - method.everything[metric])
                assert difference.low <= difference.mean <= difference.high


def test_what_is_scored_is_not_learnt_from(run, monkeypatch):
    """The weights and the reranker for a fold come from the answers of the other three."""
    dataset = Dataset.load(run.paths.dataset)
    folds = stacking_folds(run, dataset)
    learn, fit = blend.learn, LightGBM.fit
    answers_of: list[int] = []
    rows_of: list[int] = []

    def watched_learn(pools, answers):
        answers_of.extend(right.nnz for right in answers)
        return learn(pools, answers)

    def watched_fit(self, tables):
        rows_of.extend(len(table.labels) for table in tables)
        return fit(self, tables)

    monkeypatch.setattr(blend, "learn", watched_learn)
    monkeypatch.setattr(LightGBM, "fit", watched_fit)
    BlendExperiment(run, dataset, folds).without("knows", 1)
    RerankerExperiment(run, dataset, folds, "lightgbm").without("useless", 1)
    assert answers_of == [len(folds[place].test) for place in (0, 2, 3)]
    assert rows_of == [len(load_table(run.paths, part).labels) for part in ("1", "3", "4")]


def watched(monkeypatch) -> list[tuple[str, str, int]]:
    """The units that are made from now on: method, what is left out, and place of the fold."""
    units: list[tuple[str, str, int]] = []
    for experiment in (BlendExperiment, RerankerExperiment):
        original = experiment.without

        def without(self, part, place, original=original):
            units.append((self.method, part, place))
            return original(self, part, place)

        monkeypatch.setattr(experiment, "without", without)
    return units


def test_an_interrupted_run_goes_on(run, monkeypatch):
    """Finished units are kept: only what is missing is made, and the result is the same."""
    paths = run.paths
    before = paths.ablation.read_bytes()
    paths.ablated("lightgbm", "useless", 2).unlink()
    paths.ablated(BLEND, "knows", 1).unlink()
    paths.ablation.unlink()
    units = watched(monkeypatch)
    ablate(run)
    assert units == [(BLEND, "knows", 0), ("lightgbm", "useless", 1)]
    assert paths.ablation.read_bytes() == before


def changed(run: Run, old: str, new: str, root: Path, rerank: str = "auto") -> Run:
    """The same files, but for one setting."""
    assert old in CONFIGURATION
    other = competition(root, CONFIGURATION.replace(old, new)).paths
    other.work.symlink_to(run.paths.work.absolute())
    return Run.load(other.competition, rerank, root)


def scored_users(run: Run) -> int:
    """How many have a hidden pair in one of the two scored folds."""
    dataset = Dataset.load(run.paths.dataset)
    folds = stacking_folds(run, dataset)[:2]
    return len(set(dataset.events.user[np.concatenate([fold.test for fold in folds])].tolist()))


def shown(run: Run) -> list[str] | None:
    """The methods whose ablation fits the configuration."""
    ablation = load_ablation(run)
    return None if ablation is None else [method.method for method in ablation.methods]


def test_only_what_fits_is_shown(run, tmp_path):
    """With another reranker the blend's part alone; with other lists nothing."""
    assert shown(run) == [BLEND, "lightgbm"]
    assert shown(changed(run, "trees = 10", "trees = 11", tmp_path / "trees")) == [BLEND]
    assert shown(changed(run, "candidates = 10", "candidates = 9", tmp_path / "candidates")) is None
    assert shown(competition(tmp_path / "none", CONFIGURATION)) is None


def test_what_was_found_of_a_reranker_is_shown_without_it(run, tmp_path):
    """RERANK=0 hides nothing that was ablated before."""
    assert shown(changed(run, "trees = 10", "trees = 10", tmp_path, "0")) == [BLEND, "lightgbm"]


def test_a_changed_setting_is_scored_again(run, tmp_path, monkeypatch):
    """Of the method that it belongs to, and of no other."""
    other = changed(run, "trees = 10", "trees = 2", tmp_path)
    monkeypatch.setattr(RerankerExperiment, "parts", lambda self: ["useless"])
    paths = other.paths
    files = [paths.ablation, paths.ablation_table, *(paths.work / "ablation" / "lightgbm").iterdir()]
    before = {path: path.read_bytes() for path in files}
    units = watched(monkeypatch)
    ablate(other)
    for path, content in before.items():
        path.write_bytes(content)
    assert units == [("lightgbm", part, place) for part in ("with.all", "useless") for place in (0, 1)]


def test_the_table_is_for_people(run, methods):
    """The same figures as the report, in the terminal."""
    text = run.paths.ablation_table.read_text(encoding="utf-8")
    assert f"lightgbm, scheme kfold: folds 1, 2 of 4 scored, {scored_users(run)} users" in text
    for method in methods.values():
        for without in method.without:
            (line,) = (
                line.split()
                for line in text.split(f"{method.method}, scheme")[1].split(", scheme")[0].splitlines()
                if line.split()[:1] == [without.part]
            )
            assert line[1] == f"{without.means[method.metrics[0]]:.4f}"


def test_one_retriever_alone_has_nothing_to_leave_out(run, tmp_path):
    """Said in one line; a reranker alone is enough."""
    old = CONFIGURATION[CONFIGURATION.index("[retrievers.knows]") : CONFIGURATION.index("[blend]")]
    with pytest.raises(ConfigError, match=r"^ablate: one retriever and no reranker: there is nothing to leave out"):
        ablate(changed(run, old, "", tmp_path, "0"))


def test_an_unknown_reranker_is_refused(tmp_path):
    """When the configuration is loaded; without rerankers none is asked for."""
    path = competition(tmp_path, CONFIGURATION + '[ablate]\nreranker = "lightgbm"\n').paths.config
    assert Run.load("small", "0", tmp_path).ablated_reranker is None
    path.write_text(CONFIGURATION + '[ablate]\nreranker = "lightgmb"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ablate.reranker: 'lightgmb' is not a table under \[rerankers\]"):
        load_competition(path)


def test_a_report_never_waits_for_an_ablation(run):
    """Its stamp has a rule, what the report reads has none, and nothing waits for the stamp."""
    write_rules(run)
    lines = run.paths.rules.read_text(encoding="utf-8").splitlines()
    targets = [line.partition(":")[0] for line in lines]
    assert run.paths.ablation_done.as_posix() in targets
    assert run.paths.ablation.as_posix() not in targets
    assert not [line for line in lines if run.paths.ablation_done.as_posix() in line.partition(":")[2].split()]


def test_a_pool_without_a_list_is_the_pool_of_the_others(run):
    """The same rows and the same evidence."""
    fold = stacking_folds(run, Dataset.load(run.paths.dataset))[0]
    lists = list(load_lists(run.paths, run.methods.retrievers, "kfold", fold).values())
    for number in range(3):
        rest = blend.pool(lists).without(number)
        wanted = blend.pool(lists[:number] + lists[number + 1 :])
        for name in ("users", "row", "items", "evidence"):
            np.testing.assert_array_equal(getattr(rest, name), getattr(wanted, name))


def test_columns_are_told_apart_by_their_whole_name():
    """A retriever whose name begins like another's keeps its columns."""
    names = ["retrievers.a-rank", "retrievers.a-b-rank", "counts.a", "counts.a-b"]
    candidates = Candidates(np.zeros(1, np.int32), np.zeros((1, 1), np.int32), np.zeros((1, 1), np.float32))
    features, label = np.arange(4, dtype=np.float32)[None], np.zeros(1, dtype=bool)
    table = FeatureTable(candidates, names, features, label, np.zeros(1, np.float32), np.ones(5, np.float32))
    for group, kept in {"retrievers.a": [0], "retrievers.a-b": [1], "retrievers": [0, 1], "counts": [2, 3]}.items():
        assert table.select([group]).names == [names[place] for place in kept]
        rest = table.without(group)
        assert rest.features.tolist() == [[float(place) for place in range(4) if place not in kept]]
