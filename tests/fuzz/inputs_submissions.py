"""Submissions of every form, right and wrong, judged by an oracle of their own."""

import csv
import io
import random
from pathlib import Path

from tests.fuzz import oracle, worlds
from tests.fuzz.mutations import ODD, damaged
from tests.fuzz.trial import Input

KIND, WEIGHT = "submission", 22

Rows = list[list[str]]


def make(rng: random.Random) -> Input:
    """One input; what is right is known once the raw files are there, see `judged`."""
    world, seed = rng.choice(list(worlds.WORLDS)), rng.random()
    name = rng.choice(
        ("mine.csv", "mine.csv", "제출 1.csv", "a b.csv", "it's.csv", "a;b.csv", "-x.csv", "x" * 200 + ".csv")
    )

    def change(root: Path) -> None:
        own = random.Random(seed)
        (root / "submissions" / world / name).write_bytes(content_of(own, world, root)[1])

    return Input(world, "see the oracle", change, (("check", f"--file={name}"),))


def judged(root: Path, world: str) -> oracle.Verdict:
    """What the oracle says of the newest CSV."""
    files = (root / "submissions" / world).glob("*.csv")
    newest = max(files, key=lambda path: path.stat().st_mtime_ns)
    return oracle.verdict(
        worlds.WORLDS[world].form, oracle.facts(world, root / "data" / world / "raw"), newest.read_bytes()
    )


def content_of(rng: random.Random, world: str, root: Path) -> tuple[str, bytes]:
    """A right submission with 0 to 2 changes."""
    facts = oracle.facts(world, root / "data" / world / "raw")
    form = worlds.WORLDS[world].form
    lists = [
        rng.sample([item for item in facts.items if item not in facts.taken.get(user, ())], facts.k)
        for user, _ in facts.requests
    ]
    rows = oracle.rows_of(form, facts, lists)
    said = []
    for _ in range(rng.choice((0, 0, 0, 1, 1, 1, 2))):
        rows, what = _changed(rng, rows, facts)
        said.append(what)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    content = out.getvalue().encode("utf-8", "surrogatepass")
    if rng.random() < 0.35:
        what, content = _as_text(rng, content)
        said.append(what)
    return ", ".join(said) or "right", content


def _changed(rng: random.Random, rows: Rows, facts: oracle.Facts) -> tuple[Rows, str]:
    """A change of rows or cells."""
    rows = [list(row) for row in rows]
    one, two = rng.randrange(1, len(rows)), rng.randrange(1, len(rows))
    column = rng.randrange(len(rows[0]))
    way = rng.choice(("cell", "cell", "cell", "letter", "letter", "exchange", "lost", "twice", "row", "columns",
                      "header", "taken", "known", "within", "more"))  # fmt: skip
    if way == "cell":
        rows[one][column] = rng.choice(ODD)
    elif way == "letter":
        sign = rng.choice(
            ("\x00", " ", "\u200b", "\ufeff", "\u0301", "\t", ".0", "0", "\xa0", "\r", "\n", "\x1f", "\u2028")
        )
        cell = rows[one][column]
        at = rng.choice((0, len(cell), len(cell), len(cell) // 2))
        rows[one][column] = cell[:at] + sign + cell[at:]
    elif way == "exchange":
        rows[one], rows[two] = rows[two], rows[one]
    elif way == "lost":
        del rows[one]
    elif way == "twice":
        rows.insert(two, list(rows[one]))
    elif way == "row":
        rows[one] = list(rows[two])
    elif way == "columns":
        rows = [row[::-1] for row in rows]
    elif way == "header":
        rows[0][column] = rng.choice(
            ("", "x", rows[0][column].upper(), rows[0][column] + " ", "\ufeff" + rows[0][column])
        )
    elif way in ("taken", "known"):
        user = rows[one][0].rpartition("_")[0] or rows[one][0]
        items = sorted(facts.taken.get(user, ())) if way == "taken" else facts.items
        if items and rows[one][-1] and len(rows[one]) > 1:
            rows[one][1] = rng.choice(list(items))
    elif way == "within":
        rows[one][column] = rows[one][column].replace(" ", rng.choice(("  ", ",", "|", "\t")), 1).swapcase()
    else:
        rows[one].append(rng.choice(("", "x")))
    return rows, way


def _as_text(rng: random.Random, content: bytes) -> tuple[str, bytes]:
    """A change of the text."""
    text = content.decode("utf-8", "surrogatepass")
    lines = text.split("\n")
    place = rng.randrange(len(lines))
    ways = {
        "CRLF": text.replace("\n", "\r\n"),
        "CR": text.replace("\n", "\r"),
        "one CRLF": "\n".join([*lines[:place], lines[place] + "\r", *lines[place + 1 :]]),
        "one CR": text.replace("\n", "\r", 1),
        "mark": "\ufeff" + text,
        "blank line": "\n".join([*lines[:place], "", *lines[place:]]),
        "blank end": text + "\n",
        "no end": text.rstrip("\n"),
        "NUL end": text + "\x00",
        "Ctrl-Z": text + "\x1a",
        "semicolons": text.replace(",", ";"),
        "blank behind": text.replace(",", ", "),
        "a quote": text.replace(",", ',"', 1),
        "quotes": "\n".join(
            '"' + line.replace(",", '","') + '"' if line and '"' not in line else line for line in lines
        ),
        "a comment": "# made by me\n" + text,
        "the header twice": lines[0] + "\n" + text,
        "twice": text + text,
        "no header": "\n".join(lines[1:]),
    }
    if rng.random() < 0.3:
        return damaged(rng, content)
    way = rng.choice(list(ways))
    return way, ways[way].encode("utf-8", "surrogatepass")
