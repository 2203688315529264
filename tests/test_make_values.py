"""Nothing that a person types is run: every variable of the Makefile, for each target, typed or in the environment."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from tests.builder import configuration
from tests.projects import ROOT, Project

TEXT = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):.*##", TEXT, re.MULTILINE)
DEFINED = {*re.findall(r"^override (?:define )?([\w.]+)", TEXT, re.MULTILINE)}
"""What is the Makefile's own, or has been made plain text."""

LOOKED_AT = ("COMPETITION", "RERANK", "RETRIEVER", "VENV")
"""Become part of targets and commands: anything odd is refused."""

USED = {*re.findall(r"\$\$?[({]?([A-Za-z_]\w*)", TEXT), *re.findall(r"[A-Z]{2,}", TEXT), *DEFINED}
"""Whatever could be a variable: of Make or of the shell, with words of the comments among them."""

NAMES = sorted(USED - {*LOOKED_AT, "PATH"})

HOSTILE = [
    "$(shell touch made)", "$(touch made)", "$$(touch made)", "`touch made`", "; touch made;", "'; touch made; '",
    '"; touch made; "', ") ; touch made; (", "x\ntouch made\n", "& touch made & ", "a b ../..",
]  # fmt: skip

ENOUGH = ["$(shell touch made)", "`touch made`", "'; touch made; '", '"; touch made; "', "x\ntouch made\n"]
"""What runs if Make reads it, or a shell: as it is, or in quotes of either kind."""

STUB = """#!/bin/sh
exec env -0 >seen
"""


RULES = """
[validation.schemes.holdout]
[retrievers.popular]
[retrievers.two_tower]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all rules of its stages, whose programs do nothing but write down their environment."""
    project = Project.new(tmp_path_factory.mktemp("stubs"), configuration(RULES))
    subprocess.run(
        [sys.executable, "-m", "shortlist", "rules", "--competition", "sample"],
        cwd=project.folder, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=True,
    )  # fmt: skip
    programs = project.folder / "venv/bin"
    programs.mkdir(parents=True)
    for name in ("python", "ruff", "mypy", "mlflow"):
        (programs / name).write_text(STUB, encoding="utf-8")
        (programs / name).chmod(0o755)
    mlflow = project.folder / "venv/lib/python3.12/site-packages/mlflow/__init__.py"
    mlflow.parent.mkdir(parents=True)
    for file in (mlflow, project.folder / "requirements-dev.lock", programs.parent / ".ready"):
        file.touch()
    (programs.parent / ".ready-dev").touch()
    for name in ("raw.list", "own.list"):
        (project.folder / "data/sample/work" / name).touch()
    shutil.rmtree(project.folder / "src")
    shutil.copytree(project.folder / "data", project.folder / "kept")
    return project.folder


@pytest.fixture
def folder(project: Path) -> Path:
    """The same again, whatever a test before has deleted."""
    shutil.copytree(project / "kept", project / "data", dirs_exist_ok=True)
    return project


def without_make() -> dict[str, str]:
    """The environment without what a Make has in it that these tests were started by: within it, another says more."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def make(
    folder: Path, *arguments: str, typed: Mapping[str, str] | None = None, given: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Make with variables on its command line and in its environment."""
    outer = {**without_make(), "UV": "/bin/true"}
    words = [f"{name}={value}" for name, value in (typed or {}).items()]
    return subprocess.run(
        ["make", *arguments, *words], cwd=folder, env={**outer, **(given or {})},
        capture_output=True, text=True, errors="replace", check=False, timeout=60,
    )  # fmt: skip


def everywhere(value: str, names: Iterable[str] = NAMES) -> dict[str, str]:
    """The value for each of the variables."""
    return dict.fromkeys(names, value)


def nothing_was_run(folder: Path) -> bool:
    return not list(folder.rglob("made*")) and not list(folder.parent.glob("made*"))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("value", ENOUGH)
def test_no_value_is_run(folder: Path, target: str, value: str) -> None:
    """Of all variables at once, on the command line and in the environment; only `work` may be deleted."""
    kept = {path for path in folder.rglob("*") if "work" not in path.parts}
    make(folder, target, "VENV=venv", typed=everywhere(value))
    make(folder, target, "VENV=venv", given=everywhere(value))
    assert nothing_was_run(folder)
    assert {path for path in kept if not path.exists()} == set()


