"""What people are told, and the file that is written."""

import re
import tomllib
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.studies.init.worlds import events, long, put, spread

from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.studies.init.init import init
from shortlist.studies.init.question import repeats_of
from shortlist.studies.init.write import line, value

HANGUL = re.compile(r"[가-힣]")


def rich(root: Path) -> Paths:
    """A log with everything."""
    log = spread(events(repeats=0.3)).assign(price=1.5, shop="a")
    log["event"] = np.array(["click", "order"])[np.arange(len(log)) % 2]
    return put(root, train__csv=log, sample_submission__csv=long(log, 5))


def test_everything_is_told_in_both_languages(tmp_path: Path) -> None:
    """Each finding has its line in English and the same in Korean below."""
    lines = init(rich(tmp_path)).splitlines()
    english, korean = lines[::2], lines[1::2]
    assert len(english) == len(korean)
    assert not any(HANGUL.search(text) for text in english)
    assert all(HANGUL.search(text) for text in korean)


def test_what_only_a_person_can_know_has_its_line(tmp_path: Path) -> None:
    """The metric, seen items and the daily limit, each as it stands in the file."""
    paths = rich(tmp_path)
    text, written = init(paths), paths.config.read_text()
    for changed in ('metric = "recall"', 'seen = "keep"', "daily_limit = 3"):
        assert changed in text
        found = next(each for each in written.splitlines() if each.startswith(changed))
        assert "CHECK" in found


def test_figures_behind_the_guesses_are_told(tmp_path: Path) -> None:
    """Users asked for, time span and share of repeats."""
    text = init(rich(tmp_path))
    assert "asked: 60 users, 0 of them without history" in text
    assert "times: 2024-01-01 to 2024-04-0" in text
    assert re.search(r"[12]\d\.\d% of events repeat an earlier one", text)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f")), st.floats(0, 1e5), st.integers(0))
def test_values_survive_toml(text: str, number: float, count: int) -> None:
    """Names of files and columns can hold any sign."""
    things = {"a": text, "b": count, "c": [text, "x"], "d": {text: 1}, "e": True}
    for key, thing in things.items():
        assert tomllib.loads(line(key, thing, "why"))[key] == thing
    assert abs(tomllib.loads(f"x = {value(number)}")["x"] - number) <= 1e-5 * number


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 1), st.integers(0, 4)), min_size=1),
    st.booleans(),
    st.booleans(),
)
def test_repeats_are_those_of_a_loop(rows: list[tuple[int, int, int, int]], timed: bool, kinds: bool) -> None:
    """An event repeats another one of its user, item and kind; the same at the same time is one event, not two."""
    import pandas as pd

    ids = pd.DataFrame([(f"u{user}", f"m{item}") for user, item, _, _ in rows], columns=["u", "i"])
    dataset = Dataset.from_events(
        ids,
        time=[float(time) for *_, time in rows] if timed else None,
        kind=["ab"[kind] for _, _, kind, _ in rows] if kinds else None,
        kinds={"a": 1.0, "b": 1.0} if kinds else None,
    )
    total, again, seen, written = 0, 0, set(), set()
    for user, item, kind, time in rows:
        key = (user, item, kind if kinds else 0)
        if timed and (*key, time) in written:
            continue
        written.add((*key, time))
        total += 1
        again += key in seen
        seen.add(key)
    assert repeats_of(dataset) == again / total or abs(repeats_of(dataset) - again / total) < 1e-12
