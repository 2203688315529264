"""Write docs/reference/: every table and parameter of competition.toml, as the classes themselves tell them.

What a parameter is comes from its class's docstring, its default and bounds from the field: nothing is typed twice. A
parameter without a line in the docstring is an error. Headings are in English and Korean, the docstrings in English.

Run: python scripts/reference.py
"""

import dataclasses
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from shortlist.common.bilingual import Bilingual, same
from shortlist.common.files import write_text
from shortlist.common.registry import Registry
from shortlist.config.competition import Competition, Validation
from shortlist.config.tune import Dimension
from shortlist.data.sources.registry import SOURCES
from shortlist.rerank.registry import RERANKERS
from shortlist.retrievers.registry import RETRIEVERS
from shortlist.validation.registry import SPLITTERS

FOLDER = Path(__file__).parents[1] / "docs/reference"

Language = Literal["en", "ko"]
ENDINGS: dict[Language, str] = {"en": ".md", "ko": ".ko.md"}

NOTE = "<!-- python scripts/reference.py writes this page from the classes: change a docstring or a field there -->"

HEAD = Bilingual("| key | default | values | what it is |", "| 키 | 기본값 | 값 | 설명 |")
REQUIRED = Bilingual("required", "필수")
NO_PARAMETERS = Bilingual("It has no parameters.", "매개변수가 없습니다.")
WHOLE, NUMBER, TEXT = Bilingual("whole number", "정수"), Bilingual("number", "수"), Bilingual("text", "글")
LIST, TABLE = Bilingual("list", "목록"), Bilingual("table", "표")
NOTHING, PERIOD = (
    Bilingual("or left out", "또는 생략"),
    Bilingual('length of time such as `"14d"`', '`"14d"` 같은 기간'),
)
FROM, UP_TO = Bilingual("from {}", "{} 이상"), Bilingual("up to {}", "{} 이하")
ABOVE, BELOW = Bilingual("above {}", "{} 초과"), Bilingual("below {}", "{} 미만")

BOUNDS = {
    "minimum": FROM,
    "ge": FROM,
    "exclusiveMinimum": ABOVE,
    "gt": ABOVE,
    "maximum": UP_TO,
    "le": UP_TO,
    "exclusiveMaximum": BELOW,
    "lt": BELOW,
}
"""Key of a JSON schema -> its words."""

PERIODS = ("half_life", "gap_half_life", "window", "gap", "period")
"""Parameters that are lengths of time wherever they are numbers; a schema shows only the number."""

COMPETITION = Bilingual(
    "`data/<name>/competition.toml`, section by section. `make init` writes one that runs; "
    "[the guide](../competition.md) explains it. An unknown key or a value out of range is refused in one line that "
    "names the nearest key.",
    "`data/<name>/competition.toml`의 모든 항목입니다. `make init`이 그대로 실행되는 파일을 써 주며, "
    "[안내](../competition.ko.md)에 설명이 있습니다. 모르는 키나 범위를 벗어난 값은 가장 가까운 키를 알려 주는 한 줄과 "
    "함께 거부됩니다. 설명은 소스의 docstring 그대로 영어입니다.",
)
TOP = Bilingual("At the top", "맨 위")
TABLES = {
    (Competition, "source"): "sources",
    (Competition, "retrievers"): "retrievers",
    (Competition, "rerankers"): "rerankers",
    (Validation, "schemes"): "schemes",
}
"""Keys that hold tables of models -> the page of those."""
SEE = Bilingual("; see [{}]({}{})", "; [{}]({}{}) 참고")

