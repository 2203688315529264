"""Small inputs after public reports of people who do this job, each with what is right; all through the command line.

60 users, 40 items, 480 events; each case changes a file or two, as a spreadsheet, pandas or an organiser would.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.builder import configuration

from shortlist.cli import main
from shortlist.errors import ShortlistError
from shortlist.increments import Results, run

USERS, ITEMS, EACH, K = 60, 40, 8, 5

TABLES = """
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.user_knn]
"""


@dataclass
class Files:
    """The raw files of a case, to be changed, and what competition.toml says of them."""

    log: pd.DataFrame
    sample: pd.DataFrame
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    source: str = ""
    question: str = ""

    def write(self, raw: Path) -> None:
        raw.mkdir(parents=True)
        frames = {"train.csv": self.log, "sample_submission.csv": self.sample, **self.tables}
        for name, frame in frames.items():
            frame.to_csv(raw / name, index=False)
        for name, text in self.texts.items():
            (raw / name).write_text(text, encoding="utf-8")

    def toml(self) -> str:
        source = f'{{ kind = "interactions", log = "train.csv", user = "user_id", item = "item_id"{self.source} }}'
        text = configuration(TABLES, source=source, columns=("user_id", "item_id"), ks=(5, 10))
        return text.replace("[validation]", f"[question]\n{self.question}\n[validation]", 1)


def base() -> Files:
    rng = np.random.default_rng(0)
    taken = [rng.permutation(ITEMS)[:EACH] for _ in range(USERS)]
    rows = [(f"u{user}", f"m{item}") for user, items in enumerate(taken) for item in items]
    log = pd.DataFrame(rows, columns=["user_id", "item_id"])
    sample = pd.DataFrame({"user_id": np.repeat([f"u{n}" for n in range(USERS)], K), "item_id": "m0"})
    return Files(log, sample)


def items_table(numbers: range | None = None) -> pd.DataFrame:
    numbers = range(ITEMS) if numbers is None else numbers
    return pd.DataFrame({"item_id": [f"m{n}" for n in numbers], "genre": ["ab"[n % 2] for n in numbers]})


def with_text(name: str, text: str, files: Files) -> Files:
    files.texts[name] = text
    return files


def renumbered(files: Files, user: str, item: str) -> Files:
    """Ids as numbers from 1000 and 500 on, in the given forms."""
    files.log["user_id"] = [user.format(1000 + int(name[1:])) for name in files.log["user_id"]]
    files.log["item_id"] = [item.format(500 + int(name[1:])) for name in files.log["item_id"]]
    files.sample["user_id"] = [str(1000 + int(name[1:])) for name in files.sample["user_id"]]
    files.sample["item_id"] = [str(500 + int(name[1:])) for name in files.sample["item_id"]]
    return files


def case_01() -> Files:
    """Users in the sample without any row in the log."""
    files = base()
    more = pd.DataFrame({"user_id": np.repeat(["new1", "new2", "new3"], K), "item_id": "m0"})
    files.sample = pd.concat([files.sample, more], ignore_index=True)
    return files


def case_03() -> Files:
    """Items of the log without a row in items.csv."""
    files = base()
    files.tables["items.csv"], files.source = items_table(range(30)), ', items = "items.csv"'
    return files


def case_03_users() -> Files:
    """The same of users."""
    files = base()
    files.tables["users.csv"] = pd.DataFrame({"user_id": [f"u{n}" for n in range(50)], "age": range(50)})
    files.source = ', users = "users.csv"'
    return files


def case_04() -> Files:
    """The log has `1000.0`, the sample `1000`."""
    return renumbered(base(), "{:.1f}", "{}")


def case_05_missing() -> Files:
    """One item id is empty."""
    files = renumbered(base(), "{}", "{}")
    files.log.loc[99, "item_id"] = None
    return files


def case_05_floats() -> Files:
    """After pandas' dropna and to_csv all items are `535.0`."""
    return renumbered(base(), "{}", "{:.1f}")


