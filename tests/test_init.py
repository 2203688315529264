"""`import shortlist` is quick, and TensorFlow stays where it belongs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import shortlist
from shortlist.common.provenance import PACKAGE
from shortlist.rerank.base import RERANKERS
from shortlist.retrievers.base import RETRIEVERS

TENSORFLOW = ("tensorflow", "tensorflow_recommenders", "tf_keras", "keras", "scann")
SETUP = "shortlist.engine.tensorflow"


def _module(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _statements(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those that run when the module is imported: not the bodies of functions, not what is for type checkers only."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        inner = [child for child in ast.walk(node) if isinstance(child, ast.stmt) and child is not node]
        if not isinstance(node, ast.Import | ast.ImportFrom):
            functions = [child for child in inner if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)]
            hidden = {id(part) for function in functions for part in ast.walk(function)}
            yield from (child for child in inner if id(child) not in hidden)


def _imports(path: Path) -> set[str]:
    """Names of what a file imports when it is imported."""
    names: set[str] = set()
    for node in _statements(ast.parse(path.read_text(encoding="utf-8")).body):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


IMPORTS = {_module(path): _imports(path) for path in PACKAGE.rglob("*.py")}


def test_one_module_imports_tensorflow() -> None:
    """One module decides how TensorFlow is set up before it is imported; all others get it from there."""
    direct = {name for name, imports in IMPORTS.items() if any(i.split(".")[0] in TENSORFLOW for i in imports)}
    assert direct == {SETUP}


def test_importing_a_retriever_or_a_stage_does_not_import_tensorflow() -> None:
    """Only helpers of the two-towers and of the ranking model, none of them a model, have it as soon as imported."""
    reaching, new = set[str](), {SETUP}
    while new:
        reaching |= new
        new = {name for name, imports in IMPORTS.items() if imports & reaching} - reaching
    outside = {name for name in reaching - {SETUP} if name.rpartition(".")[0] != "shortlist.retrievers"}
    assert outside == {"shortlist.rerank.ranking_training"}
    models = {registry.module(kind) for registry in (RETRIEVERS, RERANKERS) for kind in registry.kinds()}
    assert not reaching & models


SCRIPT = """
import sys
import shortlist
quick = sorted(sys.modules)
import numpy as np
import pandas as pd
pairs = pd.DataFrame({"user": ["a", "a", "a", "b", "b", "c"], "item": ["x", "y", "z", "x", "y", "z"]})
dataset = shortlist.Dataset.from_pairs(pairs)
retriever = shortlist.make_retriever("user_knn")
for fold in shortlist.Holdout(folds=2).split(dataset):
    visible, hidden = dataset.take(fold.train), dataset.take(fold.test).matrix()
    users = np.unique(dataset.pairs[fold.test, 0])
    found = shortlist.recommend(retriever.fit(visible), users, 2, visible.matrix())
    shortlist.recall_at_k(found, hidden, 2)
    shortlist.per_user(found.items, users, hidden, [1, 2])
for kind in __import__("shortlist.retrievers.base").retrievers.base.kinds():
    shortlist.make_retriever(kind)
from shortlist.rerank.base import RERANKERS
for kind in RERANKERS.kinds():
    RERANKERS.make(kind)
import shortlist.cli, shortlist.make_rules, shortlist.pipeline.rerank, shortlist.submission.write
print([name for name in quick if name.split(".")[0] in ("numpy", "pandas", "pydantic")])
print([name for name in sys.modules if name.split(".")[0] in %r])
"""


def test_the_classical_path_does_not_import_tensorflow() -> None:
    """Neither `import shortlist`, nor splits, metrics, a classical retriever, making any model, the stages, the CLI."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT % (TENSORFLOW,)], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines() == ["[]", "[]"]


@pytest.mark.parametrize("name", shortlist.__all__)
def test_every_name_is_there(name: str) -> None:
    """Each name of the library loads, is the one of its module, and is listed for completion."""
    found = getattr(shortlist, name)
    assert found.__module__.startswith("shortlist.")
    assert found.__name__ == name
    assert name in dir(shortlist)


def test_other_names_are_not() -> None:
    """A misspelt name fails as with any module."""
    with pytest.raises(AttributeError, match="has no attribute 'Datset'"):
        _ = shortlist.Datset
