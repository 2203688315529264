"""What a run has still to do, and how long that takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.builder import competition, configuration, configured

from shortlist import increments, remaining
from shortlist.chain import Stage, leading_to
from shortlist.data.sample import SampleSize
from shortlist.pipeline.run import Run

TABLES = """
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.user_knn]
[blend]
candidates = 12
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Nothing of it has run yet."""
    return competition(tmp_path, configuration(TABLES), SampleSize(60, 40, 250))


def test_what_is_pending_is_what_runs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """At first all of it, then nothing, after an edit what rests on it."""
    performed: list[tuple[str, str | None]] = []

    @contextmanager
    def noted(_: Run, stage: Stage, value: str | None, __: object) -> Iterator[None]:
        performed.append((stage.name, value))
        yield

    monkeypatch.setattr(increments, "timed", noted)
    seen = []
    for text in (TABLES, TABLES, TABLES.replace("user_knn]", "user_knn]\nneighbours = 3")):
        run = configured(run, configuration(text))
        run = Run.load("small", root=run.paths.root)
        increments.prepare(run)
        expected = [(stage.name, step.value) for stage, step in remaining.pending(run, leading_to(run, ["submit"]))]
        performed.clear()
        increments.run("small", "submit", root=run.paths.root)
        assert performed == expected
        seen.append(expected)
    assert seen[0][0] == ("preprocess", None)
    assert seen[1] == []
    assert ("train", "user_knn") in seen[2]
    assert ("train", "popular") not in seen[2]


def test_who_looks_on_is_told(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The number of the step at first; once all were done, the time too. A log has none of it."""
    root = run.paths.root
    increments.run("small", "validate", root=root)
    assert "step " not in capsys.readouterr().err
    monkeypatch.setattr(remaining, "watched", lambda: True)
    run.paths.validation.unlink()
    increments.run("small", "validate", root=root)
    chain = leading_to(run, ["validate"])
    assert f"step {len(chain)} of {len(chain)}: validate; about 0 s to go, by the last time" in capsys.readouterr().err
    run.paths.seconds("validate", None).write_text("7200\n")
    run.paths.validation.unlink()
    increments.run("small", "validate", root=root)
    assert "validate; about 120 min to go" in capsys.readouterr().err
    assert float(run.paths.seconds("validate", None).read_text()) < 60


@pytest.mark.parametrize("text", ["", "nan", "-1", "1e300", "soon", "1" * 200])
def test_a_time_that_is_none_is_left_out(run: Run, text: str) -> None:
    """The line says the step alone."""
    path = run.paths.seconds("validate", None)
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert remaining.last_seconds(run.paths, "validate", None) is None


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "0 s"), (89, "89 s"), (91, "2 min"), (3600, "60 min")])
def test_times_in_words(seconds: float, words: str) -> None:
    """Whole seconds, then whole minutes."""
    assert remaining.duration(seconds) == words
