"""The synthetic competition has the organiser's form, and in it the structure that the tool is there to find."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import scipy.sparse as sp

from shortlist.data.sample import SampleSize, make_tables, write_sample
from shortlist.errors import ConfigError

Tables = dict[str, pd.DataFrame]
Array = npt.NDArray[Any]

SIZE = SampleSize()
SMALL = SampleSize(users=120, items=80, pairs=600)
HEADERS = {
    "apply_train.csv": "resume_seq,recruitment_seq",
    "resume.csv": "resume_seq,reg_date,updated_date,degree,graduate_date,hope_salary,last_salary,text_keyword,"
    "job_code_seq1,job_code_seq2,job_code_seq3,career_month,career_job_code",
    "resume_certificate.csv": "resume_seq,certificate_contents",
    "resume_education.csv": "resume_seq,hischool_type_seq,hischool_special_type,hischool_nation,hischool_gender,"
    "hischool_location_seq,univ_type_seq1,univ_type_seq2,univ_transfer,univ_location,univ_major,univ_sub_major,"
    "univ_major_type,univ_score",
    "resume_language.csv": "resume_seq,language,exam_name,score",
    "recruitment.csv": "recruitment_seq,address_seq1,address_seq2,address_seq3,career_end,career_start,"
    "check_box_keyword,education,major_task,qualifications,text_keyword",
    "company.csv": "recruitment_seq,company_type_seq,supply_kind,employee",
    "sample_submission.csv": "resume_seq,recruitment_seq",
}


@pytest.fixture(scope="module")
def tables() -> Tables:
    """The sample of the default size."""
    return make_tables(SIZE, seed=0)


def _codes(table: pd.DataFrame) -> tuple[Array, Array]:
    """User and item numbers from 0 of a table of pairs."""
    users, items = (table[name].str[1:].astype(int).to_numpy() - 1 for name in ("resume_seq", "recruitment_seq"))
    return users, items


def _matrix(table: pd.DataFrame) -> sp.csr_array:
    users, items = _codes(table)
    return sp.csr_array((np.ones(len(table)), (users, items)), shape=(SIZE.users, SIZE.items))


def _recall_at_5(scores: Array, tables: Tables) -> float:
    """The official score: mean over users with answers of hits / min(answers, 5), seen items dropped."""
    hidden = _matrix(tables["answers.csv"]).toarray() > 0
    unseen = np.where(_matrix(tables["apply_train.csv"]).toarray() > 0, -np.inf, scores)
    best = np.argsort(-unseen, axis=1, kind="stable")[:, :5]
    hits, answers = np.take_along_axis(hidden, best, axis=1).sum(axis=1), hidden.sum(axis=1)
    asked = answers > 0
    return float(np.mean(hits[asked] / np.minimum(answers[asked], 5)))


def _within_and_across(by: Array, of: Array, compare: Callable[[Array, Array], Array]) -> tuple[float, float]:
    """Mean of `compare` for two of `of` that share their `by`, and for two put together at random."""
    rng = np.random.default_rng(1)
    rows = np.lexsort((rng.random(len(by)), by))
    shared = by[rows[:-1]] == by[rows[1:]]
    left, right = of[rows[:-1]][shared], of[rows[1:]][shared]
    return float(compare(left, right).mean()), float(compare(left, rng.permutation(right)).mean())


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two runs with one seed write the same files, byte for byte, with the answers outside the raw folder."""
    for name in ("first", "second"):
        write_sample(tmp_path / name, SMALL, seed=7)
    first, second = (
        {str(path.relative_to(tmp_path / name)): path.read_bytes() for path in (tmp_path / name).rglob("*.csv")}
        for name in ("first", "second")
    )
    assert first == second
    assert set(first) == {f"raw/{name}" for name in HEADERS} | {"answers.csv"}


def test_another_seed_gives_other_pairs() -> None:
    """The seed decides who applied where."""
    first, second = (make_tables(SMALL, seed)["apply_train.csv"] for seed in (0, 1))
    assert set(zip(*_codes(first), strict=True)) != set(zip(*_codes(second), strict=True))


def test_files_have_the_organisers_form(tmp_path: Path) -> None:
    """Headers, BOM (none in the sample submission) and line ends are those of the published files."""
    write_sample(tmp_path, SMALL, seed=0)
    for name, header in HEADERS.items():
        content = (tmp_path / "raw" / name).read_bytes()
        bom = b"" if name == "sample_submission.csv" else b"\xef\xbb\xbf"
        assert content.startswith(bom + header.encode() + b"\n"), name
        assert b"\r" not in content, name


def test_counts_are_those_asked_for(tables: Tables) -> None:
    """Every user and item has its row, the visible pairs are met exactly, and the submission has 5 items a user."""
    users = [f"U{n:05d}" for n in range(1, SIZE.users + 1)]
    items = [f"R{n:05d}" for n in range(1, SIZE.items + 1)]
    assert sorted(tables["resume.csv"]["resume_seq"]) == users
    assert sorted(tables["resume_education.csv"]["resume_seq"]) == users
    assert sorted(tables["recruitment.csv"]["recruitment_seq"]) == items
    assert tables["company.csv"]["recruitment_seq"].is_unique
    assert len(tables["apply_train.csv"]) == SIZE.pairs
    submission = tables["sample_submission.csv"]
    assert list(submission["resume_seq"]) == [user for user in users for _ in range(5)]
    assert not submission.duplicated().any()
    for name in ("apply_train.csv", "answers.csv", "company.csv", "sample_submission.csv"):
        assert tables[name]["recruitment_seq"].isin(items).all(), name


