"""Whatever a competition.toml holds, reading it ends soon: with its tables, or with one line that says why not."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.builder import configuration

from shortlist.config.load import load_competition
from shortlist.errors import ConfigError

GOOD = configuration("[validation.schemes.kfold]\n[retrievers.popular]\n[retrievers.ials]\nfactors = 8\n")


def lone(old: str, new: str) -> str:
    """The good file with one thing changed."""
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


TEXTS: dict[str, tuple[str | bytes, str]] = {
    "a byte-order mark": ("\ufeff" + GOOD, "not valid TOML: begins with a byte-order mark; save it as UTF-8 without"),
    "UTF-16": (GOOD.encode("utf-16"), "not valid TOML: begins with a byte-order mark"),
    "CP949": (GOOD.replace("small", "한글").encode("cp949"), "not valid TOML: 'utf-8' codec can't decode byte 0xc7"),
    "CR alone": (GOOD.replace("\n", "\r"), "not valid TOML: "),
    "NUL": (lone("seed", "se\0ed"), "not valid TOML: "),
    "NUL in a text": (lone('"small"', '"sm\\u0000all"'), "title: holds U+0000, a character that nobody sees"),
    "a line break in a title": (lone('"small"', '"a\\nb"'), r"title: must be one line of text, got 'a\nb'"),
    "nothing": ("", "is empty; write it, or remove it and let `make init` write it"),
    "blanks": (" \n\t\n", "is empty; "),
    "5,000 digits": (lone("seed = 3", "seed = " + "9" * 5000), "not valid TOML: line 5: a number of thousands of"),
    "10,000 digits of 16": (lone("seed = 3", "seed = 0x" + "f" * 10_000), "seed: must be a number of at most 64 bits"),
    "300 digits": (lone("seed = 3", "seed = " + "9" * 300), "seed: must be a number of at most 64 bits, got 999"),
    "1e400": (lone("seed = 3", "seed = 1e400"), "seed: must be a finite number, got inf"),
    "nan": (lone("factors = 8", "factors = nan"), "retrievers.ials.factors: must be a finite number, got nan"),
    "-inf": (lone("factors = 8", "factors = [1, -inf]"), "retrievers.ials.factors.1: must be a finite number"),
    "a thousand brackets": (GOOD + "x = " + "[" * 1000, "not valid TOML: too many brackets in each other"),
    "a thousand lists": (GOOD + "x = " + "[" * 1000 + "]" * 1000, "not valid TOML: too many brackets in each other"),
    "fifty lists": (GOOD + "x = " + "[" * 50 + "]" * 50, "retrievers.ials.x.0.0.0"),
    "a thousand tables": (GOOD + "x = " + "{a = " * 1000, "not valid TOML: too many brackets in each other"),
    "10,000 dots": (GOOD + ".".join("a" * 10_000) + " = 1", "not valid TOML: a key of more than 100 parts"),
    "10,000 dots of a table": (f"[{'.'.join('a' * 10_000)}]\n", "not valid TOML: a key of more than 100 parts"),
    "10,000 quoted parts": (GOOD + " . ".join(['"\\""'] * 10_000) + " = 1", "not valid TOML: a key of more than 100"),
    "90 dots": (GOOD + ".".join("a" * 90) + " = 1", "retrievers.ials.a.a.a"),
    "a megabyte": ("#" * (2**20 + 1), "has more than 1,048,576 bytes; no competition.toml needs so many"),
    "a long text": (lone('"small"', f'"{"x" * 100_000}"'), "title: a text of 100,000 letters, got 'xxx"),
    "a long key": (lone("seed", "s" * 5000), "ssss"),
    "a key with a line break": (GOOD + '"a\\nb" = 1', r"retrievers.ials.a\nb: a key of one line and of 1 to 1,000"),
    "a key twice": (GOOD + "factors = 9", "not valid TOML: Cannot overwrite a value"),
    "a date": (lone("seed = 3", "seed = 2024-05-27"), "seed: a date or time, got 2024-05-27; write it in quotes"),
    "a list for a name": (lone('"best"', '["best"]'), "submission.method: Input should be a valid string"),
    "a table for a name": (lone('"best"', "{ a = 1 }"), "submission.method: Input should be a valid string, got {'a'"),
    "a list for a source": (lone('"dacon_jobs"', '["a"]'), "source: Input should be a valid string, got ['a']"),
    "a list for a denominator": (lone("folds = 2", 'denominator = ["k"]'), "validation.denominator: must be one of"),
    "a list for a kind": (lone("factors", "kind = [1]\nfactors"), "retrievers.ials: kind must be the name of"),
    "a path for a kind": (lone("factors", 'kind = "../a"\nfactors'), "retrievers.ials: kind must be the name of"),
    "true for a number": (lone("folds = 2", "folds = true"), "validation.folds: Input should be a valid integer"),
    "text for a number": (lone("folds = 2", 'folds = "2"'), "validation.folds: Input should be a valid integer"),
    "no name": (lone("retrievers.popular", 'retrievers.""'), "retrievers.: must be one name of A-Z, a-z, 0-9, _ and -"),
    "a name like an option": (lone("retrievers.popular", "retrievers.-x"), "retrievers.-x: must be one name of A-Z"),
    "a name of dots": (lone("retrievers.popular", 'retrievers.".."'), "retrievers...: must be one name of A-Z"),
    "a scheme that is a path": (lone("schemes.kfold", 'schemes."a/b"'), "validation.schemes.a/b: must be one name"),
    "a long name": (lone("retrievers.popular", "retrievers." + "a" * 101), "retrievers.aaa"),
    "a file elsewhere": (lone('method = "best"', 'sample = "../a.csv"'), "submission.sample: must be the name of"),
    "a file of dots": (lone('method = "best"', 'sample = ".."'), "submission.sample: must be the name of"),
    "no file": (lone('method = "best"', 'sample = ""'), "submission.sample: must be the name of"),
    "names that differ in capitals": (lone("retrievers.popular", "retrievers.IALS"), "'IALS' cannot name a retriever"),
    "a method of Python": (lone("factors", "__dataclass_self__ = 1\nfactors"), "retrievers.ials: '__dataclass"),
    "too many places": (lone("k = 5\n", "k = 100000\n"), "question.k: Input should be less than or equal to 10000"),
    "weights of nothing": (GOOD + "[question]\nmetric = { recall = 0 }", "question.metric: all weights are 0"),
    "a cut-off twice": (lone("[5, 20]", "[5, 5]"), "validation.ks: 5 is there more than once; keep one"),
}  # fmt: skip


def complaint(path: Path) -> str:
    """The line about a file, after its name; everything that must hold of it is asserted."""
    with pytest.raises(ConfigError) as error:
        load_competition(path)
    line = str(error.value)
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert line.startswith(f"{path}: ")
    said = line.removeprefix(f"{path}: ")
    assert len(said) <= 500
    return said


@pytest.mark.parametrize(("text", "said"), TEXTS.values(), ids=list(TEXTS))
def test_a_file_that_cannot_be_used_is_one_line(text: str | bytes, said: str, tmp_path: Path) -> None:
    """It names the file, the key and what was found, and is short, whatever the file holds."""
    path = tmp_path / "competition.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert complaint(path).startswith(said)


def test_lines_may_end_as_windows_has_it(tmp_path: Path) -> None:
    """CR and LF is a line's end of TOML; the values are the same."""
    path = tmp_path / "competition.toml"
    path.write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert load_competition(path).title == "small"


PLACES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a folder": (Path.mkdir, "cannot be read (Is a directory)"),
    "a pipe": (os.mkfifo, "cannot be read (a pipe or device, and no file)"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "cannot be read (a pipe or device, and no file)"),
    "a link to itself": (lambda path: path.symlink_to(path), "cannot be read (Too many levels of symbolic links)"),
}


@pytest.mark.parametrize(("make", "said"), PLACES.values(), ids=list(PLACES))
def test_what_is_no_file_is_not_waited_for(make: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    """A pipe that nobody writes to, a device without an end: one line at once."""
    path = tmp_path / "competition.toml"
    make(path)
    assert complaint(path).startswith(said)
