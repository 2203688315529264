"""The files of Dacon 236170 become one dataset, or the first thing that is wrong with them is named."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize, make_tables
from shortlist.data.sources import dacon_jobs
from shortlist.data.sources.reading import read_table
from shortlist.errors import DataError

Tables = dict[str, pd.DataFrame]

SCHEMAS = {
    "apply_train.csv": dacon_jobs.APPLY,
    "resume.csv": dacon_jobs.RESUME,
    "resume_education.csv": dacon_jobs.EDUCATION,
    "resume_certificate.csv": dacon_jobs.CERTIFICATE,
    "resume_language.csv": dacon_jobs.LANGUAGE,
    "recruitment.csv": dacon_jobs.RECRUITMENT,
    "company.csv": dacon_jobs.COMPANY,
}
COLUMNS = [(name, column) for name, schema in SCHEMAS.items() for column in schema.columns]
IDS = {"resume_seq", "recruitment_seq"}
DATES = {"reg_date", "updated_date"}
NUMBERS = {"graduate_date", "hope_salary", "last_salary", "career_month", "univ_score", "score"}
NUMBERS |= {"career_start", "career_end", "employee"}
OPTIONAL = {
    "resume_certificate.csv": {"certificates"},
    "resume_language.csv": {"language_exams", "language_score"},
    "company.csv": {"company_type_seq", "supply_kind", "employee"},
}


@pytest.fixture
def tables() -> Tables:
    """A small competition's files, to be broken."""
    return {name: table.astype(object) for name, table in make_tables(SampleSize(30, 40, 120), seed=1).items()}


def save(tables: Tables, raw: Path) -> Path:
    raw.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_csv(raw / name, index=False)
    return raw


def read(tables: Tables, raw: Path) -> Dataset:
    return dacon_jobs.DaconJobs().read(save(tables, raw))


def test_all_files_come_together(tables, tmp_path):
    """Everybody listed is a user, every posting an item, each application a pair, and all files give columns."""
    dataset = read(tables, tmp_path)
    assert list(dataset.users.ids) == sorted(tables["resume.csv"]["resume_seq"])
    assert list(dataset.items.ids) == sorted(tables["recruitment.csv"]["recruitment_seq"])
    ids = np.column_stack([dataset.users.ids[dataset.pairs[:, 0]], dataset.items.ids[dataset.pairs[:, 1]]])
    assert set(map(tuple, ids)) == set(tables["apply_train.csv"].itertuples(index=False, name=None))
    assert dataset.events.time is None
    declared = {*dacon_jobs.RESUME.columns, *dacon_jobs.EDUCATION.columns} - {dacon_jobs.USER}
    assert set(dataset.user_table) == declared | OPTIONAL["resume_certificate.csv"] | OPTIONAL["resume_language.csv"]
    declared = {*dacon_jobs.RECRUITMENT.columns, *dacon_jobs.COMPANY.columns} - {dacon_jobs.ITEM}
    assert set(dataset.item_table) == declared


def test_rows_of_the_tables_belong_to_their_ids(tables, tmp_path):
    """Row n of a table describes the id with code n, from every file."""
    dataset = read(tables, tmp_path)
    users = dataset.user_table.set_axis(dataset.users.ids)
    items = dataset.item_table.set_axis(dataset.items.ids)
    for row in tables["resume.csv"].to_dict("records"):
        assert users.loc[row["resume_seq"], "updated_date"] == pd.Timestamp(row["updated_date"])
    for row in tables["resume_education.csv"].to_dict("records"):
        assert users.loc[row["resume_seq"], "univ_score"] == row["univ_score"]
    for row in tables["company.csv"].to_dict("records"):
        assert items.loc[row["recruitment_seq"], "employee"] == row["employee"]
    known = set(tables["company.csv"]["recruitment_seq"])
    assert items.index[items["employee"].notna()].isin(known).all()


def test_several_rows_of_one_resume_are_joined(tables, tmp_path):
    """Certificates become one text, languages one text and the best score; nobody else gets any."""
    one, other = tables["resume.csv"]["resume_seq"].iloc[:2]
    columns = ["resume_seq", "certificate_contents"]
    tables["resume_certificate.csv"] = pd.DataFrame([(one, "b c"), (other, "x"), (one, "a")], columns=columns)
    rows = [(one, 2, 4, 80.5), (one, 3, 5, 90.0), (other, 2, 4, np.nan)]
    tables["resume_language.csv"] = pd.DataFrame(rows, columns=["resume_seq", "language", "exam_name", "score"])
    dataset = read(tables, tmp_path)
    users = dataset.user_table.set_axis(dataset.users.ids)
    assert users["certificates"].dropna().to_dict() == {one: "a;b c", other: "x"}
    assert users["language_exams"].dropna().to_dict() == {one: "2-4;3-5", other: "2-4"}
    assert users["language_score"].dropna().to_dict() == {one: 90.0}


def test_zero_is_unknown_where_it_stands_for_nothing(tables, tmp_path):
    """A salary or graduation year of 0 was left open; a career of 0 months is one."""
    resumes = tables["resume.csv"]
    assert (resumes["hope_salary"] == 0).any()
    assert (resumes["career_month"] == 0).any()
    dataset = read(tables, tmp_path)
    for column in dacon_jobs.ZERO_IS_UNKNOWN:
        assert dataset.user_table[column].isna().sum() == (resumes[column] == 0).sum()
        assert not (dataset.user_table[column] == 0).any()
    assert (dataset.user_table["career_month"] == 0).sum() == (resumes["career_month"] == 0).sum()


