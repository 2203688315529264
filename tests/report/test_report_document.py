"""The page holds what was measured, in both languages, and nothing that another run would not give."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from shortlist.common.bilingual import Bilingual
from shortlist.config.competition import load_competition
from shortlist.config.paths import Paths
from shortlist.report.content import Figure, Listing, Section, TableBlock, Words
from shortlist.report.document import SECTIONS, write_report
from shortlist.report.run import Run
from shortlist.report.sections import parts


@pytest.fixture(scope="module")
def sections(run: Run) -> dict[str, Section]:
    found = (module.section(run) for module in SECTIONS)
    return {section.name: section for section in found if section is not None}


def texts(section: Section) -> list[Bilingual]:
    """Every text of a section."""
    found = [section.title]
    for block in section.blocks:
        if isinstance(block, Words):
            found.append(block.text)
        elif isinstance(block, Figure):
            found.append(block.caption)
        elif isinstance(block, TableBlock):
            found += [*block.header, *(cell.shown for row in block.rows for cell in row)]
            found += [block.summary] if block.summary else []
        elif isinstance(block, Listing):
            found.append(block.summary)
    return found


def first_table(section: Section) -> TableBlock:
    return next(block for block in section.blocks if isinstance(block, TableBlock))


def shown(table: TableBlock) -> list[list[str]]:
    return [[cell.shown.en for cell in row] for row in table.rows]


def test_every_section_is_there(sections: dict[str, Section]) -> None:
    """In the order of the page, each with a name of its own."""
    assert list(sections) == [
        "headline", "changes", "methods", "parts", "candidates", "learnt", "ablation", "shown", "explanations",
        "about",
    ]  # fmt: skip


def test_every_table_is_whole(sections: dict[str, Section]) -> None:
    """Each row has a cell for each column."""
    for section in sections.values():
        for block in section.blocks:
            if isinstance(block, TableBlock):
                assert {len(row) for row in block.rows} <= {len(block.header)}


def test_no_text_lacks_its_korean(sections: dict[str, Section]) -> None:
    """What differs between the languages has Korean letters; what does not is a name or a number, no sentence."""
    for section in sections.values():
        for text in texts(section):
            if text.en != text.ko:
                assert any("가" <= letter <= "힣" for letter in text.ko), text.ko
            elif section.name not in ("about", "changes"):  # there, values of the configuration
                assert len(text.en.split()) < 9, text.en


def test_the_headline_is_the_submitted_methods(run: Run, sections: dict[str, Section]) -> None:
    """Its mean, error and folds on the first scheme, as validation has them."""
    metric = run.scores["schemes"]["kfold"]["methods"]["lightgbm"]["metrics"]["recall@5"]
    row = shown(first_table(sections["headline"]))[0]
    assert row[:3] == ["kfold", "lightgbm", f"{metric['mean']:.4f} ± {metric['error']:.4f}"]
    folds = zip(metric["folds"], metric["fold_errors"], strict=True)
    assert row[3:] == [f"{mean:.4f} ± {error:.4f}" for mean, error in folds]


def test_methods_are_all_compared(run: Run, sections: dict[str, Section]) -> None:
    """Every method of the scheme from best to worst, the others with their distance and its interval."""
    rows = shown(first_table(sections["methods"]))
    first = run.first
    assert [row[0] for row in rows] == first["order"]
    assert rows[0][2] == "best"
    for row in rows[1:]:
        behind = first["behind_best"][row[0]]
        assert row[2] == f"{behind['mean']:.4f} [{behind['low']:.4f}, {behind['high']:.4f}]"


def test_changes_name_what_differs(run: Run, sections: dict[str, Section]) -> None:
    """Between the two submissions only the method was changed; both scores are there."""
    blocks = sections["changes"].blocks
    tables = [block for block in blocks if isinstance(block, TableBlock)]
    assert ["configuration.submission.method", "user_knn", "lightgbm"] in shown(tables[1])
    assert {row[0] for row in shown(tables[1])} <= {"configuration.submission.method", "revision"}
    means = [f"{run.scores['schemes']['kfold']['methods'][name]['metrics']['recall@5']['mean']:.4f}"
             for name in ("user_knn", "lightgbm")]  # fmt: skip
    kfold = shown(tables[0])[0]
    assert [cell.partition(" ")[0] for cell in kfold] == ["kfold", *means]


def test_the_ablation_has_its_intervals(run: Run, sections: dict[str, Section]) -> None:
    """One line for each thing left out, with the difference that `make ablate` found."""
    found = json.loads(run.paths.ablation.read_text(encoding="utf-8"))
    one = found["parts"][0]["without"][0]
    gap = one["scores"]["recall@5"]["difference"]
    row = next(row for row in shown(first_table(sections["ablation"])) if row[0] == one["name"])
    assert row[2] == f"{gap['mean']:+.4f} [{gap['low']:+.4f}, {gap['high']:+.4f}]"


def test_what_is_not_there_is_left_out(run: Run, tmp_path: Path) -> None:
    """Before a submission and without an ablation, the sections about them are missing and the rest is there."""
    work = tmp_path / "data" / "made"
    work.mkdir(parents=True)
    (work / "competition.toml").write_bytes(run.paths.config.read_bytes())
    (work / "work").mkdir()
    for path in run.paths.work.iterdir():
        if path.name not in ("ablation.json", "submission.path"):
            (work / "work" / path.name).symlink_to(path.absolute())
    paths = Paths("made", tmp_path)
    write_report(paths, load_competition(paths.config))
    names = [attributes.get("id") for tag, attributes in Tags(paths.report).found if tag == "section"]
    assert names == ["headline", "methods", "parts", "candidates", "learnt", "about"]


class Tags(HTMLParser):
    """Every tag with its attributes; fails where one is not closed."""

    VOID = ("meta", "br", "path", "use", "rect", "line", "circle")

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []
        self.open: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_page_is_one_file(page: Path) -> None:
    """Well-formed, and nothing in it is fetched from anywhere; titles with signs of HTML are texts."""
    tags = Tags(page).found
    assert not [tag for tag, _ in tags if tag in ("link", "img", "iframe", "object")]
    links = [attributes[name] for _, attributes in tags for name in ("src", "href", "xlink:href") if name in attributes]
    assert all(link.startswith("#") for link in links)
    assert "A &lt;made&gt; competition" in page.read_text(encoding="utf-8")


def test_the_same_run_gives_the_same_bytes(run: Run, page: Path) -> None:
    """No time of day and no chance is in it."""
    before = page.read_bytes()
    write_report(run.paths, run.competition)
    assert page.read_bytes() == before


def test_groups_of_the_configuration_are_used(run: Run, sections: dict[str, Section]) -> None:
    """`[report] groups` names the columns; one that is no category of the users is passed over."""
    captions = [block.caption.en for block in sections["parts"].blocks if isinstance(block, Figure)]
    assert "recall@5 by the user's degree" in captions
    assert "Share of hidden pairs found in the first 5, by the item's major_task" in captions
    other = run.competition.model_copy(update={"report": replace_groups(run, ("career_month", "univ_type_seq1"))})
    found = parts.section(replace(run, competition=other))
    captions = [block.caption.en for block in found.blocks if isinstance(block, Figure)]
    assert "recall@5 by the user's univ_type_seq1" in captions
    assert "recall@5 by the user's career_month" not in captions


def test_dates_are_those_that_schemes_go_by(run: Run, sections: dict[str, Section]) -> None:
    """The date of the scheme cohort; without such a scheme every date of the users."""
    drawn = [block.caption.en for block in sections["parts"].blocks if isinstance(block, Figure)]
    assert [one for one in drawn if "date" in one] == ["recall@5 by the user's updated_date"]
    schemes = run.competition.validation.model_copy(update={"schemes": {"kfold": {}}})
    other = replace(run, competition=run.competition.model_copy(update={"validation": schemes}))
    other.scores["schemes"].pop("cohort")
    drawn = [block.caption.en for block in parts.section(other).blocks if isinstance(block, Figure)]
    assert [one.rpartition(" ")[2] for one in drawn if "date" in one] == ["reg_date", "updated_date"]


def test_the_methods_picture_is_of_paired_differences(run: Run, sections: dict[str, Section]) -> None:
    """It names what is taken from what; the best, which differs from itself by nothing, has no row."""
    figure = next(block for block in sections["methods"].blocks if isinstance(block, Figure))
    best, *others = run.first["order"]
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", figure.svg)
    assert f"recall@5 - {best}" in texts
    assert [text for text in texts if text in run.first["order"]] == others


def replace_groups(run: Run, groups: tuple[str, ...]) -> Any:
    return run.competition.report.model_copy(update={"groups": groups})
