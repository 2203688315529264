"""The resumes: their tastes and dates, and what their files say of them."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.random import Generator

from shortlist.data.sample.draws import MISSING, Array, best, mostly, weighted, words
from shortlist.data.sample.vocabulary import (
    CAREERS,
    CERTIFICATES,
    COMMON_CERTIFICATES,
    FIELDS,
    GROUP_WORDS,
    GROUPS,
    MAJOR_TYPES,
    MAJORS,
    ROLES,
)

EDUCATION: dict[str, dict[Any, float]] = {  # odds of what has nothing to do with taste
    "hischool_type_seq": {21: 0.74, 0: 0.2, 16: 0.02, 8: 0.02, 19: 0.02},
    "hischool_special_type": {"일반고": 0.69, "기타": 0.2, "자율고": 0.06, "특성화고": 0.03, "특목고": 0.02},
    "hischool_nation": {"사립": 0.45, "공립": 0.35, "기타": 0.2},
    "hischool_gender": {"남여공학": 0.31, "여자학교": 0.29, "남자학교": 0.2, "기타": 0.2},
    "hischool_location_seq": {3: 0.35, 0: 0.2, 5: 0.15, 11: 0.1, 13: 0.1, 6: 0.05, 15: 0.05},
    "univ_type_seq1": {5: 0.76, 3: 0.12, 0: 0.11, 4: 0.01},
    "univ_type_seq2": {5: 0.82, 0: 0.11, 10: 0.03, 6: 0.02, 7: 0.02},
    "univ_transfer": {0: 0.996, 1: 0.004},
    "univ_location": {3: 0.35, 5: 0.2, 0: 0.1, 11: 0.15, 17: 0.1, 10: 0.1},
}
MIXES = ((1.0, 0.0, 0.0), (0.65, 0.35, 0.0), (0.5, 0.3, 0.2))  # shares of a resume's groups, best first
MIX_ODDS = (0.4, 0.4, 0.2)  # how often resumes have one, two or three groups
STRAY = 0.1  # share of applications and words that taste does not explain
BLOCK = 50_000  # resumes whose groups are drawn at once, about 50 MB


@dataclass(frozen=True)
class Users:
    """The resumes.

    Attributes:
        groups: (U, 3) job groups, best first.
        shares: (U, 3) share of each, rows sum to 1.
        dates: (2, U) datetime64[D], updated and registered.
    """

    groups: Array
    shares: Array
    dates: Array

    def __len__(self) -> int:
        return len(self.groups)

    def take(self, rows: Array) -> Self:
        """Some of them."""
        return type(self)(self.groups[rows], self.shares[rows], self.dates[:, rows])


def make_users(rng: Generator, n: int) -> Users:
    """Draw `n` resumes."""
    group_sizes = rng.normal(0.0, 0.4, GROUPS)
    blocks = (min(BLOCK, n - start) for start in range(0, n, BLOCK))
    groups = [best(rng, np.broadcast_to(group_sizes, (size, GROUPS)), len(MIXES)) for size in blocks]
    updated = np.datetime64("2020-01-01") + rng.integers(0, 366, n)
    return Users(
        groups=np.concatenate(groups),
        shares=np.array(MIXES)[rng.choice(len(MIXES), n, p=MIX_ODDS)],
        dates=np.stack([updated, updated - np.minimum(rng.gamma(0.5, 1900.0, n), 7000).astype(np.int64)]),
    )


def draw_groups(rng: Generator, users: Users, n: int) -> Array:
    """`n` job groups per resume (U, n) by its shares, a few of them stray."""
    own = (rng.random((len(users.shares), n, 1)) > np.cumsum(users.shares, axis=1)[:, None, :-1]).sum(axis=2)
    return mostly(rng, np.take_along_axis(users.groups, own, axis=1), np.arange(GROUPS), 1 - STRAY)


def resume_table(rng: Generator, users: Users, ids: Array) -> pd.DataFrame:
    """Resume: a row for each."""
    n = len(ids)
    career = np.where(rng.random(n) < 0.1, 0, np.minimum(rng.gamma(1.4, 55.0, n), 432)).astype(np.int64)
    main, second, third = users.groups.T // len(ROLES)
    salary = 1900.0 + 200 * np.rint(career / 15 + rng.normal(2, 1.5, n)).clip(1, 40)
    texts = words(rng, GROUP_WORDS, draw_groups(rng, users, 12), rng.geometric(0.3, n))
    columns = {
        "resume_seq": ids,
        "reg_date": users.dates[1].astype(str),
        "updated_date": users.dates[0].astype(str),
        "degree": weighted(rng, n, {4: 0.88, 3: 0.055, 5: 0.04, 2: 0.025}),
        "graduate_date": np.where(rng.random(n) < 0.09, 0, 2019 - career // 12 - rng.integers(0, 4, n)),
        "hope_salary": np.where(rng.random(n) < 0.58, 0.0, salary),
        "last_salary": np.where((rng.random(n) < 0.2) | (career == 0), 0.0, salary),
        "text_keyword": mostly(rng, texts, MISSING, 0.98),
        "job_code_seq1": mostly(rng, FIELDS[main], FIELDS, 0.85),
        "job_code_seq2": mostly(rng, FIELDS[second], MISSING, 0.06),
        "job_code_seq3": mostly(rng, FIELDS[third], MISSING, 0.02),
        "career_month": career,
        "career_job_code": mostly(rng, mostly(rng, CAREERS[main], CAREERS, 0.8), MISSING, 0.91),
    }
    return pd.DataFrame(columns)


def education_table(rng: Generator, users: Users, ids: Array) -> pd.DataFrame:
    """Education: a row for each."""
    n, domain = len(ids), users.groups[:, 0] // len(ROLES)
    table = pd.DataFrame({"resume_seq": ids} | {name: weighted(rng, n, odds) for name, odds in EDUCATION.items()})
    table["univ_major"] = mostly(rng, MAJORS[domain], MISSING, 0.23)
    table["univ_sub_major"] = mostly(rng, rng.choice(MAJORS, n), MISSING, 0.055)
    table["univ_major_type"] = mostly(rng, MAJOR_TYPES[domain], np.arange(24), 0.7)
    table["univ_score"] = weighted(rng, n, {80.0: 0.43, 70.0: 0.3, 90.0: 0.15, 60.0: 0.07, 0.0: 0.05})
    return table


def certificate_table(rng: Generator, users: Users, ids: Array) -> pd.DataFrame:
    """About 1.5 certificates per resume: every third of the resume's domain, the others common ones."""
    owner = np.repeat(np.arange(len(ids)), np.where(rng.random(len(ids)) < 0.7, rng.geometric(0.46, len(ids)), 0))
    own = CERTIFICATES[users.groups[owner, 0] // len(ROLES)]
    contents = mostly(rng, own, COMMON_CERTIFICATES, 0.35)
    return pd.DataFrame({"resume_seq": ids[owner], "certificate_contents": contents})


def language_table(rng: Generator, ids: Array) -> pd.DataFrame:
    """Language exams of every tenth, some of them with several."""
    n = len(ids) // 10
    columns = {
        "resume_seq": rng.choice(ids, n),
        "language": weighted(rng, n, {2: 0.84, 4: 0.08, 3: 0.07, 9: 0.01}),
        "exam_name": weighted(rng, n, {4: 0.67, 11: 0.11, 3: 0.08, 5: 0.08, 2: 0.06}),
        "score": np.rint(rng.beta(3, 1.5, n) * 99_000) / 100,
    }
    return pd.DataFrame(columns)
