"""competition.toml: values, keys, tables and bytes that nobody should write."""

import random
import re
from pathlib import Path

from tests.fuzz import worlds
from tests.fuzz.mutations import damaged, replaced
from tests.fuzz.trial import Input, put

KIND, WEIGHT = "settings", 18

VALUES = (
    "-1", "0", "1", "2", "1.5", "true", '""', '" "', "9" * 30, "9" * 5000, "-" + "9" * 5000, "1e400", "-1e400", "nan",
    "inf", "-inf", "1e308", "3.5e38", "2147483648", "9223372036854775808", "1e-320", "0x7fffffffffffffff", "1_0",
    "[]", "[[]]", "{}", "[1, 2]", '["a", "b"]', "{ a = 1 }", "[" * 1000 + "]" * 1000, "[" * 20 + "]" * 20,
    "2024-01-01", "2024-01-01T00:00:00Z", "12:00:00", '"a\\nb"', '"\\u0000"', '"\\u001b[31m"', '"\\u2028"', '"\ud55c"',
    '"../../x"', '"/etc/passwd"', '"' + "x" * 5000 + '"', '"$(touch made)"', "'''a\nb'''", '"best"', '"popular"',
    '"sample"', '"all"', '"active 3d"', '"active 1e400d"', '"."', '"raw"', '"train.csv"', '"user_id"', '"\\\\"', '"%s"',
    "[" + "1, " * 2000 + "1]", '"\\ud800"', "0.1", "1e-9", '["popular", "popular"]', "1000000", "1000000000000",
)  # fmt: skip

PLAIN = (
    "1", "2", "3", "5", "10", "20", "0.5", "0.9", "true", "false", '"best"', '"blend"', '"popular"', '"keep"', '"drop"',
    '"ndcg"', '"map"', '"hit"', "[3, 5]", "[1]", '{ recall = 1, ndcg = 2 }', '"active 7d"', '"train.csv"', '"clicks"',
    '["popular"]', '"user_id"', '"item_id"', '"event_time"', '"a title"', '""',
)  # fmt: skip
"""Values that are right somewhere."""

KEYS = {
    "": ("title", "url", "source", "seed", "candidates", "more"),
    "question": ("k", "metric", "kind_weights", "seen", "answers", "asked", "items"),
    "submission": ("sample", "user_column", "item_column", "method", "k"),
    "validation": ("folds", "ks", "users", "schemes", "denominator"),
    "validation.schemes.kfold": ("kind", "folds", "seed", "hidden"),
    "validation.schemes.holdout": ("hidden", "kind"),
    "validation.schemes.last_days": ("days", "kind"),
    "validation.schemes.last_events": ("events", "kind"),
    "validation.schemes.timeline": ("column", "kind"),
    "validation.schemes.cohort": ("date", "kind"),
    "retrievers.popular": ("kind", "seed", "x-y", "_x"),
    "retrievers.user_knn": ("neighbours", "k", "kind", "shrink", "weight", "power"),
    "retrievers.ials": ("factors", "iterations", "alpha", "regularization"),
    "retrievers.two_tower": ("epochs", "seeds", "dimension", "learning_rate", "batch"),
    "retrievers.trending": ("days", "half_life"),
    "blend": ("retrievers", "candidates", "weights"),
    "rerank": ("users",),
    "rerankers.lightgbm": ("trees", "leaves", "objective", "learning_rate", "seeds", "min_rows", "kind"),
    "tune": ("method", "minutes", "trials", "folds", "space"),
    "ablate": ("folds", "reranker"),
    "learning_curve": ("shares", "draws", "learnt"),
    "report": ("groups",),
    "upload": ("kind", "cpt_id", "competition", "daily_limit", "url"),
}


