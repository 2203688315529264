"""Competitions of many shapes: everything that is told of their files, at once."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.studies.init.worlds import codes, events, joined, long, outcome, put, sessions, spread, suited

from shortlist.config.load import load_competition
from shortlist.config.paths import Paths
from shortlist.studies.init.found import Found
from shortlist.studies.init.init import init, look

PLAIN = suited("popular", "user_knn", "item_knn", "ials", "ease", "rp3beta", "two_tower")
AGAIN = suited("popular", "own_history", "user_knn", "item_knn", "ials", "ease", "rp3beta")
TIMED = suited(
    "popular", "trending", "covisitation", "user_knn", "item_knn", "ials", "ease", "rp3beta", "two_tower", "sequence"
)
TIMED_AGAIN = suited(
    "popular", "trending", "own_history", "covisitation", "user_knn", "item_knn", "ials", "ease", "rp3beta"
)
DESCRIBED = suited("content", "hybrid_knn")


def found_in(paths: Paths) -> Found:
    """What is found; the file that is written says the same and can be read."""
    found = look(paths)
    init(paths)
    competition = load_competition(paths.config)
    assert competition.source_kind == (found.source["kind"], {k: v for k, v in found.source.items() if k != "kind"})
    assert (competition.question.k, competition.question.seen) == (found.told.k, found.told.seen)
    assert list(competition.validation.schemes) == [scheme.name for scheme in found.schemes]
    assert list(competition.retrievers) == [method.kind for method in found.retrievers]
    return found


def test_log_of_two_columns(tmp_path: Path) -> None:
    """Without times every event is hidden once; nothing comes again, so seen items are dropped."""
    log = events()
    found = found_in(put(tmp_path, train__csv=log, sample_submission__csv=long(log, 5)))
    assert outcome(found) == {
        "log": "train.csv", "user": "u", "item": "i", "k": 5, "form": "long", "seen": "drop", "scheme": {"kfold": {}},
        "retrievers": PLAIN,
    }  # fmt: skip


def test_items_that_come_again(tmp_path: Path) -> None:
    """More than a twentieth of the events are repeats: seen items are kept."""
    log = events(repeats=0.3).set_axis(["userID", "articleID"], axis=1).assign(userCountry="KR")
    found = found_in(put(tmp_path, view_log__csv=log, sample_submission__csv=long(log, 4, ["userID", "articleID"])))
    assert outcome(found) == {
        "log": "view_log.csv", "user": "userID", "item": "articleID", "k": 4, "form": "long", "seen": "keep",
        "scheme": {"kfold": {}}, "retrievers": AGAIN,
    }  # fmt: skip
    assert found.columns
    assert found.columns.extra == ("userCountry",)


def test_ratings_with_tables_under_other_keys(tmp_path: Path) -> None:
    """Users and items are both numbers from 1: names tell them apart, in the tables too."""
    log = spread(events())
    log = pd.DataFrame({"userId": codes(log["u"]), "movieId": codes(log["i"]), "rating": codes(log["i"]) % 5 + 1,
                        "timestamp": pd.to_datetime(log["t"]).astype("datetime64[s]").astype("int64")})  # fmt: skip
    movies = pd.DataFrame({"id": range(1, 41), "title": [f"film {n}" for n in range(40)], "genres": "Drama|Comedy"})
    people = pd.DataFrame({"uid": range(1, 61), "age": range(20, 80)})
    files = {"movies__csv": movies.rename(columns={"id": "movie"}), "users__csv": people, "ratings__csv": log}
    sample = joined(log[["userId", "movieId"]], 6, ["userId", "predictions"])
    found = found_in(put(tmp_path, sampleSubmission__csv=sample, **files))
    assert outcome(found) == {
        "log": "ratings.csv", "user": "userId", "item": "movieId", "time": "timestamp", "rating": "rating",
        "users": "users.csv", "user_key": "uid", "items": "movies.csv", "item_key": "movie", "k": 6, "form": "joined",
        "seen": "drop", "scheme": {"last_days": {"window": "14d", "learning": 2}}, "retrievers": [*TIMED, *DESCRIBED],
    }  # fmt: skip


def test_purchases_in_korean(tmp_path: Path) -> None:
    """Names of files and columns in Korean, amounts, repeats and dates with dots."""
    log = spread(events(repeats=0.3))
    dates = pd.to_datetime(log["t"]).dt.strftime("%Y.%m.%d")
    log = pd.DataFrame({"구매일자": dates, "회원번호": log["u"], "상품코드": log["i"], "금액": 1000})
    log["금액"] = np.arange(len(log)) % 7 * 1000
    files = {
        "구매내역__csv": log,
        "상품정보__csv": pd.DataFrame({"상품코드": [f"m{n:02}" for n in range(40)], "분류": ["가", "나"] * 20}),
        "제출_예시__csv": long(log[["회원번호", "상품코드"]], 3, ["회원번호", "상품코드"]),
    }
    assert outcome(found_in(put(tmp_path, **files))) == {
        "log": "구매내역.csv", "user": "회원번호", "item": "상품코드", "time": "구매일자", "amount": "금액",
        "items": "상품정보.csv", "k": 3, "form": "long", "seen": "keep",
        "scheme": {"last_days": {"window": "14d", "learning": 2}}, "retrievers": [*TIMED_AGAIN, *DESCRIBED],
    }  # fmt: skip


def test_wide_sample_without_items(tmp_path: Path) -> None:
    """One column an item, all of them empty: k is the number of columns."""
    log = spread(events(repeats=0.3)).rename(columns={"u": "household_id", "i": "product_id", "t": "day_time"})
    sample = pd.DataFrame({"household_id": log["household_id"].unique()}).assign(product_1="", product_2="")
    found = found_in(put(tmp_path, transactions__parquet=log, sample__csv=sample))
    assert outcome(found) == {
        "log": "transactions.parquet", "user": "household_id", "item": "product_id", "time": "day_time", "k": 2,
        "form": "wide", "seen": "keep",
        "scheme": {"last_days": {"window": "14d", "learning": 2}}, "retrievers": TIMED_AGAIN,
    }  # fmt: skip


def test_sessions_with_kinds(tmp_path: Path) -> None:
    """Sessions of the newest days, asked for by kind of event: the last events of such sessions are hidden."""
    log = sessions(events(users=300, repeats=0.3))
    log = pd.DataFrame({"session": codes(log["u"]), "aid": codes(log["i"]) + 1000, "ts": log["t"]})
    log["type"] = np.array(["clicks", "clicks", "carts", "orders"])[np.arange(len(log)) % 4]
    asked = [f"{user}_{kind}" for user in range(241, 301) for kind in ("clicks", "carts", "orders")]
    sample = pd.DataFrame({"session_type": asked, "labels": "1001 1002 1003"})
    found = found_in(put(tmp_path, train__jsonl=log, sample_submission__csv=sample))
    assert outcome(found) == {
        "log": "train.jsonl", "user": "session", "item": "aid", "time": "ts", "kind_column": "type", "k": 3,
        "form": "joined_by_kind", "seen": "keep",
        "scheme": {"last_events": {"hidden": 0.3, "period": "14d", "learning": 2}}, "retrievers": TIMED_AGAIN,
    }  # fmt: skip
    assert found.source["kinds"] == {"carts": 3.0, "clicks": 1.0, "orders": 6.0}
    assert found.kind_weights == {"clicks": 0.1, "carts": 0.3, "orders": 0.6}


def test_users_who_come_once_are_all_asked(tmp_path: Path) -> None:
    """Everybody came for a short time and everybody is asked: their own last events, without a period."""
    log = sessions(events())
    found = found_in(put(tmp_path, train__tsv=log, sample_submission__csv=joined(log, 5, sign=",")))
    assert outcome(found) == {
        "log": "train.tsv", "user": "u", "item": "i", "time": "t", "k": 5, "form": "joined", "seen": "drop",
        "scheme": {"last_events": {"hidden": 0.3}}, "retrievers": TIMED,
    }  # fmt: skip


def test_log_whose_last_events_were_taken(tmp_path: Path) -> None:
    """Events get rare at the end: each user's last ones are what is asked, not the days after."""
    log = spread(events(users=200, each=20))
    kept = log.sort_values("t", kind="stable").groupby("u").head(16)
    found = found_in(put(tmp_path, train__csv=kept, sample_submission__csv=long(log, 5)))
    assert outcome(found)["scheme"] == {"last_events": {"hidden": 0.3}}


