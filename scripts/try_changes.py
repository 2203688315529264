"""What changes of a competition's configuration are worth: each against what is configured, on the same folds.

Every change runs in a copy of the competition, where only what depends on it is made anew, and is scored on the first
scheme's folds, which no change may touch. Differences are paired by user, with their 95 % bootstrap interval. A change
is one entry of a file:

    [[changes]]
    en = "200 candidates instead of 100"
    ko = "후보 100개 대신 200개"
    set = { "blend.candidates" = 200 }     # dotted names of competition.toml
    method = "lightgbm"                    # what is compared; by default the best method of what is configured

Run: PYTHONPATH=src .venv/bin/python scripts/try_changes.py --competition dacon_236170 [--pages docs/reranking.md ...]
What is done is kept in --output, so that it can be interrupted and goes on.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import marked
from console import machine, run_script
from shortlist.common.files import write_text
from shortlist.common.provenance import fingerprint
from shortlist.config.paths import Paths
from shortlist.config.toml_file import read_toml
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.increments import run
from shortlist.pipeline.run import Run
from shortlist.studies.compare.comparison import headline_rows
from shortlist.validation.metrics import UserScores, paired_bootstrap

CHANGES = Path(__file__).parent / "changes"

HEADS = {
    "en": ("change", "{metric}", "against what is configured, 95 %", "seconds"),
    "ko": ("바꾼 것", "{metric}", "설정된 것과의 차이, 95 %", "초"),
}


def changed(text: str, values: Mapping[str, Any]) -> str:
    """competition.toml with other values and its first scheme alone, without comments.

    Raises:
        ConfigError: it has something that cannot be written again.
    """
    table = tomllib.loads(text)
    schemes = table["validation"]["schemes"]
    table["validation"]["schemes"] = dict([next(iter(schemes.items()))])
    for name, value in values.items():
        *folders, last = name.split(".")
        inner = table
        for folder in folders:
            inner = inner.setdefault(folder, {})
        inner[last] = value
    written = "".join(f"{line}\n" for line in _lines(table))
    with suppress(tomllib.TOMLDecodeError):
        if tomllib.loads(written) == table:
            return written
    raise ConfigError("competition.toml has tables within lists, which are not written here")


def _lines(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    inner = {name: value for name, value in table.items() if isinstance(value, dict)}
    if path:
        yield f"[{'.'.join(map(json.dumps, path))}]"
    for name, value in table.items():
        if name not in inner:
            yield f"{json.dumps(name)} = {json.dumps(value, ensure_ascii=False)}"
    for name, value in inner.items():
        yield from _lines(value, (*path, name))


def copied(name: str, root: Path, target: Path, values: Mapping[str, Any]) -> Run:
    """The competition in another folder, with other values, validated there."""
    here, there = Paths(name, root), Paths(name, target)
    shutil.copytree(here.config.parent, there.config.parent, copy_function=os.link)  # stages never write into a file
    there.config.unlink()
    there.config.write_text(changed(here.config.read_text(encoding="utf-8"), values), encoding="utf-8")
    run(name, "validate", root=target)
    return Run.load(name, root=target)


def scores_of(current: Run, method: str) -> UserScores:
    """The official metric of each user of each fold of the first scheme."""
    return headline_rows(current, Dataset.load(current.paths.dataset), method, current.competition.first_scheme)


def wished(path: Path) -> list[dict[str, Any]]:
    """The changes of a file.

    Raises:
        ConfigError: it cannot be read, or lacks something.
    """
    changes = read_toml(path).get("changes", [])
    for number, change in enumerate(changes, 1):
        if missing := [key for key in ("en", "ko", "set") if key not in change]:
            raise ConfigError(f"{path}: change {number}: {missing[0]}: missing; add it")
    if not changes:
        raise ConfigError(f"{path}: has no [[changes]]; add one")
    return list(changes)


def tried(options: argparse.Namespace) -> dict[str, Any]:
    """All changes, those of an earlier run kept; what is done is written after each."""
    name, root = options.competition, options.root
    changes = wished(options.changes or CHANGES / f"{name}.toml")
    output = options.output or Path("bench") / f"changes_{name}.json"
    old = json.loads(output.read_text(encoding="utf-8"))["rows"] if output.exists() else []
    kept = {row["made_from"]: row for row in old}
    with tempfile.TemporaryDirectory(dir=root, prefix=".changes-") as folder:  # links need the same disk
        base = copied(name, root, Path(folder) / "base", {})
        method = options.method or run(name, "validate", root=base.paths.root).scores.order[0]
        configured, rows = scores_of(base, method), list[dict[str, Any]]()
        about = {
            **machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}", "metric": base.competition.headline,
            "method": method, "lists": len(configured.users), "score": float(configured.means[0]), "rows": rows,
        }  # fmt: skip
        for number, change in enumerate(changes):
            compared = change.get("method", method)
            made_from = fingerprint(change["set"], compared, configured.values)
            row = kept.get(made_from)
            if row is None:
                print(f"try_changes: {change['en']}", file=sys.stderr, flush=True)
                row = _row(base, Path(folder) / str(number), change["set"], configured, compared)
            rows.append({**row, "en": change["en"], "ko": change["ko"], "made_from": made_from})
            write_text(output, json.dumps(about, indent=1, ensure_ascii=False) + "\n")
    return about


def _row(base: Run, target: Path, values: Mapping[str, Any], configured: UserScores, method: str) -> dict[str, Any]:
    """One change made and scored; its files are removed again."""
    start = time.perf_counter()
    scores = scores_of(copied(base.paths.competition, base.paths.root, target, values), method)
    difference = paired_bootstrap(scores.values[0], configured.values[0], configured.users)
    shutil.rmtree(target)
    return {
        "score": float(scores.means[0]), "difference": difference.mean, "low": difference.low, "high": difference.high,
        "seconds": time.perf_counter() - start,
    }  # fmt: skip


def table(about: Mapping[str, Any], language: str) -> str:
    """The rows in Markdown, best first."""
    where = f"{about['cores']} {'cores' if language == 'en' else '코어'} {about['cpu']}, Python {about['python']}"
    lists = f"{about['lists']:,} lists" if language == "en" else f"목록 {about['lists']:,}개"
    lines = [
        f"{about['method']}, {lists}: {about['metric']} {about['score']:.4f} ({where}, {about['date']}).",
        "",
        f"| {' | '.join(HEADS[language])} |".format(**about),
        "| --- | ---: | ---: | ---: |",
    ]
    for row in sorted(about["rows"], key=lambda row: -row["difference"]):
        interval = f"{row['difference']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]"
        lines.append(f"| {row[language]} | {row['score']:.4f} | {interval} | {row['seconds']:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Read the options, try, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--competition", default="sample")
    parser.add_argument("--changes", type=Path, help="scripts/changes/<competition>.toml by default")
    parser.add_argument("--method", help="what is compared; by default the best of what is configured")
    parser.add_argument("--root", type=Path, default=Path(), help="the folder with data/ and submissions/")
    parser.add_argument("--output", type=Path, help="JSON; bench/changes_<competition>.json by default")
    parser.add_argument("--pages", type=Path, nargs="*", default=[], help="put the table there; *.ko.md in Korean")
    options = parser.parse_args()
    about = tried(options)
    for page in options.pages:
        language = "ko" if page.name.endswith(".ko.md") else "en"
        marked.fill(page, f"try-changes {options.competition}", table(about, language))
    print(table(about, "en"))


if __name__ == "__main__":
    run_script("try_changes", main)
