"""The page holds what was measured, in both languages, and nothing that another run would not give."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests.builder import competition

from shortlist.common.bilingual import Bilingual
from shortlist.pages.content import Figure, Listing, Section, TableBlock, Words
from shortlist.report.document import SECTIONS, write_report
from shortlist.report.material import Material
from shortlist.report.sections import parts
from shortlist.studies.ablation.ablation import load_ablation


@pytest.fixture(scope="module")
def sections(material: Material) -> dict[str, Section]:
    all_of_them = (module.section(material) for module in SECTIONS)
    return {section.name: section for section in all_of_them if section is not None}


def texts(section: Section) -> list[Bilingual]:
    """Every text of a section."""
    shown = [section.title]
    for block in section.blocks:
        if isinstance(block, Words):
            shown.append(block.text)
        elif isinstance(block, Figure):
            shown.append(block.caption)
        elif isinstance(block, TableBlock):
            shown += [*block.header, *(cell.shown for row in block.rows for cell in row)]
            shown += [block.summary] if block.summary else []
        elif isinstance(block, Listing):
            shown += [block.summary] if block.summary else []
    return shown


def first_table(section: Section) -> TableBlock:
    return next(block for block in section.blocks if isinstance(block, TableBlock))


def shown(table: TableBlock) -> list[list[str]]:
    return [[cell.shown.en for cell in row] for row in table.rows]


def test_every_section_is_there(sections: dict[str, Section]) -> None:
    """In the order of the page, each with a name of its own."""
    assert list(sections) == [
        "suggestions", "headline", "changes", "methods", "parts", "candidates", "learnt", "ablation", "shown",
        "explanations", "about",
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


def test_the_headline_is_the_submitted_methods(material: Material, sections: dict[str, Section]) -> None:
    """Its mean, error and folds on the first scheme, as validation has them."""
    metric = material.scores.schemes["kfold"].methods["lightgbm"].metrics["recall@5"]
    row = shown(first_table(sections["headline"]))[0]
    assert row[:3] == ["kfold", "lightgbm", f"{metric.mean:.4f} ± {metric.error:.4f}"]
    folds = zip(metric.folds, metric.fold_errors, strict=True)
    assert row[3:] == [f"{mean:.4f} ± {error:.4f}" for mean, error in folds]


def test_methods_are_all_compared(material: Material, sections: dict[str, Section]) -> None:
    """Every method of the scheme from best to worst, the others with their distance and its interval."""
    rows = shown(first_table(sections["methods"]))
    first = material.scores.first
    assert tuple(row[0] for row in rows) == first.order
    assert rows[0][2] == "best"
    for row in rows[1:]:
        behind = first.behind_best[row[0]]
        assert row[2] == f"{behind.mean:.4f} [{behind.low:.4f}, {behind.high:.4f}]"


def test_changes_name_what_differs(material: Material, sections: dict[str, Section]) -> None:
    """Between the two submissions only the method was changed, and so whose list goes in; both scores are there."""
    blocks = sections["changes"].blocks
    tables = [block for block in blocks if isinstance(block, TableBlock)]
    assert ["configuration.submission.method", "user_knn", "lightgbm"] in shown(tables[1])
    assert ["methods.submitted", "user_knn", "lightgbm"] in shown(tables[1])
    allowed = {"configuration.submission.method", "methods.submitted", "revision"}
    assert {row[0] for row in shown(tables[1])} <= allowed
    methods = material.scores.schemes["kfold"].methods
    means = [f"{methods[name].metrics['recall@5'].mean:.4f}" for name in ("user_knn", "lightgbm")]
    kfold = shown(tables[0])[0]
    assert [cell.partition(" ")[0] for cell in kfold] == ["kfold", *means]


def test_the_ablation_has_its_intervals(material: Material, sections: dict[str, Section]) -> None:
    """One line for each thing left out, with the difference that `make ablate` found."""
    ablation = load_ablation(material.run)
    assert ablation is not None
    rows = {row[0]: row for row in shown(first_table(sections["ablation"]))}
    for without in ablation.methods[0].without:
        gap = without.differences["recall@5"]
        assert rows[without.part][2] == f"{gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]"


def test_what_is_not_there_is_left_out(material: Material, tmp_path: Path) -> None:
    """Before a submission and without an ablation, the sections about them are missing and the rest is there."""
    paths = material.run.paths
    other = competition(tmp_path, paths.config.read_text(encoding="utf-8"))
    other.paths.work.mkdir()
    for path in paths.work.iterdir():
        if path not in (paths.ablation, paths.newest_submission):
            (other.paths.work / path.name).symlink_to(path.absolute())
    write_report(other)
    names = [attributes.get("id") for tag, attributes in Tags(other.paths.report).found if tag == "section"]
    assert names == ["suggestions", "headline", "methods", "parts", "candidates", "learnt", "about"]


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
    assert len(page.read_bytes()) < 1_000_000
    links = [attributes[name] for _, attributes in tags for name in ("src", "href", "xlink:href") if name in attributes]
    assert all(link.startswith("#") for link in links)
    assert "A &lt;synthetic&gt; competition" in page.read_text(encoding="utf-8")


def test_the_same_run_gives_the_same_bytes(material: Material, page: Path) -> None:
    """No time of day and no chance is in it."""
    before = page.read_bytes()
    write_report(material.run)
    assert page.read_bytes() == before


def changed(material: Material, **settings: object) -> Material:
    """The same results, read with other settings."""
    edited = material.run.competition.model_copy(update=settings)
    return Material(replace(material.run, competition=edited))


def test_groups_of_the_configuration_are_used(material: Material, sections: dict[str, Section]) -> None:
    """`[report] groups` names the columns; one that is no category of the users is passed over."""
    captions = [block.caption.en for block in sections["parts"].blocks if isinstance(block, Figure)]
    assert "recall@5 by the user's degree" in captions
    assert "Share of hidden pairs found in the first 5, by the item's major_task" in captions
    report = material.run.competition.report.model_copy(update={"groups": ("career_month", "univ_type_seq1")})
    other = parts.section(changed(material, report=report))
    captions = [block.caption.en for block in other.blocks if isinstance(block, Figure)]
    assert "recall@5 by the user's univ_type_seq1" in captions
    assert "recall@5 by the user's career_month" not in captions


def test_dates_are_those_that_schemes_go_by(material: Material, sections: dict[str, Section]) -> None:
    """The date of the scheme cohort; without such a scheme every date of the users."""
    drawn = [block.caption.en for block in sections["parts"].blocks if isinstance(block, Figure)]
    assert [caption for caption in drawn if "date" in caption] == ["recall@5 by the user's updated_date"]
    validation = material.run.competition.validation.model_copy(update={"schemes": {"kfold": {}}})
    other = parts.section(changed(material, validation=validation))
    drawn = [block.caption.en for block in other.blocks if isinstance(block, Figure)]
    assert [caption.rpartition(" ")[2] for caption in drawn if "date" in caption] == ["reg_date", "updated_date"]


def test_the_methods_picture_is_of_paired_differences(material: Material, sections: dict[str, Section]) -> None:
    """It names what is taken from what; the best, which differs from itself by nothing, has no row."""
    figure = next(block for block in sections["methods"].blocks if isinstance(block, Figure))
    best, *others = material.scores.order
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", figure.svg)
    assert f"recall@5 - {best}" in texts
    assert [text for text in texts if text in material.scores.order] == others
