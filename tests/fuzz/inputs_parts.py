"""A competition's own parts, `data/<name>/*.py`: no Python, of the wrong sort, raising, giving what nobody can use."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.mutations import damaged, replaced
from tests.fuzz.trial import Input, Must, put

KIND, WEIGHT, WORLD = "parts", 6, "jobs"

METHOD = "--method"


@dataclass(frozen=True)
class Part:
    """A sort of part.

    Attributes:
        text: a right one.
        settings: what competition.toml says of it, behind all else or, where it has a " = ", instead of that key.
        command: in which it works.
        wrong: what stands in the text -> what is put there instead, and must be refused.
        odd: the same of what may be refused or not.
    """

    text: str
    settings: str
    command: tuple[str, ...]
    wrong: Mapping[str, tuple[str, ...]]
    odd: Mapping[str, tuple[str, ...]]


RAISES = ("raise ValueError('a\\nb' * 500)", "raise KeyError", "raise MemoryError('x')", "raise SystemExit(3)", "1 / 0",
          "raise OSError(28, 'no space')", "raise StopIteration", "open('/nowhere/x')", "import nothing_of_this_name",
          "raise type('\\x1b[31m', (Exception,), {})('\\x1b[31m\\u202e')", "return self.nothing", "int('x')",
          "raise EOFError", "(lambda f: f(f))(lambda f: f(f))")  # fmt: skip
"""Statements that fail, wherever they stand in a method."""

PARTS = {
    "retriever": Part(
        "import numpy as np\nfrom shortlist.retrievers.base import Retriever, parameters\n\n\n@parameters\n"
        "class Own(Retriever):\n    weight: float = 1.0\n\n    def fit(self, dataset):\n"
        "        self.items_ = len(dataset.items)\n        return self\n\n    def score(self, users):\n"
        "        return np.ones((len(users), self.items_), np.float32)\n\n\nRETRIEVER = Own\n",
        "[retrievers.own]\n", ("cross-validate", METHOD, "own"),
        {"return self\n": RAISES,
         "return np.ones((len(users), self.items_), np.float32)":
         (*RAISES, "return 'x'", "return None", "return 3", "return np.ones(self.items_)", "pass",
          "return np.ones((len(users), 1), np.float32)", "return np.ones((1, self.items_), np.float32)",
          "return np.full((len(users), self.items_), np.nan, np.float32)",
          "return np.full((len(users), self.items_), 'x')", "yield 1", "return [[]]",
          "return np.ones((len(users), self.items_), complex)")},
        {"np.float32": ("np.float64", "bool", "np.int8", "object"), "np.ones": ("np.zeros", "np.random.rand, print"),
         "weight: float = 1.0": ("weight: str", "weight: float = 'x'", "seed: int = 3", "weight: 'Nothing' = 1"),
         "(Retriever)": ("", "(object)", "(Nothing)", "(Retriever, int)"), "@parameters": ("", "@property", "@nothing"),
         "def fit": ("def fits", "async def fit"), "self, dataset": ("self", "dataset", "self, dataset, more"),
         "= Own": ("= 3", "= None", "= Own()", "= Retriever", "= Nothing", "= np")},
    ),
    "splitter": Part(
        "from shortlist.validation.splitters.kfold import SPLITTER as KFold\n\n\nclass Own(KFold):\n"
        "    def _masks(self, dataset, repeats):\n        for train, test in super()._masks(dataset, repeats):\n"
        "            yield train, test\n\n\nSPLITTER = Own\n",
        "[validation.schemes.own]\n", ("cross-validate", METHOD, "popular"),
        {"yield train, test": (*RAISES[:6], "yield train", "yield 'x', 'y'", "yield train[:3], test",
                               "yield ~train, test", "yield None, None", "yield train, train", "return"),
         "for train, test": ("return 3\n        for train, test", "return None\n        for train, test")},
        {"= Own": ("= 3", "= None", "= KFold"), "(KFold)": ("", "(KFold, str)"), "yield train, test":
         ("yield train.astype(float), test", "yield list(train), list(test)", "yield test, train")},
    ),
    "source": Part(
        "from shortlist.data.sources.dacon_jobs import SOURCE as Jobs\n\n\nclass Own(Jobs):\n"
        "    def read(self, raw):\n        dataset = super().read(raw)\n        return dataset\n\n"
        "    @property\n    def files(self):\n"
        "        return dict(super().files)\n\n\nSOURCE = Own\n",
        'source = "own"\n', ("preprocess",),
        {"return dataset": (*RAISES, "return None", "return 'x'", "return raw", "return dataset, dataset"),
         "return dict(super().files)": (*RAISES[:4], "return None", "return 3", "return {'no.csv': True}",
                                        "return {'../../x': True}", "return {3: True}")},
        {"return dict(super().files)": ("return list(super().files)", "return {}", "return {'x': False}", "return ''"),
         "= Own": ("= 3", "= None", "= Own()"), "(Jobs)": ("", "(Jobs, str)"),
         "@property": ("", "@staticmethod")},
    ),
    "reranker": Part(
        "import numpy as np\nfrom shortlist.rerank.base import Reranker\n"
        "from shortlist.common.parameters import parameters\n\n\n@parameters\n"
        "class Own(Reranker):\n    def fit(self, tables):\n        self.rows_ = len(tables)\n"
        "        return self\n\n    def score(self, table):\n        return np.zeros(len(table.row), np.float32)\n\n\n"
        "RERANKER = Own\n",
        "[rerankers.own]\n", ("cross-validate-reranker", METHOD, "own"),
        {"return self\n": RAISES,
         "return np.zeros(len(table.row), np.float32)":
         (*RAISES, "return 'x'", "return None", "return np.zeros(3)", "return np.full(len(table.row), np.nan)",
          "return np.full(len(table.row), 'x')", "return np.zeros((len(table.row), 2))", "pass")},
        {"np.float32": ("np.float64", "bool", "object"), "= Own": ("= 3", "= None", "= Own()"),
         "(Reranker)": ("", "(int)"), "def score": ("def scores",), "@parameters": ("",),
         "return self\n": ("return None\n", "return 3\n")},
    ),
    "feature": Part(
        "import numpy as np\nfrom shortlist.rerank.features import feature\n\n\n@feature('a reason', '까닭')\n"
        "def own_feature(rows):\n    yield 'one', np.ones(len(rows.users), np.float32)\n",
        "", ("features", "--part", "1"),
        {"yield 'one', np.ones(len(rows.users), np.float32)":
         (*RAISES[:6], "return 3", "return None", "yield 3", "yield 'one', 'x'", "yield 'one', np.ones(3)", "pass",
          "yield 3, np.ones(len(rows.users))", "yield 'one', np.full(len(rows.users), 'x')")},
        {"'a reason', '까닭'": ("", "'a'", "3, 4", "None, None", "'a\\nb', '\\x1b'"), "rows)": (")", "rows, more)"),
         "own_feature": ("popularity", "class_", "한글"),
         "'one'": ("'a\\nb'", "''", "'x' * 5000", "'<b>'", "'\\x00'"),
         "np.float32": ("np.float64", "object", "complex", "bool"), "np.ones": ("np.zeros",),
         "@feature": ("@feature('x', 'y')\n@feature", "@property\n@feature")},
    ),
    "final lists": Part(
        "def final_lists(users, items, dataset):\n    return items[:, ::-1]\n", "", ("submit",),
        {"return items[:, ::-1]":
         (*RAISES[:8], "return None", "return 'x'", "return items[:-1]", "return items[:, :2]", "return 3",
          "return items.astype(str) + 'x'", "items[0, 1] = items[0, 0]; return items",
          "items[0, 0] = None; return items",
          "items[0, 0] = float('nan'); return items", "items[0, 0] = 3.5; return items", "return [[1], [2, 3]]",
          "items[0, 0] = [1]; return items", "items[0, 0] = chr(0); return items")},
        {"def final_lists": ("final_lists = 3\n\n\ndef other", "class final_lists:\n  pass\n\n\ndef other", "def other",
                             "async def final_lists"),
         "users, items, dataset": ("", "users", "*all", "users, items, *, a"),
         "return items[:, ::-1]": ("return items.tolist()", "return iter(items)", "return items", "yield items")},
    ),
    "form": Part(
        "from shortlist.data.forms.long import FORM as Long\n\n\nclass Own(Long):\n    @classmethod\n"
        "    def detect(cls, look):\n        found = super().detect(look)\n        return found\n\n\nFORM = Own\n",
        "", ("preprocess",),
        {"return found": (*RAISES[:4], "return 3", "return 'x'")},
        {"return found": ("return None", "return cls"), "= Own": ("= 3", "= None"), "(Long)": ("", "(Long, int)"),
         "@classmethod": ("", "@property")},
    ),
}  # fmt: skip

TEXTS = ("", "\x00", "RETRIEVER = ", "RETRIEVER = (\n", "\tx\n  y\n", "(" * 5000, "é" * 9, "\ufeff", "\x0c", "return 1",
         "import shortlist_own.own\n", "from shortlist_own import own\n", "from .own import x\n",
         "raise SystemExit(0)\n",
         "import sys; sys.exit('a line')\n", "raise KeyError('x')\n", "x = 1 +\n", "def f(:\n", "# coding: nothing\n",
         "# coding: utf-16\n", "RETRIEVER = RERANKER = SOURCE = SPLITTER = FORM = 1\n", "print('\uac00')\n",
         "assert False\n", "'\\ud800'.encode()\n", "x" * 100_000,
         "from __future__ import nothing\n", "0" * 5000, "async def f(): yield from x\n", "\udc80\n")  # fmt: skip
"""What stands before a right text, and makes it none or not."""

NAMES = ("a b.py", "한글.py", "a.b.py", ".own.py", "popular.py", "class.py", "x" * 200 + ".py", "-x.py", "a\nb.py",
         "1.py", "own.pyc", "OWN.PY", "kfold.py", "lightgbm.py", "dacon_jobs.py", "long.py", "__init__.py", "numpy.py",
         "$(x).py", "\udcff\udcfe.py", "shortlist.py", "'.py", "own.py.tmp")  # fmt: skip


NAMED = {"final lists": "final_lists.py", "form": "a_form.py"}
"""What parts are called: the form is asked before the package's own."""


