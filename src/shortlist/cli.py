"""The command line: one command a stage. The only place that prints errors and exits."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from shortlist.config.paths import Paths
from shortlist.errors import ShortlistError
from shortlist.pipeline.methods import configured, load, load_for, stages_of

app = typer.Typer(
    help="From a recommendation competition's CSV files to a checked submission. Make calls these, stage by stage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it comes in half the time
)

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it; Typer ends with it."""

CompetitionName = Annotated[str, typer.Option(help="Name of the competition's folder below data/.")]
MethodName = Annotated[str, typer.Option(help="A retriever's or reranker's table in competition.toml, or blend.")]
RerankChoice = Annotated[
    str, typer.Option(envvar="RERANK", help="0: without rerankers; 1: submit the best of them; auto: as configured.")
]
TypedFile = Annotated[
    str, typer.Option(envvar="SHORTLIST_FILE", help="A CSV: its path, or its name in the submissions folder.")
]
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
    from shortlist.data.sample import SampleSize, write_sample

    write_sample(Paths(competition).config.parent, SampleSize(users, items, pairs), seed)


@app.command()
def rules(competition: CompetitionName, rerank: RerankChoice = "auto") -> None:
    """Check competition.toml and write what Make needs to know of it."""
    from shortlist.make_rules import write_rules

    write_rules(*configured(competition, rerank))


@app.command()
def preprocess(competition: CompetitionName) -> None:
    """Read and check the raw files."""
    from shortlist.pipeline.preprocess import preprocess

    preprocess(*load(competition))


@app.command()
def eda(competition: CompetitionName) -> None:
    """Write what the files tell, anomalies first, as one HTML page."""
    from shortlist.studies.eda.document import write_eda

    write_eda(*load(competition))


@app.command()
def infer_split(competition: CompetitionName) -> None:
    """Find out which hold-out rule the numbers of visible pairs per user fit."""
    from shortlist.studies.split_inference.document import write_inference

    write_inference(*load(competition))


@app.command()
def cross_validate(competition: CompetitionName, method: MethodName) -> None:
    """Run one method on every fold: a retriever of every scheme, blend and rerankers of the first."""
    from shortlist.common.progress import shown

    paths, settings = load_for(method, competition)
    with shown():
        stages_of(method, settings)[0](paths, settings)


@app.command()
def features(competition: CompetitionName, part: Annotated[str, typer.Option(help='A fold, or "final".')]) -> None:
    """Compute the features of the candidates that rerankers see."""
    from shortlist.pipeline.rerank import make_table

    make_table(*load(competition), part)


@app.command()
def validate(competition: CompetitionName, rerank: RerankChoice = "auto") -> None:
    """Score all methods on the folds."""
    from shortlist.pipeline.validate import validate

    validate(*load(competition, rerank))


@app.command()
def train(competition: CompetitionName, method: MethodName) -> None:
    """Fit one method on all pairs."""
    from shortlist.common.progress import shown

    paths, settings = load_for(method, competition)
    with shown():
        stages_of(method, settings)[1](paths, settings)


@app.command()
def submit(competition: CompetitionName, rerank: RerankChoice = "auto") -> None:
    """Write the submission CSV, checked, with its manifest."""
    from shortlist.submission.write import write_submission

    write_submission(*load(competition, rerank))


@app.command()
def check(competition: CompetitionName, file: Annotated[Path, typer.Option(help="The CSV to check.")]) -> None:
    """Verify any submission CSV: header, users, exactly k distinct known items, none taken already."""
    from shortlist.submission.check import check_submission, load_requirements

    check_submission(file, load_requirements(*load(competition)))
    print(f"check: {file}: all is well")


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

    plan = prepare(*load(competition), file, memo)
    print(describe(plan))
    print(before_upload(plan.paths, plan.csv, plan.sha256), end="", flush=True)
    print(send(plan) if yes else DRY_RUN)


