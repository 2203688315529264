"""The command line: one command a stage, and those that people call. The only place that prints errors and exits."""

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

from shortlist.chain import SAMPLE, STAGES, Stage, sample_steps
from shortlist.common.own_faults import own_faults_named
from shortlist.common.streams import ignore_interrupts, speak_safely
from shortlist.errors import LONGEST_LINE, ConfigError, ShortlistError, brief, one_line, shown

# The imports within the functions cost seconds that a command which does not need them should not pay.
if TYPE_CHECKING:
    from shortlist.pipeline.run import Run

app = typer.Typer(
    help="From a recommendation competition's files to a checked submission. `run` goes all the way; "
    "Make calls the stages one by one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it comes in half the time
)

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

USAGE = cast("type[typer.BadParameter]", typer.BadParameter.__base__)
"""What Typer raises of a command line that it cannot read; it has no name of its own for it."""

OURS = ("SHORTLIST_", "DACON_", "KAGGLE_", "RERANK", "ENGINE", "WORKERS", "RAY_ADDRESS", "MLFLOW_TRACKING_URI")
"""How the names of variables begin that are read here."""

CompetitionName = Annotated[str, typer.Option(help="Name of the competition's folder below data/.")]
RerankChoice = Annotated[
    str, typer.Option(envvar="RERANK", help="0: without rerankers; 1: submit the best of them; auto: as configured.")
]
TypedFile = Annotated[
    str, typer.Option(envvar="SHORTLIST_FILE", help="A CSV: its path, or its name in the submissions folder.")
]
OPTIONS = {
    "method": "Its table in competition.toml.",
    "part": 'A fold, or "final".',
    "retriever": "Its table in competition.toml.",
}
"""What the values of a stage's option are."""


def perform(stage: Stage, competition: str, rerank: str, value: str | None = None) -> None:
    """Do one step, with bars on a terminal."""
    from shortlist.common.progress import bars
    from shortlist.remaining import timed

    run = load(competition, rerank)
    known = [step.value for step in stage.steps(run) if step.value is not None]
    if value is not None and value not in known:
        allowed = ", ".join(known) or "nothing, since none takes part"
        raise ConfigError(f"--{stage.option}: can be {allowed}; got {shown(value)}")
    with bars(), timed(run, stage, value):
        stage.perform(run, value)


def load(competition: str, rerank: str = "auto") -> "Run":
    """What the stages of a competition are handed."""
    from shortlist.pipeline.run import Run

    return Run.load(competition, rerank)


@app.callback()
def beginning(
    root: Annotated[Path, typer.Option(help="The folder with data/ in it; other paths count from it.")] = Path(),
) -> None:
    """Go to the project's folder: everything is found from there."""
    try:
        os.chdir(root)
    except OSError as error:
        raise ConfigError(f"--root: {shown(root)}: {error.strerror}; name the folder that holds data/") from None


@app.command("run")
def run_chain(
    competition: CompetitionName = SAMPLE,
    until: Annotated[str, typer.Option(help="The last stage, such as validate, eda or ablate.")] = "report",
    rerank: RerankChoice = "auto",
) -> None:
    """Run the stages up to one of them, each only where something that it rests on has changed; Make is not needed."""
    from shortlist.common.progress import bars
    from shortlist.increments import run

    with bars():
        results = run(competition, until, rerank=rerank)
    print(results.text, end="")


@app.command()
def sample(
    users: Annotated[int, typer.Option(envvar="SHORTLIST_USERS", help="Number of resumes.")] = 2000,
    items: Annotated[int, typer.Option(envvar="SHORTLIST_ITEMS", help="Number of postings.")] = 1500,
    pairs: Annotated[int, typer.Option(envvar="SHORTLIST_PAIRS", help="Number of visible applications.")] = 10_000,
    seed: Annotated[int, typer.Option(envvar="SHORTLIST_SEED", help="The same seed gives the same files.")] = 0,
    competition: CompetitionName = SAMPLE,
) -> None:
    """Make a synthetic competition of the same form as Dacon 236170, to try everything on."""
    from shortlist.config.paths import Paths
    from shortlist.data.sample import SampleSize, write_sample
    from shortlist.increments import write_digest

    paths, (stage, *_) = Paths(competition), STAGES
    for step in sample_steps(paths):
        write_digest(paths, stage, step)  # older than the files: the next run leaves them as they are
    write_sample(paths.config.parent, SampleSize(users, items, pairs), seed)