def make(rng: random.Random) -> Input:
    """One input: a part that is right but for one thing."""
    sort = rng.choice(list(PARTS))
    part, seed = PARTS[sort], rng.random()
    way = rng.choices(("right", "wrong", "odd", "text", "name", "bytes", "place"), (6, 40, 20, 12, 8, 8, 4))[0]
    text, what, name = part.text, way, NAMED.get(sort, "own.py")
    if way in ("wrong", "odd"):
        edits = part.wrong if way == "wrong" else part.odd
        old = rng.choice(list(edits))
        new = rng.choice(edits[old])
        assert old in text
        text, what = text.replace(old, new + "\n" * old.endswith("\n")), f"{way}: {old.strip()} -> {new}"
    elif way == "text":
        before = rng.choice(TEXTS)
        text, what = before + text, f"text: {before[:30]!r}"
    elif way == "name":
        name = rng.choice(NAMES)
        what = f"name: {name!r}"
    must: Must = "fine" if way == "right" else "refused" if way == "wrong" else ""
    content = text.encode("utf-8", "surrogateescape")

    def change(root: Path) -> None:
        folder = root / "data" / WORLD
        _configure(folder / "competition.toml", part.settings)
        file = folder / name
        file.write_bytes(damaged(random.Random(seed), content)[1] if way == "bytes" else content)
        if way == "place":
            replaced(random.Random(seed), file)

    commands = (part.command,) if must or rng.random() < 0.7 else (("rules",), part.command)
    return Input(WORLD, f"{sort}: {what[:90]}", change, commands, must=must)


def _configure(file: Path, settings: str) -> None:
    """Have competition.toml name the part."""
    text = file.read_text(encoding="utf-8")
    if " = " in settings:
        key = settings.partition(" = ")[0]
        lines = [settings if line.startswith(f"{key} = ") else line for line in text.splitlines(keepends=True)]
        put(file, "".join(lines).encode())
    else:
        put(file, (text + settings).encode())
