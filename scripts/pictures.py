"""The README's pictures, and what `make submission` prints in docs/first_run.md: from the sample's run, as it is.

The report is photographed by Chromium in both languages, and so is a terminal with the end of what the run printed.

Run: make submission, then PYTHONPATH=src:. .venv/bin/python scripts/pictures.py
"""

from html import escape
from itertools import takewhile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tests.browser import QUIET, chromium

from console import run_script
from marked import as_code, fill
from shortlist.chain import SAMPLE
from shortlist.config.paths import Paths
from shortlist.errors import ConfigError, DataError

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
PAGES = [ROOT / f"docs/first_run{ending}" for ending in (".md", ".ko.md")]
COMMAND = "make submission"

MOST_BYTES = 150_000
"""Of a picture: a README is read on phones too."""

WINDOW = {"width": 1200, "height": 800}
"""Of the report: what a wide screen shows first."""

TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #fff }}
pre {{ display: inline-block; margin: 0; padding: 20px 24px; border-radius: 10px; background: #1a202c; color: #e2e8f0;
       font: 15px/1.45 "DejaVu Sans Mono", "Noto Sans Mono", monospace }}
b {{ color: #68d391; font-weight: normal }}
</style><pre><b>$</b> {}</pre>"""


def printed(paths: Paths) -> str:
    """What the command prints when all is done.

    Raises:
        DataError: there is no run yet.
    """
    try:
        table = paths.table.read_text(encoding="utf-8")
        csv = paths.newest_submission.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise DataError(f"{error.filename}: no such file; run `{COMMAND}` first") from None
    return f"{table.rstrip()}\n\nsubmission: {csv}\n"


def shortened(text: str) -> str:
    """The first scheme's table and the last line: what fits into a picture."""
    lines = text.splitlines()
    start = 1 + next(number for number, line in enumerate(lines) if line.startswith(" ──"))
    rows = [*lines[:start], *takewhile(str.strip, lines[start:])]
    return "\n".join([COMMAND, "...", *rows, "...", lines[-1]])


def keep(name: str, picture: bytes) -> None:
    """Write a picture.

    Raises:
        DataError: it is too large.
    """
    if len(picture) > MOST_BYTES:
        raise DataError(f"{name}: {len(picture):,} bytes, more than {MOST_BYTES:,}; make the window smaller")
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / name).write_bytes(picture)


def photograph(browser: Browser, paths: Paths, text: str) -> None:
    """The report in both languages, and the terminal."""
    for name, locale in (("report.png", "en-US"), ("report.ko.png", "ko-KR")):
        context = browser.new_context(viewport=WINDOW, locale=locale, color_scheme="light")  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(paths.report.absolute().as_uri())
        keep(name, page.screenshot())
        context.close()
    page = browser.new_page(viewport=WINDOW)  # type: ignore[arg-type]
    page.set_content(TERMINAL.format(escape(shortened(text))))
    keep("terminal.png", page.locator("pre").screenshot())


def main() -> None:
    """Fill the pages and take the pictures."""
    paths = Paths(SAMPLE, ROOT)
    text = printed(paths)
    for page in PAGES:
        fill(page, COMMAND, as_code(text))
    path = chromium()
    if path is None:
        raise ConfigError("pictures: no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        photograph(browser, paths, text)
        browser.close()


if __name__ == "__main__":
    run_script("pictures", main)
