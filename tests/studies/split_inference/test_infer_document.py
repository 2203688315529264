"""The page about the hold-out rule."""

import re

import numpy as np
import pandas as pd

from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.studies.split_inference.document import write_inference
from shortlist.validation.holdout_rule import Hiding


def test_page_and_table_hold_the_answer(tmp_path) -> None:
    """Verdict, picture, ranking and lines are on the page; the same dataset gives the same bytes."""
    rng = np.random.default_rng(0)
    visible = Hiding().visible(rng.geometric(0.1, 3000))
    users = np.repeat([f"u{n:04}" for n in range(3000)], visible)
    pairs = pd.DataFrame({"user": users, "item": [f"i{n}" for count in visible for n in range(count)]})
    paths = Paths("made", tmp_path)
    Dataset.from_pairs(pairs).save(paths.dataset)
    competition = Competition.model_validate({
        "title": "A <made> one", "url": "", "source": "dacon_jobs",
        "submission": {"k": 5, "user_column": "u", "item_column": "i"},
        "validation": {"schemes": {"holdout": {}}}, "retrievers": {"popular": {}},
    })  # fmt: skip
    write_inference(paths, competition)
    page = paths.inferred.read_text(encoding="utf-8")
    assert "<h1>A &lt;made&gt; one: how pairs were hidden</h1>" in page
    assert "Found: round(0.3 n) of a user&#39;s n pairs are hidden." in page
    assert page.count("<svg") == 2
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "<pre>[validation.schemes.holdout]\nhidden = 0.3</pre>" in page
    assert "Found: round(0.3 n)" in paths.inferred_table.read_text(encoding="utf-8")
    before = paths.inferred.read_bytes()
    write_inference(paths, competition)
    assert paths.inferred.read_bytes() == before