def case_11() -> Files:
    r"""One `\N` among the numbers of the time column."""
    files = base()
    times = [str(1_600_000_000 + 1000 * n) for n in range(len(files.log))]
    times[300] = r"\N"
    files.log["event_time"], files.source = times, ', time = "event_time"'
    return files


def case_12() -> Files:
    """A table with two columns without a name."""
    table = items_table().to_csv(index=False).replace("\n", ",,\n")
    files = with_text("items.csv", table, base())
    files.source = ', items = "items.csv"'
    return files


def case_13() -> Files:
    """A table with pandas' index column."""
    files = with_text("items.csv", items_table().to_csv(), base())
    files.source = ', items = "items.csv"'
    return files


def case_15() -> Files:
    """A text of 150,000 letters in a field."""
    files, table = base(), items_table()
    table["story"] = "word"
    table.loc[3, "story"] = "x" * 150_000
    files.tables["items.csv"], files.source = table, ', items = "items.csv"'
    return files


def nearly_all(user: str) -> Files:
    files = base()
    files.log = files.log[files.log["user_id"] != user]
    more = pd.DataFrame({"user_id": user, "item_id": [f"m{n}" for n in range(ITEMS - 2)]})
    files.log = pd.concat([files.log, more], ignore_index=True)
    return files


def case_16() -> Files:
    """An asked user has 38 of 40 items."""
    return nearly_all("u7")


def case_16_catalogue() -> Files:
    """A catalogue smaller than k."""
    files = base()
    files.log["item_id"] = ["m" + str(int(name[1:]) % 4) for name in files.log["item_id"]]
    return files


def case_18() -> Files:
    """The sample has a third column, rank."""
    files = base()
    files.sample["rank"] = np.tile(range(1, K + 1), USERS)
    return files


def case_19() -> Files:
    """The sample's columns are item, user."""
    files = base()
    files.sample = files.sample[["item_id", "user_id"]]
    return files


def case_20() -> Files:
    """The sample has one row a user, items joined by blanks."""
    files = base()
    files.sample = pd.DataFrame({"user_id": [f"u{n}" for n in range(USERS)], "item_id": "m0 m1 m2 m3 m4"})
    return files


def case_22() -> Files:
    """Ids with a blank at the end in all files."""
    files = base()
    files.log["user_id"] += " "
    files.sample["user_id"] += " "
    return files


def case_24() -> Files:
    """Users take the same items again, and may be recommended them."""
    files = base()
    files.log = pd.concat([files.log, files.log.iloc[::2], files.log.iloc[::4]], ignore_index=True)
    files.question = 'seen = "keep"'
    return files


def case_27() -> Files:
    """`-`, `NULL`, `—` in columns of numbers; lists with commas."""
    files, table = base(), items_table()
    table["price"] = [str(1000 + n) for n in range(ITEMS)]
    table.loc[[0, 7, 9], "price"] = ["—", "NULL", "-"]
    table["genres"] = ["Comedy, Drama, Science Fiction" if n % 2 else "Action, Comedy" for n in range(ITEMS)]
    files.tables["items.csv"], files.source = table, ', items = "items.csv"'
    return files


def case_28() -> Files:
    """`0000-00-00` for an unknown date."""
    files = base()
    dates = [f"2020-01-{n % 28 + 1:02}" for n in range(USERS)]
    dates[5] = "0000-00-00"
    files.tables["users.csv"] = pd.DataFrame({"user_id": [f"u{n}" for n in range(USERS)], "joined": dates})
    files.source = ', users = "users.csv"'
    return files


def case_32() -> Files:
    """A user nobody asks for has 38 of 40 items."""
    files = nearly_all("u7")
    files.sample = files.sample[files.sample["user_id"] != "u7"]
    return files


def case_33() -> Files:
    """`train (1).csv` lies beside train.csv."""
    return with_text("train (1).csv", "nothing of use", base())


def case_header_again() -> Files:
    """A header row again in the middle of the log."""
    files = base()
    text = files.log.to_csv(index=False).splitlines(keepends=True)
    return with_text("train.csv", "".join([*text[:200], text[0], *text[200:]]), files)


