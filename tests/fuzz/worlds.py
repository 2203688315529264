"""Small competitions that have been through the chain once: every form of raw file and of the answer."""

import csv
import fcntl
import gzip
import io
import json
import os
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import chdir, redirect_stderr
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from tests.builder import configuration
from tests.fuzz.trial import CANARY

from shortlist.data.sample import SampleSize, write_sample
from shortlist.increments import run

USERS, ITEMS, EACH, K = 24, 30, 6, 3
UPLOAD = "[upload]\ncpt_id = 236170\ndaily_limit = 3\n"
MODELS = "[validation.schemes.kfold]\n[retrievers.popular]\n[retrievers.user_knn]\n" + UPLOAD
HUMAN = "competition.toml"


@dataclass(frozen=True)
class World:
    """One competition.

    Attributes:
        form: of the answer, see `oracle`.
        source: of competition.toml.
        question: lines of its table.
        kinds: of events, where the answer has them.
    """

    form: str
    source: str
    question: str = ""
    kinds: tuple[str, ...] = ()


COLUMNS = 'user = "user_id", item = "item_id"'
WORLDS = {
    "jobs": World("long", '"dacon_jobs"'),
    "plain": World("long", f'{{ kind = "interactions", log = "train.csv", {COLUMNS}, time = "event_time", '
                           'users = "users.csv", items = "items.csv" }'),
    "tabs": World("ranked", f'{{ kind = "interactions", log = "train.tsv", {COLUMNS}, rating = "rating" }}'),
    "packed": World("blanks", f'{{ kind = "interactions", log = "train.csv.gz", {COLUMNS} }}'),
    "parquet": World("wide", f'{{ kind = "interactions", log = "train.parquet", {COLUMNS}, time = "event_time" }}'),
    "several": World("kinds", f'{{ kind = "interactions", log = ["clicks.csv", "orders.csv"], {COLUMNS}, '
                              'kind_of = { "clicks.csv" = "clicks", "orders.csv" = "orders" } }',
                     "kind_weights = { clicks = 0.3, orders = 0.7 }\n", ("clicks", "orders")),
    "lists": World("json", f'{{ kind = "interactions", log = "train.csv", {COLUMNS}, separator = " " }}',
                   'seen = "keep"\n'),
}  # fmt: skip
"""By the name of the competition's folder."""

LOGS = tuple(name for name in WORLDS if name != "jobs")


def taken(name: str) -> list[tuple[str, str, int]]:
    """User, item and day of the events of a log, in its order; the items of a user are distinct."""
    rng = random.Random(f"events of {name}")
    rows = [
        (f"u{user:02}", f"m{item:02}", day)
        for user in range(USERS)
        for day, item in enumerate(rng.sample(range(ITEMS), EACH), 1)
    ]
    rng.shuffle(rows)
    return rows


def written(rows: list[list[str]], delimiter: str = ",") -> bytes:
    """Rows as a CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def raw_files(name: str) -> Iterator[tuple[str, bytes]]:
    """The raw files of a log."""
    from tests.fuzz.oracle import facts_of_log, sample_rows

    world, events = WORLDS[name], taken(name)
    times = [[user, item, f"2024-03-{day:02} 12:00:00"] for user, item, day in events]
    head = ["user_id", "item_id", "event_time"]
    if name == "plain":
        yield "train.csv", written([head, *times])
        yield "users.csv", written([["user_id", "age", "city"]] + [[f"u{n:02}", str(20 + n), "ab"[n % 2]]
                                                                  for n in range(USERS)])  # fmt: skip
        yield "items.csv", written([["item_id", "genre", "price"]] + [[f"m{n:02}", "xyz"[n % 3], str(100 * n)]
                                                                      for n in range(ITEMS)])  # fmt: skip
    elif name == "tabs":
        rated = [[user, item, str(1 + day % 5)] for user, item, day in events]
        yield "train.tsv", written([["user_id", "item_id", "rating"], *rated], "\t")
    elif name == "packed":
        yield "train.csv.gz", gzip.compress(written([head, *times]), mtime=0)
    elif name == "parquet":
        yield "train.parquet", pd.DataFrame(times, columns=head).to_parquet(index=False)
    elif name == "several":
        for kind, place in (("clicks", 0), ("orders", 1)):
            rows = [[user, item] for user, item, day in events if day % 2 == place]
            yield f"{kind}.csv", written([["user_id", "item_id"], *rows])
    else:
        lists: dict[str, list[str]] = {}
        for user, item, _ in events:
            lists.setdefault(user, []).append(item)
        yield (
            "train.csv",
            written([["user_id", "item_id"], *([user, " ".join(items)] for user, items in lists.items())]),
        )
    facts = facts_of_log(name)
    yield "sample_submission.csv", written(sample_rows(world.form, facts))


def text_of(name: str) -> str:
    """The competition.toml."""
    world = WORLDS[name]
    if name not in LOGS:
        more = "[blend]\ncandidates = 10\n[rerankers.lightgbm]\ntrees = 5\nmin_rows = 5\n"
        return configuration(MODELS + more).replace('"none"', '"https://example.org/files"')
    return (
        f'title = "{name}"\nurl = "none"\nsource = {world.source}\nseed = 3\ncandidates = 20\n'
        f"[question]\nk = {K}\n{world.question}[validation]\nfolds = 2\nks = [3, 10]\n{MODELS}"
    )


def build(root: Path, name: str, text: str = "", until: Sequence[str] = ()) -> None:
    """Take a competition through the chain, up to each of some stages, in a project's folder of its own."""
    folder = root / "data" / name
    (folder / "raw").mkdir(parents=True)
    if name not in LOGS:
        write_sample(folder, SampleSize(users=40, items=30, pairs=160), seed=2)
    else:
        for file, content in raw_files(name):
            (folder / "raw" / file).write_bytes(content)
    (folder / "competition.toml").write_text(text or text_of(name), encoding="utf-8")
    (root / ".env").write_text(f"DACON_TOKEN={CANARY}\nDACON_TEAM=팀 하나\n", encoding="utf-8")
    (root / ".env").chmod(0o600)
    with chdir(root), redirect_stderr(io.StringIO()):
        for last in until or ("report" if name == "jobs" else "submit",):
            run(name, last)


def folder_of(base: Path, name: str) -> Path:
    """The folder of a world, which whoever comes first builds."""
    done = base / "worlds" / name
    (base / "worlds").mkdir(parents=True, exist_ok=True)
    with (base / "worlds" / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            half = done.with_name(f"{name}.half")
            shutil.rmtree(half, ignore_errors=True)
            build(half, name)
            half.rename(done)
    return done


def copy(world: Path, root: Path) -> None:
    """A project's folder like that of a world: second names of its files, but a ledger of its own."""

    def link(source: str, target: str) -> str:
        if source.endswith((".sqlite", ".jsonl", ".env")):
            return shutil.copy2(source, target)
        os.link(source, target)
        return target

    shutil.copytree(world, root, copy_function=link)


@cache
def text_content(name: str) -> str:
    """The same text as often as it is needed."""
    return text_of(name)


def stored(value: object) -> str:
    """A value in TOML, where JSON is TOML too."""
    return json.dumps(value, ensure_ascii=False)
