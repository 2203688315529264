"""The fuzzing itself: the oracle tells right from wrong, and the judge sees what is wrong."""

import random
import sys

import pytest
from tests.fuzz import inputs_submissions, oracle, worlds
from tests.fuzz.attempt import KINDS, names
from tests.fuzz.command import Done, called
from tests.fuzz.judge import faults_of_end, faults_of_files, stamps
from tests.fuzz.trial import CANARY, Input, generator


def lists_of(facts: oracle.Facts) -> list[list[str]]:
    """Right lists."""
    return [
        [item for item in facts.items if item not in facts.taken.get(user, ())][: facts.k] for user, _ in facts.requests
    ]


@pytest.mark.parametrize("name", worlds.LOGS)
def test_the_oracle_tells_right_from_wrong(name):
    """Right is right; two rows exchanged, an item twice, unknown or taken, a row less, a NUL are wrong."""
    form, facts = worlds.WORLDS[name].form, oracle.facts_of_log(name)
    right = lists_of(facts)

    def verdict(lists: list[list[str]]) -> str:
        return oracle.verdict(form, facts, worlds.written(oracle.rows_of(form, facts, lists)))

    assert verdict(right) == "right"
    whole = worlds.written(oracle.rows_of(form, facts, right))
    lines = whole.splitlines(keepends=True)
    exchanged = b"".join([lines[0], lines[-1], *lines[2:-1], lines[1]])
    for wrong in (
        exchanged,
        b"".join(lines[:-1]),
        whole.replace(b"m", b"m\0", 1),
        whole + b"\n",
        whole.replace(b"\n", b"\r"),
    ):
        assert oracle.verdict(form, facts, wrong) == "wrong"
    taken = sorted(facts.taken.get(facts.requests[0][0], ()))[:1]
    for item in ("nothing", right[0][1], "", right[0][0] + " ", *taken):
        assert verdict([[item, *right[0][1:]], *right[1:]]) == "wrong"


@pytest.mark.parametrize("kind", KINDS)
def test_an_input_depends_on_its_name_and_seed_alone(kind):
    """Made twice it is the same; others are others."""
    for number in range(20):
        one, same = (KINDS[kind].make(generator(4, f"{kind}:{number}")) for _ in range(2))
        assert (one.what, one.commands, one.same, one.must) == (same.what, same.commands, same.same, same.must)
    assert (
        len({repr(KINDS[kind].make(generator(4, f"{kind}:{n}")).what) for n in range(40)}) > 1 or kind == "submission"
    )


def test_the_submissions_are_not_all_alike(tmp_path):
    """Of 200 some are right and some are wrong."""
    facts = oracle.facts_of_log("plain")
    contents = [inputs_submissions.content_of(random.Random(n), "plain", tmp_path)[1] for n in range(200)]
    verdicts = [oracle.verdict("long", facts, content) for content in contents]
    assert min(verdicts.count("right"), verdicts.count("wrong")) > 20


def test_the_names_share_the_inputs_by_weight():
    """A thousand are about a thousand, each once, and every kind is among the first."""
    wished = names(1000)
    assert abs(len(wished) - 1000) < 10
    assert len(set(wished)) == len(wished)
    assert {name.partition(":")[0] for name in wished[:30]} == set(KINDS)


ENDS = {
    "a traceback": (Done(None, broke="Traceback\nValueError: x"), "traceback"),
    "late": (Done(None, late=True), "hang"),
    "accepted what must be refused": (Done(0), "wrong acceptance"),
    "the token": (Done(2, err=f"shortlist: .env: {CANARY}\n"), "token seen"),
    "no line": (Done(2), "unclear line"),
    "two lines": (Done(2, err="shortlist: a.csv: x\nshortlist: b.csv: y\n"), "unclear line"),
    "a line that names nothing": (Done(2, err="shortlist: wrong\n"), "unclear line"),
    "a control character": (Done(2, err="shortlist: a.csv: \x1b[31m\n"), "unclear line"),
    "a long line": (Done(2, err=f"shortlist: a.csv: {'x' * 600}\n"), "unclear line"),
    "a warning of Python": (Done(2, err="shortlist: a.csv: x\n/a/b.py:1: RuntimeWarning: x\n"), "unclear line"),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_judge_sees_how_it_ended(name):
    """Each wrong end has its sort; the right one has none."""
    done, sort = ENDS[name]
    tried = Input("plain", "", lambda root: None, (), must="refused")
    assert sort in [fault.sort for fault in faults_of_end(tried, ("rules",), done, True)]
    right = Done(2, err="notice: a.csv: x\nshortlist: a.csv: row 3: x\n")
    assert list(faults_of_end(tried, ("rules",), right, True)) == []


def test_the_judge_sees_what_became_of_files(tmp_path):
    """A file that is gone, one that is left over, one with the token, and one that a refused command has changed."""
    tried = Input("plain", "", lambda root: None, ())
    for name in ("gone", "same", "changed"):
        (tmp_path / name).write_text(name)
    before = stamps(tmp_path)
    assert list(faults_of_files(tried, tmp_path, before, stamps(tmp_path), True)) == []
    (tmp_path / "gone").unlink()
    (tmp_path / "changed").write_text("otherwise")
    (tmp_path / ".x.abc.tmp.csv").write_text(CANARY)
    seen = [fault.seen for fault in faults_of_files(tried, tmp_path, before, stamps(tmp_path), True)]
    assert [text.partition(":")[0] for text in seen] == [
        "gone",
        "left over",
        "changed though refused",
        "in .x.abc.tmp.csv",
    ]


def test_a_command_that_does_not_end_is_late(monkeypatch):
    """The deadline breaks through what catches every error."""

    def endless() -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue

    monkeypatch.setattr("tests.fuzz.command.main", endless)
    assert called(["rules"], {}, 0.1).late
    assert sys.argv[0] != "shortlist"