@app.command()
def settle(
    competition: CompetitionName,
    file: TypedFile = "",
    outcome: Annotated[str, typer.Option("--as", envvar="SHORTLIST_AS", help="accepted or refused.")] = "",
) -> None:
    """Say what became of an upload whose end is unknown, after a look at the competition's page."""
    from shortlist.submission.outcome import settle

    print(settle(load(competition)[0], file, outcome))


@app.command()
def score(
    competition: CompetitionName,
    file: TypedFile = "",
    public: Annotated[str, typer.Option(envvar="SHORTLIST_PUBLIC", help="The public score.")] = "",
    private: Annotated[str, typer.Option(envvar="SHORTLIST_PRIVATE", help="The private score, once known.")] = "",
) -> None:
    """Record what the leaderboard shows for a CSV."""
    from shortlist.submission.outcome import score

    print(score(load(competition)[0], file, public, private))


@app.command()
def ledger(competition: CompetitionName) -> None:
    """Show every CSV that was made or sent, and what became of it."""
    from shortlist.studies.leaderboard import table as leaderboard
    from shortlist.submission.ledger import Ledger
    from shortlist.submission.ledger_table import render
    from shortlist.submission.lock import notice_cut_off

    paths, _ = load(competition)
    notice_cut_off(paths)
    entries = Ledger(paths.ledger).entries()
    print(render(entries), leaderboard.render(entries), sep="", end="")


@app.command()
def explain(
    competition: CompetitionName,
    user: Annotated[str, typer.Option(help="Whose list, an id of the raw files.")],
    method: Annotated[str | None, typer.Option(help="Whose list of it, instead of the submitted one.")] = None,
    rerank: RerankChoice = "auto",
) -> None:
    """Show why a user gets these items: the history, every method's ranks, and what moved the reranker."""
    from shortlist.studies.explain.explain import explain
    from shortlist.studies.explain.table import render

    (found,) = explain(*load(competition, rerank), [user], method)
    print(render(found), end="")


@app.command()
def report(competition: CompetitionName, rerank: RerankChoice = "auto") -> None:
    """Write the validation report beside the submissions."""
    from shortlist.report.document import write_report

    write_report(*load(competition, rerank))


@app.command()
def track(competition: CompetitionName) -> None:
    """Log the newest submission in MLflow, where the extra `tracking` is installed."""
    from shortlist.studies.tracking import track

    track(load(competition)[0])


@app.command()
def tune(
    competition: CompetitionName,
    minutes: Annotated[float | None, typer.Option(help="Time for the trials, instead of tune.minutes.")] = None,
) -> None:
    """Search for better parameters of one method, and compare them on folds that the search has not seen."""
    from shortlist.common.progress import shown
    from shortlist.studies.tuning.search import tune

    with shown():
        found = tune(*load(competition), minutes)
    print(found)


@app.command()
def ablate(competition: CompetitionName, rerank: RerankChoice = "auto") -> None:
    """Score the blend without each retriever, and a reranker without each feature group."""
    from shortlist.common.progress import shown
    from shortlist.studies.ablation.ablation import ablate

    with shown():
        ablate(*load(competition, rerank))


@app.command()
def export(competition: CompetitionName, retriever: RetrieverName = "two_tower") -> None:
    """Write a two-tower model and its indexes as TensorFlow SavedModels."""
    from shortlist.pipeline.export import export

    paths, settings = load(competition)
    export(paths, settings, retriever)


def main() -> None:
    """Run the command line; errors meant for the user are one line and an exit code."""
    try:
        app()
    except ShortlistError as error:
        _fail(str(error), error.exit_code)
    except OSError as error:  # a full disk, a folder that may not be written
        _fail(f"{error.filename or 'file system'}: {error.strerror or error}")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("shortlist: interrupted; what was finished is kept, run the same command to go on", file=sys.stderr)
        raise


def _fail(message: str, code: int = ShortlistError.exit_code) -> NoReturn:
    print("\n".join(f"shortlist: {line}" for line in message.splitlines()), file=sys.stderr)
    sys.exit(code)
