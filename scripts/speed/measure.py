"""Contenders take turns, each in a process of its own: ours, a peer, a limit, ours, a peer, ..."""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from peers.running import PeerError
from speed.process import Process
from speed.stage import Figures, Stage
from speed.task import save


def run_stage(stage: Stage, *, repeats: int, threads: int, timeout: float) -> dict[str, Figures]:
    """Time all contenders of a stage; what goes wrong with one becomes its error.

    Args:
        stage: what to time.
        repeats: turns that count, unless the stage says otherwise.
        threads: of every contender.
        timeout: seconds for one turn, and for what comes before the first.

    Returns:
        Title -> figures.
    """
    results = {contender.title: Figures() for contender in stage.contenders}
    processes: dict[str, Process] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        task = Path(folder) / "task.npz"
        save(task, {**stage.task, "threads": threads})
        for number, contender in enumerate(stage.contenders):
            with _error_noted(results[contender.title]) as result:
                outcome = Path(folder) / f"outcome-{number}.npz"
                process = Process(contender, task, outcome, threads=threads, timeout=timeout)
                stack.callback(process.close)
                result.packages = process.answer()["packages"]
                processes[contender.title] = process
        turns = stage.repeats or repeats
        for turn in range(0 if stage.warm_up else 1, turns + 1):
            print(
                f"bench: {stage.name}: {f'turn {turn} of {turns}' if turn else 'warm-up'}", file=sys.stderr, flush=True
            )
            taking_part = [who.title for who in stage.contenders if who.most is None or turn <= who.most]
            _take_turns(
                {title: processes[title] for title in taking_part if title in processes}, results, counts=turn > 0
            )
        for title, process in processes.items():
            with _error_noted(results[title]) as result:
                if result.error is None:
                    result.memory, result.outcome = process.end()
    _compare(stage, results)
    return results


def _take_turns(processes: Mapping[str, Process], results: Mapping[str, Figures], *, counts: bool) -> None:
    for title, process in processes.items():
        with _error_noted(results[title]) as result:
            if result.error is not None:
                continue
            answer = process.turn()
            if counts:
                result.wall.append(answer["wall"])
                result.cpu.append(answer["cpu"])


@contextmanager
def _error_noted(result: Figures) -> Iterator[Figures]:
    try:
        yield result
    except PeerError as error:
        result.error = str(error)


def _compare(stage: Stage, results: Mapping[str, Figures]) -> None:
    """Note how far the outcomes agree with ours; one that should and does not has an error instead of figures."""
    ours = results[stage.contenders[0].title].outcome
    for contender in stage.contenders[1:]:
        with _error_noted(results[contender.title]) as result:
            if stage.agree and contender.compared and ours and result.outcome:
                result.note = stage.agree(ours, result.outcome)
