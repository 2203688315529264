"""What Make itself reads or prints: its rules and tables are made again where they are not as they were written."""

import os
from pathlib import Path

import pytest

from shortlist.common.listing import distrust_damaged, is_sealed, sealed


@pytest.fixture
def competition(tmp_path: Path) -> Path:
    """The folder of a competition whose table of scores was written a second before what says that it is done."""
    folder = tmp_path / "data" / "small"
    (folder / "work").mkdir(parents=True)
    for number, name in enumerate(("validation.txt", "validation.json")):
        (folder / "work" / name).write_text("recall@5", encoding="utf-8")
        os.utime(folder / "work" / name, (1000 + number, 1000 + number))
    (folder / "work" / "rules.mk").write_text(sealed("a: b\n\ttouch a\n"), encoding="utf-8")
    return folder


def test_what_is_whole_stays(competition: Path) -> None:
    """No time stamp moves, and the rules are there; a competition with nothing in it is no fault."""
    distrust_damaged(competition)
    assert (competition / "work" / "validation.json").stat().st_mtime == 1001
    assert (competition / "work" / "rules.mk").exists()
    distrust_damaged(competition.with_name("other"))


@pytest.mark.parametrize("damage", [lambda table: table.write_bytes(b""), lambda table: table.unlink()])
def test_a_table_that_is_not_its_stage_s_makes_the_stage_old(competition: Path, damage) -> None:
    """Changed or gone: what it was written with counts as old, so that Make makes both."""
    damage(competition / "work" / "validation.txt")
    distrust_damaged(competition)
    assert (competition / "work" / "validation.json").stat().st_mtime == 1


@pytest.mark.parametrize("content", [b"", b"#", b"\0" * 100, b"\xff\xfe", sealed("a: b\n").encode()[:-1], b"a: b\n"])
def test_rules_that_are_not_as_written_go(competition: Path, content: bytes) -> None:
    """Make would end with what is wrong in them, and never write them again."""
    rules = competition / "work" / "rules.mk"
    rules.write_bytes(content)
    distrust_damaged(competition)
    assert not rules.exists()


def test_a_seal_is_a_comment() -> None:
    """Of one line; any other text has another."""
    text = sealed("a: b\n# 둘\n")
    assert text.startswith("# ")
    assert text.endswith("\na: b\n# 둘\n")
    assert is_sealed(text.encode())
    assert not is_sealed(text.replace("둘", "셋").encode())
