"""What every module of the package imports, read from its text."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shortlist.common.provenance import PACKAGE


@dataclass(frozen=True)
class Import:
    """One import of a module.

    Attributes:
        name: of a module or of something in it, "shortlist.pipeline.run" as well as "shortlist.pipeline.run.Run".
        deferred: within a function: when that is called.
        typing: for type checkers only.
    """

    name: str
    deferred: bool
    typing: bool


@cache
def imports() -> dict[str, tuple[Import, ...]]:
    """By the full names of the modules; packages are there by the imports of their `__init__`."""
    return {module_name(path): imports_of(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}


def at_once() -> dict[str, set[str]]:
    """Names of what each module imports when it is imported."""
    return {
        module: {found.name for found in every if not found.deferred and not found.typing}
        for module, every in imports().items()
    }


def module_name(path: Path) -> str:
    """Of a file of the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str) -> tuple[Import, ...]:
    """All imports of a source text, wherever they stand."""
    return tuple(_within(ast.parse(source), deferred=False, typing=False))


def _within(node: ast.AST, *, deferred: bool, typing: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, deferred, typing) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
        yield from (Import(name, deferred, typing) for name in names)
    elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for inner in node.body:
            yield from _within(inner, deferred=deferred, typing=True)
        for inner in node.orelse:
            yield from _within(inner, deferred=deferred, typing=typing)
    else:
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from _within(child, deferred=deferred or function, typing=typing)