@pytest.mark.parametrize("value", HOSTILE)
def test_an_environment_that_goes_before_the_makefile_is_not_run(folder: Path, value: str) -> None:
    """`make -e` lets it."""
    for target in ("help", "submission"):
        make(folder, "-e", target, "VENV=venv", given=everywhere(value))
    assert nothing_was_run(folder)


def test_another_make_s_goals_do_not_hide_ours(folder: Path) -> None:
    """An exported MAKECMDGOALS wins over Make's own: the stages' rules are read all the same, and none is handed on."""
    theirs = {"MAKECMDGOALS": "coverage"}
    assert make(folder, "-n", "submission", "VENV=venv", given=theirs).stdout.count("-m shortlist ") > 5
    make(folder, "score", "VENV=venv", given=theirs)
    assert "MAKECMDGOALS" not in (folder / "seen").read_text(encoding="utf-8")


def test_a_value_that_is_run_would_be_seen(folder: Path, tmp_path: Path) -> None:
    """The test before this one can fail: for a recipe that hands a value to the shell, and for a variable left out."""
    for careless in ("\t@echo $(FILE)\n", "\t@echo $(NEW)\n", "\t@:\nNEW ?=\nexport NEW\nnew := $(NEW)\n"):
        shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
        (tmp_path / "Makefile").write_text(f"{TEXT}\n\ncareless:\n{careless}", encoding="utf-8")
        for value in HOSTILE:
            make(tmp_path, "careless", "VENV=venv", given={"FILE": value, "NEW": value})
        assert not nothing_was_run(tmp_path), careless
        shutil.rmtree(tmp_path)


def test_every_variable_is_given_or_the_makefile_s_own() -> None:
    """Each assignment overrides; each name that is read is defined so, given, Make's own or that of a loop."""
    plain = TEXT.replace("override define", "override").splitlines()
    assert [line for line in plain if re.match(r"(?!override )(export )?[\w.]+ *[:?+!]?=|define ", line)] == []
    given = re.search(r"^override GIVEN := (.*)$", TEXT, re.MULTILINE)
    assert given
    known = {*DEFINED, *given[1].split(), *re.findall(r"foreach ([.\w]+),", TEXT)}
    known |= {"CURDIR", "MAKECMDGOALS", ".VARIABLES"}
    known |= {
        word for line in re.findall(r"^override (?:NAMES|TEXTS) := (.*)$", TEXT, re.MULTILINE) for word in line.split()
    }
    read = {*re.findall(r"(?<!\$)\$\(([A-Za-z_.][\w.]*)(?=[):])", TEXT)}
    assert read - known - {f"SHORTLIST_{name}" for name in known} == set()


@pytest.mark.parametrize("name", LOOKED_AT)
@pytest.mark.parametrize("value", [*HOSTILE, "a\tb", "x ", "-x", "*", "%", "#", "a,b", "\x1b[31m;", "a:b", "a=b"])
def test_what_becomes_part_of_a_command_is_looked_at(folder: Path, name: str, value: str) -> None:
    """One line and exit code 2 before any rule, for whatever goal."""
    ways: list[tuple[dict[str, str], dict[str, str]]] = [({name: value}, {}), ({}, {name: value})]
    for typed, more in ways:
        for target in ("clean", "submission"):
            run = make(folder, target, typed=typed, given=more)
            assert (run.returncode, run.stdout) == (2, "")
            assert run.stderr.count("\n") == 1
            assert re.search(rf"\*\*\* {name}: (one name|a folder) .*, got '.*'\.  Stop\.$", run.stderr), run.stderr
            assert run.stderr.rstrip("\n").isprintable()
    assert nothing_was_run(folder)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_python_that_is_no_program_is_refused(folder: Path, value: str) -> None:
    """`make setup` names what it needs, and makes nothing."""
    run = make(folder, "setup", "UV=/bin/true", "VENV=fresh", typed={"PYTHON": value})
    assert run.returncode == 2
    assert "setup: needs Python 3.11, 3.12 or 3.13, found " in run.stderr
    assert not (folder / "fresh").exists()
    run = make(folder, "setup", "VENV=fresh", f"PYTHON={sys.executable}", typed={"UV": value})
    assert run.returncode == 2
    assert not (folder / "fresh").exists()
    assert nothing_was_run(folder)


VALUES = [*HOSTILE, "blanks behind  ", "한글", "$HOME $$ \\ # %", "a=b", ","]
READ = {
    "check": ("FILE",),
    "upload": ("FILE", "MEMO"),
    "settle": ("FILE", "AS"),
    "score": ("FILE", "PUBLIC", "PRIVATE"),
    "compare": ("A", "B"),
    "explain": ("USER", "METHOD"),
    "sample": ("USERS", "ITEMS", "PAIRS", "SEED"),
    "tune": ("MINUTES",),
    "test": ("ARGS",),
}


