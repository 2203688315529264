"""The documents say what is true, in both languages: README, the pages of docs/ and those for developers.

`make docs` holds their links, anchors and twins as well.
"""

import ast
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from tests.builder import configuration

from shortlist.chain import STAGES
from shortlist.common.provenance import PACKAGE
from shortlist.config.load import load_competition
from shortlist.data.sample import SampleSize, write_sample
from shortlist.data.sources.registry import SOURCES
from shortlist.retrievers.registry import RETRIEVERS

ROOT = Path(__file__).parents[1]
ENGLISH = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/[!.]*.md")
                                if not path.name.endswith(".ko.md"))]  # fmt: skip
KOREAN = [name.removesuffix(".md") + ".ko.md" for name in ENGLISH]
DEVELOPERS = ["CONTRIBUTING.md", "SECURITY.md"]
EVERY = [*ENGLISH, *KOREAN, *DEVELOPERS]

THEIRS = {
    "random_walk.py",
    "my_features.py",
    "together.py",
    "final_lists.py",
    "competition.toml",
    "page.md",
    "page.ko.md",
}
"""Files that a reader writes, and names that stand for others."""

MADE = ("work/", "dataset/", "folds/", "rerankers/", "data/", "dist/", "submissions/", "tracking/", "site/", "raw/",
        "bench/", "shortlist/")  # fmt: skip
"""Folders that a run makes, or that a page names without what lies above them."""

MARKED = re.compile(r"<!-- (?!end )([^\n]*) -->\n(.*?)<!-- end -->", re.DOTALL)
"""What a script put there, after the command that makes it."""

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", read(name), flags=re.MULTILINE | re.DOTALL)


def test_every_page_has_its_korean_twin() -> None:
    """And the other way round."""
    assert sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.ko.md")) == sorted(KOREAN[1:])


@pytest.mark.parametrize(("english", "korean"), zip(ENGLISH, KOREAN, strict=True))
def test_both_languages_show_the_same(english: str, korean: str) -> None:
    """Commands, programs and figures are the same but for comments, and there are as many sections and links."""
    one, other = ([re.sub(r" *#.*", "", block) for block in blocks(name, r"\w*")] for name in (english, korean))
    assert one == other
    marked, twins = ([mark for mark, _ in MARKED.findall(read(name))] for name in (english, korean))
    assert marked == twins
    for (mark, text), (_, twin) in zip(MARKED.findall(read(english)), MARKED.findall(read(korean)), strict=True):
        translated = mark.startswith(("bench-competitions", "try-changes"))
        assert values(text) == values(twin) if translated else text == twin
    for pattern in (r"^(#+) ", r"\]\((?!#)"):
        counts = [len(re.findall(pattern, read(name), flags=re.MULTILINE)) for name in (english, korean)]
        assert counts[0] == counts[1], pattern


def values(text: str) -> list[list[str]]:
    """Of each row of a table, the cells that need no translation."""
    rows = (line.split("|")[2:-1] for line in text.splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in row if not re.search("[a-z가-힣]", cell)] for row in rows]


def test_the_readme_is_read_in_three_minutes() -> None:
    """At most 150 lines, and pictures that a phone loads."""
    for name in ("README.md", "README.ko.md"):
        assert len(read(name).splitlines()) <= 150
        pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", read(name))
        assert len(pictures) == 2
        assert all((ROOT / picture).stat().st_size < 150_000 for picture in pictures)


def figures(row: str) -> int:
    """How many of its cells are nothing but a number."""
    return sum(bool(re.fullmatch(r"[-+]?\d[\d.,]*( s, .*)?", cell.strip())) for cell in row.split("|"))


@pytest.mark.parametrize("name", EVERY)
def test_no_figure_is_typed(name: str) -> None:
    """A row with two numbers in it, or with an error, stands between a mark that names its command and the end."""
    rows = re.findall(r"^\|.*\|$", MARKED.sub("", read(name)), flags=re.MULTILINE)
    assert not [row for row in rows if figures(row) > 1 or "±" in row]
    assert all(not block.count(" ± ") for block in re.findall(r"```.*?```", MARKED.sub("", read(name)), re.DOTALL))


@pytest.mark.parametrize("name", EVERY)
def test_commands_and_variables_are_there(name: str) -> None:
    """Every target that the text calls with make, the variables behind it, and those of the environment."""
    text = read(name)
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    calls = [
        *re.findall(r"`make ([a-z-]+[^`]*)`", text),
        *re.findall(r"^!?(?:\w+=\S+ )*make (.*)$", text, re.MULTILINE),
    ]
    assert {call.split()[0] for call in calls} <= targets
    known = {*re.findall(r"override TEXTS := (.*)", MAKEFILE)[0].split(), "COMPETITION", "RERANK", "RETRIEVER",
             "PYTHON", "TRACKING", "YES", "ENGINE"}  # fmt: skip
    assert set(re.findall(r" ([A-Z]+)=", " ".join(call.partition("#")[0] for call in calls))) <= known
    source = sources()
    for variable in re.findall(r"\b(?:SHORTLIST|DACON|KAGGLE)_[A-Z_]+[A-Z]\b", text):
        assert variable in source, variable