def test_hidden_pairs_follow_the_rule(tables: Tables) -> None:
    """Of n applications round(0.3 n) are hidden, none of two; all have 2 to 77, and most have few."""
    visible, hidden = (_matrix(tables[name]).sum(axis=1) for name in ("apply_train.csv", "answers.csv"))
    total = (visible + hidden).astype(int)
    assert [round(0.3 * n) if n >= 3 else 0 for n in total.tolist()] == hidden.tolist()
    assert total.min() == 2
    assert 30 < total.max() <= 77
    assert 0.4 < np.mean(visible == 2) < 0.5  # 3,880 of 8,482 in the published file


def test_hidden_pairs_are_not_visible(tables: Tables) -> None:
    """No pair stands twice, neither in one of the files nor in both."""
    pairs = pd.concat([tables["apply_train.csv"], tables["answers.csv"]])
    assert not pairs.duplicated().any()


def test_many_postings_are_near_copies(tables: Tables) -> None:
    """Most postings share all their attributes with another, yet there are hundreds of different ones."""
    recruitment = tables["recruitment.csv"].drop(columns="recruitment_seq")
    assert recruitment.duplicated(keep=False).mean() > 0.5
    assert len(recruitment.drop_duplicates()) > 300


def test_popularity_has_a_tail(tables: Tables) -> None:
    """The tenth most popular item has more than three times the applications of the median one; some have none."""
    counts = np.sort(_matrix(tables["apply_train.csv"]).sum(axis=0))
    assert counts[-10] > 3 * np.median(counts)
    assert counts[0] == 0


def test_personal_taste_beats_popularity(tables: Tables) -> None:
    """User-user cosine finds several times as many hidden pairs as the most popular items, but far from all."""
    seen = _matrix(tables["apply_train.csv"])
    popular = _recall_at_5(np.tile(seen.sum(axis=0), (SIZE.users, 1)), tables)
    unit = sp.diags_array(1 / np.sqrt(seen.sum(axis=1))) @ seen
    neighbours = _recall_at_5((unit @ unit.T @ seen).toarray(), tables)
    assert popular < 0.04
    assert 0.10 < neighbours < 0.25


@pytest.mark.parametrize("column", ["updated_date", "reg_date"])
def test_applicants_of_a_posting_are_close_in_time(tables: Tables, column: str) -> None:
    """Two applicants of the same posting have closer dates than two at random: a time-aware model has what to learn."""
    resumes = tables["resume.csv"].set_index("resume_seq").sort_index()
    days = pd.to_datetime(resumes[column]).to_numpy().astype("datetime64[D]").astype(int)
    users, items = _codes(tables["apply_train.csv"])
    same, other = _within_and_across(items, users, lambda left, right: np.abs(days[left] - days[right]))
    assert same < 0.95 * other


@pytest.mark.parametrize("column", ["text_keyword", "job_code_seq1", "career_job_code"])
def test_taste_shows_in_resumes(tables: Tables, column: str) -> None:
    """Two applicants of the same posting share a word of the column far more often than two at random."""
    resumes = tables["resume.csv"].set_index("resume_seq").sort_index()
    words = np.array([set(text.split(";")) - {""} for text in resumes[column].fillna("").astype(str)])
    users, items = _codes(tables["apply_train.csv"])
    same, other = _within_and_across(items, users, lambda left, right: (words[left] & words[right]).astype(bool))
    assert same > 1.3 * other


@pytest.mark.parametrize("column", ["check_box_keyword", "education", "qualifications", "supply_kind"])
def test_taste_shows_in_postings(tables: Tables, column: str) -> None:
    """Two postings of the same resume agree in the column more often than two at random, near copies left out."""
    postings = tables["recruitment.csv"].merge(tables["company.csv"], on="recruitment_seq", how="left")
    originals = postings.drop_duplicates(postings.columns.difference(["recruitment_seq"])).dropna(subset=[column])
    values = originals.set_index("recruitment_seq")[column]
    pairs = tables["apply_train.csv"].query("recruitment_seq in @values.index")
    same, other = _within_and_across(
        pairs["resume_seq"].to_numpy(),
        values[pairs["recruitment_seq"]].to_numpy(),
        lambda left, right: left == right,
    )
    assert same > 1.1 * other


@pytest.mark.parametrize(("users", "items", "pairs"), [(10, 20, 20), (10, 20, 110), (50, 2000, 2700)])
def test_extreme_sizes_work(users: int, items: int, pairs: int) -> None:
    """The fewest and the most pairs a size allows are met, and everybody has five postings left to be proposed."""
    applied = make_tables(SampleSize(users, items, pairs), seed=0)["apply_train.csv"]
    assert len(applied) == pairs
    assert applied.groupby("resume_seq").size().max() <= items - 5


@pytest.mark.parametrize(
    ("users", "items", "pairs", "message"),
    [
        (5, 100, 50, "users >= 10"),
        (100, 19, 300, "items >= 20"),
        (100, 100, 199, "pairs must be 200 to 5400"),
        (100, 20, 1101, "pairs must be 200 to 1100"),
        (100, 1000, 10_000, "pairs must be 200 to 5400"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(users: int, items: int, pairs: int, message: str) -> None:
    """A size no competition can have is named in one line, with what would do."""
    with pytest.raises(ConfigError, match=message) as error:
        SampleSize(users, items, pairs)
    assert "\n" not in str(error.value)


def test_a_negative_seed_is_refused() -> None:
    """NumPy takes no negative seeds, and says so less clearly."""
    with pytest.raises(ConfigError, match="0 or more"):
        make_tables(SMALL, seed=-1)
