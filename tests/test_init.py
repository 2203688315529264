"""`import shortlist` is quick, and TensorFlow stays where it belongs."""

import subprocess
import sys

import pytest
from tests.imports import at_once

import shortlist
from shortlist.rerank.registry import RERANKERS
from shortlist.retrievers.registry import RETRIEVERS

TENSORFLOW = ("tensorflow", "tensorflow_recommenders", "tf_keras", "keras", "scann")
SETUP = "shortlist.engine.tensorflow"
HEAVY = ("numpy", "pandas", "pydantic")


def test_one_module_imports_tensorflow() -> None:
    """One module decides how TensorFlow is set up before it is imported; all others get it from there."""
    direct = {module for module, names in at_once().items() if any(name.split(".")[0] in TENSORFLOW for name in names)}
    assert direct == {SETUP}


def test_importing_a_retriever_or_a_stage_does_not_import_tensorflow() -> None:
    """Only helpers of the two-towers and of the ranking model, none of them a model, have it as soon as imported."""
    reaching, new = set[str](), {SETUP}
    while new:
        reaching |= new
        new = {module for module, names in at_once().items() if names & reaching} - reaching
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
dataset = shortlist.Dataset.from_events(pairs)
retriever = shortlist.make_retriever("user_knn")
for fold in shortlist.Holdout(folds=2).split(dataset):
    visible, hidden = dataset.take(fold.train), dataset.take(fold.test).matrix()
    users = np.unique(dataset.events.user[fold.test])
    lists = shortlist.recommend(retriever.fit(visible), users, 2, visible.matrix())
    shortlist.recall_at_k(lists, hidden, 2)
    shortlist.per_user(lists.items, users, hidden, [1, 2])
from shortlist.retrievers.registry import RETRIEVERS
from shortlist.rerank.registry import RERANKERS
for registry in (RETRIEVERS, RERANKERS):
    for kind in registry.kinds():
        registry.make(kind)
from importlib import import_module
from shortlist.chain import STAGES
import shortlist.cli, shortlist.increments, shortlist.make_rules
for stage in STAGES:
    import_module("shortlist." + stage.function.partition(":")[0])
print([name for name in quick if name.split(".")[0] in %r])
print([name for name in sys.modules if name.split(".")[0] in %r])
"""


def test_the_classical_path_does_not_import_tensorflow() -> None:
    """Neither `import shortlist`, nor splits, metrics, a classical retriever, making any model, the stages, the CLI."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT % (HEAVY, TENSORFLOW)], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines() == ["[]", "[]"]


@pytest.mark.parametrize("module", ["shortlist", "shortlist.chain", "shortlist.cli"])
def test_what_every_command_imports_is_quick(module: str) -> None:
    """The table of the stages and the command line cost none of the libraries that the stages need."""
    script = f"import sys, {module}\nprint([name for name in sys.modules if name.split('.')[0] in {HEAVY}])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", shortlist.__all__)
def test_every_name_is_there(name: str) -> None:
    """Each name of the library loads, is the one of its module, and is listed for completion."""
    value = getattr(shortlist, name)
    assert value.__module__.startswith("shortlist.")
    assert value.__name__ == name
    assert name in dir(shortlist)


def test_the_whole_chain_is_among_them() -> None:
    """A notebook runs a competition with `shortlist.run`, and reads what that leaves from its `shortlist.Results`."""
    assert {"run", "Results"} <= set(shortlist.__all__)
    assert (shortlist.run.__module__, shortlist.Results.__module__) == ("shortlist.increments",) * 2


def test_other_names_are_not() -> None:
    """A misspelt name fails as with any module."""
    with pytest.raises(AttributeError, match="has no attribute 'Datset'"):
        _ = shortlist.Datset
