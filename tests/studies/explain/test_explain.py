"""An explanation shows what the files say: the submitted items, their ranks, and contributions that make the score."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.builder import competition, configuration, stages

from shortlist.data.asked import Asked
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.errors import ConfigError
from shortlist.pipeline.results import load_final, load_state, save_final
from shortlist.pipeline.run import Run
from shortlist.report.material import Material
from shortlist.report.sections.explanations import typical
from shortlist.rerank.features import FEATURES
from shortlist.studies.explain.explain import attributes, explain, typical_users
from shortlist.studies.explain.explanation import Explanation
from shortlist.studies.explain.table import explanation_text
from shortlist.submission.write import write_submission

TABLES = """
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.user_knn]
neighbours = 2
[blend]
candidates = 12
[rerankers.lightgbm]
trees = 15
min_rows = 5
negatives = 1.0
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small competition with a reranker, every stage before the submission done."""
    text = configuration(TABLES, seed=0, method="lightgbm")
    return stages(competition(tmp_path_factory.mktemp("explain"), text, SampleSize(120, 80, 600)))


@pytest.fixture(scope="module")
def dataset(run: Run) -> Dataset:
    """Of that competition."""
    return Dataset.load(run.paths.dataset)


@pytest.fixture(scope="module")
def explained(run: Run, dataset: Dataset) -> list[Explanation]:
    """What was submitted for everybody."""
    return explain(run, dataset.users.ids.tolist())


@pytest.mark.parametrize("method", ["lightgbm", "blend", "user_knn"])
def test_what_is_explained_is_what_is_submitted(run: Run, dataset: Dataset, method: str) -> None:
    """The items of every user, in their order, are those of the CSV that is made from the method."""
    csv = pd.read_csv(write_submission(run.submitting(method)), dtype=str)
    explanations = explain(run, dataset.users.ids.tolist(), method)
    rows = [(own.user, pick.item.id) for own in explanations for pick in own.picks]
    assert sorted(rows) == sorted(csv.itertuples(index=False, name=None))
    submitted = {user: lines["recruitment_seq"].tolist() for user, lines in csv.groupby("resume_seq")}
    assert {own.user: [pick.item.id for pick in own.picks] for own in explanations} == submitted
    assert {own.method for own in explanations} == {method}


def test_ranks_are_places_in_the_final_lists(run: Run, dataset: Dataset, explained: list[Explanation]) -> None:
    """Of every method, the submitted one first; None where its list does not hold the item."""
    finals = {name: load_final(run.paths, name) for name in run.methods.all}
    seen = set()
    for own in explained:
        code = int(dataset.users.codes([own.user])[0])
        for pick in own.picks:
            assert next(iter(pick.ranks)) == "lightgbm"
            assert set(pick.ranks) == set(finals)
            item = int(dataset.items.codes([pick.item.id])[0])
            for name, rank in pick.ranks.items():
                items = finals[name].items[code].tolist()
                assert rank == (items.index(item) + 1 if item in items else None)
                seen.add(rank is None)
    assert seen == {True, False}


def test_history_and_attributes_are_those_of_the_raw_files(run: Run, explained: list[Explanation]) -> None:
    """The user's applications with the number of their applicants, the resume's own columns, the posting's."""
    raw = run.paths.raw
    pairs = pd.read_csv(raw / "apply_train.csv", dtype=str)
    popularity = pairs["recruitment_seq"].value_counts()
    resumes = pd.read_csv(raw / "resume.csv", dtype=str).set_index("resume_seq")
    postings = pd.read_csv(raw / "recruitment.csv", dtype=str).set_index("recruitment_seq")
    for own in explained[::7]:
        assert sorted(item.id for item in own.history) == sorted(
            pairs.loc[pairs["resume_seq"] == own.user, "recruitment_seq"]
        )
        assert own.attributes["degree"] == resumes.loc[own.user, "degree"]
        assert str(resumes.loc[own.user, "updated_date"]).startswith(own.attributes["updated_date"])
        for item in (*own.history, *(pick.item for pick in own.picks)):
            assert item.users == popularity.get(item.id, 0)
            assert item.attributes["check_box_keyword"] == postings.loc[item.id, "check_box_keyword"]


