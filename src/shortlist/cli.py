"""The command line: one command a stage. The only place that prints errors and exits."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from shortlist.errors import ShortlistError
from shortlist.paths import Paths

if TYPE_CHECKING:
    from shortlist.config import Competition

app = typer.Typer(
    help="From a recommendation competition's CSV files to a checked submission. Make calls these, stage by stage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it; Typer ends with it."""

CompetitionName = Annotated[str, typer.Option(help="Name of the competition's folder below data/.")]
RetrieverName = Annotated[str, typer.Option(help="A retriever's table in competition.toml.")]


@app.command()
def sample(
    users: Annotated[int, typer.Option(help="Number of resumes.")] = 2000,
    items: Annotated[int, typer.Option(help="Number of postings.")] = 1500,
    pairs: Annotated[int, typer.Option(help="Number of visible applications.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 0,
    competition: CompetitionName = "sample",
) -> None:
    """Make a competition of the same form as Dacon 236170, to try everything on."""
    from shortlist.sample import SampleSize, write_sample

    write_sample(Paths(competition).config.parent, SampleSize(users, items, pairs), seed)


@app.command()
def rules(competition: CompetitionName) -> None:
    """Check competition.toml and write what Make needs to know of it."""
    from shortlist.rules import write_rules

    write_rules(*_load(competition))


@app.command()
def preprocess(competition: CompetitionName) -> None:
    """Read and check the raw files."""
    from shortlist.preprocess import preprocess

    preprocess(*_load(competition))


@app.command()
def eda(competition: CompetitionName) -> None:
    """Write what the files tell, anomalies first, as one HTML page."""
    from shortlist.eda.document import write_eda

    write_eda(*_load(competition))


@app.command()
def cross_validate(competition: CompetitionName, retriever: RetrieverName) -> None:
    """Run one retriever on every fold of every scheme."""
    from shortlist.crossval import cross_validate
    from shortlist.progress import shown

    paths, settings = _load(competition)
    with shown():
        cross_validate(paths, settings, retriever)


@app.command()
def validate(competition: CompetitionName) -> None:
    """Score all retrievers on the folds."""
    from shortlist.validation import validate

    validate(*_load(competition))


@app.command()
def train(competition: CompetitionName, retriever: RetrieverName) -> None:
    """Fit one retriever on all pairs."""
    from shortlist.progress import shown
    from shortlist.training import train

    paths, settings = _load(competition)
    with shown():
        train(paths, settings, retriever)


@app.command()
def submit(competition: CompetitionName) -> None:
    """Write the submission CSV, checked, with its manifest."""
    from shortlist.submission.write import write_submission

    write_submission(*_load(competition))


@app.command()
def check(competition: CompetitionName, file: Annotated[Path, typer.Option(help="The CSV to check.")]) -> None:
    """Verify any submission CSV: header, users, exactly k distinct known items, none taken already."""
    from shortlist.dataset import Dataset
    from shortlist.submission.check import Expected, check_submission
    from shortlist.submission.sample import read_sample_submission

    paths, settings = _load(competition)
    dataset = Dataset.load(paths.dataset)
    users = read_sample_submission(paths.raw, settings.submission, dataset)
    check_submission(file, Expected(settings.submission, users, dataset))
    print(f"check: {file}: all is well")


@app.command()
def report(competition: CompetitionName) -> None:
    """Write the validation report beside the submissions."""
    from shortlist.report.document import write_report

    write_report(_load(competition)[0])


@app.command()
def export(competition: CompetitionName, retriever: RetrieverName = "two_tower") -> None:
    """Write a two-tower model and its indexes as TensorFlow SavedModels."""
    from shortlist.export import export

    paths, settings = _load(competition)
    export(paths, settings, retriever)


def main() -> None:
    """Run the command line; errors meant for the user are one line and exit code 2."""
    try:
        app()
    except ShortlistError as error:
        _fail(str(error))
    except OSError as error:  # a full disk, a folder that may not be written
        _fail(f"{error.filename or 'file system'}: {error.strerror or error}")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("shortlist: interrupted; what was finished is kept, run the same command to go on", file=sys.stderr)
        raise


def _fail(message: str) -> NoReturn:
    print("\n".join(f"shortlist: {line}" for line in message.splitlines()), file=sys.stderr)
    sys.exit(2)


def _load(competition: str) -> tuple[Paths, "Competition"]:
    from shortlist.config import load_competition

    paths = Paths(competition)
    return paths, load_competition(paths.config)
