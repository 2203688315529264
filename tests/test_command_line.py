"""What a person can mistype on the command line and in the environment: one line, exit code 2, nothing else."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.builder import competition, configuration
from tests.projects import ROOT

from shortlist.cli import INTERRUPTED, main
from shortlist.config.paths import Paths
from shortlist.engine import machine
from shortlist.engine.machine import room, usable_memory
from shortlist.engine.threads import VARIABLES, allowed
from shortlist.errors import LONGEST_LINE, ConfigError

TABLES = configuration("""
[validation.schemes.holdout]
[retrievers.popular]
[rerankers.lightgbm]
""")

DIGITS = "9" * 5000


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command that must be refused; its line, without the program's name."""
    competition(tmp_path, TABLES)
    monkeypatch.chdir(tmp_path)

    def refused(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["shortlist", *words])
        with pytest.raises(SystemExit) as end:
            main()
        output, errors = capsys.readouterr()
        assert (end.value.code, output) == (2, "")
        line = errors.removesuffix("\n")
        assert line.isprintable()
        assert line.startswith("shortlist: ")
        return line.removeprefix("shortlist: ")

    return refused


SMALL = ("--competition", "small")

WRONG = {
    ("features", *SMALL, "--part", "99"): "--part: can be 1, 2, final; got '99'",
    ("features", *SMALL, "--part", "../1"): "--part: can be 1, 2, final; got '../1'",
    ("features", *SMALL, "--part", "1\n2\x1b[31m"): r"--part: can be 1, 2, final; got '1\n2\x1b[31m'",
    ("train", *SMALL, "--method", "populer"): "--method: can be popular; got 'populer'",
    ("train", *SMALL, "--method", ""): "--method: can be popular; got ''",
    ("train-reranker", *SMALL, "--method", "popular"): "--method: can be lightgbm; got 'popular'",
    ("train-reranker", *SMALL, "--method", "lightgbm", "--rerank", "0"):
        "--method: can be nothing, since none takes part; got 'lightgbm'",
    ("export", *SMALL, "--retriever", "two_tower"): "--retriever: can be popular; got 'two_tower'",
    ("rules", *SMALL, "--rerank", "2"): "RERANK: can be auto, 0, 1, got '2'",
    ("tune", *SMALL, "--minutes", "nan"): "MINUTES: must be a number above 0 and up to 10,080, got nan",
    ("tune", *SMALL, "--minutes", "-1"): "MINUTES: must be a number above 0 and up to 10,080, got -1",
    ("tune", *SMALL, "--minutes", "1e308"): "MINUTES: must be a number above 0 and up to 10,080, got 1e+308",
    ("tune", *SMALL, "--minutes", DIGITS): "MINUTES: must be a number above 0 and up to 10,080, got inf",
    ("tune", *SMALL, "--minutes", "soon"): "Invalid value for '--minutes'",
    ("sample", "--users", DIGITS): "Invalid value for '--users'",
    ("sample", "--users", "-5"): "needs users >= 10 and items >= 20",
    ("sample", "--pairs", "1e3"): "Invalid value for '--pairs'",
    ("sample", "--competition", "../x"): "COMPETITION: one name of ",
    ("check", "--competition", "small", "--fil", "x"): "No such option: --fil",
    ("check",): "Missing option '--competition'",
    ("check", *SMALL, "more"): "Got unexpected extra argument",
    ("check", *SMALL, "x" * 5000): "Got unexpected extra argument",
    ("check", *SMALL, "--file", "\n"): "no such file, nor in submissions/small",
    ("check", *SMALL, "--file", "x" * 5000): "File name too long",
    ("check", *SMALL): "name the CSV with FILE=...",
    ("compare", *SMALL, "--a", "x.csv"): "name two CSVs with A=... and B=...",
    ("explain", *SMALL): "Missing option '--user'",
    ("--a\nb\x1b[31m\u2028c",): "No such option: --a",
    ("a\nb",): "No such command",
    ("preprocess", "--competition", "x" * 101): "up to 100 of them, got 'xxx",
    ("preprocess", "--competition", "other"): "COMPETITION can be small",
    ("ledger", "--competition", "small\udcff"): r"argument 3: 'small\udcff' is not text in this terminal's",
}  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=lambda words: " ".join(words)[:40].encode("ascii", "replace").decode())
def test_what_is_mistyped_is_one_line(refused, words: tuple[str, ...]) -> None:
    """It says what was found and what can be; whatever was typed, no line is broken and no sign is hidden."""
    line = refused(*words)
    assert WRONG[words] in line
    assert len(line) < LONGEST_LINE - len("shortlist: ")  # or it was cut, and may lack what is to be done
    assert not Path("submissions").exists()