def test_days_that_are_only_counted(tmp_path: Path) -> None:
    """Times without dates: the window is in their own unit."""
    log = spread(events())
    day = (pd.to_datetime(log["t"]) - pd.Timestamp("2024-01-01")).dt.days
    log = pd.DataFrame({"customer": log["u"], "article": log["i"], "DAY": day})
    found = found_in(put(tmp_path, train__csv=log, sample_submission__csv=long(log, 5, ["customer", "article"])))
    assert outcome(found) == {
        "log": "train.csv", "user": "customer", "item": "article", "time": "DAY", "k": 5, "form": "long",
        "seen": "drop", "scheme": {"last_days": {"window": 12.0, "learning": 2}}, "retrievers": TIMED,
    }  # fmt: skip


def test_several_logs_and_a_copy(tmp_path: Path) -> None:
    """Files of the same columns are read one after the other; one with the same bytes is left out."""
    log = events()
    halves = {"train_2__csv": log[300:], "train_1__csv": log[:300]}
    paths = put(tmp_path, sample_submission__csv=long(log, 5), **halves)
    (paths.raw / "train_1 (1).csv").write_bytes((paths.raw / "train_1.csv").read_bytes())
    found = found_in(paths)
    assert found.source["log"] == ["train_1.csv", "train_2.csv"]
    assert found.tables
    assert {name: why.en for name, why in found.tables.left_out.items()} == {
        "train_1 (1).csv": "the same as train_1.csv"
    }
    assert len(found.dataset) == len(log)


