"""The table that a run prints: recall at every k, with errors, best method first."""

from rich import box
from rich.table import Table

from shortlist.common.terminal import printed
from shortlist.validation.metrics import Difference
from shortlist.validation.scores import MetricScore, SchemeScores, Scores


def score_table(scores: Scores) -> str:
    """Plain text of the offline scores: a table for each scheme."""
    tables = []
    for name, scheme in scores.schemes.items():
        tables.append(_table(name, scheme, scores))
        if any(method.figures for method in scheme.methods.values()):
            tables.append(_figures(scheme))
    return printed(*tables)


def cell(metric: MetricScore) -> str:
    """Mean and standard error."""
    return f"{metric.mean:.4f} ± {metric.error:.4f}"


def interval(difference: Difference) -> str:
    """Mean difference and its 95 % interval."""
    return f"{difference.mean:.4f} [{difference.low:.4f}, {difference.high:.4f}]"


def sizes(scheme: SchemeScores) -> str:
    """Number of folds and the mean sizes of their parts."""
    folds = scheme.sizes
    train, test = (round(sum(getattr(fold, part) for fold in folds) / len(folds)) for part in ("train", "test"))
    users = round(scheme.users)
    number = "1 fold;" if len(folds) == 1 else f"{len(folds)} folds; on average"
    return f"{number} {train:,} events visible, {test:,} hidden, {users:,} users scored"


def _table(name: str, scheme: SchemeScores, scores: Scores) -> Table:
    headline, ndcg = scores.headline, f"ndcg@{scores.k}"
    recall = headline.partition("@")[0]
    deeper = [f"{recall}@{k}" for k in scores.ks if f"{recall}@{k}" != headline]
    title = f"{scores.competition}, scheme {name}: {scheme.description}\n{sizes(scheme)}"
    if scheme.distance is not None:
        title += f"\n{scheme.distance.line.en}"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0))
    table.add_column("method", no_wrap=True)
    for column in (headline, *deeper, ndcg):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("behind the best, 95 %", justify="right", no_wrap=True)
    for method in scheme.order:
        metrics = scheme.methods[method].metrics
        others = [f"{metrics[metric].mean:.3f}" for metric in (*deeper, ndcg)]
        behind = scheme.behind_best.get(method)
        table.add_row(method, cell(metrics[headline]), *others, interval(behind) if behind else "best")
    return table


def _figures(scheme: SchemeScores) -> Table:
    """What a method tells beside its lists: a hit rate per pair is no recall per user, an error of ratings no rank."""
    title = "per hidden pair: hit rates (items already seen not left out), errors of ratings"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    names = sorted(
        {key for method in scheme.methods.values() for key in method.figures}, key=lambda key: (len(key), key)
    )
    for column in ("method", *names):
        table.add_column(column, justify="left" if column == "method" else "right")
    for name, method in scheme.methods.items():
        if method.figures:
            table.add_row(name, *(f"{method.figures[key]:.4f}" if key in method.figures else "" for key in names))
    return table
