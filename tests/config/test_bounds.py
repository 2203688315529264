"""Every parameter of every model, and every key of competition.toml, has bounds: what is absurd is one line."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from tests.builder import configuration

from shortlist.common.registry import Registry
from shortlist.config.competition import Competition
from shortlist.config.tune import Dimension
from shortlist.data.sources.registry import SOURCES
from shortlist.errors import ShortlistError
from shortlist.increments import check
from shortlist.pipeline.run import Run
from shortlist.rerank.registry import RERANKERS
from shortlist.retrievers.registry import RETRIEVERS
from shortlist.validation.registry import SPLITTERS

PLACES: dict[str, Registry[Any]] = {
    "retrievers": RETRIEVERS,
    "rerankers": RERANKERS,
    "validation.schemes": SPLITTERS,
    "source": SOURCES,
}
"""Where the table of a kind stands, but for its name."""

ABSURD = [
    2**62, -(2**62), 1e39, -1e39, "x" * 9_999, [[[1]]], {"a": {"b": {"c": []}}}, ["x"] * 10_001,
    {f"k{number}": 1 for number in range(10_001)},
]  # fmt: skip
"""What no parameter takes: too large for each sort, or of another one; the last two are for those that are several."""

ODD = [True, False, 0, -1, 1, 0.5, 1e-300, 2**31, "", "5", "..", "a/b", "a\nb", [], [1], ["a", "b"], {}, {"a": 1}]
"""What some take and others do not."""


def kinds() -> Iterator[tuple[str, str]]:
    """Each place with each of its kinds."""
    for place, registry in PLACES.items():
        for kind in registry.kinds():
            yield place, kind


def toml(value: object) -> str:
    """A value as TOML has it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def answer(root: Path, text: str | bytes) -> str | None:
    """The line about a competition.toml, whose form is asserted; None where it is good."""
    path = root / "data" / "some" / "competition.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        check(Run.load("some", root=root))
    except ShortlistError as refused:
        error = refused
    else:
        return None
    line = str(error)
    assert (error.exit_code, len(line.splitlines())) == (2, 1)
    assert line.isprintable()
    assert line.startswith(f"{path}: ")
    assert len(line) - len(str(path)) <= 500
    return line


def text_with(place: str, kind: str, table: Mapping[str, object]) -> str:
    """A whole file in which one table has these parameters."""
    lines = "\n".join(f"{key} = {toml(value)}" for key, value in table.items())
    if place == "source":
        return configuration("[validation.schemes.kfold]\n[retrievers.popular]\n", source=toml({"kind": kind, **table}))
    named = f"[{place}.own]\nkind = {toml(kind)}\n{lines}\n"
    schemes = "" if place == "validation.schemes" else "[validation.schemes.kfold]\n"
    retrievers = "" if place == "retrievers" else "[retrievers.popular]\n"
    return configuration(f"{schemes}{retrievers}{named}")


def needed(place: str, kind: str) -> dict[str, object]:
    """What a kind has no default for."""
    model = class_of(place, kind)
    values = {"date": "joined", "window": "7d"}
    missing = [field for field in fields(model) if field.default is MISSING and field.default_factory is MISSING]
    return {field.name: values[field.name] for field in missing if field.init}


def class_of(place: str, kind: str) -> Any:
    registry = PLACES[place]
    return getattr(import_module(registry.module(kind)), registry.marker)


@pytest.mark.parametrize(("place", "kind"), list(kinds()))
def test_no_parameter_takes_what_is_absurd(place: str, kind: str, tmp_path: Path) -> None:
    """Through the real loader: each is refused in one line that names the file and the parameter."""
    plain = needed(place, kind)
    assert answer(tmp_path, text_with(place, kind, plain)) is None
    for field in fields(class_of(place, kind)):
        if not field.init:
            continue
        several = "tuple" in str(field.type) or "dict" in str(field.type)
        for value in ABSURD[: None if several else -2]:
            line = answer(tmp_path, text_with(place, kind, {**plain, field.name: value}))
            assert line is not None, f"{field.name} = {str(value)[:50]}"
            assert field.name in line
        for value in ODD:
            answer(tmp_path, text_with(place, kind, {**plain, field.name: value}))


@pytest.mark.parametrize(("place", "kind"), list(kinds()))
def test_no_number_is_true_or_a_text(place: str, kind: str, tmp_path: Path) -> None:
    """`true` is no 1 and "5" no 5; but for a length of time, and the one that had another sort before."""
    plain = needed(place, kind)
    for field in fields(class_of(place, kind)):
        if isinstance(field.default, bool) or not isinstance(field.default, int | float):
            continue
        if field.name != "audience":
            assert answer(tmp_path, text_with(place, kind, {**plain, field.name: True})) is not None, field.name
        if field.name not in ("gap", "half_life", "window") or isinstance(field.default, int):
            assert answer(tmp_path, text_with(place, kind, {**plain, field.name: "5"})) is not None, field.name


def keys(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of the sections that have some, with the sections around it."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys(inner, (*path, name))
        else:
            yield (*path, name)


def replaced(path: tuple[str, ...], value: object) -> str:
    """A whole file in which one key has this value."""
    tables: dict[str, Any] = {
        "title": "t", "url": "u", "source": "dacon_jobs", "question": {"k": 5},
        "validation": {"schemes": {"kfold": {}}}, "retrievers": {"popular": {}}, "rerankers": {"lightgbm": {}},
    }  # fmt: skip
    table = tables
    for name in path[:-1]:
        table = table.setdefault(name, {})
    table[path[-1]] = value
    return "\n".join(f"{name} = {toml(content)}" for name, content in tables.items())


@pytest.mark.parametrize("path", list(keys(Competition)), ids=".".join)
def test_no_key_takes_what_is_absurd(path: tuple[str, ...], tmp_path: Path) -> None:
    """The same of every key of every section; what is odd is used, or is one line."""
    for value in ABSURD:
        line = answer(tmp_path, replaced(path, value))
        assert line is not None, str(value)[:50]
        assert path[-1] in line
    for value in ODD:
        answer(tmp_path, replaced(path, value))


@pytest.mark.parametrize("name", Dimension.model_fields)
def test_no_dimension_takes_what_is_absurd(name: str, tmp_path: Path) -> None:
    """What `make tune` may try is bounded by the parameter, and so is the number of its steps."""
    range_of = {"choices": {}}.get(name, {"low": 1, "high": 100})
    for value in (*ABSURD, *ODD):
        space = {"retrievers.popular2.neighbours": {**range_of, name: value}}
        text = replaced(("tune",), {"space": space}).replace(
            '"popular" = {  }', '"popular" = { }, "popular2" = { kind = "item_knn" }'
        )
        line = answer(tmp_path, text)
        assert value not in ABSURD or line is not None, str(value)[:50]