def test_logs_that_are_called_by_their_kind(tmp_path: Path) -> None:
    """The kind of an event is told by the name of its file, where no column has it."""
    log = spread(events(repeats=0.3))
    found = found_in(put(tmp_path, view_log__csv=log, order_log__csv=log[::3], sample_submission__csv=long(log, 5)))
    assert outcome(found) == {
        "log": ["order_log.csv", "view_log.csv"], "user": "u", "item": "i", "time": "t",
        "kind_of": {"order_log.csv": "order", "view_log.csv": "view"}, "k": 5, "form": "long", "seen": "keep",
        "scheme": {"last_days": {"window": "14d", "learning": 2}}, "retrievers": TIMED_AGAIN,
    }  # fmt: skip
    assert found.source["kinds"] == {"order": 6.0, "view": 1.0}


def test_lists_of_items_in_the_log(tmp_path: Path) -> None:
    """A row for each user, whose items are one cell."""
    log = events()
    baskets = log.groupby("u")["i"].agg(" ".join).reset_index().set_axis(["customer", "basket"], axis=1)
    found = found_in(put(tmp_path, baskets__csv=baskets, sample_submission__csv=joined(log, 5, ["customer", "items"])))
    assert outcome(found) == {
        "log": "baskets.csv", "user": "customer", "item": "basket", "separator": " ", "k": 5, "form": "joined",
        "seen": "drop", "scheme": {"kfold": {}}, "retrievers": PLAIN,
    }  # fmt: skip
    assert len(found.dataset) == len(log)


def test_users_without_history(tmp_path: Path) -> None:
    """They are counted, whether their table has them or nothing does."""
    log = events()
    sample = long(pd.concat([log, pd.DataFrame({"u": ["u900", "u901"], "i": "m00"})]), 5)
    users = pd.DataFrame({"u": [*log["u"].unique(), "u900"], "region": "a"})
    found = found_in(put(tmp_path, train__csv=log, members__csv=users, sample_submission__csv=sample))
    assert (len(found.told.asked), found.told.cold) == (62, 2)
    assert found.source["users"] == "members.csv"


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    """Several rows for one id, ids that nothing else has, and what is no table at all are named, with the reason."""
    log = events()
    skills = pd.DataFrame({"u": ["u001", "u001", "u002"], "skill": ["a", "b", "a"]})
    codes_of = pd.DataFrame({"code": ["x", "y"], "meaning": ["one", "two"]})
    paths = put(tmp_path, train__csv=log, skills__csv=skills, codes__csv=codes_of, sample_submission__csv=long(log, 5))
    (paths.raw / "README.md").write_text("# About\n")
    (paths.raw / "model.bin").write_bytes(b"\x00\x01\x02")
    found = found_in(paths)
    assert outcome(found)["log"] == "train.csv"
    assert found.tables
    left_out = {name: why.en for name, why in found.tables.left_out.items()}
    assert list(left_out) == ["codes.csv", "model.bin", "skills.csv"]
    assert left_out["skills.csv"] == "several rows for one u"
    assert left_out["codes.csv"] == "shares no ids with the log"


