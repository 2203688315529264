"""Broken input through the real command line: one line, exit code 2, no traceback, and what was made before stays."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.builder import configuration

from shortlist.chain import SAMPLE, leading_to
from shortlist.cli import main
from shortlist.common.array_files import open_arrays, write_arrays
from shortlist.pipeline.run import Run

SRC = Path(__file__).parents[1] / "src"

CONFIGURATION = configuration("""
[validation.schemes.holdout]
[validation.schemes.cohort]
date = "updated_date"
[retrievers.popular]
[retrievers.user_knn]
[blend]
candidates = 10
[rerankers.lightgbm]
trees = 5
min_rows = 5
""").replace('"none"', '"https://example.org/files"')

Edit = Callable[[str], str | bytes]


def call(*arguments: str) -> int:
    """The command line in this process; its exit code."""
    sys.argv = ["shortlist", *arguments]
    try:
        main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A project folder in which every stage has run."""
    root = tmp_path_factory.mktemp("built")
    patch = pytest.MonkeyPatch()
    with patch.context() as within:
        within.chdir(root)
        within.setattr(sys, "argv", sys.argv)
        within.setattr(sys, "excepthook", sys.excepthook)
        assert call("sample", "--users", "60", "--items", "40", "--pairs", "200") == 0
        Path("data/sample/competition.toml").write_text(CONFIGURATION, encoding="utf-8")
        assert call("rules", "--competition", "sample") == 0
        for stage, step in leading_to(Run.load("sample"), ["report"]):
            if stage.name != SAMPLE:
                value = () if step.value is None else (f"--{stage.option}", step.value)
                assert call(stage.name, *value, "--competition", "sample") == 0
    return root


@pytest.fixture
def project(built, tmp_path, monkeypatch) -> Path:
    """A copy of it as the working directory."""
    root = tmp_path / "project"
    shutil.copytree(built, root)
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # Typer sets its own
    return root


def made(root: Path) -> dict[str, tuple[int, bytes]]:
    """Time stamp and content of everything that the stages made; `raw.list` tells what raw files there are now."""
    folders = (root / "data/sample/work", root / "submissions")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.name != "raw.list"]
    assert len(files) > 10
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def complaint(root: Path, capsys, *arguments: str) -> str:
    """The one line that the command prints; everything that must hold of it, and of what was made, is asserted."""
    before = made(root)
    capsys.readouterr()
    code = call(*arguments, "--competition", "sample")
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.startswith("shortlist: ")
    assert err.endswith("\n")
    assert len(err.splitlines()) == 1
    assert made(root) == before
    return err.removeprefix("shortlist: ").rstrip("\n")


def rewrite(path: Path, edit: Edit) -> None:
    content = edit(path.read_text(encoding="utf-8-sig"))
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def put(row: int, column: str, value: str) -> Edit:
    """Write `value` into one field; the header is row 1."""

    def edit(text: str) -> str:
        rows = list(csv.reader(io.StringIO(text)))
        rows[row - 1][rows[0].index(column)] = value
        new = io.StringIO()
        csv.writer(new, lineterminator="\n").writerows(rows)
        return new.getvalue()

    return edit


def rename(column: str, name: str) -> Edit:
    return put(1, column, name)


def line(row: int, change: Callable[[str], str]) -> Edit:
    """Change the text of one row."""

    def edit(text: str) -> str:
        lines = text.split("\n")
        lines[row - 1] = change(lines[row - 1])
        return "\n".join(lines)

    return edit