def test_contributions_and_where_the_model_begins_make_the_score(explained: list[Explanation]) -> None:
    """The base value is the same for everybody; each group's parts add up; the strongest come first."""
    picks = [pick for own in explained for pick in own.picks if pick.reasons]
    assert len(picks) > 500
    begin = picks[0].unexplained
    for pick in picks:
        assert pick.unexplained == pytest.approx(begin, abs=1e-4)
        assert {reason.group for reason in pick.reasons} <= set(FEATURES)
        moved = [reason.contribution for reason in pick.reasons]
        assert moved == sorted(moved, reverse=True)
        for reason in pick.reasons:
            sizes = [abs(part.contribution) for part in reason.parts]
            assert sizes == sorted(sizes, reverse=True)
    assert min(reason.contribution for pick in picks for reason in pick.reasons) < 0


def test_values_are_those_of_the_candidate(explained: list[Explanation]) -> None:
    """A feature that can be read off the explanation itself has that value: counts, and ranks in the lists."""
    for own in explained:
        for pick in own.picks:
            values = {(reason.group, part.feature): part.value for reason in pick.reasons for part in reason.parts}
            if not values:
                continue
            assert values["counts", "user"] == len(own.history)
            assert values["counts", "item"] == pick.item.users
            for name in ("popular", "user_knn", "blend"):
                rank, value = pick.ranks[name], values["retrievers", f"{name}-rank"]
                assert math.isnan(value) if rank is None else value == rank


def test_a_method_without_contributions_says_so(run: Run, dataset: Dataset) -> None:
    """A retriever's list has ranks and no reasons; an item that fills it up has no score, and another's rank."""
    explanations = explain(run, dataset.users.ids.tolist(), "user_knn")
    picks = [pick for own in explanations for pick in own.picks]
    assert not any(pick.reasons for pick in picks)
    filled = [pick for pick in picks if pick.score is None]
    assert 0 < len(filled) < len(picks)
    for pick in filled:
        assert pick.ranks["user_knn"] is None
        assert any(rank for rank in pick.ranks.values())
    assert "user_knn is no reranker" in explanation_text(explanations[0])


def test_a_reranker_that_cannot_tell_says_so(explained: list[Explanation]) -> None:
    """Its items have scores and no reasons; where only some items have none, they are said to fill up the list."""
    silent = tuple(replace(pick, reasons=()) for pick in explained[0].picks)
    assert "the reranker lightgbm cannot tell" in explanation_text(replace(explained[0], picks=silent))
    text = explanation_text(replace(explained[0], picks=(*explained[0].picks[:-1], silent[-1])))
    assert text.count(": score ") == len(silent) - 1
    assert f"{silent[-1].item.id}: not among the candidates that lightgbm put in order" in text


def test_the_text_has_everything(explained: list[Explanation]) -> None:
    """Ids, attributes, ranks, and for each reason its words, its contribution and its strongest features."""
    whole = next(own for own in explained if own.history and all(pick.reasons for pick in own.picks))
    text = explanation_text(whole)
    flat = " ".join(text.split())
    assert text.startswith(f"{whole.user}: ")
    assert "submitted, from lightgbm" in text
    for item in (*whole.history, *(pick.item for pick in whole.picks)):
        assert f"\n {item.id} " in text
    for method in whole.picks[0].ranks:
        assert f"\n {method} " in text
    for pick in whole.picks:
        assert f"{pick.item.id}: score {pick.score:.2f} of lightgbm" in text
        assert f"{pick.unexplained:+.2f} base value" in flat
        for reason in pick.reasons:
            assert f" {reason.contribution:+.2f} " in text
            assert reason.parts[0].feature in text
    assert FEATURES["item_texts"][0].en in text
    assert max(map(len, text.splitlines())) <= 120
    assert "history: nothing" in explanation_text(replace(whole, history=()))


