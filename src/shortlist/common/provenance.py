"""What a result was made from: fingerprints of content, and the source files that a stage depends on.

Make reruns a stage when one of its prerequisites is newer; `source_files` tells Make which of our own files those are.
Within a stage, a finished unit of work is kept after an interruption if its fingerprint still fits.
"""

import ast
import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np

PACKAGE = Path(__file__).parents[1]


def fingerprint(*parts: object) -> str:
    """SHA-256 in hexadecimal over the parts: arrays by shape, dtype and bytes; all else by its sorted JSON."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype}{part.shape}".encode())
            digest.update(np.ascontiguousarray(part).tobytes())
        else:
            digest.update(json.dumps(part, sort_keys=True, ensure_ascii=False, default=str).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def source_files(module: str) -> tuple[Path, ...]:
    """The file of `module` and, transitively, of every module of this package that it imports, sorted.

    A file of another kind that is named like a module and lies beside it, such as the template `document.html` of
    `document.py`, goes with it.

    Read from the source text, so that imports inside functions count and nothing has to be imported to know. The
    package's own `__init__`, which only re-exports, is left out: else everything would depend on everything.
    """
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _module_path(name)
        if path is None or name in found or name == "shortlist":
            continue
        found[name] = path
        waiting.append(name.rpartition(".")[0])
        waiting.extend(_imported_names(path))
    return tuple(sorted(file for path in found.values() for file in path.parent.glob(f"{path.stem}.*")))


def source_digest(*modules: str) -> str:
    """Fingerprint of the source text that the modules depend on."""
    files = sorted({file for module in modules for file in source_files(module)})
    return fingerprint([[file.relative_to(PACKAGE).as_posix(), file_digest(file)] for file in files])


def _module_path(name: str) -> Path | None:
    root, _, rest = name.partition(".")
    if root != PACKAGE.name:
        return None
    base = PACKAGE.joinpath(*rest.split(".")) if rest else PACKAGE
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _imported_names(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
            names.extend(f"{node.module}.{alias.name}" for alias in node.names)
    return names
