"""The validation report as Markdown, beside the submissions."""

from typing import Any

from shortlist.ablation import load_ablation
from shortlist.files import write_text
from shortlist.paths import Paths
from shortlist.report.ablation import section
from shortlist.report.tables import cell, interval, sizes
from shortlist.validation import load_scores

NOTES = """\
- recall@k is the mean over users with hidden items of hits / min(n, k); recall_n divides by n, recall_k by k.
- ± is one standard error, with the rows that one user has in several folds taken together.
- "behind the best" is the mean difference with its 95 % paired bootstrap interval over users; an interval that holds 0
  means that these folds cannot tell the two apart.
- No retriever is tuned in this run. The best one is chosen by the first scheme's score, so its own score there is
  slightly flattered by the choice. The two-towers' default settings were found on Dacon 236170: on those files they are
  not untouched by the data that they are scored on.
- Offline scores are lower than the leaderboard's: a fold hides a part of what the leaderboard's model may learn from.
"""


def write_report(paths: Paths) -> None:
    """Write the report of the newest validation and submission."""
    scores = load_scores(paths)
    data = scores["data"]
    newest = paths.newest_submission.read_text(encoding="utf-8").strip() if paths.newest_submission.exists() else "none"
    lines = [
        f"# {scores['title']}",
        "",
        f"{data['users']:,} users, {data['items']:,} items, {data['pairs']:,} pairs; seed {scores['seed']}; "
        f"submission: {newest}.",
        "",
        NOTES,
    ]
    for scheme, result in scores["schemes"].items():
        lines += [f"## Scheme {scheme}", "", f"{result['description']}. {sizes(result)}.", ""]
        lines += [*_headline(result, scores), "", *_all_metrics(result, scores), "", *_folds(result, scores), ""]
    lines += section(load_ablation(paths))
    write_text(paths.report, "\n".join(lines))


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]


def _headline(result: dict[str, Any], scores: dict[str, Any]) -> list[str]:
    rows = []
    for name in result["order"]:
        method = result["methods"][name]
        behind = result["behind_best"].get(name)
        figures = ", ".join(f"{key} {value:.4f}" for key, value in method["figures"].items())
        rows.append([name, cell(method["metrics"][scores["headline"]]), interval(behind) if behind else "best",
                     f"{method['seconds']:.0f}", figures])  # fmt: skip
    return _table(["retriever", scores["headline"], "behind the best", "seconds, all folds", "further figures"], rows)


def _all_metrics(result: dict[str, Any], scores: dict[str, Any]) -> list[str]:
    rows = []
    for name in result["order"]:
        method = result["methods"][name]
        for metric in scores["metrics"]:
            rows.append([name, metric, *(cell(method["metrics"][f"{metric}@{k}"]) for k in scores["ks"])])
        rows.append([name, "coverage", *(f"{method['coverage'][f'coverage@{k}']:.4f}" for k in scores["ks"])])
    return _table(["retriever", "metric", *(f"@{k}" for k in scores["ks"])], rows)


def _folds(result: dict[str, Any], scores: dict[str, Any]) -> list[str]:
    header = [scores["headline"], *(f"fold {fold['fold']}" for fold in result["sizes"])]
    rows = [
        [name, *(f"{value:.4f}" for value in result["methods"][name]["metrics"][scores["headline"]]["folds"])]
        for name in result["order"]
    ]
    sizes_of = [[f"{key} ", *(f"{fold[key]:,}" for fold in result["sizes"])] for key in ("train", "test", "users")]
    return _table(header, rows + sizes_of)
