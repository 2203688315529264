"""Samples of many forms, and logs that a sample alone tells apart."""

from pathlib import Path

import pandas as pd
from tests.studies.init.worlds import codes, events, joined, long, outcome, put, sessions, spread

from shortlist.studies.init.init import look

LOG = spread(events())


def test_sample_without_header(tmp_path: Path) -> None:
    """Its first row is a user like the others."""
    paths = put(tmp_path, train__csv=LOG)
    long(LOG, 5).to_csv(paths.raw / "sample_submission.csv", index=False, header=False)
    found = look(paths)
    assert (found.told.form.kind, found.told.k, len(found.told.asked)) == ("long", 5, 60)


def test_ranks_and_numbered_rows(tmp_path: Path) -> None:
    """A column that counts the rows is neither users nor items."""
    sample = long(LOG, 4, ["user", "song"])
    sample["rank"] = sample.groupby("user").cumcount() + 1
    sample.insert(0, "ID", range(len(sample)))
    log = LOG.set_axis(["msno", "song_id", "listen_time"], axis=1)
    found = outcome(look(put(tmp_path, listens__csv=log, sample_submission__csv=sample)))
    assert (found["user"], found["item"], found["time"]) == ("msno", "song_id", "listen_time")
    assert (found["form"], found["k"]) == ("ranked", 4)


def test_lists_in_brackets(tmp_path: Path) -> None:
    """As Python writes them."""
    sample = joined(LOG, 5, sign=", ")
    sample["i"] = "[" + sample["i"] + "]"
    found = look(put(tmp_path, interactions__csv=LOG, submission__csv=sample))
    assert (found.told.form.kind, found.told.k) == ("joined", 5)


def test_one_placeholder_for_all(tmp_path: Path) -> None:
    """It tells neither the items nor k: the only column that is left has the items, and k is a guess to be checked."""
    log = LOG.set_axis(["uid", "thing", "t"], axis=1)
    sample = pd.DataFrame({"uid": log["uid"].unique(), "answer": 0})
    found = look(put(tmp_path, log__csv=log, sample_submission__csv=sample))
    assert (found.source["user"], found.source["item"], found.source["time"]) == ("uid", "thing", "t")
    assert (found.told.k, found.told.k_known) == (10, False)


def test_sessions_asked_for_in_a_log_of_users(tmp_path: Path) -> None:
    """Of two columns that may be the users, it is the one whose ids the sample has."""
    log = sessions(events(users=300)).assign(user=lambda each: "p" + (codes(each["u"]) % 40).astype(str))
    log = log.rename(columns={"u": "session_id", "i": "item_id"})[["user", "session_id", "item_id", "t"]]
    asked = log["session_id"].unique()[-60:]
    sample = pd.DataFrame([(one, f"m{n:02}") for one in asked for n in range(5)], columns=["session_id", "item_id"])
    found = look(put(tmp_path, train_sessions__csv=log, sample_submission__csv=sample))
    assert (found.source["user"], found.source["item"]) == ("session_id", "item_id")
    assert [scheme.name for scheme in found.schemes] == ["last_events", "next_event"]
    assert found.schemes[0].settings["period"] == "14d"


def test_names_that_say_nothing(tmp_path: Path) -> None:
    """Numbers on both sides: in the sample, users have equally many rows, and stand on the left."""
    log = pd.DataFrame({"b": codes(LOG["i"]), "a": codes(LOG["u"])})
    sample = long(log[["a", "b"]], 5, ["a", "b"])
    found = look(put(tmp_path, x__csv=log, sample_submission__csv=sample))
    assert (found.source["user"], found.source["item"]) == ("a", "b")


def test_columns_about_the_user_in_the_log(tmp_path: Path) -> None:
    """An age is no item, though its numbers are among theirs."""
    log = pd.DataFrame({"USER_ID": codes(LOG["u"]), "age": codes(LOG["u"]) % 30 + 1, "BOOK": codes(LOG["i"])})
    sample = long(log[["USER_ID", "BOOK"]], 5, ["USER_ID", "BOOK"])
    found = look(put(tmp_path, train__csv=log, sample_submission__csv=sample))
    assert (found.source["user"], found.source["item"]) == ("USER_ID", "BOOK")
    assert found.columns
    assert found.columns.extra == ("age",)


def test_nobody_asked_for_has_history(tmp_path: Path) -> None:
    """Their table is found by the sample's ids."""
    sample = long(LOG, 5)
    sample["u"] = "new-" + sample["u"]
    users = pd.DataFrame({"u": sample["u"].unique(), "age": 30})
    found = look(put(tmp_path, train__csv=LOG, users__csv=users, sample_submission__csv=sample))
    assert found.source["users"] == "users.csv"
    assert found.told.cold == 60


def test_words_that_all_logs_share_are_no_kinds(tmp_path: Path) -> None:
    """The kind is the part of a file's name that differs."""
    files = {"shop-clicks__csv": LOG, "shop-buys__csv": LOG[::3].assign(price=3)}
    found = look(put(tmp_path, sample__csv=joined(LOG, 5), **files))
    assert found.source["kind_of"] == {"shop-buys.csv": "buys", "shop-clicks.csv": "clicks"}
    assert found.source["kinds"] == {"buys": 6.0, "clicks": 1.0}


def test_tables_of_one_side_that_are_left_over(tmp_path: Path) -> None:
    """The one that covers more of the log is used, the other named; ids alone say nothing about users."""
    items = pd.DataFrame({"i": [f"m{n:02}" for n in range(40)], "genre": "a"})
    files = {"items__csv": items, "old_items__csv": items[:20], "test__csv": LOG[["u"]].drop_duplicates()}
    found = look(put(tmp_path, train__csv=LOG, sample_submission__csv=long(LOG, 5), **files))
    assert found.source["items"] == "items.csv"
    assert "users" not in found.source
    assert found.tables
    assert {name: why.en for name, why in found.tables.left_out.items()} == {
        "old_items.csv": "a second table about items",
        "test.csv": "ids of users only",
    }


def test_files_without_headers(tmp_path: Path) -> None:
    """Of tables about numbers from 1, the one about the users is that with as many ids as there are users."""
    log = pd.DataFrame({"u": codes(LOG["u"]), "i": codes(LOG["i"]), "rating": codes(LOG["i"]) % 5 + 1})
    paths = put(tmp_path, sample_submission__csv=joined(log, 5, ["UserID", "MovieID"]))
    tables = {
        "ratings.dat": log,
        "users.dat": pd.DataFrame({"id": range(1, 61), "sex": ["F", "M"] * 30}),
        "movies.dat": pd.DataFrame({"id": range(1, 41), "title": "film", "genres": "Drama|Comedy"}),
    }
    for name, table in tables.items():
        lines = ["::".join(map(str, row)) for row in table.itertuples(index=False)]
        (paths.raw / name).write_text("\n".join(lines) + "\n")
    source = look(paths).source
    assert (source["log"], source["users"], source["items"]) == ("ratings.dat", "users.dat", "movies.dat")
    assert (source["user"], source["item"]) == ("column_1", "column_2")
