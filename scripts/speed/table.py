"""The results as JSON and as a table for people."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from speed.stage import Contender, Figures, Stage

HEADER = ["stage", "", "wall s", "min", "CPU s", "per s", "peak MB", "times ours, least", "median", "goal", "reached"]


def figures(contender: Contender, result: Figures, ours: Figures) -> dict[str, Any]:
    """Everything about one contender."""
    about: dict[str, Any] = {"title": contender.title, "role": contender.role, "packages": result.packages}
    if result.error:
        return about | {"error": result.error}
    about |= {"wall": result.wall, "cpu": result.cpu, "memory": result.memory, "note": result.note}
    times = None if contender.role == "ours" else result.times(ours)
    if times and not ours.error:
        about["times_ours"] = {"least": times[0], "median": times[1]}
        if contender.goal is not None:
            about |= {"goal": contender.goal, "reached": times[1] >= contender.goal}
    return about


def collect(stage: Stage, results: Mapping[str, Figures]) -> dict[str, Any]:
    """A stage and its contenders."""
    ours = results[stage.contenders[0].title]
    rows = [figures(contender, results[contender.title], ours) for contender in stage.contenders]
    return {"stage": stage.name, "size": stage.size, "unit": stage.unit, "amount": stage.amount, "rows": rows}


def markdown(about: Mapping[str, Any], stages: list[dict[str, Any]]) -> str:
    """The head, the table, and what was seen beside the figures."""
    head = [f"- {name}: {value}" for name, value in about.items()]
    sizes = [f"- {stage['stage']}: {stage['size']}" for stage in stages]
    lines = [HEADER, ["---", "---", *["---:"] * (len(HEADER) - 3), "---"]]
    lines += [_line(stage, row) for stage in stages for row in stage["rows"]]
    table = [f"| {' | '.join(line)} |" for line in lines]
    notes = [
        f"- {stage['stage']}, {row['title']}: {text}"
        for stage in stages
        for row in stage["rows"]
        if (text := row.get("error") or row.get("note"))
    ]
    return "\n".join([*head, *sizes, "", *table, "", *notes]) + "\n"


def _line(stage: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    name = stage["stage"] if row["role"] == "ours" else ""
    title = f"**{row['title']}**" if row["role"] == "ours" else row["title"]
    if "error" in row:
        return [name, title, "see below", *[""] * (len(HEADER) - 3)]
    wall = median(row["wall"])
    rate = f"{stage['amount'] / wall:,.0f} {stage['unit']}" if wall else ""
    costs = [f"{wall:.3g}", f"{min(row['wall']):.3g}", f"{median(row['cpu']):.3g}", rate, f"{row['memory']:,.0f}"]
    if "times_ours" not in row:
        return [name, title, *costs, "", "", "", ""]
    times = [f"{row['times_ours'][which]:.2f}" for which in ("least", "median")]
    goal = [f"{row['goal']:g}", "yes" if row["reached"] else "no"] if "goal" in row else ["", ""]
    return [name, title, *costs, *times, *goal]
