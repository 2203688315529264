"""What holds for a competition's own source and form, on its own files: of `make test-parts` alone."""

import json

import numpy as np
import pytest

from shortlist.common import own
from shortlist.data.dataset import Dataset
from shortlist.data.forms.registry import make_form
from shortlist.data.forms.sheet import read_sheet_like
from shortlist.data.sources.registry import SOURCES
from shortlist.pipeline.answer_form import AnswerForm, told_by_sample
from shortlist.pipeline.run import Run


@pytest.fixture(scope="module")
def run() -> Run:
    """The competition in whose folder the parts lie."""
    folder = own.folder()
    assert folder is not None
    return Run.load(folder.name, root=folder.parents[1])


@pytest.fixture(scope="module")
def dataset(run: Run) -> Dataset:
    """What its source, an own one or not, reads."""
    return SOURCES.make(*run.competition.source_kind).read(run.paths.raw)


@pytest.mark.parametrize("kind", own.marked("SOURCE"))
def test_a_source_reads_the_same_again(kind: str, run: Run, dataset: Dataset) -> None:
    """The competition's own files, all those that it says it needs, in the same way each time."""
    named, settings = run.competition.source_kind
    assert named == kind, f"competition.toml has the source {named}"
    source = SOURCES.make(kind, settings)
    assert not [name for name, needed in source.files.items() if needed and not (run.paths.raw / name).is_file()]
    assert source.read(run.paths.raw).digest == dataset.digest
    assert len(dataset) > 0


@pytest.mark.parametrize("kind", own.marked("FORM"))
def test_a_form_reads_what_it_writes(kind: str, run: Run, dataset: Dataset) -> None:
    """Told by the competition's sample, stored, made again, and the lists come back as they were written."""
    answer: AnswerForm = told_by_sample(run, dataset)
    form, sheet = answer.form, answer.sheet
    assert form.kind == kind
    assert make_form(json.loads(json.dumps(form.stored()))) == form
    requests, k = form.requests(sheet), run.competition.question.k
    rng = np.random.default_rng(0)
    lists = [rng.choice(dataset.items.ids, k, replace=False).tolist() for _ in range(len(requests))]
    entries = form.read(sheet, read_sheet_like(form.write(sheet, lists), sheet, "written.csv"))
    for (user, of_kind), wanted in zip(requests.itertuples(index=False), lists, strict=True):
        mine = entries[(entries["user"] == user) & (entries["kind"] == of_kind)].sort_values("position")
        assert mine["item"].tolist() == wanted