RAW = {
    "empty file": ("resume.csv", lambda text: "", "is empty; put the organiser's file there again"),
    "header only": ("company.csv", lambda text: text[: text.index("\n") + 1], "has a header but no rows; put"),
    "no such column": (
        "resume.csv", rename("hope_salary", "x"), "column hope_salary: missing, found resume_seq, reg_date, ",
    ),
    "misspelt column": (
        "apply_train.csv", rename("recruitment_seq", "recruitment_sq"),
        "column recruitment_seq: missing, found resume_seq, recruitment_sq; 'recruitment_sq' looks like it: ",
    ),
    "repeated column": (
        "resume_education.csv", rename("univ_major", "univ_score"), "column univ_score: is there more than once; keep",
    ),
    "unparsable date": (
        "resume.csv", put(5, "updated_date", "22/05/2020"),
        "column updated_date: row 5: '22/05/2020' is not a date such as 2020-05-22; correct it or leave it empty",
    ),
    "unparsable number": (
        "resume_language.csv", put(3, "score", "good"),
        "column score: row 3: 'good' is not a number; correct it or leave it empty",
    ),
    "empty id": (
        "recruitment.csv", put(30, "recruitment_seq", " "),
        "column recruitment_seq: row 30: empty; fill it in or remove the row",
    ),
    "resume twice": (
        "resume.csv", lambda text: text + text.split("\n")[1] + "\n", "column resume_seq: row 62: 'U",
    ),
    "row too long": (
        "apply_train.csv", line(9, lambda row: row + ",0"), "row 9: has 3 fields where the header has 2: a separator",
    ),
    "row too short": (
        "recruitment.csv", line(4, lambda row: row[: row.rindex(",")]), "row 4: has 10 fields where the header has 11:",
    ),
    "quote never closed": (
        "resume_certificate.csv", line(7, lambda row: row.replace(",", ',"', 1)), "row 7: not a well-formed CSV",
    ),
    "UTF-16 without its mark": (
        "apply_train.csv", lambda text: text.encode("utf-16-le"), "row 1: neither UTF-8 nor CP949 text; save",
    ),
    "picture": ("resume.csv", lambda text: b"\x89PNG\r\n\x1a\n\x00\x00", "row 3: neither UTF-8 nor CP949 text; save"),
    "sample submission without users": (
        "sample_submission.csv", rename("resume_seq", "id"),
        "has the columns id, recruitment_seq, competition.toml says submission.user_column = 'resume_seq'; correct",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "edit", "said"), RAW.values(), ids=list(RAW))
def test_broken_raw_files(project, capsys, name, edit, said):
    """Each kind is told by file, column and row, with what to do; the dataset made before is still there."""
    rewrite(project / "data/sample/raw" / name, edit)
    assert complaint(project, capsys, "preprocess").startswith(f"data/sample/raw/{name}: {said}")


def test_missing_raw_files(project, capsys):
    """All that are missing at once, with where to get them and where to put them."""
    for name in ("resume.csv", "sample_submission.csv", "company.csv"):
        (project / "data/sample/raw" / name).unlink()
    assert complaint(project, capsys, "preprocess") == (
        "data/sample/raw: missing resume.csv, sample_submission.csv; download the competition's files at "
        "https://example.org/files and put them into data/sample/raw/"
    )


def test_missing_raw_files_of_nowhere(project, capsys):
    """Where the settings name no address, the line names none."""
    config = project / "data/sample/competition.toml"
    config.write_text(re.sub(r"(?m)^url = .*$", 'url = "none"', config.read_text("utf-8"), count=1), "utf-8")
    (project / "data/sample/raw/resume.csv").unlink()
    assert complaint(project, capsys, "preprocess") == (
        "data/sample/raw: missing resume.csv; download the competition's files and put them into data/sample/raw/"
    )


def test_a_folder_in_place_of_a_file(project, capsys):
    """An optional file is not taken for absent if something else has its name."""
    path = project / "data/sample/raw/company.csv"
    path.unlink()
    path.mkdir()
    said = "data/sample/raw/company.csv: cannot be read (Is a directory); put the organiser's file there"
    assert complaint(project, capsys, "preprocess") == said