@cache
def sources() -> str:
    files = [*PACKAGE.rglob("*.py"), *ROOT.glob("tests/*.py"), *ROOT.glob("scripts/**/*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("name", EVERY)
def test_every_file_that_a_page_names_is_there(name: str) -> None:
    """In backticks, relative to the project or to the package; a name alone is a file of the folder named before it."""
    folder = PACKAGE
    missing = []
    for file in re.findall(r"`([A-Za-z_./]+(?:\.py|\.toml|\.md|\.lock|/))`", read(name)):
        places = [ROOT / file, PACKAGE / file, folder / file, *PACKAGE.glob(f"*/{file}")]
        there = next((place for place in places if place.exists()), None)
        if there is None:
            missing.append(file)
        elif "/" in file:
            folder = there if there.is_dir() else there.parent
    assert not [file for file in missing if file not in THEIRS and not file.startswith(MADE)]


@pytest.mark.parametrize("name", EVERY)
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    """Between the project's own files; from a Korean page to Korean ones."""
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)[^)]*\)", read(name))
    assert not [link for link in links if not ((ROOT / name).parent / link).exists()]
    if name in KOREAN:
        strangers = [link for link in links if link.endswith(".md") and not link.endswith(".ko.md")]
        assert set(strangers) <= {"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"}


def test_the_site_lists_every_page() -> None:
    """With a Korean name for each, but for those that have the same."""
    site = read("mkdocs.yml")
    nav = site[site.index("nav:") : site.index("plugins:")]
    assert set(re.findall(r"[\w/]+\.md", nav)) == {name.removeprefix("docs/") for name in ENGLISH[1:]}
    names = set(re.findall(r"- ([^:\n]+):", nav))
    translated = set(re.findall(r"^ {12}([^:]+): ", site, flags=re.MULTILINE))
    assert names - translated == {"Windows, macOS, Colab", "GPU", "competition.toml"}
    assert translated <= names


def test_the_page_of_retrievers_lists_them_all() -> None:
    """Each with a line of what it is."""
    for name in ("docs/retrievers.md", "docs/retrievers.ko.md"):
        assert sorted(re.findall(r"^\| `([a-z_0-9]+)` \| ", read(name), flags=re.MULTILINE)) == RETRIEVERS.kinds()


def test_the_shown_settings_can_be_read(tmp_path: Path) -> None:
    """The block of competition.toml makes a competition and a source, that of [tune] a search."""
    path = tmp_path / "data/x/competition.toml"
    path.parent.mkdir(parents=True)
    (shown,) = blocks("docs/competition.md", "toml")
    path.write_text(f'title = "x"\nurl = "x"\n[retrievers.popular]\n{shown}', encoding="utf-8")
    read_in = load_competition(path)
    assert read_in.headline == "recall@10"
    assert SOURCES.make(*read_in.source_kind).logs == ("train.csv",)  # type: ignore[attr-defined]
    (search,) = blocks("docs/tuning.md", "toml")
    models = "[validation.schemes.holdout]\n[retrievers.two_tower]\n[rerankers.lightgbm]\n"
    path.write_text(configuration(f"{models}{search}", folds=5), encoding="utf-8")
    assert load_competition(path).tune.folds == (1, 2, 3)
    assert set(load_competition(path).tune.space) == set(tomllib.loads(search)["tune"]["space"])


@pytest.mark.parametrize("name", ENGLISH)
def test_shown_python_is_python(name: str) -> None:
    """Every block can be parsed; what can be run is run below, and in test_own_parts.py."""
    for block in blocks(name, "python"):
        ast.parse(block)


def test_the_library_example_runs(tmp_path: Path) -> None:
    """The example for notebooks prints recall@5 on the synthetic sample."""
    (example,) = blocks("docs/library.md", "python")
    write_sample(tmp_path / "data/sample", SampleSize(200, 150, 1000), seed=0)
    run = subprocess.run(
        [sys.executable, "-c", example],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert re.match(r"Estimate\(mean=0\.\d+, error=0\.\d+\)", run.stdout)


@pytest.mark.parametrize("name", ["docs/architecture.md", "docs/architecture.ko.md"])
def test_the_road_names_stages_that_there_are(name: str) -> None:
    """Each command in the picture of the road is a stage of the chain."""
    (road, *_) = blocks(name, "")
    names = {stage.name for stage in STAGES}
    named = set(
        re.findall(r"\b(?:cross-validate|train)(?:-[a-z]+)?\b|\b(?:preprocess|features|validate|submit)\b", road)
    )
    assert named <= names
    assert {"preprocess", "cross-validate-blend", "train-reranker", "validate", "submit"} <= named