def case_commas() -> Files:
    """Rows of commas only at the end of the log."""
    files = base()
    return with_text("train.csv", files.log.to_csv(index=False) + ",\n,\n", files)


def case_39() -> Files:
    """The sample has 10 rows a user, k = 5 in the TOML."""
    files = base()
    files.sample = pd.concat([files.sample, files.sample]).sort_values("user_id", kind="stable", ignore_index=True)
    return files


def case_22_one_file() -> Files:
    """`u7` and `u7 ` in one log."""
    files = base()
    files.log.loc[[60, 61], "user_id"] = "u7 "
    return files


def case_04_table() -> Files:
    """The log has `535`, the items' table `535.0`."""
    files = renumbered(base(), "{}", "{}")
    files.tables["items.csv"] = pd.DataFrame({"item_id": [f"{500 + n}.0" for n in range(ITEMS)], "genre": "a"})
    files.source = ', items = "items.csv"'
    return files


REFUSED: dict[Callable[[], Files], tuple[str, ...]] = {
    case_04: ("sample_submission.csv", "'1000'", "'1000.0'"),
    case_05_missing: ("train.csv", "item_id", "row 101"),
    case_05_floats: ("sample_submission.csv", "'500'", "'500.0'"),
    case_22_one_file: ("user", "'u7'", "'u7 '"),
    case_04_table: ("item", "'500'", "'500.0'"),
    case_11: ("train.csv", "row 302", r"\\N", "number"),
    case_16: ("'u7'", "2 of 40", "keep"),
    case_16_catalogue: ("4 items", "5"),
    case_39: ("sample_submission.csv", "10", "k = 5"),
    case_header_again: ("train.csv", "row 201", "header"),
}
"""What the one line must say."""

SERVED: dict[Callable[[], Files], tuple[str, ...]] = {
    case_01: ("notice: 3 of 63 users",),
    case_03: ("notice", "10 items"),
    case_03_users: ("notice", "10 users"),
    case_12: ("notice", "items.csv"),
    case_13: ("notice", "items.csv"),
    case_15: (),
    case_18: (),
    case_19: (),
    case_20: (),
    case_22: (),
    case_24: (),
    case_27: ("notice", "price"),
    case_28: ("notice", "joined"),
    case_32: (),
    case_33: (),
    case_commas: ("notice", "train.csv"),
}
"""What standard error must say."""