PAGES: dict[str, tuple[Registry[Any], str, Bilingual, Bilingual]] = {
    "retrievers": (
        RETRIEVERS,
        "`[retrievers.{}]`",
        Bilingual("Parameters of the retrievers", "Retriever의 매개변수"),
        Bilingual(
            'A table `[retrievers.<kind>]` in competition.toml runs one; with `kind = "..."` its name may be your own. '
            "[Retrievers](../retrievers.md) says which there are. `seed` is the one at the top of the file unless it "
            "is given.",
            'competition.toml의 `[retrievers.<kind>]` 표 하나가 retriever 하나를 실행합니다. `kind = "..."`를 적으면 '
            "이름을 직접 지을 수 있습니다. 어떤 것이 있는지는 [Retriever](../retrievers.ko.md)에 있습니다. `seed`를 "
            "적지 않으면 파일 맨 위의 것을 씁니다. 설명은 소스의 docstring 그대로 영어입니다.",
        ),
    ),
    "rerankers": (
        RERANKERS,
        "`[rerankers.{}]`",
        Bilingual("Parameters of the rerankers", "Reranker의 매개변수"),
        Bilingual(
            "A table `[rerankers.<kind>]` in competition.toml runs one; see [Blend and rerankers](../reranking.md).",
            "competition.toml의 `[rerankers.<kind>]` 표 하나가 reranker 하나를 실행합니다. "
            "[Blend와 reranker](../reranking.ko.md)를 보십시오. 설명은 소스의 docstring 그대로 영어입니다.",
        ),
    ),
    "schemes": (
        SPLITTERS,
        "`[validation.schemes.{}]`",
        Bilingual("Parameters of the validation schemes", "검증 방식의 매개변수"),
        Bilingual(
            "A table `[validation.schemes.<kind>]` in competition.toml; the first one is the one that choices are made "
            "by. `folds` is `validation.folds` and `seed` that at the top of the file unless they are given. "
            "[Validation](../validation.md) says which scheme asks what.",
            "competition.toml의 `[validation.schemes.<kind>]` 표이며, 첫 표의 점수로 선택합니다. 적지 않으면 `folds`는 "
            "`validation.folds`, `seed`는 파일 맨 위의 것입니다. 어떤 방식이 무엇을 묻는지는 "
            "[검증](../validation.ko.md)에 있습니다. 설명은 소스의 docstring 그대로 영어입니다.",
        ),
    ),
    "sources": (
        SOURCES,
        '`[source]`, `kind = "{}"`',
        Bilingual("Parameters of the sources", "Source의 매개변수"),
        Bilingual(
            "How the files in raw/ are read: `[source]` in competition.toml with the `kind`, see "
            "[the guide](../competition.md).",
            "raw/의 파일을 읽는 방법입니다. competition.toml의 `[source]`에 `kind`를 적습니다. "
            "[안내](../competition.ko.md)를 보십시오. 설명은 소스의 docstring 그대로 영어입니다.",
        ),
    ),
}
"""Page -> registry, how a table is named, title, first paragraph."""


def body(text: str | None) -> str:
    """A docstring without its lists of arguments, paragraphs as they are."""
    return re.split(r"\n\s*(?:Args|Attributes|Raises):\n", inspect.cleandoc(text or ""))[0].strip()


def arguments(model: type) -> dict[str, str]:
    """Name -> what the docstrings of a class and of those that it derives from say of it; the nearest one counts."""
    said: dict[str, str] = {}
    for base in reversed(model.__mro__):
        text = inspect.cleandoc(base.__dict__.get("__doc__") or "")
        listed = re.search(r"^(?:Args|Attributes):\n((?: +.*(?:\n|$))+)", text, flags=re.MULTILINE)
        for names, words in re.findall(
            r"^    ([a-z]\w*(?:, \w+)*): (.*(?:\n {8,}.*)*)", listed[1] if listed else "", flags=re.MULTILINE
        ):
            said |= dict.fromkeys(names.split(", "), " ".join(words.split()))
    return said


def prose(text: str) -> str:
    """Text of a docstring as Markdown: what looks like HTML is shown, not taken for it."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else escape(part, quote=False) for part in parts)


def values(name: str, schema: Mapping[str, Any], language: Language) -> str:
    """What a parameter can be, from its JSON schema."""
    if "anyOf" in schema:
        options = [option for option in schema["anyOf"] if option.get("type") != "null"]
        texts = [values(name, option, language) for option in options]
        if len(options) < len(schema["anyOf"]):
            texts.append(getattr(NOTHING, language))
        return ", ".join(text for text in texts if text)
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    kind = schema.get("type")
    if kind == "boolean":
        return "`true`, `false`"
    if kind == "number" and name in PERIODS:
        return str(getattr(PERIOD, language))
    words = {"integer": WHOLE, "number": NUMBER, "string": TEXT, "array": LIST, "object": TABLE}.get(
        kind or "", same("")
    )
    bounds = [getattr(BOUNDS[key], language).format(f"{bound:,.10g}") for key, bound in _bounds(schema)]
    return " ".join([getattr(words, language), *bounds])


def _bounds(schema: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Those that say most: with `above 0`, `from 0` is not worth a word."""
    bounds = {key: schema[key] for key in BOUNDS if key in schema}
    for weaker, stronger in (("minimum", "exclusiveMinimum"), ("maximum", "lt")):
        if weaker in bounds and stronger in bounds:
            del bounds[weaker]
    yield from bounds.items()


