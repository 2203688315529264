"""The package is a house: a module imports from its own package and from the storeys below, never from above."""

from graphlib import TopologicalSorter

import pytest
from tests.imports import Import, imports, imports_of

from shortlist.common.provenance import PACKAGE

ROOT = "__init__"
"""The names of the library itself, `import shortlist`."""

STOREYS = (
    ("errors",),
    ("common",),
    ("pages", "engine", "config"),
    ("data",),
    ("retrievers",),
    ("validation",),
    ("rerank",),
    ("pipeline",),
    ("submission",),
    ("studies",),
    ("report",),
    ("chain",),
    ("remaining",),
    ("increments",),
    ("make_rules",),
    ("cli", ROOT),
    ("__main__",),
)
"""From the ground up. Those of one storey import nothing of each other."""

UNTYPED = ("shortlist.chain", "shortlist.cli")
"""They name for type checkers what they import where it is needed, so as to be quick."""

FLOOR = {part: number for number, parts in enumerate(STOREYS) for part in parts}


def part(module: str) -> str:
    """The package or root module below `shortlist` that a module is in."""
    return (module.split(".")[1:] or [ROOT])[0]


def imported(module: str) -> set[str]:
    """The modules of the package that a module imports, wherever in it."""
    counted = (each for each in imports()[module] if not (each.typing and module in UNTYPED))
    return {each.name for each in counted if each.name in imports()} - {module}


def test_everything_has_one_place() -> None:
    """A new package or root module is given a storey before anything else."""
    there = [path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.rglob("*.py"))]
    there += [path.stem for path in PACKAGE.glob("*.py")]
    assert sorted(there) == sorted(place for parts in STOREYS for place in parts)


@pytest.mark.parametrize("module", sorted(imports()))
def test_imports_go_down(module: str) -> None:
    """Within functions too: what is above a module is none of its business."""
    own = part(module)
    others = {name for name in imported(module) if part(name) != own}
    upwards = [name for name in sorted(others) if FLOOR[part(name)] >= FLOOR[own]]
    assert upwards == []


def test_retrievers_and_rerankers_do_not_know_each_other() -> None:
    """A reranker is given lists, whoever made them."""
    crossing = [
        (module, name)
        for module in imports()
        for name in imported(module)
        if {part(module), part(name)} == {"retrievers", "rerank"}
    ]
    assert crossing == []


def test_the_chain_imports_nothing_at_first() -> None:
    """It is a table; what a stage needs comes when its steps are asked for, or when it runs."""
    own = [each.name for each in imports()["shortlist.chain"] if not each.deferred and not each.typing]
    assert [name for name in own if name.startswith("shortlist")] == []


def test_no_circle_of_modules() -> None:
    """Each can be understood after those that it imports."""
    order = list(TopologicalSorter({module: imported(module) for module in imports()}).static_order())
    assert set(order) == set(imports())


def test_no_import_is_overlooked() -> None:
    """Those in functions, classes, branches and for type checkers are seen, each as what it is."""
    source = """
import a, b.c
from d import e
if TYPE_CHECKING:
    from f import g
else:
    import h
class K:
    import i
    def method(self):
        try:
            from j import k
        finally:
            import l
"""
    assert imports_of(source) == (
        Import("a", False, False), Import("b.c", False, False), Import("d", False, False), Import("d.e", False, False),
        Import("f", False, True), Import("f.g", False, True), Import("h", False, False), Import("i", False, False),
        Import("j", True, False), Import("j.k", True, False), Import("l", True, False),
    )  # fmt: skip