def set_up(files: Files, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.chdir(root)
    files.write(root / "data/small/raw")
    (root / "data/small/competition.toml").write_text(files.toml(), encoding="utf-8")


def name_of(case: Callable[[], Files]) -> str:
    return case.__name__.removeprefix("case_")


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_what_cannot_be_right_is_refused_in_one_line(
    case: Callable[[], Files], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 before anything is learnt, and a line that names file, row or id, and both sides of a difference."""
    set_up(case(), monkeypatch, tmp_path)
    monkeypatch.setattr(sys, "argv", ["shortlist", "preprocess", "--competition", "small"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == ShortlistError.exit_code
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("shortlist:")]
    for words in REFUSED[case]:
        assert words in line
    assert not (tmp_path / "data/small/work/dataset/events.npz").exists()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    """The runs that have been made, by case."""
    return {}


@pytest.mark.parametrize("case", SERVED, ids=name_of)
def test_what_is_only_odd_is_served(
    case: Callable[[], Files], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A CSV in the sample's shape with 5 items for each user asked, and a notice where something was made up for."""
    files = case()
    set_up(files, monkeypatch, tmp_path)
    results = run("small", until="submit")
    said = " ".join(capsys.readouterr().err.split())
    for words in SERVED[case]:
        assert words in said
    assert results.csv is not None
    made = pd.read_csv(results.csv, dtype=str, keep_default_na=False)
    assert list(made.columns) == list(files.sample.columns)
    assert made["user_id"].tolist() == files.sample["user_id"].tolist()
    lists = made["item_id"].str.split() if len(made) == USERS else made.groupby("user_id")["item_id"].agg(list)
    assert {len(set(items)) for items in lists} == {K}
    if "rank" in made:
        assert made["rank"].tolist() == files.sample["rank"].astype(str).tolist()


def test_seen_items_come_again_only_where_they_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With seen = "keep" the lists of repeating users hold their own items; without the line, none."""
    for seen, question in (("keep", 'seen = "keep"'), ("drop", "")):
        files = case_24()
        files.question = question
        root = tmp_path / seen
        root.mkdir()
        set_up(files, monkeypatch, root)
        results = run("small", until="submit")
        assert results.csv is not None
        made = pd.read_csv(results.csv, dtype=str)
        own = set(zip(files.log["user_id"], files.log["item_id"], strict=True))
        again = [pair in own for pair in zip(made["user_id"], made["item_id"], strict=True)]
        assert any(again) == (seen == "keep")


def test_a_replaced_log_is_read_again_whatever_its_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 35: the log is `train.txt`, and a newer one of the same size takes its place."""
    files = base()
    files.texts["train.txt"] = files.log.to_csv(index=False)
    set_up(files, monkeypatch, tmp_path)
    toml = tmp_path / "data/small/competition.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("train.csv", "train.txt"), encoding="utf-8")
    before = run("small", until="submit").csv
    newer = files.log.assign(item_id=files.log["item_id"].to_numpy()[::-1]).to_csv(index=False)
    assert len(newer) == len(files.texts["train.txt"])
    (tmp_path / "data/small/raw/train.txt").write_text(newer, encoding="utf-8")
    assert run("small", until="submit").csv != before


def test_a_library_user_gets_an_error_for_ids_that_are_none() -> None:
    """Ids half int and half str, a NaN, a None: a DataError that names the id or the row."""
    from shortlist.data.dataset import Dataset
    from shortlist.errors import DataError

    for users, words in (([1, "1"], "number and as text"), (["a", float("nan")], "row 2"), (["a", None], "row 2"),
                         ([1.5, 2.0], "float")):  # fmt: skip
        with pytest.raises(DataError, match=words):
            Dataset.from_events(pd.DataFrame({"user": pd.Series(users, dtype=object), "item": ["x", "y"]}))


def test_a_file_can_name_who_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample shows two users only, for the form; the CSV has rows for those of the file, in its order."""
    files = base()
    files.sample = files.sample.iloc[: 2 * K]
    files.texts["asked.csv"] = "user_id\nu7\nu3\nnew\n"
    files.question = 'asked = "asked.csv"'
    set_up(files, monkeypatch, tmp_path)
    results = run("small", until="submit")
    assert results.csv is not None
    assert pd.read_csv(results.csv)["user_id"].tolist() == ["u7"] * K + ["u3"] * K + ["new"] * K


@pytest.mark.parametrize("with_users", [False, True])
def test_a_file_can_name_what_may_be_recommended(
    with_users: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To everybody, or to each user a list of their own."""
    files = base()
    allowed = [f"m{n}" for n in range(0, ITEMS, 2)]
    rows = [f"u{user},{item}\n" for user in range(USERS) for item in allowed] if with_users else allowed
    files.texts["allowed.csv"] = "user_id,item_id\n" + "".join(rows) if with_users else "item_id\n" + "\n".join(rows)
    files.question = 'items = "allowed.csv"'
    set_up(files, monkeypatch, tmp_path)
    results = run("small", until="submit")
    assert results.csv is not None
    assert set(pd.read_csv(results.csv)["item_id"]) <= set(allowed)


def test_several_competitions_do_not_disturb_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of one leaves every file of the other as it was."""
    files = case_20()
    set_up(files, monkeypatch, tmp_path)
    files.write(tmp_path / "data/other/raw")
    (tmp_path / "data/other/competition.toml").write_text(files.toml(), encoding="utf-8")
    run("small", until="submit")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*/small/**/*")}
    run("other", until="submit")
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*/small/**/*")}