@pytest.mark.parametrize("target", READ)
def test_a_value_arrives_as_it_was_typed(folder: Path, target: str) -> None:
    """Blanks, quotes, line breaks and all, typed or in the environment; but for USER, which every shell has."""
    for value in VALUES:
        given = everywhere(value, READ[target])
        ways: list[tuple[dict[str, str], dict[str, str]]] = [(given, {}), ({}, given)]
        for typed, more in ways:
            (folder / "seen").unlink(missing_ok=True)
            make(folder, target, "VENV=venv", typed=typed, given=more)
            seen = environment(folder)
            for name in READ[target]:
                if name == "USER" and more:
                    assert seen.get("SHORTLIST_USER", "") == ""
                elif target != "explain" or typed:
                    assert seen[f"SHORTLIST_{name}"] == value


def test_what_is_typed_for_python_alone_arrives_too(folder: Path) -> None:
    """ENGINE and WORKERS, which the Makefile does not know."""
    make(folder, "ledger", "VENV=venv", typed={"ENGINE": "$(shell touch made)", "WORKERS": "2 $$x"})
    seen = environment(folder)
    assert (seen["ENGINE"], seen["WORKERS"]) == ("$(shell touch made)", "2 $$x")
    assert nothing_was_run(folder)


def environment(folder: Path) -> dict[str, str]:
    """What the last program of the project has seen."""
    file = folder / "seen"
    lines = file.read_bytes().decode("utf-8", "replace").split("\0") if file.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_only_a_typed_yes_sends(folder: Path) -> None:
    """YES=1 and nothing else."""
    for yes in ("", "0", "1 1", "0 1", "1 ", "1\n", "yes", "$(YES)"):
        assert "--yes" not in make(folder, "-n", "upload", "VENV=venv", typed={"YES": yes}).stdout
    assert "--yes" not in make(folder, "-n", "upload", "VENV=venv", given={"YES": "1"}).stdout
    assert "--yes" not in make(folder, "-n", "-e", "upload", "VENV=venv", given={"YES": "1"}).stdout
    assert "--yes" in make(folder, "-n", "upload", "VENV=venv", typed={"YES": "1"}).stdout


def test_a_competition_that_is_not_there_leaves_no_folder(folder: Path) -> None:
    """A slip of the hand makes nothing below data/."""
    make(folder, "submission", "VENV=venv", typed={"COMPETITION": "sampel"})
    assert sorted(path.name for path in (folder / "data").iterdir()) == ["sample"]


def test_a_retriever_that_is_not_there_is_left_to_the_command(folder: Path) -> None:
    """Which says what there are."""
    run = make(folder, "-n", "export", "VENV=venv", typed={"RETRIEVER": "to_tower"})
    assert run.returncode == 0
    assert "shortlist export --competition sample --retriever to_tower" in run.stdout


def test_arguments_are_words_with_quotes(tmp_path: Path) -> None:
    """Quotes of ARGS hold words together, nothing in them is run; an open one is one line."""

    def said(words: str) -> subprocess.CompletedProcess[str]:
        script = ROOT / "scripts/with_args.py"
        shown = "import sys; print(sys.argv[1:])"
        return subprocess.run(
            [sys.executable, script, "-c", shown, "first"],
            cwd=tmp_path, env={**os.environ, "SHORTLIST_ARGS": words}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert said("""tests -k "a or b" '' $(touch made) `touch made`;\n*""").stdout == (
        "['first', 'tests', '-k', 'a or b', '', '$(touch', 'made)', '`touch', 'made`;', '*']\n"
    )
    assert said("").stdout == "['first']\n"
    wrong = said("""-k "a""")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "ARGS: No closing quotation; close each quote\n"
    assert not (tmp_path / "made").exists()


def test_a_reader_who_has_seen_enough_is_no_failure(folder: Path) -> None:
    """`make help | head -0`, and a target that shows a table."""
    (folder / "data/sample/work/ablation.txt").write_text("x\n" * 100_000, encoding="utf-8")
    for command in ("make ablate VENV=venv UV=true", "make eda VENV=venv UV=true"):
        run = subprocess.run(
            ["bash", "-c", f"{command} | head -0; echo ${{PIPESTATUS[0]}}"],
            cwd=folder, env=without_make(), capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert run.stdout == "0\n", run.stderr
