"""Models by the name they have in competition.toml: a kind is a file of a package, or one of the competition's own.

No other list of them exists.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from shortlist.common import own
from shortlist.common.faults import first_fault
from shortlist.common.own_faults import OwnPartError, called, complaint
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
        base: what every such class derives from; asked of own ones.
        watch: has the methods of an own class checked where they are called, see `own_faults.watch`.
    """

    noun: str
    package: str
    marker: str
    base: type | None = None
    watch: Callable[[type], None] | None = None

    def kinds(self) -> list[str]:
        """Every kind there is, sorted.

        Raises:
            ConfigError: a file of the competition's own has the name of a kind of the package.
        """
        # Told from the text: importing all of them would import TensorFlow.
        folder = PACKAGE.parent.joinpath(*self.package.split("."))
        mark = f"\n{self.marker} = "
        here = {path.stem for path in folder.glob("*.py") if mark in path.read_text(encoding="utf-8")}
        added = own.marked(self.marker)
        for kind in added:
            if kind in here:
                file = own.shown(own.files()[kind])
                raise ConfigError(f"{file}: there is a {self.noun} of the kind '{kind}' already; rename the file")
        return sorted([*here, *added])

    def module(self, kind: str) -> str:
        """The module of a kind.

        Raises:
            ConfigError: there is no such kind.
        """
        kinds = self.kinds()
        if kind not in kinds:
            file = own.files().get(kind)
            unmarked = f"; {own.shown(file)} has no line `{self.marker} = <class>`" if file else ""
            raise ConfigError(f"there is no {self.noun} of the kind '{kind}'; there are {', '.join(kinds)}{unmarked}")
        return own.module_of(kind) if kind in own.marked(self.marker) else f"{self.package}.{kind}"

    def model(self, kind: str) -> Any:
        """The class of a kind.

        Raises:
            ConfigError: there is no such kind.
            OwnPartError: an own class is none of this sort.
        """
        module = self.module(kind)
        model = getattr(import_module(module), self.marker)
        if own.is_own(module):
            self._check_own(model, kind)
        return model

    def make(self, kind: str, settings: Mapping[str, Any] | None = None, *, seed: int | None = None) -> Model:
        """A model, not fitted yet.

        Args:
            kind: name of its file.
            settings: its parameters; those left out have their defaults.
            seed: for a model with `uses_seed` whose settings give none.

        Raises:
            ConfigError: unknown kind or parameter (the nearest known one is named), or a value out of range.
            OwnPartError: an own class is none of this sort.
        """
        model = self.model(kind)
        values = dict(settings or {})
        if model.uses_seed and seed is not None:
            values.setdefault("seed", seed)
        try:
            return called(model, **values) if own.is_own(model.__module__) else model(**values)
        except ValidationError as error:
            raise ConfigError(f"{self.noun} {kind}: {first_fault(error, model)}") from None

    def _check_own(self, model: Any, kind: str) -> None:
        file = own.shown(own.files()[kind])
        if not isinstance(model, type) or (self.base is not None and not issubclass(model, self.base)):
            base = self.base or object
            raise OwnPartError(
                f"{file}: {self.marker} must be a class derived from {base.__module__}.{base.__name__}; fix it"
            )
        if missing := sorted(getattr(model, "__abstractmethods__", ())):
            raise OwnPartError(complaint(model, f"{model.__name__} lacks {', '.join(missing)}"))
        if self.watch is not None:
            self.watch(model)
