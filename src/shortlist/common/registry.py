"""Models by the name they have in competition.toml: a kind is a file of a package, and no other list of them exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from shortlist.common.faults import first_fault
from shortlist.common.provenance import PACKAGE
from shortlist.errors import ConfigError

Model = TypeVar("Model")


@dataclass(frozen=True)
class Registry(Generic[Model]):
    """The kinds of one sort of model.

    Attributes:
        noun: what such a model is called in messages.
        package: whose files hold them, one each; it ends with `<marker> = <class>`.
        marker: see `package`.
    """

    noun: str
    package: str
    marker: str

    def kinds(self) -> list[str]:
        """Every kind there is, sorted."""
        # Told from the text: importing all of them would import TensorFlow.
        folder = PACKAGE.parent.joinpath(*self.package.split("."))
        mark = f"\n{self.marker} = "
        return sorted(path.stem for path in folder.glob("*.py") if mark in path.read_text(encoding="utf-8"))

    def module(self, kind: str) -> str:
        """The module of a kind.

        Raises:
            ConfigError: there is no such kind.
        """
        if kind not in self.kinds():
            raise ConfigError(f"there is no {self.noun} of the kind '{kind}'; there are {', '.join(self.kinds())}")
        return f"{self.package}.{kind}"

    def make(self, kind: str, settings: Mapping[str, Any] | None = None, *, seed: int | None = None) -> Model:
        """A model, not fitted yet.

        Args:
            kind: name of its file in the package.
            settings: its parameters; those left out have their defaults.
            seed: for a model with `uses_seed` whose settings give none.

        Raises:
            ConfigError: unknown kind or parameter (the nearest known one is named), or a value out of range.
        """
        model = getattr(import_module(self.module(kind)), self.marker)
        values = dict(settings or {})
        if model.uses_seed and seed is not None:
            values.setdefault("seed", seed)
        try:
            return model(**values)
        except ValidationError as error:
            raise ConfigError(f"{self.noun} {kind}: {first_fault(error, model)}") from None
