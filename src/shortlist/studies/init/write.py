"""The competition.toml that the files ask for, each guess with its reason."""

import json
from collections.abc import Mapping

from shortlist.studies.init.found import Found
from shortlist.studies.init.question import REPEATED

KS = (5, 10, 20, 50, 100)
"""Cut-offs of the report, beside the official one."""

COLUMN = 48
"""Where comments begin, if the line is shorter."""


def competition_toml(found: Found) -> str:
    """The whole file."""
    parts = (_head(found), _source(found), _question(found), _submission(found), _upload(found), _validation(found),
             _methods(found))  # fmt: skip
    return "\n".join("\n".join(part) + "\n" for part in parts)


def value(thing: object) -> str:
    """A value as TOML."""
    if isinstance(thing, bool):
        return str(thing).lower()
    if isinstance(thing, str):
        return json.dumps(thing, ensure_ascii=False)
    if isinstance(thing, int | float):
        return f"{thing:g}" if thing < 1e6 else str(thing)
    if isinstance(thing, Mapping):
        return "{ " + ", ".join(f"{value(str(key))} = {value(each)}" for key, each in thing.items()) + " }"
    if isinstance(thing, list | tuple):
        return "[" + ", ".join(map(value, thing)) + "]"
    raise TypeError(f"no TOML for {thing!r}")


def line(key: str, thing: object, comment: str = "") -> str:
    """`key = value  # comment`."""
    text = f"{key} = {value(thing)}"
    return f"{text.ljust(COLUMN)} # {comment}" if comment else text


def _head(found: Found) -> list[str]:
    url = f"https://dacon.io/competitions/official/{found.dacon}/data" if found.dacon else "unknown"
    return [
        f"# Written by `make init COMPETITION={found.name}` from the files in raw/.",
        "# Lines marked CHECK are guesses that only the competition's page can confirm.",
        "",
        line("title", f"Dacon {found.dacon}" if found.dacon else found.name),
        line("url", url, "" if found.dacon else "where the files come from"),
        line("seed", 0),
        line("candidates", found.candidates, "length of each retriever's list"),
    ]


def _source(found: Found) -> list[str]:
    lines = ["[source]"]
    for key, thing in found.source.items():
        lines.append(line(key, thing, _about_source(found, key)))
    if "rating" in found.source:
        lines.append(f"{'# at_least = 4'.ljust(COLUMN)} # CHECK: if only high ratings count as answers")
    if found.columns and found.columns.extra:
        lines.append(f"# not used, of the log: {', '.join(found.columns.extra)}")
    if found.tables:
        lines += [f"# not used: {name} ({why.en})" for name, why in found.tables.left_out.items()]
    return lines


def _about_source(found: Found, key: str) -> str:
    """The reason for a line of `[source]`."""
    log, tables = found.log, found.tables
    if log is None or tables is None:
        return "the files of Dacon 236170 are all there" if key == "kind" else ""
    users, items = (f"{share:.0%} of the sample's ids are in it" for share in log.shared)
    reasons = {
        "log": "two columns of ids, and the most that fits the sample",
        "user": users,
        "item": items,
        "kinds": "CHECK: what one event weighs; kinds that are not named are dropped",
        "kind_of": "told by the files' names",
        "separator": "the item column holds lists",
        "users": f"{tables.users.share:.0%} of the log's users have a row" if tables.users else "",
        "items": f"{tables.items.share:.0%} of the log's items have a row" if tables.items else "",
    }
    return reasons.get(key, "")


def _question(found: Found) -> list[str]:
    told = found.told
    lines = [
        "[question]",
        line("k", told.k, "items of each user in the sample" if told.k_known else "CHECK: the sample does not show it"),
        line("metric", "recall", "CHECK: or recall_n, precision, hit, ndcg, map, mrr, { recall = 0.5, ndcg = 0.5 }"),
    ]
    if found.kind_weights:
        lines.append(line("kind_weights", found.kind_weights, "CHECK: the metric by kind, as a weighted sum"))
    compared = "above" if told.seen == "keep" else "below"
    lines.append(
        line("seen", told.seen, f"CHECK: {told.repeats:.1%} of events repeat an earlier one, {compared} {REPEATED:.0%}")
    )
    if len(found.dataset.kinds) > 1 and not found.kind_weights:
        last = max(found.dataset.kinds, key=lambda kind: found.dataset.kinds[kind])
        lines.append(f"# answers = {value([last])}".ljust(COLUMN) + " # CHECK: if only such events count as answers")
    permitted = found.tables.permitted if found.tables else None
    lines.append(line("items", permitted, "only these may be recommended") if permitted else line("items", "all"))
    return lines


def _submission(found: Found) -> list[str]:
    sheet, form = found.sample.sheet, found.told.form
    lines = ["[submission]", line("sample", found.sample.name, f"the form that it shows: {form.kind}")]
    header = sheet.header if form.header and sheet.header is not None else ()
    places = {"user_column": form.user, "item_column": getattr(form, "item", None)}
    for key, place in places.items():
        if header and place is not None and header[place] and header.count(header[place]) == 1:
            lines.append(line(key, header[place]))
    return [*lines, line("method", "best", "by the first scheme below")]


def _upload(found: Found) -> list[str]:
    lines = ["[upload]", line("daily_limit", 3, "CHECK: CSVs that the organiser takes in a day")]
    if found.dacon:
        return [*lines, line("cpt_id", found.dacon), line("url", "https://openapi.dacon.io")]
    return [*lines, '# At Kaggle also: kind = "kaggle" and competition = "the-name-in-its-address".']


def _validation(found: Found) -> list[str]:
    ks = sorted({found.told.k, *(k for k in KS if k <= found.candidates)})
    lines = ["[validation]", line("folds", found.folds), line("ks", ks)]
    for number, scheme in enumerate(found.schemes):
        use = "choices are made by it" if number == 0 else "another view"
        lines += ["", f"# {scheme.why.en[0].upper()}{scheme.why.en[1:]}; {use}."]
        lines.append(f"[validation.schemes.{scheme.name}]")
        lines += [line(key, thing) for key, thing in scheme.table.items()]
    return lines


def _methods(found: Found) -> list[str]:
    sizes = found.sizes
    lines = [f"# Chosen for {sizes.users:,} users, {sizes.items:,} items and {sizes.pairs:,} pairs."]
    for method in found.retrievers:
        lines.append(f"[retrievers.{method.kind}]".ljust(COLUMN) + f" # {method.why}")
        lines += [line(key, thing) for key, thing in method.settings.items()] + [""]
    lines += ["[blend]", line("candidates", found.reranked or min(100, found.candidates))]
    if found.reranked:
        lines += ["", "[rerankers.lightgbm]".ljust(COLUMN) + f" # {sizes.scored:,} users with answers to learn from"]
    return lines
