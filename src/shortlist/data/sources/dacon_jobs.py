"""The files of Dacon 236170: users are resumes, items are job postings, pairs are applications without times."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shortlist.common.parameters import parameters
from shortlist.common.progress import note
from shortlist.data.dataset import Dataset
from shortlist.data.sources.base import Source
from shortlist.data.sources.reading import ID, IsoDate, read_table, row_of, shown
from shortlist.data.sources.roles import NUMBER_OR_NONE as _NUMBER

USER = "resume_seq"
ITEM = "recruitment_seq"

FILES: Mapping[str, bool] = {
    "apply_train.csv": True,
    "resume.csv": True,
    "resume_education.csv": True,
    "recruitment.csv": True,
    "resume_certificate.csv": False,
    "resume_language.csv": False,
    "company.csv": False,
}

# The roles that a column can have. Codes stay text: "3.0" is a name here, not a quantity.
_KEY = pa.Column(str, unique=True, report_duplicates="exclude_first")
_CODE = pa.Column("category", nullable=True, coerce=True)
_WORDS = pa.Column(str, nullable=True)
_DATE = pa.Column(IsoDate(), nullable=True, coerce=True)


def _schema(**columns: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns)


APPLY = _schema(resume_seq=ID, recruitment_seq=ID)
RESUME = _schema(
    resume_seq=_KEY,
    reg_date=_DATE,
    updated_date=_DATE,
    degree=_CODE,
    graduate_date=_NUMBER,
    hope_salary=_NUMBER,
    last_salary=_NUMBER,
    text_keyword=_WORDS,
    job_code_seq1=_CODE,
    job_code_seq2=_CODE,
    job_code_seq3=_CODE,
    career_month=_NUMBER,
    career_job_code=_WORDS,
)
EDUCATION = _schema(
    resume_seq=_KEY,
    hischool_type_seq=_CODE,
    hischool_special_type=_CODE,
    hischool_nation=_CODE,
    hischool_gender=_CODE,
    hischool_location_seq=_CODE,
    univ_type_seq1=_CODE,
    univ_type_seq2=_CODE,
    univ_transfer=_CODE,
    univ_location=_CODE,
    univ_major=_WORDS,
    univ_sub_major=_WORDS,
    univ_major_type=_CODE,
    univ_score=_NUMBER,
)
CERTIFICATE = _schema(resume_seq=ID, certificate_contents=_WORDS)
LANGUAGE = _schema(resume_seq=ID, language=_WORDS, exam_name=_WORDS, score=_NUMBER)
RECRUITMENT = _schema(
    recruitment_seq=_KEY,
    address_seq1=_CODE,
    address_seq2=_CODE,
    address_seq3=_CODE,
    career_end=_NUMBER,
    career_start=_NUMBER,
    check_box_keyword=_WORDS,
    education=_CODE,
    major_task=_CODE,
    qualifications=_CODE,
    text_keyword=_WORDS,
)
COMPANY = _schema(recruitment_seq=_KEY, company_type_seq=_CODE, supply_kind=_CODE, employee=_NUMBER)

ZERO_IS_UNKNOWN = ("graduate_date", "hope_salary", "last_salary")
"""Numbers in which the organiser writes 0 for a field left open."""


@parameters
class DaconJobs(Source):
    """Resumes, postings and applications; it has no parameters."""

    @property
    def files(self) -> Mapping[str, bool]:
        """See `Source.files`."""
        return FILES

    def read(self, raw: Path) -> Dataset:
        """See `Source.read`."""
        users = _read_users(raw)
        items = _read_items(raw)
        return Dataset.from_events(_read_applications(raw), users, items)


def _read_applications(raw: Path) -> pd.DataFrame:
    path = raw / "apply_train.csv"
    applications = read_table(path, APPLY)[[USER, ITEM]]
    distinct = applications.drop_duplicates()
    if dropped := len(applications) - len(distinct):
        note(f"notice: {path}: {dropped} duplicate applications dropped, {len(distinct)} left")
    return distinct


def _read_users(raw: Path) -> pd.DataFrame:
    resumes = read_table(raw / "resume.csv", RESUME)
    resumes[list(ZERO_IS_UNKNOWN)] = resumes[list(ZERO_IS_UNKNOWN)].replace(0.0, None).astype(float)
    resumes = resumes.set_index(USER)
    education = _about(raw / "resume_education.csv", EDUCATION, USER, resumes.index).set_index(USER)
    table = resumes.join(education)
    if (path := raw / "resume_certificate.csv").exists():
        certificates = _about(path, CERTIFICATE, USER, resumes.index)
        table["certificates"] = _joined(certificates[USER], certificates["certificate_contents"], table.index)
    if (path := raw / "resume_language.csv").exists():
        languages = _about(path, LANGUAGE, USER, resumes.index)
        exams = languages["language"].fillna("") + "-" + languages["exam_name"].fillna("")
        table["language_exams"] = _joined(languages[USER], exams, table.index)
        table["language_score"] = languages.groupby(USER)["score"].max()
    return table


def _read_items(raw: Path) -> pd.DataFrame:
    postings = read_table(raw / "recruitment.csv", RECRUITMENT).set_index(ITEM)
    if (path := raw / "company.csv").exists():
        postings = postings.join(_about(path, COMPANY, ITEM, postings.index).set_index(ITEM))
    return postings


def _about(path: Path, schema: pa.DataFrameSchema, key: str, known: pd.Index) -> pd.DataFrame:
    """A file that says more about users or items; rows about unknown ones are left out with a notice."""
    table = read_table(path, schema)
    unknown = ~table[key].isin(known)
    if unknown.any():
        first = f"row {row_of(table, unknown)} ({shown(table.loc[unknown, key].iloc[0])})"
        note(f"notice: {path}: column {key}: {int(unknown.sum())} rows about unknown ids left out, first {first}")
    return table[~unknown]


def _joined(ids: pd.Series, words: pd.Series, index: pd.Index) -> pd.Series:
    """All words of an id in one string, sorted, so that the order of a file's rows changes nothing."""
    return words.fillna("").sort_values(kind="stable").groupby(ids).agg(";".join).reindex(index)


SOURCE = DaconJobs
