"""Figures in pages: what a command printed stands between a mark that names the command and `<!-- end -->`.

Figures are put there by this script or by the command itself, never typed. A file of Markdown goes in as it is, any
other text as a block of code.

Run: python scripts/marked.py "make bench COMPETITION=dacon_236170" bench/bench.md docs/speed.md docs/speed.ko.md
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from console import run_script
from shortlist.common.files import write_text
from shortlist.errors import DataError

END = "<!-- end -->"


def opening(mark: str) -> str:
    """The line before a block."""
    return f"<!-- {mark} -->"


def fill(page: Path, mark: str, text: str) -> None:
    """Put a text between a page's lines `<!-- MARK -->` and `<!-- end -->`.

    Raises:
        DataError: the page has no such lines.
    """
    before, first = page.read_text(encoding="utf-8"), opening(mark)
    found = re.search(rf"{re.escape(first)}\n.*?{re.escape(END)}", before, flags=re.DOTALL)
    if found is None:
        raise DataError(f"{page}: has no lines {first} and {END}; add them where the figures belong")
    write_text(page, f"{before[: found.start()]}{first}\n{text}\n{END}{before[found.end() :]}")


def as_code(text: str) -> str:
    """A text as a block of code, without blanks at the ends of its lines."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return "\n".join(["```", *lines, "```"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the pages that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("mark", help="what the page says before the block: the command")
    parser.add_argument("file", type=Path, help="what the command wrote or printed")
    parser.add_argument("pages", type=Path, nargs="+")
    asked = parser.parse_args(arguments)
    text = asked.file.read_text(encoding="utf-8")
    for page in asked.pages:
        fill(page, asked.mark, text.strip("\n") if asked.file.suffix == ".md" else as_code(text))


if __name__ == "__main__":
    run_script("marked", main)
