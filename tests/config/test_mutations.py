"""Valid files, changed by bytes and by values: each loads, or is one clear line; never a traceback, never a hang."""

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.config.test_bounds import ABSURD, ODD, answer, toml

from shortlist.config.paths import Paths
from shortlist.studies.init.init import init

DATA = Path(__file__).parents[2] / "data"
NAMES = ("sample", "dacon_236170", "dacon_236290")


@pytest.fixture(scope="module")
def texts(rated_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Our own files, and one that `init` has written."""
    root = tmp_path_factory.mktemp("written")
    paths = Paths("movies", root)
    shutil.copytree(rated_folder, paths.raw)
    init(paths)
    ours = [(DATA / name / "competition.toml").read_text(encoding="utf-8") for name in NAMES]
    return [*ours, paths.config.read_text(encoding="utf-8")]


def test_they_are_good_as_they_are(texts: list[str], tmp_path: Path) -> None:
    """What is changed below was valid before."""
    assert [answer(tmp_path, text) for text in texts] == [None] * 4


BYTES = st.one_of(
    st.sampled_from([b"", b"\0", b"\r", b"\xef\xbb\xbf", b"\xff", b"[", b"]" * 40, b"{", b'"', b"'", b"\\", b".", b"=",
                     b"\n", b"#", b",", b"1e400", b"nan", b"9" * 5000, b"-", b"true", b'""']),
    st.binary(max_size=6),
)  # fmt: skip
WRITE = st.tuples(st.floats(0, 1), st.integers(0, 30), BYTES)
"""Where in the file, how many bytes are taken out there, and what comes in their place."""


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 3), writes=st.lists(WRITE, min_size=1, max_size=4))
def test_changed_bytes(which: int, writes: list[tuple[float, int, bytes]], texts: list[str], tmp_path: Path) -> None:
    """Bytes taken out, put in and written over, anywhere."""
    content = texts[which].encode()
    for share, length, new in writes:
        start = int(share * len(content))
        content = content[:start] + new + content[start + length :]
    answer(tmp_path, content)


JSON = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20),
              st.sampled_from([value for value in (*ABSURD, *ODD) if len(str(value)) < 1000])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=5,
)  # fmt: skip
ASSIGNMENT = re.compile(r"^(\"?[\w.]+\"?) = [^#\n]*", re.MULTILINE)
HEADER = re.compile(r"^\[[\w.]+\]", re.MULTILINE)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 3), changes=st.lists(st.tuples(st.floats(0, 0.999), JSON), min_size=1, max_size=3))
def test_changed_values(which: int, changes: list[tuple[float, object]], texts: list[str], tmp_path: Path) -> None:
    """Values of every sort in the place of others."""
    text = texts[which]
    for share, value in changes:
        found = list(ASSIGNMENT.finditer(text))
        if not found:
            continue
        old = found[int(share * len(found))]
        text = f"{text[: old.start()]}{old[1]} = {toml(value)}{text[old.end() :]}"
    answer(tmp_path, text)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 3), share=st.floats(0, 0.999), name=st.text(max_size=12), key=st.text(max_size=12))
def test_changed_names(which: int, share: float, name: str, key: str, texts: list[str], tmp_path: Path) -> None:
    """Tables of any name, and keys of any name in them."""
    text = texts[which]
    headers = list(HEADER.finditer(text))
    old = headers[int(share * len(headers))]
    section = old.group().strip("[]").rpartition(".")[0]
    table = ".".join(filter(None, (section, json.dumps(name, ensure_ascii=True))))
    answer(tmp_path, f"{text[: old.start()]}[{table}]\n{json.dumps(key)} = 1{text[old.end() :]}")
