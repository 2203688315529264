"""Own parts: a competitor's files `data/<competition>/*.py`, importable in every process as `shortlist_own.<file>`.

The folder is named by the environment variable SHORTLIST_OWN, which the processes of an engine inherit. Nothing is put
on the path, and no compiled file is left in the folder: an edit counts at once.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, ModuleType

from shortlist.errors import ConfigError

OWN = "shortlist_own"
"""The package that the files are modules of."""

VARIABLE = "SHORTLIST_OWN"
"""Names the folder: a path, or what it is called where it comes from behind `SHIPPED`."""

SHIPPED = "shipped:"
"""On the machines of a cluster: a folder `shortlist_own` on the path holds a copy of the files."""

Stamp = tuple[tuple[str, int, int], ...]


def use(place: Path) -> None:
    """Take own parts from a competition's folder, in this process and those that it starts.

    Modules that were read from another folder, or from files that have changed since, are read again.
    """
    os.environ[VARIABLE] = str(place.absolute())
    loaded = [module for name, module in sys.modules.items() if name.startswith(f"{OWN}.")]
    if any(_is_stale(module) for module in loaded):
        for name in [OWN, *(module.__name__ for module in loaded)]:
            sys.modules.pop(name, None)


def folder() -> Path | None:
    """Where own parts lie; None where no competition is in use."""
    value = os.environ.get(VARIABLE, "")
    if value.startswith(SHIPPED):
        return next((Path(place, OWN) for place in sys.path if Path(place, OWN).is_dir()), None)
    return Path(value) if value else None


def files() -> dict[str, Path]:
    """Every own file by its name without ending, sorted; hidden ones, folders and pipes are left out.

    Raises:
        ConfigError: there is a dot within a name, which no module can have.
    """
    place = folder()
    own_files = sorted(place.glob("*.py")) if place else []
    own_files = [file for file in own_files if file.is_file() and not file.name.startswith(".")]
    for file in own_files:
        if "." in file.stem:
            raise ConfigError(f"{shown(file)}: an own part's name has no dot but that of .py; rename the file")
    return {file.stem: file for file in own_files}


def stamp() -> Stamp:
    """Names, times and sizes of all own files: what tells whether one was edited."""
    return tuple(_stamp_of(file) for file in files().values())


def marked(marker: str) -> list[str]:
    """Names of the own files that give something this name: `<marker> = ...` at the beginning of a line."""
    return containing(rf"^{marker}[ \t]*(:[^=\n]*)?=(?!=)")


def containing(pattern: str) -> list[str]:
    """Names of the own files that have a line with this pattern; nothing is imported to know."""
    wanted = re.compile(pattern, re.MULTILINE)
    return [name for name, file in files().items() if wanted.search(file.read_text(encoding="utf-8", errors="replace"))]


def module_of(name: str) -> str:
    """The module that an own file is."""
    return f"{OWN}.{name}"


def is_own(module: str) -> bool:
    """Whether a module is an own part."""
    return module.startswith(f"{OWN}.")


def path_of(module: str) -> Path | None:
    """The file of an own module; None where there is none."""
    place = folder()
    file = place / f"{module.removeprefix(f'{OWN}.')}.py" if place and is_own(module) else None
    return file if file is not None and file.is_file() else None


def shown(file: Path) -> Path:
    """As messages name it: from where the user is."""
    if (value := os.environ.get(VARIABLE, "")).startswith(SHIPPED):
        return Path(value.removeprefix(SHIPPED), file.name)
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


@contextmanager
def copied() -> Iterator[tuple[list[str], dict[str, str]]]:
    """What goes to another machine: a folder `shortlist_own` with a copy of the files, and the variable that says so.

    Two empty ones where there are no files.
    """
    own_files, place = files(), folder()
    if not own_files or place is None:
        yield [], {}
        return
    with TemporaryDirectory() as above:
        copy = Path(above, OWN)
        copy.mkdir()
        for file in own_files.values():
            shutil.copy2(file, copy)
        yield [str(copy)], {VARIABLE: f"{SHIPPED}{shown(place)}"}


@contextmanager
def file_named(path: str) -> Iterator[None]:
    """Raise what is wrong with a module's text as a `SyntaxError` that says in which file.

    Python does not where there is a NUL, or where thousands of brackets are in each other.
    """
    try:
        yield
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if getattr(error, "filename", None):
            raise
        raise SyntaxError(str(error) or "too deep to read", (path, 1, None, None)) from None


def _is_stale(module: ModuleType) -> bool:
    loader = getattr(module, "__loader__", None)
    file = path_of(module.__name__)
    return not isinstance(loader, _Loader) or file is None or loader.read != (str(file), *_stamp_of(file))


def _stamp_of(file: Path) -> tuple[str, int, int]:
    about = file.stat()
    return file.name, about.st_mtime_ns, about.st_size


class _Loader(SourceFileLoader):
    """Reads the text each time: a compiled file would not tell two edits within one second apart."""

    read: tuple[str, str, int, int] | None = None
    """The file and its stamp when it was read."""

    def get_code(self, fullname: str) -> CodeType:
        file = Path(self.path)
        self.read = str(file), *_stamp_of(file)
        with file_named(self.path):
            return self.source_to_code(self.get_data(self.path), self.path)


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname == OWN and folder() is not None:
            return ModuleSpec(OWN, None, is_package=True)
        if (file := path_of(fullname)) is None:
            return None
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, str(file)))


sys.meta_path.insert(0, _Finder())