def test_the_first_of_several_faults_is_enough(project, capsys):
    """Several broken files still make one line."""
    raw = project / "data/sample/raw"
    rewrite(raw / "resume.csv", put(5, "updated_date", "soon"))
    rewrite(raw / "resume.csv", put(3, "hope_salary", "much"))
    rewrite(raw / "apply_train.csv", lambda text: "")
    assert complaint(project, capsys, "preprocess").startswith("data/sample/raw/resume.csv: column hope_salary: row 3:")


LINE_OF_K = CONFIGURATION.split("\n").index("k = 5") + 1
CONFIG = {
    "not TOML": ("k = 5", "k = ", f"not valid TOML: Invalid value (at line {LINE_OF_K}, column 5)"),
    "table twice": ("[retrievers.user_knn]", "[retrievers.popular]", "not valid TOML: Cannot declare ('retrievers',"),
    "unknown key": ("folds = 2", "folds = 2\nseeds = 1", "unknown key 'validation.seeds'"),
    "misspelt key": ("item_column", "methd = 1\nitem_column", "did you mean 'method'?"),
    "missing key": ('url = "https://example.org/files"', "", "key 'url' is missing; add it"),
    "wrong type": ("k = 5", 'k = "five"', "question.k: Input should be a valid integer"),
    "no folds": ("folds = 2", "folds = 0", "validation.folds: Input should be greater than or equal to 1, got 0"),
    "retriever that is no table": ("[retrievers.popular]", "[retrievers]\nals = 3", "retrievers.als: Input should be"),
    "lists shorter than a k": ("ks = [5, 20]", "ks = [5, 50]", "validation.ks: 50 is more than candidates = 20"),
    "official k not scored": ("ks = [5, 20]", "ks = [10]", "validation.ks: must contain question.k = 5"),
    "winner that is not there": (
        '"best"',
        '"als"',
        "submission.method: 'als' is neither 'best' nor",
    ),
    "unknown source": ('"dacon_jobs"', '"kaggle"', "there is no source of the kind 'kaggle'; there are dacon_jobs"),
    "unknown retriever": (
        "[retrievers.user_knn]",
        "[retrievers.als]",
        "there is no retriever of the kind 'als'; there",
    ),
    "unknown parameter": (
        "[retrievers.user_knn]",
        "[retrievers.user_knn]\nneighbors = 9",
        "did you mean 'neighbours'?",
    ),
    "parameter out of range": (
        "[retrievers.user_knn]",
        "[retrievers.user_knn]\nneighbours = 0",
        "greater than or equal",
    ),
    "unknown scheme": (
        "schemes.holdout",
        "schemes.random",
        "there is no validation scheme of the kind 'random'; there",
    ),
    "scheme without its date": ('date = "updated_date"', "", "key 'date' is missing; add it"),
    "list of the blend that is not there": (
        "[blend]",
        '[blend]\nretrievers = ["popular", "als"]',
        "blend.retrievers: 'als' is not a table under [retrievers]",
    ),
    "no candidates for rerankers": ("candidates = 10", "candidates = 0", "blend.candidates: Input should be greater"),
    "unknown reranker": (
        "[rerankers.lightgbm]",
        "[rerankers.xgboost]",
        "there is no reranker of the kind 'xgboost'; there are ensemble, lightgbm, tfrs_ranking",
    ),
    "unknown parameter of a reranker": (
        "min_rows = 5",
        "min_row = 5",
        "reranker lightgbm: unknown key 'min_row'; did you mean 'min_rows'?",
    ),
    "a reranker's value out of range": ("trees = 5", "trees = 0", "reranker lightgbm: trees: Input should be greater"),
    "a name that is taken": (
        "[retrievers.user_knn]",
        '[retrievers.blend]\nkind = "user_knn"',
        "'blend' cannot name a retriever or reranker",
    ),
    "a reranker called like a retriever": (
        "[rerankers.lightgbm]",
        '[rerankers.popular]\nkind = "lightgbm"',
        "'popular' cannot name a retriever or reranker",
    ),
    "share out of range": (
        "[validation.schemes.holdout]",
        "[validation.schemes.holdout]\nhidden = 1.5",
        "a share below 1 or a whole",
    ),
    "encoding": ('"small"', '"\udcbc\udcad"', "not valid TOML: 'utf-8' codec can't decode byte 0xbc in position 10"),
}


