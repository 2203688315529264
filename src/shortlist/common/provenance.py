"""What a result was made from: the source files that decide it.

A stage runs again when a file that it needs has changed, or the computing that it rests on. The latter is the text of
its modules and of all that they import, less what decides no number: docstrings, the words of the errors they raise and
of their notes, texts in two languages, and `shortlist.config`, whose values reach a stage as its sections. A
competition's own modules (`common.own`) are followed like those of the package.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from glob import escape
from itertools import accumulate
from pathlib import Path

from shortlist.common import own
from shortlist.common.fingerprints import file_digest as file_digest
from shortlist.common.fingerprints import fingerprint as fingerprint

PACKAGE = Path(__file__).parents[1]

NOT_FOLLOWED = ("shortlist.config", "shortlist.common.progress", "shortlist.common.system")
"""Modules that decide no result: settings, which arrive as sections, what is shown, locks.

The package's root, which only re-exports, is another.
"""


def source_files(module: str) -> tuple[Path, ...]:
    """The file of `module` and, transitively, of every module of ours that it imports, sorted.

    A file of another kind that is named like a module and lies beside it, such as the template `document.html` of
    `document.py`, goes with it.

    Read from the source text, so that imports inside functions count and nothing has to be imported to know. Left out
    are the modules of `NOT_FOLLOWED`, packages whose `__init__` holds nothing but a docstring, and imports for type
    checkers.
    """
    return _source_files(module, own.stamp())


@cache
def _source_files(module: str, stamp: own.Stamp) -> tuple[Path, ...]:
    """See `source_files`; own files may be edited, or be those of another competition, while the process lives."""
    files: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _module_path(name)
        if path is None or name in files or _not_followed(name):
            continue
        files[name] = path
        waiting.append(name.rpartition(".")[0])
        waiting.extend(_imported_names(path, path.stat().st_mtime_ns))
    modules = [path for path in files.values() if not _empty(path)]
    return tuple(sorted(file for path in modules for file in _namesakes(path, stamp)))


@cache
def _namesakes(path: Path, _stamp: own.Stamp) -> tuple[Path, ...]:
    """The files beside a module that are named like it, itself among them."""
    return tuple(path.parent.glob(f"{escape(path.stem)}.*"))


def source_digests(modules: Iterable[str], *, alone: Iterable[str] = (), words: bool = False) -> dict[str, str]:
    """What decides a result: each file that the modules rest on, as `_label` names it, with the digest of its text.

    Args:
        modules: by their full names.
        alone: modules that count without what they import.
        words: texts in two languages count too, as they are what a page is made of.
    """
    lone = [path for module in alone if (path := _module_path(module)) is not None]
    files = sorted({*lone, *(file for module in modules for file in source_files(module))})
    texts = {file: _computing(file, file.stat().st_mtime_ns, words) for file in files}
    return {_label(file): hashlib.sha256(text).hexdigest() for file, text in texts.items()}


def source_digest(*modules: str) -> str:
    """Fingerprint of `source_digests`."""
    return fingerprint(source_digests(modules))


def _label(file: Path) -> str:
    """Relative to the package; an own file as the module that it is."""
    return file.relative_to(PACKAGE).as_posix() if file.is_relative_to(PACKAGE) else f"{own.OWN}/{file.name}"


def _not_followed(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in NOT_FOLLOWED) or module == PACKAGE.name


@cache
def _tree(path: Path, changed: int) -> ast.Module:
    """A module's statements; `changed` is its time stamp."""
    with own.file_named(str(path)):
        return ast.parse(path.read_bytes(), str(path))


@cache
def _computing(path: Path, changed: int, words: bool) -> bytes:
    """The text of a file without what decides no number; `changed` is its time stamp."""
    content = path.read_bytes()
    if path.suffix != ".py":
        return content
    starts = list(accumulate((len(line) for line in content.splitlines(keepends=True)), initial=0))
    kept, end = [], 0
    for node in sorted(_wordy(_tree(path, changed), words), key=lambda node: (node.lineno, node.col_offset)):
        first = starts[node.lineno - 1] + node.col_offset
        if first >= end:  # not within the one before
            kept.append(content[end:first])
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
    return b"".join([*kept, content[end:]])


def _wordy(tree: ast.AST, words: bool) -> Iterator[ast.expr]:
    """Docstrings, what errors are raised with, notes of progress, and texts in two languages unless `words`."""
    wordy = {"note"} if words else {"note", "Bilingual"}
    for node in ast.walk(tree):
        if _is_text(node):
            yield node.value  # type: ignore[attr-defined]
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from node.exc.args
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in wordy:
            yield from node.args


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is nothing but a string: a docstring, of whatever it follows."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _module_path(name: str) -> Path | None:
    if own.is_own(name):
        return own.path_of(name)
    return _package_path(name, PACKAGE)


@cache
def _package_path(name: str, package: Path) -> Path | None:
    root, _, rest = name.partition(".")
    if root != package.name:
        return None
    base = package.joinpath(*rest.split(".")) if rest else package
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _empty(path: Path) -> bool:
    """Whether a package's `__init__` holds nothing but a docstring."""
    return path.name == "__init__.py" and all(map(_is_text, ast.parse(path.read_bytes()).body))


BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where a statement has others within it."""


@cache
def _imported_names(path: Path, changed: int) -> list[str]:
    """What a module imports; `changed` is its time stamp."""
    names: list[str] = []
    waiting: list[ast.AST] = [_tree(path, changed)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (source := _imported_from(node)):
            names.append(source)
            names.extend(f"{source}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            waiting.extend(node.orelse)
        else:  # an import is a statement: expressions need not be looked into
            waiting.extend(child for part in BODIES for child in getattr(node, part, ()))
    return names


def _imported_from(node: ast.ImportFrom) -> str | None:
    """The module after `from`; dots stand for the own package, since no module of ours has any."""
    return ".".join(filter(None, (own.OWN, node.module))) if node.level else node.module