def test_what_looks_like_markup_is_shown_as_it_is(explained: list[Explanation]) -> None:
    """An organiser's ids and values may hold brackets."""
    first = replace(explained[0].picks[0].item, id="[red]R1[/red]", attributes={"kind": "[link]"})
    picks = (replace(explained[0].picks[0], item=first), *explained[0].picks[1:])
    text = explanation_text(replace(explained[0], user="[b]U1", attributes={"a": "[/x]"}, picks=picks))
    for part in ("[b]U1: a [/x]", "[red]R1[/red]: score ", "kind [link]"):
        assert part in text


def test_the_report_s_sample_is_of_users_that_are_asked_for(run: Run, explained: list[Explanation]) -> None:
    """Six of them, as they are explained alone."""
    sample = typical(Material(run))
    by_user = {own.user: explanation_text(own) for own in explained}
    assert len(sample) == 6
    assert all(explanation_text(own) == by_user[own.user] for own in sample)


def test_only_those_asked_for_are_explained(run: Run, explained: list[Explanation]) -> None:
    """Where a submission asks for five, the report shows these; another user has no list, and is refused by name."""
    paths, ids = run.paths, Dataset.load(run.paths.dataset).users.ids
    files = [paths.dataset / "asked.npz", *(paths.final(name) for name in run.methods.all)]
    before = {file: file.read_bytes() for file in files}
    try:
        Asked(np.arange(5, dtype=np.int32)).save(paths.dataset)
        for name in run.methods.all:
            save_final(paths, name, load_final(paths, name).rows(slice(5)), load_state(paths, name))
        assert {own.user for own in typical(Material(run))} == set(ids[:5].tolist())
        with pytest.raises(ConfigError, match=f"^user '{ids[9]}': the submission does not ask for this user"):
            explain(run, [str(ids[9])])
    finally:
        for file, content in before.items():
            file.write_bytes(content)
    assert explanation_text(explain(run, [explained[-1].user])[0]) == explanation_text(explained[-1])


@pytest.mark.parametrize(
    ("user", "method", "message"),
    [
        ("U0001", None, r"^USER: there is no 'U0001' in the dataset; the nearest ids are (U\d{5}, )*U\d{5}$"),
        ("", None, r"^USER: there is no '' in the dataset; the nearest ids are U\d{5}, U\d{5}, U\d{5}$"),
        ("U00001", "tower", r"^METHOD: can be popular, user_knn, blend, lightgbm, got 'tower'$"),
    ],
)
def test_what_is_not_known_is_named(run: Run, user: str, method: str | None, message: str) -> None:
    """One line that says what there is instead."""
    with pytest.raises(ConfigError, match=message):
        explain(run, [user], method)


def test_attributes_are_for_people() -> None:
    """Missing ones are left out, dates have no time, whole numbers no fraction, and long texts are cut."""
    table = pd.DataFrame(
        {
            "date": pd.to_datetime(["2020-07-01 00:00:00", "NaT"]),
            "number": [3900.0, np.nan],
            "large": [123456789.0, 0.25],
            "kind": pd.Categorical(["a", None]),
            "text": ["word;" * 100, None],
        }
    )
    first = attributes(table, 0)
    assert first == {
        "date": "2020-07-01", "number": "3900", "large": "123456789", "kind": "a", "text": first["text"]
    }  # fmt: skip
    assert first["text"].startswith("word;word;")
    assert first["text"].endswith("…")
    assert len(first["text"]) == 60
    assert attributes(table, 1) == {"large": "0.25"}
    assert attributes(pd.DataFrame(index=range(2)), 1) == {}


def test_typical_users_go_from_no_history_to_the_longest(lonely: Dataset) -> None:
    """Steps of equal numbers of users; the first and the last are the extremes; each of few is taken once."""
    lengths = dict(zip(lonely.users.ids.tolist(), np.diff(lonely.matrix().indptr).tolist(), strict=True))
    users = typical_users(lonely, np.arange(len(lonely.users), dtype=np.int32), 6)
    assert len(set(users)) == 6
    shown = [lengths[user] for user in users]
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, max(lengths.values()))
    assert min(shown[1:-1]) > 0
    few = np.array([2, 4], dtype=np.int32)
    assert sorted(typical_users(lonely, few, 6)) == sorted(lonely.users.ids[few].tolist())
    assert typical_users(lonely, few[:0], 6) == []