@pytest.mark.parametrize(("old", "new", "said"), CONFIG.values(), ids=list(CONFIG))
def test_broken_configuration(project, capsys, old, new, said):
    """Each kind is found before any stage runs, and the key, value or nearest name is in the line."""
    assert CONFIGURATION.count(old) == 1
    path = project / "data/sample/competition.toml"
    path.write_bytes(CONFIGURATION.replace(old, new).encode("utf-8", "surrogateescape"))
    assert said in complaint(project, capsys, "rules")


def test_a_date_column_that_is_not_there(project, capsys):
    """What only the data can tell is told by the stage that reads it, with the columns that there are."""
    rewrite(project / "data/sample/competition.toml", lambda text: text.replace("updated_date", "update"))
    rewrite(project / "data/sample/competition.toml", lambda text: text.replace("[validation.schemes.holdout]", ""))
    said = complaint(project, capsys, "cross-validate", "--method", "popular")
    assert said.startswith("scheme cohort: the user table has no column 'update'; its columns: reg_date, updated_date")


@pytest.mark.parametrize(
    ("stage", "option"), [("cross-validate", "--method"), ("train", "--method"), ("export", "--retriever")]
)
def test_an_unknown_method_on_the_command_line(project, capsys, stage, option):
    """The tables that there are."""
    said = f"{option}: can be popular, user_knn; got 'als'"
    assert complaint(project, capsys, stage, option, "als") == said


@pytest.mark.parametrize("stage", ["cross-validate-reranker", "train-reranker"])
def test_an_unknown_reranker_on_the_command_line(project, capsys, stage):
    """The tables that there are."""
    said = "--method: can be lightgbm; got 'xgboost'"
    assert complaint(project, capsys, stage, "--method", "xgboost") == said


@pytest.mark.parametrize("stage", ["rules", "validate", "submit"])
def test_a_choice_of_rerankers_that_there_is_not(project, capsys, monkeypatch, stage):
    """RERANK, as Make passes it on, can be three things."""
    monkeypatch.setenv("RERANK", "yes")
    assert complaint(project, capsys, stage) == "RERANK: can be auto, 0, 1, got 'yes'"


def test_rerankers_asked_for_where_there_are_none(project, capsys, monkeypatch):
    """RERANK=1 without a table under [rerankers] says what to add."""
    monkeypatch.setenv("RERANK", "1")
    without = CONFIGURATION[: CONFIGURATION.index("[rerankers")]
    (project / "data/sample/competition.toml").write_text(without, encoding="utf-8")
    said = complaint(project, capsys, "rules")
    assert said.endswith("no reranker to submit: add a table [rerankers.lightgbm], and do not set RERANK=0")


@pytest.mark.parametrize("stage", ["cross-validate-reranker", "train-reranker"])
def test_rerankers_without_an_answer_to_learn_from(project, capsys, stage):
    """Lists without any hidden pair teach nothing: that is said, with what to change, and the fold's file stays."""
    for part in ("1", "2"):
        path = project / f"data/sample/work/features/{part}.npz"
        with open_arrays(path) as arrays:
            content = {name: arrays[name] for name in arrays.names}
        write_arrays(path, {**content, "0/labels": np.zeros_like(content["0/labels"])}.items())
    said = complaint(project, capsys, stage, "--method", "lightgbm")
    assert said.startswith(
        "rerankers: no hidden pair is among the candidates, so there is nothing to learn from; raise"
    )