def test_codes_stay_text(tables, tmp_path):
    """A code such as 3.0 is a name: it is a category, not a quantity."""
    addresses = read(tables, tmp_path).item_table["address_seq1"]
    assert addresses.dtype == "category"
    assert set(addresses.cat.categories) == set(tables["recruitment.csv"]["address_seq1"].astype(str))


@pytest.mark.parametrize("absent", [*[(name,) for name in OPTIONAL], tuple(OPTIONAL)], ids="+".join)
def test_optional_files_may_be_absent(tables, tmp_path, absent):
    """Without certificates, languages or companies the same dataset comes out, less their columns, and no notice."""
    whole = read(tables, tmp_path / "whole")
    less = read({name: table for name, table in tables.items() if name not in absent}, tmp_path / "less")
    gone = set().union(*(OPTIONAL[name] for name in absent))
    assert {*whole.user_table, *whole.item_table} - {*less.user_table, *less.item_table} == gone
    assert np.array_equal(whole.pairs, less.pairs)
    assert list(whole.users.ids) == list(less.users.ids)


@pytest.mark.parametrize("name", [name for name, needed in dacon_jobs.FILES.items() if needed])
def test_required_files_may_not(tables, tmp_path, name):
    """Each of the others is named if it is not there."""
    raw = save(tables, tmp_path)
    (raw / name).unlink()
    with pytest.raises(DataError, match=rf"{name}: cannot be read"):
        dacon_jobs.DaconJobs().read(raw)


@pytest.mark.parametrize("name", ["resume_education.csv", *OPTIONAL])
def test_rows_about_unknown_ids_are_left_out_with_a_notice(tables, tmp_path, capsys, name):
    """A side file that says more than is asked changes nothing, and the first such row is named."""
    plain = read(tables, tmp_path / "plain").digest
    assert capsys.readouterr().err == ""
    table, key = tables[name], tables[name].columns[0]
    stranger = table.iloc[[0, 0]].assign(**{key: ["X1", "X2"]})
    tables[name] = pd.concat([table.iloc[:3], stranger, table.iloc[3:]])
    assert read(tables, tmp_path / "more").digest == plain
    path = tmp_path / "more" / name
    said = f"notice: {path}: column {key}: 2 rows about unknown ids left out, first row 5 ('X1')\n"
    assert capsys.readouterr().err == said


def test_a_resume_without_education_stays(tables, tmp_path):
    """A user of whom less is known is a user."""
    tables["resume_education.csv"] = tables["resume_education.csv"].iloc[5:]
    dataset = read(tables, tmp_path)
    assert len(dataset.users) == 30
    assert dataset.user_table["univ_score"].isna().sum() == 5


def test_duplicate_applications_are_dropped_with_a_count(tables, tmp_path, capsys):
    """The same application several times is one pair."""
    plain = read(tables, tmp_path / "plain").digest
    applied = tables["apply_train.csv"]
    tables["apply_train.csv"] = pd.concat([applied, applied.iloc[:3], applied.iloc[:1]])
    assert read(tables, tmp_path / "more").digest == plain
    path = tmp_path / "more" / "apply_train.csv"
    assert capsys.readouterr().err == f"notice: {path}: 4 duplicate applications dropped, {len(applied)} left\n"


@pytest.mark.parametrize(("column", "noun"), [("resume_seq", "user"), ("recruitment_seq", "item")])
def test_unlisted_ids_of_the_applications_get_empty_rows(tables, tmp_path, capsys, column, noun):
    """A notice counts them and names the first."""
    applied = tables["apply_train.csv"].reset_index(drop=True)
    applied.loc[[7, 20], column] = ["X1", "X2"]
    tables["apply_train.csv"] = applied
    dataset = read(tables, tmp_path)
    assert f"notice: 2 {noun}s of the log have no row in the {noun} table, first X1" in capsys.readouterr().err
    index, table = (dataset.users, dataset.user_table) if noun == "user" else (dataset.items, dataset.item_table)
    assert table.iloc[index.codes(["X1", "X2"])].isna().all(axis=None)


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_every_declared_column_must_be_there(tables, tmp_path, name, column):
    """Whichever is taken away, it is the one that the message names."""
    path = tmp_path / name
    tables[name].drop(columns=column).to_csv(path, index=False)
    with pytest.raises(DataError) as error:
        read_table(path, SCHEMAS[name])
    assert str(error.value).startswith(f"{path}: column {column}: missing, found ")


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_every_declared_column_is_checked_by_its_role(tables, tmp_path, name, column):
    """An id may not be empty, a number or date must be one, all else is free text; the row is the right one."""
    path, table = tmp_path / name, tables[name].reset_index(drop=True)
    table.loc[2, column] = "" if column in IDS else "inf"
    table.to_csv(path, index=False)
    if column not in (*IDS, *DATES, *NUMBERS):
        assert read_table(path, SCHEMAS[name])[column].iloc[2] == "inf"
        return
    wrong = "empty" if column in IDS else "'inf' is not a date" if column in DATES else "'inf' is not a number"
    with pytest.raises(DataError) as error:
        read_table(path, SCHEMAS[name])
    assert str(error.value).startswith(f"{path}: column {column}: row 4: {wrong}")


@pytest.mark.parametrize("name", ["resume.csv", "resume_education.csv", "recruitment.csv", "company.csv"])
def test_a_second_row_of_the_same_id_is_named(tables, tmp_path, name):
    """Where a file has one row for each id, the row that is one too many."""
    table = tables[name]
    tables[name] = pd.concat([table, table.iloc[[2]]])
    with pytest.raises(DataError, match=rf"{name}: column \w+_seq: row {len(table) + 2}: '\w+' is there a second time"):
        read(tables, tmp_path)
