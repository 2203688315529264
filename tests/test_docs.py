"""The pages for developers name what is there."""

import re
from pathlib import Path

import pytest

from shortlist.chain import STAGES
from shortlist.common.provenance import PACKAGE

ROOT = Path(__file__).parents[1]
PAGES = ("docs/architecture.md", "CONTRIBUTING.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    """In backticks, relative to the project or to the package; a name alone is a file of the folder named before it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    folder = PACKAGE
    missing = []
    for name in re.findall(r"`([A-Za-z_./]+(?:\.py|\.toml|\.md|\.lock|/))`", text):
        places = [ROOT / name, PACKAGE / name, folder / name]
        there = next((place for place in places if place.exists()), None)
        if there is None:
            missing.append(name)
        elif "/" in name:
            folder = there if there.is_dir() else there.parent
    assert not [
        name for name in missing if not name.startswith(("work/", "dataset/", "folds/", "rerankers/", "data/", "dist/"))
    ]


def test_every_link_of_a_page_leads_somewhere() -> None:
    """Links between the project's own pages."""
    for page in (*PAGES, "README.md", "README.ko.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        links = re.findall(r"\]\((?!https?://|#)([^)#]+)[^)]*\)", text)
        assert not [link for link in links if not ((ROOT / page).parent / link).exists()], page


def test_the_road_names_stages_that_there_are() -> None:
    """Each command in the picture of the road is a stage of the chain."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    road = text[text.index("```") : text.index("| datum |")]
    names = {stage.name for stage in STAGES}
    named = set(
        re.findall(r"\b(?:cross-validate|train)(?:-[a-z]+)?\b|\b(?:preprocess|features|validate|submit)\b", road)
    )
    assert named <= names
    assert {"preprocess", "cross-validate-blend", "train-reranker", "validate", "submit"} <= named
