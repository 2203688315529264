"""The benchmark's tables: for JSON, and as Markdown in marked blocks of the documentation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import marked
from competitions.build import N
from peers.exchange import Answer
from peers.running import Row
from peers.scoring import Case, Lists, Result, check_lists
from shortlist.common.bilingual import Bilingual
from shortlist.retrievers.topk import recommend
from shortlist.validation.metrics import per_user

FOUND = f"recall_n@{N}"
"""Share of the answers among a list's first 100."""

HEADS = (
    Bilingual("method", "방법"),
    Bilingual("recall@{k}", "recall@{k}"),
    Bilingual("Shortlist ahead by", "Shortlist가 앞선 만큼"),
    Bilingual("NDCG@{k}", "NDCG@{k}"),
    Bilingual("ahead by", "앞선 만큼"),
    Bilingual(f"answers in {N}", f"{N}개 안의 정답"),
    Bilingual("fit s", "학습 초"),
    Bilingual("predict s", "예측 초"),
    Bilingual("peak MB", "최대 MB"),
)

SIZES = Bilingual(
    "{visible_events} events visible, {hidden_events} hidden; {items} items; {users} users, {scored_users} scored",
    "보이는 사건 {visible_events}개, 숨긴 사건 {hidden_events}개; 사용자 {users}명, 아이템 {items}개; "
    "채점한 사용자 {scored_users}명",
)


@dataclass
class Figures(Result):
    """A row's figures: also NDCG, and what the first 100 hold."""

    values: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def add(self, answer: Answer, case: Case, k: int) -> None:
        """See `Result.add`; lists may be shorter than the task asks for."""
        task = case.task
        check_lists(answer.items, task)
        missing = max(0, task.length - answer.items.shape[1])
        items = np.pad(answer.items, ((0, 0), (0, missing)), constant_values=-1)
        top = recommend(Lists(task.users, items), task.users, min(N, task.length), case.visible).items
        scores = per_user(top, task.users, case.answers, [k, top.shape[1]])
        self.values = {name: [scores[name]] for name in (f"recall@{k}", f"ndcg@{k}")}
        self.values[FOUND] = [scores[f"recall_n@{top.shape[1]}"]]
        self.users, self.answers = [task.users], [answer]


def collect(rows: Mapping[str, Row], results: Mapping[str, Result], lead: str, k: int) -> dict[str, dict[str, Any]]:
    """Everything about each row, for JSON: its title, its figures, and how far `lead` is ahead where it ran."""
    collected = {}
    for name, row in rows.items():
        about: dict[str, Any] = {"title": row.title, "library_drops_seen": row.filters}
        if lead in results and name != lead:
            about["ahead"] = {
                metric: results[lead].minus(results[name], f"{metric}@{k}") for metric in ("recall", "ndcg")
            }
        collected[name] = about | results[name].figures()
    return collected


def markdown(rows: Mapping[str, Mapping[str, Any]], k: int, language: str = "en") -> str:
    """The table of one log.

    Args:
        rows: what `collect` gives.
        k: the competition's.
        language: "en" or "ko", of the heads.
    """
    lines = [[getattr(head, language).format(k=k) for head in HEADS], ["---", *["---:"] * (len(HEADS) - 1)]]
    for row in rows.values():
        if "error" in row:
            lines.append([row["title"], row["error"].replace("|", "/"), *[""] * (len(HEADS) - 2)])
            continue
        scores = [cell for metric in ("recall", "ndcg") for cell in _compared(row, metric, k)]
        costs = [f"{row['fit_seconds']:.1f}", f"{row['predict_seconds']:.1f}", f"{row['memory']:,.0f}"]
        lines.append([row["title"], *scores, f"{row[FOUND]['mean']:.3f}", *costs])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _compared(row: Mapping[str, Any], metric: str, k: int) -> tuple[str, str]:
    score, ahead = row[f"{metric}@{k}"], row.get("ahead", {}).get(metric)
    by = f"{ahead['mean']:+.4f} [{ahead['low']:+.4f}, {ahead['high']:+.4f}]" if ahead else ""
    return f"{score['mean']:.4f} ± {score['error']:.4f}", by


def section(about: Mapping[str, Any], log: Mapping[str, Any], language: str = "en") -> str:
    """A log's heading, what is hidden, sizes, machine and date, and its table."""
    here, sizes = about["machine"], {name: f"{number:,}" for name, number in log["sizes"].items()}
    cores = {"en": "cores", "ko": "코어"}[language]
    where = f"{here['cores']} {cores} {here['cpu']}, Python {here['python']}, {about['date']}"
    told = f"{log['holdout'][language]}. {getattr(SIZES, language).format(**sizes)} ({where})."
    return f"### {log['title']}\n\n{told[0].upper()}{told[1:]}\n\n{markdown(log['rows'], log['k'], language)}\n"


def fill(page: Path, name: str, text: str) -> None:
    """Put a log's section between its marks, `<!-- bench-competitions NAME -->` and `<!-- end -->`.

    Raises:
        DataError: the page has no such marks.
    """
    marked.fill(page, f"bench-competitions {name}", text)