def test_packed_files_with_semicolons_and_an_index(tmp_path: Path) -> None:
    """The index that pandas writes is no id, even where its numbers are among those of the items."""
    log = pd.DataFrame({"client": codes(events()["u"]), "sku": codes(events()["i"])})
    paths = put(tmp_path, sample_submission__csv=joined(log, 5, ["client", "sku"]))
    (paths.raw / "log.csv.gz").write_bytes(gzip.compress(log.to_csv(sep=";").encode()))
    assert outcome(found_in(paths)) == {
        "log": "log.csv.gz", "user": "client", "item": "sku", "k": 5, "form": "joined", "seen": "drop",
        "scheme": {"kfold": {}}, "retrievers": PLAIN,
    }  # fmt: skip


def test_sample_whose_name_says_nothing(tmp_path: Path) -> None:
    """The sample is the small file whose users and items are those of the large one, equally many for each."""
    log = events()
    found = found_in(put(tmp_path, history__csv=log, form__csv=long(log, 3)))
    assert (found.sample.name, found.told.k, found.source["log"]) == ("form.csv", 3, "history.csv")


def test_kinds_that_speak_against_an_item(tmp_path: Path) -> None:
    """They are left out of the weights, and told."""
    log = spread(events(repeats=0.3))
    log["event_type"] = np.array(["view", "purchase", "remove_from_cart"])[np.arange(len(log)) % 3]
    found = found_in(put(tmp_path, events__csv=log, sample_submission__csv=long(log, 5)))
    assert found.source["kinds"] == {"purchase": 6.0, "view": 1.0}
    assert found.columns
    assert found.columns.ignored == ("remove_from_cart",)
    assert len(found.dataset) == (log["event_type"] != "remove_from_cart").sum()


def test_file_of_items_that_may_be_recommended(tmp_path: Path) -> None:
    """Its name says so; it is no table of items."""
    log = events()
    some = pd.DataFrame({"i": [f"m{n:02}" for n in range(20)]})
    found = found_in(put(tmp_path, train__csv=log, candidate_items__csv=some, sample_submission__csv=long(log, 5)))
    assert found.tables
    assert found.tables.permitted == "candidate_items.csv"
    assert load_competition(Paths("made", tmp_path).config).question.items == "candidate_items.csv"


@pytest.mark.parametrize("name", ["birth_date", "release_date"])
def test_dates_about_one_side_are_no_times_of_events(tmp_path: Path, name: str) -> None:
    """A column that is the same in all rows of a user or of an item says nothing about when."""
    log = events()
    side = "u" if name == "birth_date" else "i"
    log[name] = [f"19{50 + int(each[1:]) % 40}-01-01" for each in log[side]]
    found = found_in(put(tmp_path, train__csv=log, sample_submission__csv=long(log, 5)))
    assert "time" not in found.source
    assert found.schemes[0].kind == "kfold"


def test_enough_users_with_answers_have_a_reranker(tmp_path: Path) -> None:
    """From 500 users on; fewer teach it nothing that holds."""
    for users, rerankers in ((499, []), (500, ["lightgbm"])):
        log = events(users=users)
        paths = put(tmp_path / str(users), train__csv=log, sample_submission__csv=long(log, 5))
        found_in(paths)
        assert list(load_competition(paths.config).rerankers) == rerankers


def test_files_of_dacon_236170_have_their_own_source(made_folder: Path, tmp_path: Path) -> None:
    """By their names; the tables with several rows for an id are read there."""
    paths = Paths("dacon_236170", tmp_path)
    paths.raw.parent.mkdir(parents=True)
    paths.raw.symlink_to(made_folder / "raw")
    found = found_in(paths)
    assert outcome(found)["form"] == "long"
    assert found.source == {"kind": "dacon_jobs"}
    assert load_competition(paths.config).upload.cpt_id == 236170
