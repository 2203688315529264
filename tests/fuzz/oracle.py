"""What a right submission is, written from the forms' definitions and from nothing in `src`.

A file is right, wrong, or in between: read alike by most readers, so that a check may take it or not.
"""

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from tests.fuzz import worlds

Verdict = Literal["right", "wrong", "either"]

UNSEEN = {*map(chr, range(32)), *map(chr, range(127, 160)), "\u2028", "\u2029"} - {"\n", "\r"}
"""No id may hold one of them, nor a line's end."""


@dataclass(frozen=True)
class Facts:
    """What an answer rests on.

    Attributes:
        requests: who is asked, with the kind ("" without kinds), in the order of the sample.
        items: all there are.
        taken: user -> items that may not come again.
        k: items for each request.
        header: of the sample.
    """

    requests: tuple[tuple[str, str], ...]
    items: tuple[str, ...]
    taken: dict[str, frozenset[str]]
    k: int
    header: tuple[str, ...]


HEADERS = {
    "long": ("user_id", "item_id"),
    "ranked": ("user_id", "item_id", "rank"),
    "blanks": ("user_id", "prediction"),
    "json": ("user_id", "items"),
    "wide": ("user_id", *(f"item_{n}" for n in range(1, worlds.K + 1))),
    "kinds": ("session_type", "labels"),
}


def facts_of_log(name: str) -> Facts:
    """Those of a competition whose raw files `worlds` has made of a log."""
    world, events = worlds.WORLDS[name], worlds.taken(name)
    users, kinds = sorted({user for user, _, _ in events}), world.kinds or ("",)
    taken = {user: frozenset(item for one, item, _ in events if one == user) for user in users}
    items = {item for _, item, _ in events}
    if name == "plain":
        items |= {f"m{n:02}" for n in range(worlds.ITEMS)}
    if "keep" in world.question:
        taken = {}
    requests = tuple((user, kind) for user in users for kind in kinds)
    return Facts(requests, tuple(sorted(items)), taken, worlds.K, HEADERS[world.form])


def _facts_of_jobs(raw: Path) -> Facts:
    """Those of the made competition, from its files."""

    def read(file: str) -> list[dict[str, str]]:
        with (raw / file).open(encoding="utf-8-sig", newline="") as text:
            return list(csv.DictReader(text))

    sample = read("sample_submission.csv")
    users = list(dict.fromkeys(row["resume_seq"] for row in sample))
    taken: dict[str, set[str]] = {}
    for row in read("apply_train.csv"):
        taken.setdefault(row["resume_seq"], set()).add(row["recruitment_seq"])
    items = tuple(sorted(row["recruitment_seq"] for row in read("recruitment.csv")))
    return Facts(tuple((user, "") for user in users), items, {user: frozenset(found) for user, found in taken.items()},
                 len(sample) // len(users), ("resume_seq", "recruitment_seq"))  # fmt: skip


@cache
def facts(name: str, raw: Path) -> Facts:
    """Those of a world, whose raw files lie in `raw`."""
    return _facts_of_jobs(raw) if name == "jobs" else facts_of_log(name)


def rows_of(form: str, facts: Facts, lists: list[list[str]]) -> list[list[str]]:
    """Lists as the rows of a file, with its header."""
    rows = [list(facts.header)]
    for (user, kind), items in zip(facts.requests, lists, strict=True):
        if form == "long":
            rows += [[user, item] for item in items]
        elif form == "ranked":
            rows += [[user, item, str(rank)] for rank, item in enumerate(items, 1)]
        elif form == "wide":
            rows.append([user, *items])
        elif form == "json":
            rows.append([user, json.dumps(items)])
        else:
            rows.append([f"{user}_{kind}" if kind else user, " ".join(items)])
    return rows


def sample_rows(form: str, facts: Facts) -> list[list[str]]:
    """The organiser's sample: the same few items for everybody."""
    return rows_of(form, facts, [list(facts.items[: facts.k])] * len(facts.requests))


def verdict(form: str, facts: Facts, content: bytes) -> Verdict:
    """Whether a file is a right submission."""
    try:
        text = content.decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return "wrong"
    if not rows or tuple(rows[0]) != facts.header or any(len(row) != len(facts.header) for row in rows):
        return "wrong"
    if UNSEEN & set(text) or any("\n" in cell or "\r" in cell for row in rows for cell in row):
        return "wrong"
    if "\r" in text.replace("\r\n", ""):
        return "wrong"
    found = _lists(form, rows[1:], facts)
    if found is None or len(found) != len(facts.requests):
        return "wrong"
    for (request, items, _), wanted in zip(found, facts.requests, strict=True):
        if request != wanted or not _is_right(items, request[0], facts):
            return "wrong"
    plain = "\r" not in text and all(exact for _, _, exact in found)
    return "right" if plain else "either"


def _is_right(items: list[str], user: str, facts: Facts) -> bool:
    known = set(facts.items)
    return (
        len(items) == facts.k
        and len(set(items)) == facts.k
        and set(items) <= known
        and not set(items) & facts.taken.get(user, frozenset())
    )


Found = list[tuple[tuple[str, str], list[str], bool]]


def _lists(form: str, rows: list[list[str]], facts: Facts) -> Found | None:
    """Each request with its items, and whether they are written as they should be; None where they cannot be."""
    if form in ("long", "ranked"):
        return _lists_of_rows(form, rows, facts)
    found: Found = []
    for row in rows:
        user, kind = row[0], ""
        if form == "kinds":
            user, _, kind = row[0].rpartition("_")
        if form == "wide":
            found.append(((user, ""), row[1:], True))
        elif form == "json":
            try:
                items = json.loads(row[1])
            except (ValueError, RecursionError):
                return None
            if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
                return None
            found.append(((user, ""), items, row[1] == json.dumps(items)))
        else:
            found.append(((user, kind), row[1].split(" "), True))
    return found


def _lists_of_rows(form: str, rows: list[list[str]], facts: Facts) -> Found | None:
    """The same of a file with a row for each item: those of a user stand together, as in the sample."""
    found: Found = []
    for place in range(0, len(rows), facts.k):
        part = rows[place : place + facts.k]
        if len(Counter(row[0] for row in part)) != 1:
            return None
        exact = True
        if form == "ranked":
            ranks = [row[2] for row in part]
            exact = ranks == [str(n) for n in range(1, facts.k + 1)]
            if not exact and not _are_ranks(ranks):
                return None
        found.append(((part[0][0], ""), [row[1] for row in part], exact))
    return found


def _are_ranks(ranks: list[str]) -> bool:
    try:
        return [float(rank) for rank in ranks] == [float(n) for n in range(1, len(ranks) + 1)]
    except ValueError:
        return False