CSV = {
    "BOM": (lambda text: text.encode("utf-8-sig"), "row 1: begins with a byte order mark"),
    "header": (
        lambda text: text.replace("resume_seq", "resume", 1),
        "row 1: the header must be resume_seq,recruitment",
    ),
    "row lost": (lambda text: text[: text[:-1].rindex("\n") + 1], "rows 297, 298, 299 and 1 more: user has another"),
    "row too much": (lambda text: text + text.split("\n")[-2].replace(",", ",x") + ",", "row 302: must have 2 fields"),
    "unknown item": (put(8, "recruitment_seq", "R99999"), "row 8: item is not known ('R99999')"),
    "binary": (lambda text: bytes(range(255, 0, -1)), "row 1: not UTF-8; save it as UTF-8 without BOM"),
    "empty": (lambda text: "", "row 1: the header must be resume_seq,recruitment_seq, found nothing"),
}


@pytest.mark.parametrize(("edit", "said"), CSV.values(), ids=list(CSV))
def test_broken_submissions(project, capsys, edit, said):
    """`check` names the rule and the first rows of any CSV."""
    path = Path(Path("data/sample/work/submission.path").read_text(encoding="utf-8").strip())
    assert call("check", "--file", str(path), "--competition", "sample") == 0
    copy = Path("mine.csv")
    shutil.copy(path, copy)
    rewrite(copy, edit)
    assert complaint(project, capsys, "check", "--file", "mine.csv").startswith(f"mine.csv: {said}")


def test_a_submission_that_applies_again(project, capsys):
    """A pair of the raw file in a CSV is named by its row."""
    path = Path(Path("data/sample/work/submission.path").read_text(encoding="utf-8").strip())
    applied = Path("data/sample/raw/apply_train.csv").read_text(encoding="utf-8-sig").split("\n")[1].split(",")
    rows = path.read_text(encoding="utf-8").split("\n")
    row = next(number for number, text in enumerate(rows, 1) if text.startswith(applied[0]))
    rows[row - 1] = ",".join(applied)
    Path("mine.csv").write_text("\n".join(rows), encoding="utf-8")
    said = f"mine.csv: row {row}: user has the item already ('{applied[1]}')"
    assert complaint(project, capsys, "check", "--file", "mine.csv") == said


def test_lists_that_cannot_be_filled(project, capsys):
    """More items asked for than the retrievers found: no submission, and the earlier one stays."""
    edit = CONFIGURATION.replace("k = 5", "k = 39").replace("[5, 20]", "[39]").replace("= 20", "= 40")
    (project / "data/sample/competition.toml").write_text(edit, encoding="utf-8")
    assert "have fewer than 39 items left" in complaint(project, capsys, "submit")


@pytest.mark.parametrize("size", [("--users", "3"), ("--pairs", "10"), ("--items", "7"), ("--seed", "-1")])
def test_samples_that_make_no_sense(project, capsys, size):
    """The raw files made before are not replaced by half a sample."""
    raw = {path: path.read_bytes() for path in Path("data/sample").rglob("*.csv")}
    assert complaint(project, capsys, "sample", *size).startswith("sample s")
    assert {path: path.read_bytes() for path in Path("data/sample").rglob("*.csv")} == raw


@pytest.mark.parametrize(
    ("arguments", "file", "said"),
    [
        (("preprocess",), "data/sample/raw/resume.csv", "data/sample/raw/resume.csv: column resume_seq: missing"),
        (("check", "--file", "mine.csv"), "mine.csv", "mine.csv: row 1: the header must be"),
    ],
)
def test_a_process_of_its_own_says_the_same(project, arguments, file, said):
    """`python -m shortlist` as Make runs it: exit code 2, one line on standard error, nothing on standard output."""
    before = made(project)
    (project / file).write_text("nonsense,x\n1,2\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "shortlist", *arguments, "--competition", "sample"],
        env={**os.environ, "PYTHONPATH": str(SRC)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) == 1
    assert run.stderr.startswith(f"shortlist: {said}")
    assert made(project) == before
