"""Models are found by the names of their files, and nothing else lists them."""

import subprocess
import sys
from typing import Any

import pytest

from shortlist.common import registry as registry_module
from shortlist.common.parameters import NotFittedError, fitted, parameters
from shortlist.common.provenance import PACKAGE
from shortlist.common.registry import Registry
from shortlist.errors import ConfigError
from shortlist.rerank.base import Reranker
from shortlist.rerank.registry import RERANKERS
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.registry import RETRIEVERS

BOTH = [(RETRIEVERS, Retriever), (RERANKERS, Reranker)]


@pytest.mark.parametrize(("registry", "base"), BOTH, ids=["retrievers", "rerankers"])
def test_every_kind_makes_a_model(registry: Registry[Any], base: type) -> None:
    """Sorted, each from the file of its name, of the right sort; every model class of the package is among them."""
    kinds = registry.kinds()
    assert kinds == sorted(set(kinds))
    classes = set()
    for kind in kinds:
        model = registry.make(kind)
        assert isinstance(model, base)
        assert type(model).__module__ == registry.module(kind) == f"{registry.package}.{kind}"
        assert (PACKAGE / registry.package.rpartition(".")[2] / f"{kind}.py").is_file()
        classes.add(type(model))
    assert len(classes) == len(kinds)


def test_helpers_are_no_kinds() -> None:
    """Files without the marker at their end, such as the base class or TensorFlow's side of a model."""
    assert not {"base", "__init__", "towers", "tf_setup", "tower_training"} & set(RETRIEVERS.kinds())
    assert {"lightgbm", "tfrs_ranking"} <= set(RERANKERS.kinds())
    assert not {"base", "table", "features", "evidence", "ranking_training"} & set(RERANKERS.kinds())


def test_listing_the_kinds_imports_none() -> None:
    """Asking what there is costs no import of a model, let alone of TensorFlow or LightGBM."""
    script = (
        "import sys\nfrom shortlist.rerank.registry import RERANKERS\nRERANKERS.kinds(), RERANKERS.module('lightgbm')\n"
        "print(sorted(set(sys.modules) & {'lightgbm', 'tensorflow', 'shortlist.rerank.lightgbm'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(("registry", "base"), BOTH, ids=["retrievers", "rerankers"])
def test_an_unknown_kind_is_named(registry: Registry[Any], base: type) -> None:
    """The line says what sort of model was asked for and which kinds there are, also when only the module is asked."""
    message = f"^there is no {registry.noun} of the kind 'base'; there are {', '.join(registry.kinds())}$"
    for ask in (registry.make, registry.module):
        with pytest.raises(ConfigError, match=message):
            ask("base")


def test_a_seed_is_for_those_who_use_one() -> None:
    """The competition's seed is a default: settings win, and a model without chance in it never sees it."""
    assert RERANKERS.make("lightgbm", seed=11).seed == 11  # type: ignore[attr-defined]
    assert RERANKERS.make("lightgbm", {"seed": 4}, seed=11).seed == 4  # type: ignore[attr-defined]
    assert RERANKERS.make("lightgbm").seed == 0  # type: ignore[attr-defined]
    assert RETRIEVERS.make("popular", seed=11) == RETRIEVERS.make("popular")


def test_settings_are_not_changed() -> None:
    """A model made twice from one table of competition.toml is made from the same table."""
    settings = {"trees": 3}
    first = RERANKERS.make("lightgbm", settings, seed=1)
    assert settings == {"trees": 3}
    assert RERANKERS.make("lightgbm", settings, seed=1) == first


def test_a_kind_is_its_file(tmp_path, monkeypatch) -> None:
    """A new file with the marker is a new kind, one without is none: no list has to be edited."""
    folder = tmp_path / "fresh_models"
    folder.mkdir()
    (folder / "new.py").write_text("class New:\n    uses_seed = False\n\n\nMODEL = New\n")
    (folder / "helper.py").write_text("NOT_THE_MODEL = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry_module, "PACKAGE", tmp_path / "shortlist")
    registry: Registry[Any] = Registry("thing", "fresh_models", "MODEL")
    assert registry.kinds() == ["new"]
    assert type(registry.make("new")).__name__ == "New"


def test_what_was_not_fitted_says_so() -> None:
    """`fitted` gives what `fit` stored, and names the class of a model that has not learnt yet."""

    @parameters
    class Small:
        size: int = 1

    model = Small()
    with pytest.raises(NotFittedError, match=r"^Small is not fitted yet; call fit\(...\) first$") as error:
        fitted(model, "weights_")
    assert isinstance(error.value, ValueError)
    assert isinstance(error.value, AttributeError)
    model.weights_ = [1]  # type: ignore[attr-defined]
    assert fitted(model, "weights_") == [1]