@app.command()
def init(competition: CompetitionName) -> None:
    """Look at the raw files, write a competition.toml that runs as it is, and say what was found and why."""
    from shortlist.config.paths import Paths
    from shortlist.studies.init.init import init

    print(init(Paths(competition)))


@app.command()
def rules(competition: CompetitionName, rerank: RerankChoice = "auto") -> None:
    """Check competition.toml and write what Make needs to know of it."""
    from shortlist.make_rules import write_rules

    write_rules(load(competition, rerank))


def _add(stage: Stage) -> None:
    """A command that performs one step of a stage."""

    def whole(competition: CompetitionName, rerank: RerankChoice = "auto") -> None:
        perform(stage, competition, rerank)

    def of_value(
        competition: CompetitionName,
        value: Annotated[str, typer.Option(f"--{stage.option}", help=OPTIONS.get(stage.option or ""))],
        rerank: RerankChoice = "auto",
    ) -> None:
        perform(stage, competition, rerank, value)

    app.command(stage.name, help=stage.does)(of_value if stage.option else whole)


for _stage in STAGES:
    if _stage.name != SAMPLE:  # it has a command of its own, with sizes
        _add(_stage)


@app.command()
def check(competition: CompetitionName, file: TypedFile = "") -> None:
    """Verify any submission CSV, by default the newest: form, users, exactly k distinct known items, none ruled out."""
    from shortlist.pipeline.results import load_newest_csv
    from shortlist.submission.check import check_submission, load_requirements
    from shortlist.submission.outcome import find_csv

    run = load(competition)
    csv = find_csv(run.paths, file or str(load_newest_csv(run.paths) or ""))
    check_submission(csv, load_requirements(run))
    print(one_line(f"check: {csv}: all is well"))


@app.command()
def upload(
    competition: CompetitionName,
    file: TypedFile = "",
    memo: Annotated[str, typer.Option(envvar="SHORTLIST_MEMO", help="What the organiser's list shows beside it.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Send it; without, only show what would be sent.")] = False,
) -> None:
    """Hand a checked CSV in, once. Exit codes: 0 accepted (or shown), 2 not sent, 3 refused, 4 unknown."""
    from shortlist.studies.leaderboard.table import before_upload
    from shortlist.submission.upload import DRY_RUN, describe, prepare, send

    plan = prepare(load(competition), file, memo)
    print(describe(plan))
    print(before_upload(plan.paths, plan.csv, plan.sha256), end="", flush=True)
    print(send(plan, ignore_interrupts) if yes else DRY_RUN)


@app.command()
def settle(
    competition: CompetitionName,
    file: TypedFile = "",
    outcome: Annotated[str, typer.Option("--as", envvar="SHORTLIST_AS", help="accepted or refused.")] = "",
) -> None:
    """Say what became of an upload whose end is unknown, after a look at the competition's page."""
    from shortlist.submission.outcome import settle

    print(settle(load(competition).paths, file, outcome))


@app.command()
def score(
    competition: CompetitionName,
    file: TypedFile = "",
    public: Annotated[str, typer.Option(envvar="SHORTLIST_PUBLIC", help="The public score.")] = "",
    private: Annotated[str, typer.Option(envvar="SHORTLIST_PRIVATE", help="The private score, once known.")] = "",
) -> None:
    """Record what the leaderboard shows for a CSV; without a public score, Kaggle is asked for it."""
    from shortlist.submission.outcome import score

    print(score(load(competition), file, public, private))


@app.command()
def ledger(competition: CompetitionName) -> None:
    """Show every CSV that was made or sent, and what became of it."""
    from shortlist.studies.leaderboard.table import standing_table
    from shortlist.submission.ledger import Ledger
    from shortlist.submission.ledger_table import ledger_table, lost_table
    from shortlist.submission.lock import notice_cut_off
    from shortlist.submission.services.registry import service_of

    run = load(competition)
    paths, zone = run.paths, service_of(run).zone
    print(lost_table(Ledger(paths.ledger).lost(), zone), end="")
    notice_cut_off(paths)
    entries = Ledger(paths.ledger).entries()
    print(ledger_table(entries, zone), standing_table(entries), sep="", end="")


