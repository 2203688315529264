"""The benchmark on whole competitions: what is hidden stays hidden, and peers and tables are right."""

import json
import re
import subprocess
import sys
import zipfile
from argparse import Namespace
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench_competitions
from competitions import build as building
from competitions.build import SAMPLE, build, sample
from competitions.holdouts import Holdout, last_days, last_events, share_of_each
from competitions.logs import LOGS, Files, Log
from competitions.rows import CONTENDERS, FEW_LINES, Contender
from competitions.table import FOUND, Figures, collect, fill, markdown
from competitions.wheels import unpacked
from peers import few_lines
from peers.event_log import ANSWER, LEFT_OUT, VISIBLE, EventLog, Events, best
from peers.exchange import Answer, Task
from peers.running import Row
from peers.shortlist_chain import Chain, read_lists
from shortlist.common.array_files import write_arrays
from shortlist.common.bilingual import same
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError

ROOT = Path(__file__).parents[2]
PAGES = ("docs/benchmarks.md", "docs/benchmarks.ko.md")


def made_files(users: int = 30, items: int = 12, n: int = 600, *, seed: int = 0) -> Files:
    """A log of 60 days with repeats, beside a table of users."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"who": rng.integers(users, size=n), "what": rng.integers(items, size=n)})
    rows["when"] = np.sort(rng.integers(60, size=n))
    people = pd.DataFrame({"who": range(users), "age": 30})
    return Files("log.csv", rows, "who", "what", rows["when"].astype(float), {"people.csv": people}, "wide")


def made_log(**changed) -> Log:
    settings = {"k": 3, "log_only": True} | changed
    holdout = settings.pop("holdout", Holdout(last_days(10)))
    return Log("made", same("made"), lambda cache: made_files(), holdout, **settings)


EVENTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=40)


def frame(events) -> pd.DataFrame:
    return pd.DataFrame(events, columns=["user", "item", "time"]).astype({"user": str, "item": str})


@given(EVENTS, st.integers(1, 5))
def test_the_last_events_are_those_a_loop_finds(events, number: int) -> None:
    """By time, then by the order of the file; half of a user's events stay."""
    hidden = last_events(number)(frame(events), np.random.default_rng(0))
    for user in {one[0] for one in events}:
        own = sorted((time, place) for place, (who, _, time) in enumerate(events) if who == user)
        wanted = {place for _, place in own[len(own) - min(number, len(own) // 2) :]}
        assert {place for _, place in own if hidden[place]} == wanted


@given(EVENTS, st.sampled_from([0.2, 0.3, 0.5]))
def test_a_share_of_each_user_is_hidden_by_the_rule(events, share: float) -> None:
    """round(share x n), as Python rounds."""
    hidden = share_of_each(share)(frame(events), np.random.default_rng(1))
    counts, gone = (
        Counter(one[0] for one in events),
        Counter(one[0] for one, hid in zip(events, hidden, strict=True) if hid),
    )
    assert all(gone[user] == round(share * n) for user, n in counts.items())


@given(EVENTS, st.integers(0, 3))
def test_answers_are_of_users_and_items_that_are_visible(events, least: int) -> None:
    """Whatever else is hidden is left out, and nothing of the last days is visible."""
    table = frame(events)
    roles = Holdout(last_days(2), least=least).roles(table, np.random.default_rng(0))
    newest = max(one[2] for one in events)
    shown = [one for one in events if one[2] <= newest - 2]
    for (user, item, time), role in zip(events, roles, strict=True):
        if time <= newest - 2:
            assert role == VISIBLE
            continue
        counts = any(one[0] == user for one in shown) and sum(one[1] == item for one in shown) >= least
        assert role == (ANSWER if counts else LEFT_OUT)


def test_as_many_users_are_asked_as_the_holdout_says() -> None:
    """The same ones for the same seed."""
    table = frame(made_files().rows[["who", "what", "when"]].to_numpy().tolist())
    holdout = Holdout(last_days(10), users=5)
    first, again = (holdout.roles(table, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert table["user"][first == ANSWER].nunique() == 5


def read_raw(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "raw" / "log.csv")


def test_the_raw_files_hold_nothing_that_is_hidden(tmp_path: Path) -> None:
    """Neither the log nor what peers read; the sample asks for those who are scored, in the log's own ids."""
    made = build("x", made_log(), tmp_path, tmp_path, threads=1)
    folder, whole = tmp_path / "data" / "bench_x", made_files().rows
    shown, answers = read_raw(folder), pd.read_csv(folder / "answers.csv")
    assert len(shown) == made.visible
    assert shown["when"].max() <= whole["when"].max() - 10
    assert made.visible + made.hidden == len(whole)
    assert len(answers) == made.case.answers.nnz > 0
    assert set(pd.read_csv(folder / "raw" / SAMPLE)["who"]) == set(answers["user"])
    log = EventLog.load(made.case.task)
    assert log.times is not None
    again = sorted(zip(log.user_ids[log.users], log.item_ids[log.items], log.times, strict=True))
    assert again == sorted(
        zip(shown["who"].astype(str), shown["what"].astype(str), shown["when"].astype(float), strict=True)
    )
    assert {file.name for file in (folder / "raw").iterdir()} == {"log.csv", "people.csv", SAMPLE}
    alone = tmp_path / "data" / "bench_x_log_only"
    assert {file.name for file in (alone / "raw").iterdir()} == {"log.csv", SAMPLE}
    assert not (alone / "answers.csv").exists()


def test_the_same_competition_is_made_again(tmp_path: Path) -> None:
    """Byte for byte, and a configuration that was there is gone."""
    folder, contents = tmp_path / "data", []
    for _ in range(2):
        build("x", made_log(), tmp_path, tmp_path, threads=1)
        assert not (folder / "bench_x" / "competition.toml").exists()
        contents.append({file.name: file.read_bytes() for file in folder.rglob("*.csv")})
        (folder / "bench_x" / "competition.toml").write_text("old", encoding="utf-8")
    assert len(contents[0]) == 4
    assert contents[0] == contents[1]


def test_all_users_are_asked_where_the_log_says_so(tmp_path: Path) -> None:
    """Only those with answers are scored."""
    made = build("x", made_log(ask_all=True, holdout=Holdout(last_days(10), users=4)), tmp_path, tmp_path, threads=1)
    assert len(pd.read_csv(tmp_path / "data" / "bench_x" / "raw" / SAMPLE)) == made_files().rows["who"].nunique()
    assert len(made.case.task.users) == 4


def test_an_organiser_s_other_files_are_copied_as_they_are(tmp_path: Path) -> None:
    """The sample submission among them."""
    (tmp_path / SAMPLE).write_text('"who",what\n1,2\n', encoding="utf-8")
    files = made_files()
    theirs = Files(files.log, files.rows, "who", "what", None, {SAMPLE: tmp_path / SAMPLE}, None)
    log = Log("made", same("made"), lambda cache: theirs, Holdout(share_of_each(0.2)), k=3)
    made = build("x", log, tmp_path, tmp_path, threads=1)
    assert (tmp_path / "data/bench_x/raw" / SAMPLE).read_text(encoding="utf-8") == '"who",what\n1,2\n'
    assert not made.times
    assert EventLog.load(made.case.task).times is None


@pytest.mark.parametrize("form", ["long", "joined", "wide"])
def test_lists_are_read_from_every_form(tmp_path: Path, form) -> None:
    """As they stand in the sample."""
    sample(form, ("u", "i"), np.array(["b", "a"]), [7, 3, 5]).to_csv(tmp_path / "x.csv", index=False)
    assert read_lists(tmp_path / "x.csv") == {user: ["7", "3", "5"] for user in "ab"}


@pytest.mark.parametrize("keep", [True, False])
def test_lists_are_as_long_as_the_seen_items_demand(tmp_path: Path, keep: bool) -> None:
    """Where seen items are dropped, so many more are asked for."""
    task = build("x", made_log(keep=keep), tmp_path, tmp_path, threads=1).case.task
    assert task.length == min(building.N, task.shape[1])


# ---------------------------------------------------------------- peers of a few lines


def events_of(rows, shape=(4, 5)) -> Events:
    rows = sorted(rows, key=lambda one: (one[0], one[2]))
    users, items, times = (np.array(column) for column in zip(*rows, strict=True))
    return Events(users.astype(np.int32), items.astype(np.int32), times.astype(float), shape)


EVERYBODY = np.arange(4, dtype=np.int32)


@given(EVENTS, st.integers(1, 4))
def test_transitions_are_those_a_loop_counts(events, last: int) -> None:
    """The share of what follows each of the user's last items, the latest counting most."""
    log = events_of(events)
    after: dict[int, Counter[int]] = defaultdict(Counter)
    own = {user: [int(i) for u, i in zip(log.users, log.items, strict=True) if u == user] for user in range(4)}
    for items in own.values():
        for one, other in pairwise(items):
            after[one][other] += 1
    wanted = np.zeros((4, 5))
    for user, items in own.items():
        for later, one in enumerate(items[::-1][:last]):
            for other, count in after[one].items():
                wanted[user, other] += (1 - 1 / (last + 1)) ** later * count / after[one].total()
    np.testing.assert_allclose(few_lines.transition(log, last)(EVERYBODY), wanted, atol=1e-12)


@given(EVENTS, st.sampled_from([0.0, 0.5]))
def test_covisits_are_those_a_loop_counts(events, popularity: float) -> None:
    """Of items up to ten steps apart, less for what came before."""
    log, last = events_of(events), 3
    own = {user: [int(i) for u, i in zip(log.users, log.items, strict=True) if u == user] for user in range(4)}
    near, counts = np.zeros((5, 5)), np.maximum(np.bincount(log.items, minlength=5), 1)
    for items in own.values():
        for place, one in enumerate(items):
            for step, other in enumerate(items[place + 1 : place + 11]):
                near[one, other] += 0.9**step
                near[other, one] += 0.5 * 0.9**step
    wanted = np.zeros((4, 5))
    for user, items in own.items():
        for later, one in enumerate(items[::-1][:last]):
            wanted[user] += 0.75**later * near[one] / counts**popularity
    np.testing.assert_allclose(few_lines.covisitation(log, last, popularity)(EVERYBODY), wanted, atol=1e-12)


@given(EVENTS)
def test_item_neighbours_are_those_a_loop_finds(events) -> None:
    """Cosine, the nearest two of each item, no item near itself."""
    log = events_of(events)
    taken = log.pairs().toarray()
    norms = np.sqrt(taken.sum(axis=0))
    near = np.zeros((5, 5))
    for one in range(5):
        cosines = {
            other: (taken[:, one] @ taken[:, other]) / (norms[one] * norms[other] + 1)
            for other in range(5)
            if other != one and taken[:, one] @ taken[:, other]
        }
        for other in sorted(cosines, key=lambda other: (-cosines[other], other))[:2]:
            near[other, one] = cosines[other]
    np.testing.assert_allclose(few_lines.item_knn(log, 2, 1.0)(EVERYBODY), taken @ near, atol=1e-12)


def test_frequencies_fade_by_half_a_half_life() -> None:
    """Of the own items, and of everybody's."""
    log = events_of([(0, 1, 0), (0, 1, 10), (0, 2, 10), (1, 2, 0)])
    np.testing.assert_allclose(few_lines.own_frequency(log, 10.0, 0.0)(EVERYBODY)[0], [0, 1.5, 1, 0, 0])
    np.testing.assert_allclose(few_lines.own_frequency(log, 10.0, 0.2)(EVERYBODY)[1], [0, 0.1, 0.7, 0, 0])
    np.testing.assert_allclose(few_lines.recent_popular(log, 10.0)(EVERYBODY)[3], [0, 1.5, 1.5, 0, 0])
    np.testing.assert_allclose(few_lines.popular(log)(EVERYBODY)[3], [0, 1, 2, 0, 0])


def test_ease_predicts_an_item_by_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least squares of each item on the others (its closed form), and nothing for items that it leaves out."""
    rng = np.random.default_rng(0)
    log = events_of([(user, item, 0) for user in range(30) for item in range(5) if rng.random() < 0.5], (30, 5))
    taken = log.pairs().toarray()
    scores = few_lines.ease(log, 2.0)(np.arange(30, dtype=np.int32))
    for item in range(5):
        others = np.delete(taken, item, axis=1)
        weights = np.linalg.solve(others.T @ others + 2 * np.eye(4), others.T @ taken[:, item])
        np.testing.assert_allclose(scores[:, item], others @ weights, atol=1e-4)
    monkeypatch.setattr(few_lines, "COMMON", 3)
    assert np.count_nonzero(few_lines.ease(log, 2.0)(np.arange(30, dtype=np.int32)).any(axis=0)) == 3


def test_fusion_by_rank_puts_first_what_both_put_first() -> None:
    """And with all weight on one part it has that part's order."""
    log = events_of([(0, 1, 0), (0, 1, 1), (0, 2, 2), (1, 1, 0), (1, 3, 1), (2, 2, 0), (2, 1, 1)])
    frequency, near = {"half_life": 1000.0, "credit": 0.0}, {"last": 3, "popularity": 0.0}
    own = few_lines.own_and_covisitation(log, frequency, near, share=1.0)(EVERYBODY)
    assert best(own, 2)[0].tolist() == [1, 2]
    together = few_lines.own_and_covisitation(log, frequency, near, share=0.0)(EVERYBODY)
    wanted = best(few_lines.covisitation(log, last=3, popularity=0.0)(EVERYBODY), 2)[0]
    assert best(together, 2)[0].tolist() == wanted.tolist()


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=4), st.integers(1, 8))
def test_the_best_are_sorted_and_ties_go_to_the_lower_code(scores, n: int) -> None:
    """The scores of the list are the largest, falling."""
    found = best(np.array(scores, dtype=float), n)
    for row, own in zip(found, scores, strict=True):
        values = [own[item] for item in row]
        assert values == sorted(own, reverse=True)[:n]
        assert all(values[at] > values[at + 1] or row[at] < row[at + 1] for at in range(len(values) - 1))


@pytest.fixture
def task(tmp_path: Path) -> Task:
    return build("x", made_log(), tmp_path, tmp_path, threads=1).case.task


def test_the_inner_holdout_hides_by_the_same_rule(task: Task) -> None:
    """The last ten days of what is visible; a perfect list of its answers has recall 1."""
    log = EventLog.load(task)
    inner, answers = log.inner, log.inner_answers.toarray()
    assert log.times is not None
    assert inner.times is not None
    assert inner.times.max() <= log.times.max() - 10
    assert answers.any()
    assert few_lines.inner_recall(lambda users: answers[users].astype(float), log, inner) == 1
    assert few_lines.inner_recall(lambda users: -answers[users].astype(float), log, inner) < 0.5


def test_what_is_chosen_is_best_on_the_inner_holdout(task: Task) -> None:
    """Of a model whose one setting finds everything and whose other finds nothing."""
    log = EventLog.load(task)
    answers = log.inner_answers.toarray()
    model = few_lines.Model(
        lambda events, sign: lambda users: sign * answers[users], lambda log: [{"sign": -1.0}, {"sign": 1.0}]
    )
    assert few_lines.chosen(model, log) == {"sign": 1.0}


@pytest.mark.parametrize("name", [name for name in few_lines.MODELS if name != "als"])
def test_every_peer_of_few_lines_gives_full_lists(task: Task, name: str) -> None:
    """As long as they are asked for, without repeats; the same ones again."""
    lists = []
    for _ in range(2):
        peer = few_lines.make(name, task)
        peer.fit()
        lists.append(peer.predict())
    np.testing.assert_array_equal(lists[0], lists[1])
    assert lists[0].shape == (len(task.users), task.length)
    assert all(len(set(row)) == len(row) for row in lists[0].tolist())


def test_every_row_of_few_lines_has_its_model() -> None:
    """And every model its row."""
    assert [CONTENDERS[name].row.model for name in FEW_LINES] == list(few_lines.MODELS)


def test_every_contender_has_its_files() -> None:
    """An adapter, and the requirements of its environment."""
    for contender in CONTENDERS.values():
        row = contender.row
        assert (ROOT / "scripts" / "peers" / f"{row.adapter}.py").exists()
        assert row.environment is None or (ROOT / "scripts" / "peers" / f"{row.environment}.txt").exists()


# ---------------------------------------------------------------- Shortlist's row


def test_the_csv_is_what_is_scored(tmp_path: Path, task: Task) -> None:
    """Its items stand first in each list; behind them comes what else the submitted method would have given."""
    chain, log = Chain("", task), EventLog.load(task)
    ids = pd.DataFrame({"user": log.user_ids[log.users], "item": log.item_ids[log.items]})
    dataset = Dataset.from_events(ids)
    dataset.save(chain.paths.dataset)
    users, width = np.arange(len(dataset.users), dtype=np.int32), len(dataset.items)
    final = chain.paths.final("blend")
    final.parent.mkdir(parents=True)
    items = np.tile(np.arange(width, dtype=np.int32), (len(users), 1))
    scores = np.zeros(items.shape, dtype=np.float32)
    write_arrays(final, {"users": users, "items": items, "scores": scores}.items())
    chain.csv = tmp_path / "blend-1.csv"
    chosen = dataset.items.ids[[4, 2, 0]].tolist()
    sample("wide", ("who", "what"), log.user_ids[task.users], chosen).to_csv(chain.csv, index=False)
    chain.csv.with_suffix(".json").write_text(json.dumps({"method": "blend"}), encoding="utf-8")
    lists = chain.predict()
    rest = [item for item in dataset.items.ids.tolist() if item not in chosen]
    assert all(log.item_ids[row[row >= 0]].tolist() == [*chosen, *rest] for row in lists)


# ---------------------------------------------------------------- the script


def test_wheels_that_are_there_are_unpacked_and_nothing_is_fetched(tmp_path, monkeypatch) -> None:
    """Without the wheel and without uv it is one line that says what to do."""
    monkeypatch.setenv("UV", str(tmp_path / "no-uv"))
    with zipfile.ZipFile(tmp_path / "some_log-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("some_log/data.csv", "a\n1\n")
    for _ in range(2):
        assert (unpacked("some-log==1.0", tmp_path) / "some_log" / "data.csv").read_text(encoding="utf-8") == "a\n1\n"
    with pytest.raises(DataError, match="no-uv: No such file"):
        unpacked("some-log==2.0", tmp_path)


def options(tmp_path: Path, **changed) -> Namespace:
    given = {"logs": None, "peers": ["few_lines"], "root": tmp_path, "wheels": tmp_path, "threads": 1, "timeout": 300.0}
    return Namespace(**given | {"output": tmp_path / "out.json", "pages": []} | changed)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"logs": ["netflix"]}, "--logs: there is no 'netflix'; there are movielens_100k,"),
        ({"peers": ["nobody"]}, "--peers: there is no 'nobody'; there are shortlist,"),
        ({"timeout": 0}, "--timeout: must be more than 0, got 0"),
    ],
)
def test_options_that_cannot_be_used_say_so(tmp_path: Path, changed, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        bench_competitions.check(options(tmp_path, **changed))


def test_competitions_whose_files_are_not_there_are_left_out(tmp_path, monkeypatch, capsys) -> None:
    """With a word, and what is only on demand is not among those that run by default."""
    monkeypatch.setattr("competitions.logs.ROOT", tmp_path)
    monkeypatch.delenv("SHORTLIST_REAL_VIEWS", raising=False)
    monkeypatch.setenv("SHORTLIST_REAL_DATA", str(tmp_path))
    (tmp_path / SAMPLE).touch()
    logs, contenders = bench_competitions.check(options(tmp_path))
    assert list(logs) == ["movielens_100k", "complete_journey", "ta_feng", "dacon_236170"]
    assert tuple(contenders) == FEW_LINES
    assert capsys.readouterr().err == "bench-competitions: dacon_236290: left out, its files are not there\n"


def test_a_run_writes_figures_and_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """A log from its files to the marked block of a page; peers that do not fit the log say why, a failing one too."""
    monkeypatch.setitem(LOGS, "made", made_log(keep=False))
    broken = {"broken": Contender(Row("broken", "nothing", "x"))}
    monkeypatch.setattr(bench_competitions, "CONTENDERS", CONTENDERS | broken)
    page = tmp_path / "page.ko.md"
    page.write_text("before\n<!-- bench-competitions made -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    asked = ["popular", "own_frequency", "broken"]
    bench_competitions.bench(options(tmp_path, logs=["made"], peers=asked, pages=[page]))
    (log,) = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["logs"].values()
    assert 0 < log["rows"]["popular"]["recall@3"]["mean"] < 1
    assert log["rows"]["popular"]["memory"] > 10
    assert log["rows"]["own_frequency"]["error"] == "not run: own items may not be recommended"
    assert log["rows"]["broken"]["error"].startswith("failed: ModuleNotFoundError")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- bench-competitions made -->\n### made\n")
    assert text.endswith("<!-- end -->\nafter\n")
    assert "| 방법 |" in text
    assert "old" not in text
    assert "| method |" in capsys.readouterr().out


def figures(case, items: np.ndarray) -> Figures:
    result = Figures()
    result.add(Answer(items.astype(np.int32), 1.0, 2.0, 30.0, {}), case, 3)
    return result


def test_the_table_has_the_differences_to_shortlist(tmp_path: Path) -> None:
    """Of both metrics, with intervals; lists may end early."""
    case = build("x", made_log(), tmp_path, tmp_path, threads=1).case
    wanted = case.answers[case.task.users].toarray() > 0
    perfect, worst = (np.argsort(order, axis=1, kind="stable") for order in (~wanted, wanted))
    results = {"shortlist": figures(case, perfect), "other": figures(case, worst[:, :3]), "bad": Figures(error="a|b")}
    rows = {"shortlist": Row("Shortlist", "m", "n"), "other": Row("other", "m", "n"), "bad": Row("bad", "m", "n")}
    collected = collect(rows, results, "shortlist", 3)
    lines = markdown(collected, 3).splitlines()
    assert lines[2] == "| Shortlist | 1.0000 ± 0.0000 |  | 1.0000 ± 0.0000 |  | 1.000 | 1.0 | 2.0 | 30 |"
    low, high = re.findall(r"\+(\d\.\d{4}) \[", lines[3])
    assert collected["other"]["ahead"]["recall"]["mean"] == pytest.approx(float(low), abs=1e-4)
    assert collected["other"]["ahead"]["ndcg"]["mean"] == pytest.approx(float(high), abs=1e-4)
    assert collected["other"][FOUND]["mean"] < 1
    assert lines[4] == "| bad | a/b |  |  |  |  |  |  |  |"
    assert {line.count("|") for line in lines} == {10}


def test_a_page_without_the_marks_is_told(tmp_path: Path) -> None:
    """And stays as it was."""
    page = tmp_path / "page.md"
    page.write_text("<!-- bench-competitions one -->\n<!-- end -->\n", encoding="utf-8")
    with pytest.raises(DataError, match="has no lines <!-- bench-competitions two -->"):
        fill(page, "two", "text")
    fill(page, "one", "text")
    fill(page, "one", "again")
    assert page.read_text(encoding="utf-8") == "<!-- bench-competitions one -->\nagain\n<!-- end -->\n"


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_have_a_place_for_every_log(page: str) -> None:
    """And name files, options, logs and methods that there are."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.findall(r"<!-- bench-competitions (\w+) -->", text) == list(LOGS)
    assert text.count("<!-- end -->") == len(LOGS)
    assert all((ROOT / file).exists() for file in re.findall(r"`(scripts/[\w/.]+)`", text))
    for asked in re.findall(r"--logs ([\w ]+?)(?= --|\")", text):
        assert set(asked.split()) <= set(LOGS)
    for asked in re.findall(r"--peers ([\w ]+?)(?= --|\")", text):
        assert set(asked.split()) <= {"few_lines", *CONTENDERS}


def test_an_unknown_log_is_one_line_and_exit_code_2() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "bench_competitions.py"), "--logs", "netflix"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("bench-competitions: --logs: there is no 'netflix'")
    assert done.stderr.count("\n") == 1