def default(value: Any, language: Language) -> str:
    """As competition.toml would have it."""
    if value is dataclasses.MISSING:
        return str(getattr(REQUIRED, language))
    return "" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


def rows(model: type, properties: Mapping[str, Any], defaults: Mapping[str, Any], language: Language) -> list[str]:
    """The lines of a table of parameters.

    Raises:
        SystemExit: the docstring does not say what one of them is.
    """
    said = arguments(model)
    if missing := [name for name in defaults if name not in said]:
        sys.exit(f"reference: the docstring of {model.__name__} does not say what {', '.join(missing)} is")
    lines = [getattr(HEAD, language), "| --- | --- | --- | --- |"]
    for name, value in defaults.items():
        cells = f"`{name}`", default(value, language), values(name, properties[name], language), prose(said[name])
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    return lines


def defaults_of(model: Any) -> dict[str, Any]:
    """Parameter -> its default, `MISSING` where there is none."""
    if issubclass(model, BaseModel):
        listed = {name: field.get_default(call_default_factory=True) for name, field in model.model_fields.items()}
        return {
            name: dataclasses.MISSING if model.model_fields[name].is_required() else value
            for name, value in listed.items()
        }
    made = TypeAdapter(model).json_schema()["properties"]
    found: dict[str, Any] = {}
    for field in dataclasses.fields(model):
        if not field.init:
            continue
        factory = getattr(field.default, "default_factory", None) or field.default_factory
        plain = dataclasses.MISSING if factory is not dataclasses.MISSING and factory else field.default
        found[field.name] = factory() if callable(factory) else made[field.name].get("default", plain)
    return found


def models_page(page: str, language: Language) -> str:
    """A page of one sort of model, a section for each kind."""
    registry, table, title, first = PAGES[page]
    parts = [f"# {getattr(title, language)}", NOTE, getattr(first, language)]
    for kind in registry.kinds():
        module = import_module(registry.module(kind))
        model = getattr(module, registry.marker)
        parts += [f"## {kind}", table.format(kind), prose(body(module.__doc__)), prose(body(model.__doc__))]
        found = defaults_of(model)
        schema = TypeAdapter(model).json_schema()
        listed = rows(model, schema["properties"], found, language) if found else [getattr(NO_PARAMETERS, language)]
        parts.append("\n".join(listed))
    return "\n\n".join(parts) + "\n"


def competition_page(language: Language) -> str:
    """The page of competition.toml, a section for each of its own."""
    top = defaults_of(Competition)
    sections = {
        name: field.annotation
        for name, field in Competition.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }
    parts = ["# competition.toml", NOTE, getattr(COMPETITION, language), f"## {getattr(TOP, language)}"]
    keys = {name: value for name, value in top.items() if name not in sections}
    parts.append(_table(Competition, keys, language))
    for name, section in sections.items():
        parts += [f"## [{name}]", prose(body(section.__doc__)), _table(section, defaults_of(section), language)]
        if name == "tune":
            values_of = _table(Dimension, defaults_of(Dimension), language)
            parts += ["### [tune.space]", prose(body(Dimension.__doc__)), values_of]
    return "\n\n".join(parts) + "\n"


def _table(section: type[BaseModel], found: Mapping[str, Any], language: Language) -> str:
    properties = dict(section.model_json_schema()["properties"])
    lines = rows(section, properties, found, language)
    for number, name in enumerate(found, 2):
        if page := TABLES.get((section, name)):
            see = getattr(SEE, language).format(getattr(PAGES[page][2], language), page, ENDINGS[language])
            lines[number] = f"{lines[number].removesuffix('. |')}{see} |"
    return "\n".join(lines)


def pages() -> dict[Path, str]:
    """Every page and its text."""
    made = {FOLDER / f"competition{ending}": competition_page(language) for language, ending in ENDINGS.items()}
    for page in PAGES:
        made |= {FOLDER / f"{page}{ending}": models_page(page, language) for language, ending in ENDINGS.items()}
    return made


if __name__ == "__main__":
    for path, text in pages().items():
        write_text(path, text)
