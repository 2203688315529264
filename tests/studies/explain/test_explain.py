"""An explanation shows what the files say: the submitted items, their ranks, and contributions that make the score."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.chain import made_competition

from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.errors import ConfigError
from shortlist.pipeline.train import load_final
from shortlist.report.run import Run
from shortlist.report.sections.explanations import typical
from shortlist.rerank.features import FEATURES
from shortlist.studies.explain.explain import attributes, explain, typical_users
from shortlist.studies.explain.explanation import Explanation
from shortlist.studies.explain.table import render
from shortlist.submission.write import write_submission

CONFIGURATION = """
title = "small"
url = "none"
source = "dacon_jobs"
candidates = 20
[submission]
k = 5
user_column = "resume_seq"
item_column = "recruitment_seq"
method = "lightgbm"
[validation]
folds = 2
ks = [5, 20]
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
Project = tuple[Paths, Competition]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small competition with a reranker, every stage before the submission done."""
    paths = Paths("small", tmp_path_factory.mktemp("explain"))
    return paths, made_competition(paths, CONFIGURATION, SampleSize(120, 80, 600))


@pytest.fixture(scope="module")
def dataset(built: Project) -> Dataset:
    """Of that competition."""
    return Dataset.load(built[0].dataset)


@pytest.fixture(scope="module")
def explained(built: Project, dataset: Dataset) -> list[Explanation]:
    """What was submitted for everybody."""
    return explain(*built, dataset.users.ids.tolist())


@pytest.mark.parametrize("method", ["lightgbm", "blend", "user_knn"])
def test_what_is_explained_is_what_is_submitted(built: Project, dataset: Dataset, method: str) -> None:
    """The items of every user, in their order, are those of the CSV that is made from the method."""
    paths, competition = built
    rules = competition.submission.model_copy(update={"method": method})
    csv = pd.read_csv(write_submission(paths, competition.model_copy(update={"submission": rules})), dtype=str)
    found = explain(paths, competition, dataset.users.ids.tolist(), method)
    rows = [(one.user, pick.item.id) for one in found for pick in one.picks]
    assert sorted(rows) == sorted(csv.itertuples(index=False, name=None))
    submitted = {user: lines["recruitment_seq"].tolist() for user, lines in csv.groupby("resume_seq")}
    assert {one.user: [pick.item.id for pick in one.picks] for one in found} == submitted
    assert {one.method for one in found} == {method}


def test_ranks_are_places_in_the_final_lists(built: Project, dataset: Dataset, explained: list[Explanation]) -> None:
    """Of every method, the submitted one first; None where its list does not hold the item."""
    finals = {name: load_final(built[0], name) for name in built[1].methods}
    seen = set()
    for one in explained:
        code = int(dataset.users.codes([one.user])[0])
        for pick in one.picks:
            assert next(iter(pick.ranks)) == "lightgbm"
            assert set(pick.ranks) == set(finals)
            item = int(dataset.items.codes([pick.item.id])[0])
            for name, rank in pick.ranks.items():
                items = finals[name].items[code].tolist()
                assert rank == (items.index(item) + 1 if item in items else None)
                seen.add(rank is None)
    assert seen == {True, False}


def test_history_and_attributes_are_those_of_the_raw_files(built: Project, explained: list[Explanation]) -> None:
    """The user's applications with the number of their applicants, the resume's own columns, the posting's."""
    raw = built[0].raw
    pairs = pd.read_csv(raw / "apply_train.csv", dtype=str)
    popularity = pairs["recruitment_seq"].value_counts()
    resumes = pd.read_csv(raw / "resume.csv", dtype=str).set_index("resume_seq")
    postings = pd.read_csv(raw / "recruitment.csv", dtype=str).set_index("recruitment_seq")
    for one in explained[::7]:
        assert sorted(item.id for item in one.history) == sorted(
            pairs.loc[pairs["resume_seq"] == one.user, "recruitment_seq"]
        )
        assert one.attributes["degree"] == resumes.loc[one.user, "degree"]
        assert str(resumes.loc[one.user, "updated_date"]).startswith(one.attributes["updated_date"])
        for item in (*one.history, *(pick.item for pick in one.picks)):
            assert item.users == popularity.get(item.id, 0)
            assert item.attributes["check_box_keyword"] == postings.loc[item.id, "check_box_keyword"]


def test_contributions_and_where_the_model_begins_make_the_score(explained: list[Explanation]) -> None:
    """What is of no feature is the same for everybody; each group's parts add up; the strongest come first."""
    picks = [pick for one in explained for pick in one.picks if pick.reasons]
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
    for one in explained:
        for pick in one.picks:
            values = {(reason.group, part.feature): part.value for reason in pick.reasons for part in reason.parts}
            if not values:
                continue
            assert values["counts", "user"] == len(one.history)
            assert values["counts", "item"] == pick.item.users
            for name in ("popular", "user_knn", "blend"):
                rank, value = pick.ranks[name], values["retrievers", f"{name}-rank"]
                assert math.isnan(value) if rank is None else value == rank


