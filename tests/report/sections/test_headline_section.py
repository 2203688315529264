"""The first section says how far each scheme is from the question, and warns where that is far."""

from types import SimpleNamespace
from typing import cast

from shortlist.pages.content import Section, Words
from shortlist.report.material import Material
from shortlist.report.sections import headline
from shortlist.validation.distance import Distance, Situation
from shortlist.validation.registry import make_splitter
from shortlist.validation.scores import DataSize, FoldSize, MethodScores, MetricScore, SchemeScores, Scores

NEAR = Distance(Situation(9, 0.0, 2.0), Situation(10, 0.05, 1.0), 0.5)
FAR = Distance(Situation(4, 0.3, 2.0), Situation(10, 0.05, 1.0), 0.5)


def section(**distances: Distance | None) -> Section:
    """The section of scores in which each scheme has one of these distances."""
    method = MethodScores({"recall@5": MetricScore(0.2, 0.01, (0.1, 0.3), (0.01, 0.01))}, {}, {}, 1.0)
    sizes = (FoldSize(1, 90, 10, 5), FoldSize(2, 90, 10, 5))
    schemes = {
        name: SchemeScores("half hidden", sizes, ("popular",), {"popular": method}, {}, distance)
        for name, distance in distances.items()
    }
    scores = Scores(
        competition="made", title="A made one", data=DataSize(9, 8, 100), k=5, ks=(5,), metrics=("recall",),
        headline="recall@5", seed=0, chosen_by=next(iter(schemes)), rerankers=(), schemes=schemes,
    )  # fmt: skip
    splitters = {name: make_splitter("kfold", {"folds": 2}) for name in schemes}
    material = SimpleNamespace(scores=scores, submission=None, too_large={}, splitters=splitters)
    return headline.section(cast("Material", material))


def paragraphs(found: Section) -> list[Words]:
    """All that begin with a scheme's name or a warning, in their order."""
    return [block for block in found.blocks if (isinstance(block, Words) and "users of the submission" in block.text.en)
            or (isinstance(block, Words) and block.text.en.startswith("Warning"))]  # fmt: skip


def test_each_scheme_has_its_line_and_the_far_one_a_warning() -> None:
    """In both languages: the line of each, and below the far one's what is far and by which rule."""
    near, far, warning = paragraphs(section(near=NEAR, far=FAR))
    assert near.text.en == f"near: {NEAR.line.en}."
    assert near.text.ko == f"near: {NEAR.line.ko}."
    assert far.text.en == f"far: {FAR.line.en}."
    assert FAR.warning is not None
    assert warning.text.en.startswith(f"Warning: far is far from the question: {FAR.warning.en}.")
    assert FAR.warning.ko in warning.text.ko


def test_scores_of_before_have_no_line() -> None:
    """Where nothing was stored, nothing is said."""
    assert paragraphs(section(old=None)) == []
