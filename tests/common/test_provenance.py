"""Fingerprints tell different things apart, and a stage knows the source files it depends on."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shortlist.common import provenance
from shortlist.common.provenance import PACKAGE, file_digest, fingerprint, source_digest, source_digests, source_files
from shortlist.pipeline.cross_validate import COMPUTING
from shortlist.rerank.registry import RERANKERS
from shortlist.retrievers.registry import RETRIEVERS, kinds

ARRAY = np.arange(6, dtype=np.int32)


@pytest.mark.parametrize(
    "other",
    [
        (ARRAY.astype(np.int64),),
        (ARRAY.astype(np.float32),),
        (ARRAY.view(np.uint32),),
        (ARRAY.reshape(2, 3),),
        (ARRAY[::-1],),
        (ARRAY, ARRAY),
        (ARRAY[:3], ARRAY[3:]),
        (ARRAY.tolist(),),
        (),
    ],
    ids=["int64", "float32", "same bytes", "shape", "order", "twice", "halves", "list", "nothing"],
)
def test_fingerprint_tells_arrays_apart(other: tuple[object, ...]) -> None:
    """Values, dtype, shape and where one part ends and the next begins all count."""
    assert fingerprint(*other) != fingerprint(ARRAY)


def test_fingerprint_sees_content_only() -> None:
    """Memory layout and the order of a table's keys are no content; 64 hexadecimal digits come out."""
    grid = ARRAY.reshape(2, 3)
    assert fingerprint(np.asfortranarray(grid)) == fingerprint(grid) == fingerprint(np.repeat(grid, 2, axis=1)[:, ::2])
    assert fingerprint({"a": 1, "b": [None, "한"]}) == fingerprint({"b": [None, "한"], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
    assert len({fingerprint(1, 23), fingerprint(12, 3), fingerprint(123), fingerprint([1, 23])}) == 4
    int(fingerprint(grid), 16)
    assert len(fingerprint(grid)) == 64


def test_file_digest_is_sha256(tmp_path: Path) -> None:
    """As `sha256sum` prints it."""
    (tmp_path / "a").write_bytes(b"abc\r\n")
    assert file_digest(tmp_path / "a") == hashlib.sha256(b"abc\r\n").hexdigest()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of another content in the place of ours."""
    folder = tmp_path / "shortlist"
    texts = {
        "__init__.py": "from shortlist.unrelated import thing\n",
        "stage.py": "import os\nimport numpy as np\n"
        "from shortlist.config.file import head\nfrom shortlist.tools import saw\n"
        "if TYPE_CHECKING:\n    from shortlist.unrelated import thing\n\ndef run():\n"
        "    from shortlist.lazy import slow\n    return slow, saw, os, np\n",
        "lazy.py": "import shortlist.tools.saw\nimport shortlist\n",
        "unrelated.py": "thing = 1\n",
        "circle.py": "from shortlist import stage\nfrom shortlist.circle import me\n",
        "tools/__init__.py": "from shortlist.tools.oil import drop\n",
        "config/__init__.py": "",
        "config/file.py": "from shortlist.tools.hammer import head\n",
        "tools/saw.py": "",
        "tools/oil.py": "drop = 1\n",
        "tools/hammer.py": "",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.setattr(provenance, "PACKAGE", folder)
    provenance._source_files.cache_clear()
    yield folder
    provenance._source_files.cache_clear()


def _names(folder: Path, files: tuple[Path, ...]) -> list[str]:
    return [file.relative_to(folder).as_posix() for file in files]


def test_source_files_follow_every_import(package: Path) -> None:
    """Imports inside functions, whole modules, names that are modules and packages on the way count, and no more."""
    expected = ["lazy.py", "stage.py", "tools/__init__.py", "tools/oil.py", "tools/saw.py"]
    assert _names(package, source_files("shortlist.stage")) == expected


def test_types_configuration_and_empty_packages_are_left_out(package: Path) -> None:
    """An import for type checkers decides nothing, the configuration's classes neither, nor a bare docstring."""
    names = _names(package, source_files("shortlist.stage"))
    assert not {"unrelated.py", "config/file.py", "tools/hammer.py"} & set(names)
    (package / "tools" / "__init__.py").write_text('"""Tools."""\n')
    provenance._empty.cache_clear()
    provenance._source_files.cache_clear()
    assert _names(package, source_files("shortlist.stage")) == ["lazy.py", "stage.py", "tools/saw.py"]


def test_source_files_survive_circles(package: Path) -> None:
    """A module that imports itself is no trap, and `from shortlist import module` counts as an import of the module."""
    assert "circle.py" in _names(package, source_files("shortlist.circle"))
    assert set(source_files("shortlist.stage")) < set(source_files("shortlist.circle"))


def test_a_template_goes_with_its_module(package: Path) -> None:
    """A file of another kind beside a module and named like it counts; one with another name does not."""
    (package / "tools" / "saw.html").write_text("")
    (package / "tools" / "plane.html").write_text("")
    assert _names(package, source_files("shortlist.tools.saw"))[-2:] == ["tools/saw.html", "tools/saw.py"]
    assert package / "tools" / "plane.html" not in source_files("shortlist.stage")


def test_the_package_root_is_left_out(package: Path) -> None:
    """It only re-exports; were it counted, everything would depend on everything."""
    assert package / "__init__.py" not in source_files("shortlist.lazy")
    assert package / "unrelated.py" not in source_files("shortlist.lazy")


def test_source_digest_follows_the_text(package: Path) -> None:
    """An edit of a file that a module depends on changes its digest, an edit of another one does not."""
    before = source_digest("shortlist.stage")
    (package / "tools" / "hammer.py").write_text("heavy = True\n")
    assert source_digest("shortlist.stage") == before
    (package / "tools" / "oil.py").write_text("drop = 2\n")
    assert source_digest("shortlist.stage") != before


WORDY = '''"""A module."""
from shortlist.tools.words import Bilingual  # kept

LIMIT = 3
"""Of things."""


def check(x):
    """Say so."""
    if x > LIMIT:
        raise ValueError(f"{x} is more than {LIMIT}; " "use less")
    note(x)
    return Bilingual("many 한 things", "많은 것")
'''


@pytest.mark.parametrize(
    ("old", "new", "decides", "shows"),
    [
        ("A module.", "One module.", False, False),
        ("Of things.", "Of all things.", False, False),
        ("Say so.", "Say it\\n    at length.", False, False),
        ("is more than {LIMIT}; ", "exceeds {LIMIT}: ", False, False),
        (' "use less"', "", False, False),
        ("many 한 things", "lots", False, True),
        ("많은 것", "것", False, True),
        ("LIMIT = 3", "LIMIT = 4", True, True),
        ("note(x)", "note(f'{x} is fine')", False, False),
        ("ValueError", "TypeError", True, True),
        ("# kept", "# a comment", True, True),
        ("return Bilingual", "return (1, Bilingual", True, True),
    ],
)
def test_words_decide_no_number(package: Path, old: str, new: str, decides: bool, shows: bool) -> None:
    """Docstrings and errors never count, texts in two languages only in what is read; everything else always does."""
    file = package / "wordy.py"

    def digests(text: str) -> list[dict[str, str]]:
        file.write_text(text, encoding="utf-8")
        provenance._computing.cache_clear()
        return [source_digests(["shortlist.wordy"], words=words) for words in (False, True)]

    before = digests(WORDY)
    after = digests(WORDY.replace(old, new.replace("\\n", "\n")) + (")" if "(1," in new else ""))
    assert [one != two for one, two in zip(before, after, strict=True)] == [decides, shows]


def test_a_module_can_count_alone(package: Path) -> None:
    """Its own text, and nothing that it imports."""
    digests = source_digests(["shortlist.tools.saw"], alone=["shortlist.stage"])
    assert set(digests) == {"stage.py", "tools/__init__.py", "tools/oil.py", "tools/saw.py"}


def test_the_closure_of_a_fold_is_computing_alone() -> None:
    """What a fold of `popular` rests on: no configuration, no path, no page, nothing of a study; 20 files at most."""
    names = {
        file.relative_to(PACKAGE).as_posix()
        for module in (*COMPUTING, RETRIEVERS.module("popular"))
        for file in source_files(module)
    }
    assert {"retrievers/popular.py", "retrievers/topk.py", "data/dataset.py", "validation/folds.py"} <= names
    assert {name.partition("/")[0] for name in names} == {
        "common", "data", "engine", "retrievers", "validation", "errors.py"
    }  # fmt: skip
    assert not {"common/bilingual.py", "common/registry.py", "common/faults.py", "common/own.py"} & names
    assert len(names) <= 20


@pytest.mark.parametrize("kind", kinds())
def test_a_retriever_depends_on_no_other(kind: str) -> None:
    """Editing one retriever must not make Make rerun the others; what it does depend on is there, the root is not."""
    files = source_files(RETRIEVERS.module(kind))
    names = _names(PACKAGE, files)
    assert f"retrievers/{kind}.py" in names
    assert {"retrievers/base.py", "data/dataset.py", "retrievers/topk.py"} <= set(names)
    assert not {f"retrievers/{other}.py" for other in kinds() if other != kind} & set(names)
    assert "__init__.py" not in names
    assert list(files) == sorted(set(files))


@pytest.mark.parametrize("kind", RERANKERS.kinds())
def test_a_reranker_depends_on_no_other_and_on_no_retriever(kind: str) -> None:
    """Editing one reranker must not make Make rerun the others, nor must a retriever's file; the features' must."""
    names = set(_names(PACKAGE, source_files(RERANKERS.module(kind))))
    assert {f"rerank/{kind}.py", "rerank/base.py", "rerank/features.py", "rerank/table.py"} <= names
    assert not {f"rerank/{other}.py" for other in RERANKERS.kinds() if other != kind} & names
    assert not {f"retrievers/{other}.py" for other in kinds()} & names
    assert ("rerank/ranking_training.py" in names) == (kind == "tfrs_ranking")


@pytest.mark.parametrize("kind", ["two_tower", "two_tower_id"])
def test_a_lazy_import_of_ours_is_followed(kind: str) -> None:
    """The towers are imported inside `fit`, and an edit there must train them again."""
    assert PACKAGE / "retrievers" / "towers.py" in source_files(RETRIEVERS.module(kind))


@pytest.mark.parametrize("text", [b"x = 1\n\x00", b"(" * 5000, b"x = (\n"], ids=["NUL", "brackets", "an open bracket"])
def test_a_file_that_is_no_python_is_named(tmp_path: Path, text: bytes) -> None:
    """Whatever is wrong with it, also where Python does not say which file it was."""
    file = tmp_path / "own.py"
    file.write_bytes(text)
    with pytest.raises(SyntaxError) as error:
        provenance._tree(file, 0)
    assert error.value.filename == str(file)