def make(rng: random.Random) -> Input:
    """One input: the whole is checked, and where it may run, some of the stages run."""
    world = rng.choice(("jobs", "plain", "plain", "several", "lists"))
    text, what, light = worlds.text_content(world), "", True
    way = rng.choices(("value", "key", "line", "bytes", "place"), (50, 20, 12, 14, 4))[0]
    if way == "place":
        seed = rng.random()
        return Input(world, "no file", lambda root: _replace(root, world, seed), (("rules",),))
    if way == "value":
        for _ in range(rng.choice((1, 1, 1, 2))):
            text, said, known = _value(rng, text)
            what, light = f"{what} {said}".strip(), light and known
    elif way == "key":
        text, what, light = _key(rng, text)
    elif way == "line":
        text, what = _line(rng, text)
    content = text.encode("utf-8", "surrogatepass")
    if way == "bytes":
        what, content = damaged(rng, content)
    # A count that is let pass may mean hours: only what is quick in any case is run.
    more = (("preprocess",), ("cross-validate", "--method", "popular")) if light and rng.random() < 0.3 else ()
    return Input(world, f"{way}: {what[:80]}", lambda root: put(_file(root, world), content), (("rules",), *more))


def _file(root: Path, world: str) -> Path:
    return root / "data" / world / worlds.HUMAN


def _replace(root: Path, world: str, seed: float) -> None:
    replaced(random.Random(seed), _file(root, world))


def _value(rng: random.Random, text: str) -> tuple[str, str, bool]:
    """Another value for one that is there."""
    lines = text.splitlines()
    place = rng.choice([n for n, line in enumerate(lines) if re.match(r"\w+ = ", line)])
    key, value = lines[place].partition(" = ")[0], rng.choice(PLAIN if rng.random() < 0.5 else VALUES)
    if value.startswith("'''") or not rng.randrange(8):
        lines[place] = f"{key} = {value}"
    elif key == "source" and rng.random() < 0.8:  # a value within its table
        parts = re.findall(r'\w+ = (?:"[^"]*"|\[[^\]]*\])', lines[place])
        if parts:
            part = rng.choice(parts)
            lines[place] = lines[place].replace(part, f"{part.partition(' = ')[0]} = {value}", 1)
            return "\n".join(lines) + "\n", f"source: {part} -> {value[:30]}", True
        lines[place] = f"source = {value}"
    else:
        lines[place] = f"{key} = {value}"
    return "\n".join(lines) + "\n", f"{key} = {value[:40]}", True


def _key(rng: random.Random, text: str) -> tuple[str, str, bool]:
    """A key that may be new, in a table that may be new."""
    table = rng.choice(list(KEYS))
    key, value = rng.choice(KEYS[table]), rng.choice(PLAIN if rng.random() < 0.5 else VALUES)
    line = f"{key} = {value}\n"
    if not table:
        return line + text, line, True
    heading = f"[{table}]\n"
    new = text.replace(heading, heading + line, 1) if heading in text else f"{text}{heading}{line}"
    return new, f"[{table}] {line}".replace("\n", ""), "retrievers" not in table and "schemes" not in table


def _line(rng: random.Random, text: str) -> tuple[str, str]:
    """Lines that are lost, doubled, moved or no TOML."""
    lines = text.splitlines()
    place = rng.randrange(len(lines))
    new = rng.choice((
        "[", "]", "[retrievers", "[[retrievers]]", "a", "= 1", "a = ", 'a = "', "[a.b.c]", "[retrievers.popular]",
        "[" + ".".join("a" * 500) + "]", 'retrievers = 1', '"" = 1', '"\\u0000" = 1', "\x00", "[retrievers.'a b']",
        "[retrievers.\"../x\"]", "[retrievers.blend]", "[retrievers.best]", "[rerankers.popular]", "#" * 100_000,
        "[retrievers.\"\\u001b[31m\"]", "[retrievers.\ud55c\uae00]", "[retrievers.nosuch]", "[retrievers.base]",
        "[retrievers.registry]", "[validation.schemes.base]", "[rerankers.table]", '"a\\nb" = 1', "\u2028",
    ))  # fmt: skip
    way = rng.choice(("lost", "twice", "moved", "new"))
    if way == "lost":
        del lines[place]
    elif way == "twice":
        lines.insert(place, lines[place])
    elif way == "moved":
        lines.insert(rng.randrange(len(lines)), lines.pop(place))
    else:
        lines.insert(place, new)
    return "\n".join(lines) + "\n", f"{way}: {new[:30] if way == 'new' else place}"