@app.command()
def explain(
    competition: CompetitionName,
    user: Annotated[str, typer.Option(envvar="SHORTLIST_USER", help="Whose list, an id of the raw files.")],
    method: Annotated[
        str | None, typer.Option(envvar="SHORTLIST_METHOD", help="Whose list of it, instead of the submitted one.")
    ] = None,
    rerank: RerankChoice = "auto",
) -> None:
    """Show why a user gets these items: the history, every method's ranks, and what moved the reranker."""
    from shortlist.studies.explain.explain import explain
    from shortlist.studies.explain.table import explanation_text

    (explanation,) = explain(load(competition, rerank), [user], method)
    print(explanation_text(explanation), end="")


@app.command()
def compare(
    competition: CompetitionName,
    a: Annotated[str, typer.Option("--a", envvar="SHORTLIST_A", help="A CSV: its path or name.")] = "",
    b: Annotated[str, typer.Option("--b", envvar="SHORTLIST_B", help="The CSV to hold against it.")] = "",
) -> None:
    """Show how two submissions differ: their lists, their items, their scores; as text and as a page."""
    from shortlist.studies.compare.document import write_comparison

    print(write_comparison(load(competition), a, b), end="")


@app.command()
def tune(
    competition: CompetitionName,
    minutes: Annotated[
        float | None, typer.Option(envvar="SHORTLIST_MINUTES", help="Time for the trials, instead of tune.minutes.")
    ] = None,
) -> None:
    """Search for better parameters of one method, and compare them on folds that the search has not seen."""
    from shortlist.common.progress import bars
    from shortlist.config.tune import LONGEST_MINUTES
    from shortlist.studies.tuning.search import tune

    if minutes is not None and not 0 < minutes <= LONGEST_MINUTES:
        raise ConfigError(f"MINUTES: must be a number above 0 and up to {LONGEST_MINUTES:,}, got {minutes:g}")
    with bars():
        said = tune(load(competition), minutes)
    print(said)


def main() -> None:
    """Run the command line; errors meant for the user are one line and an exit code."""
    speak_safely()
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # until here Ctrl-C just ended the process, see __main__
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        _refuse_what_is_no_text()
        _refuse_a_folder_that_is_gone()
        command = typer.main.get_command(app)
        with own_faults_named(), command.make_context("shortlist", sys.argv[1:]) as context:
            command.invoke(context)
    except typer.Exit as end:  # of --help
        sys.exit(end.exit_code)
    except KeyboardInterrupt:
        _fail("interrupted; what was finished is kept, run the same command to go on", code=INTERRUPTED)
    except ShortlistError as error:
        _fail(*str(error).splitlines(), code=error.exit_code)
    except USAGE as error:
        _fail_usage(error)
    except OSError as error:  # a full disk, a folder that may not be written
        _fail(f"{one_line(str(error.filename or 'file system'), LONGEST_LINE // 2)}: {error.strerror or error}")
    except MemoryError:
        _fail("this machine has not enough memory for that; `WORKERS=1` takes the least")
    except EOFError:
        _fail("a file ends too early: it is damaged; `make clean` deletes what the stages made")
    sys.exit(0)


def _refuse_what_is_no_text() -> None:
    """Arguments and variables that are not in the terminal's encoding: nothing that they name could be shown.

    Raises:
        ConfigError: there is one.
    """
    given = {f"argument {number}": text for number, text in enumerate(sys.argv[1:], 1)}
    given |= {name: text for name, text in os.environ.items() if name.startswith(OURS)}
    for name, text in given.items():
        try:
            text.encode()
        except UnicodeEncodeError:
            encoding = sys.getfilesystemencoding()
            raise ConfigError(
                f"{name}: {brief(text)} is not text in this terminal's encoding, {encoding}; use one of UTF-8"
            ) from None


def _refuse_a_folder_that_is_gone() -> None:
    try:
        os.getcwd()  # noqa: PTH109  # nothing is done with it
    except FileNotFoundError:
        raise ConfigError("the folder that this was started in is gone; go to the project's folder") from None


def _fail_usage(error: typer.BadParameter) -> NoReturn:
    """In one line, whatever was typed; help where nothing was."""
    if not sys.argv[1:]:
        print(error, file=sys.stderr)
        sys.exit(ShortlistError.exit_code)
    _fail(f"{one_line(error.format_message(), LONGEST_LINE // 2).rstrip('.')}; see `shortlist --help`")


def _fail(*lines: str, code: int = ShortlistError.exit_code) -> NoReturn:
    for line in lines:
        print(one_line(f"shortlist: {line}"), file=sys.stderr)
    sys.exit(code)
