"""The validation report as Markdown, beside the submissions."""

import json
from typing import Any

from shortlist.ablation import load_ablation
from shortlist.files import write_text
from shortlist.paths import Paths
from shortlist.report.ablation import section
from shortlist.report.tables import cell, interval, sizes
from shortlist.validation import load_scores

MOST_IMPORTANT = 30
"""Features of a reranker that the report lists."""

NOTES = """\
- recall@k is the mean over users with hidden items of hits / min(n, k); recall_n divides by n, recall_k by k.
- ± is one standard error, with the rows that one user has in several folds taken together.
- "behind the best" is the mean difference with its 95 % paired bootstrap interval over users; an interval that holds 0
  means that these folds cannot tell the two apart.
- The blend's weights and the rerankers are learnt on the first scheme's folds, and their score is nested: a fold is
  scored by a model that has learnt on the other folds' answers only. What the scored fold hides is visible history in
  the folds learnt from, as all pairs are history in the end, but never an answer to learn from. On other schemes blend
  and rerankers are not scored: their answers are among those learnt from.
- No setting is tuned in this run. The best method is chosen by the first scheme's score, so its own score there is
  slightly flattered by the choice. Many default settings were found on Dacon 236170: on those files they are not
  untouched by the data that they are scored on.
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
    lines += [*_blend(paths), *_rerankers(paths, scores["rerankers"]), *section(load_ablation(paths))]
    write_text(paths.report, "\n".join(lines))


def _blend(paths: Paths) -> list[str]:
    """The weights, learnt on all folds, that the submission's blend has."""
    weights = json.loads(paths.blend.read_text(encoding="utf-8"))["weights"]
    rows = [[name, f"{weight['rank']:.3f}", f"{weight['score']:.3f}"] for name, weight in weights.items()]
    return ["## Blend", "", *_table(["retriever", "weight of its rank", "weight of its score"], rows), ""]


def _rerankers(paths: Paths, names: list[str]) -> list[str]:
    """What each reranker relies on most."""
    lines: list[str] = []
    for name in names:
        shares = json.loads(paths.reranker(name).read_text(encoding="utf-8"))["importances"]
        top = sorted(shares.items(), key=lambda one: -one[1])[:MOST_IMPORTANT]
        if top:
            rows = [[feature, f"{share:.4f}"] for feature, share in top]
            lines += [f"## Reranker {name}", "", *_table(["feature", "share of the gain"], rows), ""]
    return lines


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
    return _table(["method", scores["headline"], "behind the best", "seconds, all folds", "further figures"], rows)


def _all_metrics(result: dict[str, Any], scores: dict[str, Any]) -> list[str]:
    rows = []
    for name in result["order"]:
        method = result["methods"][name]
        for metric in scores["metrics"]:
            rows.append([name, metric, *(cell(method["metrics"][f"{metric}@{k}"]) for k in scores["ks"])])
        rows.append([name, "coverage", *(f"{method['coverage'][f'coverage@{k}']:.4f}" for k in scores["ks"])])
    return _table(["method", "metric", *(f"@{k}" for k in scores["ks"])], rows)


def _folds(result: dict[str, Any], scores: dict[str, Any]) -> list[str]:
    header = [scores["headline"], *(f"fold {fold['fold']}" for fold in result["sizes"])]
    rows = [
        [name, *(f"{value:.4f}" for value in result["methods"][name]["metrics"][scores["headline"]]["folds"])]
        for name in result["order"]
    ]
    sizes_of = [[f"{key} ", *(f"{fold[key]:,}" for fold in result["sizes"])] for key in ("train", "test", "users")]
    return _table(header, rows + sizes_of)
