"""What competition.toml asks of the files and they do not have is told by the first stage, before any model learns."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.builder import competition, configuration

from shortlist.config.competition import Question
from shortlist.data.asked import Asked
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.errors import ConfigError, DataError, ShortlistError
from shortlist.increments import check
from shortlist.pipeline.enough import check_enough
from shortlist.pipeline.preprocess import preprocess
from shortlist.validation.question import Asking

TABLES = "[validation.schemes.kfold]\n[retrievers.popular]\n"

ASKED: dict[str, tuple[str, type[ShortlistError], str]] = {
    "a group that is no column": (
        configuration(TABLES + '[report]\ngroups = ["degree", "shoe_size"]\n'), ConfigError,
        "report.groups: no table has a category column 'shoe_size'; there are: ",
    ),
    "a group that is a number": (
        configuration(TABLES + '[report]\ngroups = ["employee"]\n'), ConfigError,
        "report.groups: no table has a category column 'employee'; there are: ",
    ),
    "a retriever's column of users": (
        configuration(TABLES + '[retrievers.now]\nkind = "trending"\ngroup = "shoe_size"\n'), ConfigError,
        "retrievers.now: retriever trending: the user table has no column 'shoe_size'; it has: ",
    ),
    "a retriever's column of items": (
        configuration(TABLES + '[retrievers.trending]\ncategory = "degree"\n'), ConfigError,
        "retrievers.trending: retriever trending: the item table has no column 'degree'; it has: ",
    ),
    "a scheme's column": (
        configuration('[validation.schemes.cohort]\ndate = "born"\n[retrievers.popular]\n'), ConfigError,
        "validation.schemes.cohort: the user table has no column 'born'; its columns: ",
    ),
    "more folds than users": (
        configuration('[validation.schemes.cohort]\ndate = "updated_date"\n[retrievers.popular]\n', folds=100),
        DataError,
        "validation.schemes.cohort: fold 1 of 100 has ",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "said"), ASKED.values(), ids=list(ASKED))
def test_what_is_not_there_is_told_at_once(text: str, kind: type[ShortlistError], said: str, tmp_path: Path) -> None:
    """One line that begins with the key, and nothing is left behind for later stages."""
    run = competition(tmp_path, text, SampleSize(users=40, items=30, pairs=160))
    check(run)
    with pytest.raises(kind) as error:
        preprocess(run)
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)
    assert not run.paths.dataset.exists()


def test_a_catalogue_smaller_than_the_answer_is_told() -> None:
    """Three items cannot be five answers."""
    dataset = Dataset.from_events(pd.DataFrame({"user": ["a", "a", "b"], "item": ["p", "q", "r"]}))
    asked = Asked.of(np.arange(2, dtype=np.int32), dataset)
    with pytest.raises(DataError, match=r"^3 items may be recommended and question\.k is 5; name a file with"):
        check_enough(dataset, asked, Asking(), Question(k=5))
    with pytest.raises(DataError, match=r"^users asked for: 'a' has only 1 of 3 items left \(1 such users\) and"):
        check_enough(dataset, asked, Asking(), Question(k=2))


def test_columns_that_are_there_are_passed_over(tmp_path: Path) -> None:
    """Of either table, for the report and for a retriever."""
    text = configuration(
        TABLES + '[retrievers.trending]\ngroup = "degree"\ncategory = "major_task"\n'
        '[report]\ngroups = ["degree", "major_task"]\n'
    )
    run = competition(tmp_path, text, SampleSize(users=40, items=30, pairs=160))
    preprocess(run)
    assert run.paths.dataset.is_dir()