def test_a_method_without_contributions_says_so(built: Project, dataset: Dataset) -> None:
    """A retriever's list has ranks and no reasons; an item that fills it up has no score, and another's rank."""
    found = explain(*built, dataset.users.ids.tolist(), "user_knn")
    picks = [pick for one in found for pick in one.picks]
    assert not any(pick.reasons for pick in picks)
    filled = [pick for pick in picks if pick.score is None]
    assert 0 < len(filled) < len(picks)
    for pick in filled:
        assert pick.ranks["user_knn"] is None
        assert any(rank for rank in pick.ranks.values())
    assert "user_knn is no reranker" in render(found[0])


def test_a_reranker_that_cannot_tell_says_so(explained: list[Explanation]) -> None:
    """Its items have scores and no reasons; where only some items have none, they are said to fill up the list."""
    silent = tuple(replace(pick, reasons=()) for pick in explained[0].picks)
    assert "the reranker lightgbm cannot tell" in render(replace(explained[0], picks=silent))
    text = render(replace(explained[0], picks=(*explained[0].picks[:-1], silent[-1])))
    assert text.count(": score ") == len(silent) - 1
    assert f"{silent[-1].item.id}: not among the candidates that lightgbm put in order" in text


def test_the_text_has_everything(explained: list[Explanation]) -> None:
    """Ids, attributes, ranks, and for each reason its words, its contribution and its strongest features."""
    one = next(one for one in explained if one.history and all(pick.reasons for pick in one.picks))
    text = render(one)
    flat = " ".join(text.split())
    assert text.startswith(f"{one.user}: ")
    assert "submitted, from lightgbm" in text
    for item in (*one.history, *(pick.item for pick in one.picks)):
        assert f"\n {item.id} " in text
    for method in one.picks[0].ranks:
        assert f"\n {method} " in text
    for pick in one.picks:
        assert f"{pick.item.id}: score {pick.score:.2f} of lightgbm" in text
        assert f"{pick.unexplained:+.2f} of no feature" in flat
        for reason in pick.reasons:
            assert f" {reason.contribution:+.2f} " in text
            assert reason.parts[0].feature in text
    assert FEATURES["item_texts"][0].en in text
    assert max(map(len, text.splitlines())) <= 120
    assert "history: nothing" in render(replace(one, history=()))


def test_what_looks_like_markup_is_shown_as_it_is(explained: list[Explanation]) -> None:
    """An organiser's ids and values may hold brackets."""
    first = replace(explained[0].picks[0].item, id="[red]R1[/red]", attributes={"kind": "[link]"})
    picks = (replace(explained[0].picks[0], item=first), *explained[0].picks[1:])
    text = render(replace(explained[0], user="[b]U1", attributes={"a": "[/x]"}, picks=picks))
    for part in ("[b]U1: a [/x]", "[red]R1[/red]: score ", "kind [link]"):
        assert part in text


def test_the_report_s_sample_is_of_users_that_are_asked_for(built: Project, explained: list[Explanation]) -> None:
    """Six of them, as they are explained alone."""
    found = typical(Run(*built))
    by_user = {one.user: render(one) for one in explained}
    assert len(found) == 6
    assert all(render(one) == by_user[one.user] for one in found)


def test_a_user_that_is_not_asked_for_can_be_explained(built: Project, explained: list[Explanation]) -> None:
    """The sample submission plays no part: a resume that it leaves out is explained all the same."""
    sample = built[0].raw / "sample_submission.csv"
    whole = sample.read_text(encoding="utf-8")
    try:
        sample.write_text("\n".join(whole.splitlines()[:6]) + "\n", encoding="utf-8")
        assert {one.user for one in typical(Run(*built))} == {line.split(",")[0] for line in whole.splitlines()[1:6]}
        (alone,) = explain(*built, [explained[-1].user])
        assert render(alone) == render(explained[-1])
    finally:
        sample.write_text(whole, encoding="utf-8")


@pytest.mark.parametrize(
    ("user", "method", "message"),
    [
        ("U0001", None, r"^USER: there is no 'U0001' in the dataset; the nearest ids are (U\d{5}, )*U\d{5}$"),
        ("", None, r"^USER: there is no '' in the dataset; the nearest ids are U\d{5}, U\d{5}, U\d{5}$"),
        ("U00001", "tower", r"^METHOD: can be popular, user_knn, blend, lightgbm, got 'tower'$"),
    ],
)
def test_what_is_not_known_is_named(built: Project, user: str, method: str | None, message: str) -> None:
    """One line that says what there is instead."""
    with pytest.raises(ConfigError, match=message):
        explain(*built, [user], method)


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
    found = typical_users(lonely, lonely.users.ids.tolist(), 6)
    assert len(set(found)) == 6
    shown = [lengths[user] for user in found]
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, max(lengths.values()))
    assert min(shown[1:-1]) > 0
    few = lonely.users.ids[[4, 2]].tolist()
    assert sorted(typical_users(lonely, [*few, few[0]], 6)) == sorted(few)
    assert typical_users(lonely, [], 6) == []