def test_variables_that_are_not_text_are_refused(refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are read here, by name; what other programs have there is their own."""
    monkeypatch.setenv("SOMETHING", "\udcff")
    monkeypatch.setenv("SHORTLIST_FILE", "\udcff")
    assert refused("check", *SMALL).startswith(r"SHORTLIST_FILE: '\udcff' is not text in this terminal's encoding, ")


def test_a_folder_that_is_gone_is_said(refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a command is started in a folder that somebody has deleted since."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert refused("ledger", *SMALL) == "the folder that this was started in is gone; go to the project's folder"
    monkeypatch.chdir(tmp_path)


def test_a_folder_without_data_is_said(refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made in it."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    for name in ("ledger", "preprocess", "rules", "check", "eda"):
        assert "data/small/competition.toml: no such file" in refused(name, *SMALL)
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("value", ["1e300", "nan", "-1", "0", "text", "inf", DIGITS, "\n", "1 2", "1e400"])
def test_memory_is_a_number_of_gb(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """SHORTLIST_MEMORY_GB: at most a million."""
    monkeypatch.setenv("SHORTLIST_MEMORY_GB", value)
    with pytest.raises(ConfigError, match=r"^SHORTLIST_MEMORY_GB: must be a number above 0 and up to 1,000,000, got '"):
        usable_memory()


def test_memory_that_is_not_set_is_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty counts as not set; a million is the most."""
    monkeypatch.setattr(machine, "available_memory", lambda: 7)
    for value, expected in (("", 7), ("1000000", 10**15), ("0.5", 5 * 10**8)):
        monkeypatch.setenv("SHORTLIST_MEMORY_GB", value)
        assert usable_memory() == expected


@pytest.mark.parametrize("name", ["WORKERS", "LOKY_MAX_CPU_COUNT"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", DIGITS, "10001", " 1", "1\n2"])
def test_workers_are_a_whole_number(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Ours and that of Loky, which would raise by itself."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=rf"^{name}: must be a whole number from 1 to 10,000, got '"):
        room(1)


def test_workers_that_are_not_set_are_as_many_as_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty counts as not set."""
    for value in ("", "1"):
        monkeypatch.setenv("WORKERS", value)
        assert room(1) >= 1
    assert room(1) == 1


@pytest.mark.parametrize("value", [DIGITS, "1025", "-1", "4,2", "x"])
def test_threads_that_make_no_sense_are_as_many_as_there_are_cores(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """OMP_NUM_THREADS is not ours: whatever it says, nothing fails for it."""
    monkeypatch.setenv(VARIABLES[0], value)
    assert allowed() == os.cpu_count()


def test_names_of_competitions_have_a_length() -> None:
    """As long as a file's name may be, with room for what stands behind."""
    assert Paths("a" * 100).competition == "a" * 100
    with pytest.raises(ConfigError, match="up to 100 of them"):
        Paths("a" * 101)


def test_memory_that_is_not_there_is_one_line(refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a file that came too early, and a machine that is too small."""
    for error, words in ((MemoryError(), "not enough memory"), (EOFError(), "a file ends too early")):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr("shortlist.cli.load", fail)
        assert words in refused("ledger", *SMALL)


def test_ctrl_c_has_an_exit_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line that says how to go on."""

    def interrupt(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("shortlist.cli.load", interrupt)
    monkeypatch.setattr(sys, "argv", ["shortlist", "ledger", *SMALL])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == INTERRUPTED
    assert capsys.readouterr().err == (
        "shortlist: interrupted; what was finished is kept, run the same command to go on\n"
    )


def test_no_home_is_needed(tmp_path: Path) -> None:
    """Nor a folder for temporary files, for what needs none."""
    competition(tmp_path, TABLES)
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    environment |= {"PYTHONPATH": str(ROOT / "src"), "TMPDIR": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-m", "shortlist", "rules", *SMALL],
        cwd=tmp_path, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
