"""A made competition in the form of Dacon 236170: the same files, columns and kinds of values, all of it invented.

Every resume mixes 1 to 3 job groups (its taste) and every posting belongs to one. A resume applies where taste,
popularity and closeness of dates are high together; the text and category fields are drawn from the same groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.random import Generator

from shortlist.errors import ConfigError
from shortlist.files import write_text

Array = npt.NDArray[Any]

# Per domain: two words, job field, career field, major, certificate, type of major, kind of company.
DOMAINS = (
    ("패션", "의류", "재료·화학·섬유·의복", "섬유;봉제;의류", "의류학과", "의류기사", 9, 402),
    ("식품", "음료", "식품·농업·수산", "식품가공;음료", "식품공학과", "식품기사", 4, 100),
    ("뷰티", "화장품", "미용·화장품", "화장품;미용", "뷰티디자인학과", "미용사", 3, 514),
    ("전자", "반도체", "건설·기계·전기·전자", "전기;전자;제어", "전자공학과", "전기기사", 19, 201),
    ("게임", "모바일", "IT·게임", "게임;애니메이션", "게임공학과", "정보처리기사", 5, 508),
    ("유통", "무역", "영업·판매·TM", "도소매;유통;무역", "무역학과", "유통관리사", 8, 501),
)
FIELDS, CAREERS, MAJORS, CERTIFICATES, MAJOR_TYPES, SUPPLY_KINDS = map(np.array, list(zip(*DOMAINS, strict=True))[2:])
ROLES, ENDINGS = ("기획", "디자인", "영업", "생산", "품질", "마케팅"), ("", "관리", "지원")
# A job group is a domain with a role, numbered domain * 6 + role.
GROUPS = len(DOMAINS) * len(ROLES)
# (GROUPS, 8): three words of its own, three shared with its role, two shared with its domain.
GROUP_WORDS = np.array([[s + r + e for s in (d[0], "") for e in ENDINGS] + [*d[:2]] for d in DOMAINS for r in ROLES])
# (GROUPS, 4): codes of the check boxes on a posting, two of the domain (21xx-26xx), two of the role (27xx-32xx).
GROUP_BOXES = np.array([[100 * c + n for c in (21 + d, 27 + r) for n in (1, 4)] for d in range(6) for r in range(6)])
COMMON_CERTIFICATES = np.array(["자동차운전면허 1종 보통", "자동차운전면허 2종 보통", "워드프로세서 2급"])
MISSING = np.array([None])
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
POPULARITY_SIGMA = 0.7  # of the log-normal popularity of postings: a few are wanted 5 times as much as the median
ACTIVITY_SHAPE = 0.35  # of the gamma behind the counts: 46 % of resumes with 2 visible and a tail to 50, as published
DATE_SCALES = np.array([30, 60], "timedelta64[D]")  # distances in updated and registered that halve the odds to apply
ADVERTS = 0.5  # different adverts per posting: the rest are near copies
COPY_EXPONENT = 0.7  # of the Zipf law of how often an advert is used again
COMPANY_SHARE, POSTING_TEXT_SHARE = 0.35, 0.11  # of the adverts
MAX_APPLICATIONS, HIDDEN_SHARE, PER_USER = 77, 0.3, 5
CELLS_PER_BLOCK = 2_000_000  # user x item cells scored at once, about 100 MB


def _hidden(counts: Array) -> Array:
    """How many of `counts` applications the organiser hides: round(0.3 n), none of fewer than three."""
    return np.where(counts >= 3, np.rint(HIDDEN_SHARE * counts), 0).astype(np.int64)


@dataclass(frozen=True)
class SampleSize:
    """How large the made competition is; `pairs` counts the visible applications and is met exactly.

    The default has the published density: about 5 visible applications a resume and 6.5 a posting.
    """

    users: int = 2000
    items: int = 1500
    pairs: int = 10_000

    def __post_init__(self) -> None:
        if self.users < 10 or self.items < 20:
            raise ConfigError(f"sample size: needs users >= 10 and items >= 20, got {self.users} and {self.items}")
        low, high = 2 * self.users, self.users * int(self.visible_of()[-1])
        if not low <= self.pairs <= high:
            raise ConfigError(f"sample size: pairs must be {low} to {high} for these users and items, got {self.pairs}")

    def visible_of(self) -> Array:
        """Visible applications of a resume with 0, 1, 2, ... in all; the most leaves five postings to propose."""
        counts = np.arange(min(MAX_APPLICATIONS, self.items - PER_USER) + 1)
        return counts - _hidden(counts)


@dataclass(frozen=True)
class _Users:
    groups: Array  # (U, 3) job groups, best first
    shares: Array  # (U, 3) share of each, rows sum to 1
    dates: Array  # (2, U) datetime64[D], updated and registered


def make_tables(size: SampleSize, seed: int) -> dict[str, pd.DataFrame]:
    """Make the organiser's seven tables, rows shuffled, the sample submission and the hidden answers, by file name."""
    if seed < 0:
        raise ConfigError(f"sample seed: must be 0 or more, got {seed}")
    rng = np.random.default_rng(seed)
    users = _make_users(rng, size.users)
    adverts, advert_groups = _make_adverts(rng, size.items, users)
    (who, where), hidden = _make_pairs(rng, size, users, advert_groups[adverts])
    user_ids = np.array([f"U{n:05d}" for n in range(1, size.users + 1)])
    item_ids = np.array([f"R{n:05d}" for n in range(1, size.items + 1)])
    pairs = pd.DataFrame({"resume_seq": user_ids[who], "recruitment_seq": item_ids[where]})
    recruitment, company = _posting_tables(rng, adverts, advert_groups, item_ids)
    tables = {
        "apply_train.csv": pairs[~hidden],
        "resume.csv": _resume_table(rng, users, user_ids),
        "resume_certificate.csv": _certificate_table(rng, users, user_ids),
        "resume_education.csv": _education_table(rng, users, user_ids),
        "resume_language.csv": _language_table(rng, user_ids),
        "recruitment.csv": recruitment,
        "company.csv": company,
        "answers.csv": pairs[hidden],
    }
    tables = {name: table.iloc[rng.permutation(len(table))].reset_index(drop=True) for name, table in tables.items()}
    proposed = rng.choice(item_ids, PER_USER, replace=False)  # the same five for everybody, as in the real one
    submission = {"resume_seq": np.repeat(user_ids, PER_USER), "recruitment_seq": np.tile(proposed, size.users)}
    return tables | {"sample_submission.csv": pd.DataFrame(submission)}


def write_sample(folder: Path, size: SampleSize, seed: int) -> None:
    """Write `folder/raw/*.csv` and, out of the pipeline's sight, `folder/answers.csv`; same seed, same bytes."""
    for name, table in make_tables(size, seed).items():
        bom = "" if name == "sample_submission.csv" else "\ufeff"
        path = folder / name if name == "answers.csv" else folder / "raw" / name
        write_text(path, bom + table.to_csv(index=False, lineterminator="\n"))


def _make_users(rng: Generator, n: int) -> _Users:
    group_sizes = np.broadcast_to(rng.normal(0.0, 0.4, GROUPS), (n, GROUPS))
    updated = np.datetime64("2020-01-01") + rng.integers(0, 366, n)
    return _Users(
        groups=_draw_best(rng, group_sizes, len(MIXES)),
        shares=np.array(MIXES)[rng.choice(len(MIXES), n, p=MIX_ODDS)],
        dates=np.stack([updated, updated - np.minimum(rng.gamma(0.5, 1900.0, n), 7000).astype(np.int64)]),
    )


def _make_adverts(rng: Generator, items: int, users: _Users) -> tuple[Array, Array]:
    """Advert of each posting (I,), shared by near copies, and group of each advert (T,), wanted by a random resume."""
    n = round(ADVERTS * items)
    reuse = np.arange(1, n + 1) ** -COPY_EXPONENT
    return rng.choice(n, items, p=reuse / reuse.sum()), rng.choice(_draw_groups(rng, users, 1)[:, 0], n)


def _make_pairs(rng: Generator, size: SampleSize, users: _Users, groups: Array) -> tuple[Array, Array]:
    """Pairs (2, n), user codes above item codes, and which of them are hidden (n,); `groups` (I,) are the postings'."""
    counts = _draw_counts(rng, size)
    chosen = np.arange(counts.max()) < counts[:, None]
    pairs = np.stack([np.nonzero(chosen)[0], _rank_items(rng, users, groups, int(counts.max()))[chosen]])
    # The order inside a row leans to the likely postings, so which ones are hidden is drawn anew.
    pairs = pairs[:, np.lexsort((rng.random(counts.sum()), pairs[0]))]
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return pairs, place < np.repeat(_hidden(counts), counts)


def _rank_items(rng: Generator, users: _Users, groups: Array, n: int) -> Array:
    """The first `n` postings each resume would apply for, (U, n), drawn by taste, popularity and closeness of dates."""
    taste = np.full((len(users.groups), GROUPS), STRAY / GROUPS)
    np.add.at(taste, (np.arange(len(taste))[:, None], users.groups), (1 - STRAY) * users.shares)
    popularity = rng.normal(0.0, POPULARITY_SIGMA, len(groups))
    centre = rng.integers(0, len(taste), len(groups))  # a posting was out when this resume was updated and registered
    ranked = []
    for block in np.array_split(np.arange(len(taste)), len(taste) * len(groups) // CELLS_PER_BLOCK + 1):
        log_odds = np.log(taste[block])[:, groups] + popularity
        for dates, scale in zip(users.dates, DATE_SCALES, strict=True):
            log_odds -= np.log1p(np.abs(np.subtract.outer(dates[block], dates[centre])) / scale)
        ranked.append(_draw_best(rng, log_odds, n))
    return np.concatenate(ranked)


def _draw_counts(rng: Generator, size: SampleSize) -> Array:
    """Applications of each resume (U,), such that the visible ones sum to `size.pairs`."""
    visible_of = size.visible_of()
    activity = rng.gamma(ACTIVITY_SHAPE, size=size.users) + 1e-6
    visible = np.full(size.users, 2)
    while (spare := size.pairs - int(visible.sum())) > 0:  # once more for those cut off at the most
        free = np.where(visible < visible_of[-1], activity, 0.0)
        visible = np.minimum(visible + rng.multinomial(spare, free / free.sum()), visible_of[-1])
    # One or two totals leave the same visible count: either is as good.
    fewest, most = np.searchsorted(visible_of, visible, "left"), np.searchsorted(visible_of, visible, "right")
    return rng.integers(fewest, most)


def _draw_best(rng: Generator, log_odds: Array, n: int) -> Array:
    """`n` different columns per row, (rows, n), drawn one after the other by their odds (Gumbel top-n)."""
    keys = -(log_odds + rng.gumbel(size=log_odds.shape))
    best = np.argpartition(keys, n - 1, axis=1)[:, :n]
    return np.take_along_axis(best, np.argsort(np.take_along_axis(keys, best, axis=1), axis=1), axis=1)


def _draw_groups(rng: Generator, users: _Users, n: int) -> Array:
    """`n` job groups per resume (U, n) by its shares, a few of them stray."""
    own = (rng.random((len(users.shares), n, 1)) > np.cumsum(users.shares, axis=1)[:, None, :-1]).sum(axis=2)
    return _mostly(rng, np.take_along_axis(users.groups, own, axis=1), np.arange(GROUPS), 1 - STRAY)


def _resume_table(rng: Generator, users: _Users, ids: Array) -> pd.DataFrame:
    n = len(ids)
    career = np.where(rng.random(n) < 0.1, 0, np.minimum(rng.gamma(1.4, 55.0, n), 432)).astype(np.int64)
    main, second, third = users.groups.T // len(ROLES)
    salary = 1900.0 + 200 * np.rint(career / 15 + rng.normal(2, 1.5, n)).clip(1, 40)
    words = _words(rng, GROUP_WORDS, _draw_groups(rng, users, 12), rng.geometric(0.3, n))
    columns = {
        "resume_seq": ids,
        "reg_date": users.dates[1].astype(str),
        "updated_date": users.dates[0].astype(str),
        "degree": _weighted(rng, n, {4: 0.88, 3: 0.055, 5: 0.04, 2: 0.025}),
        "graduate_date": np.where(rng.random(n) < 0.09, 0, 2019 - career // 12 - rng.integers(0, 4, n)),
        "hope_salary": np.where(rng.random(n) < 0.58, 0.0, salary),
        "last_salary": np.where((rng.random(n) < 0.2) | (career == 0), 0.0, salary),
        "text_keyword": _mostly(rng, words, MISSING, 0.98),
        "job_code_seq1": _mostly(rng, FIELDS[main], FIELDS, 0.85),
        "job_code_seq2": _mostly(rng, FIELDS[second], MISSING, 0.06),
        "job_code_seq3": _mostly(rng, FIELDS[third], MISSING, 0.02),
        "career_month": career,
        "career_job_code": _mostly(rng, _mostly(rng, CAREERS[main], CAREERS, 0.8), MISSING, 0.91),
    }
    return pd.DataFrame(columns)


def _education_table(rng: Generator, users: _Users, ids: Array) -> pd.DataFrame:
    n, domain = len(ids), users.groups[:, 0] // len(ROLES)
    table = pd.DataFrame({"resume_seq": ids} | {name: _weighted(rng, n, odds) for name, odds in EDUCATION.items()})
    table["univ_major"] = _mostly(rng, MAJORS[domain], MISSING, 0.23)
    table["univ_sub_major"] = _mostly(rng, rng.choice(MAJORS, n), MISSING, 0.055)
    table["univ_major_type"] = _mostly(rng, MAJOR_TYPES[domain], np.arange(24), 0.7)
    table["univ_score"] = _weighted(rng, n, {80.0: 0.43, 70.0: 0.3, 90.0: 0.15, 60.0: 0.07, 0.0: 0.05})
    return table


def _certificate_table(rng: Generator, users: _Users, ids: Array) -> pd.DataFrame:
    """About 1.5 certificates per resume: every third of the resume's domain, the others common ones."""
    owner = np.repeat(np.arange(len(ids)), np.where(rng.random(len(ids)) < 0.7, rng.geometric(0.46, len(ids)), 0))
    own = CERTIFICATES[users.groups[owner, 0] // len(ROLES)]
    contents = _mostly(rng, own, COMMON_CERTIFICATES, 0.35)
    return pd.DataFrame({"resume_seq": ids[owner], "certificate_contents": contents})


def _language_table(rng: Generator, ids: Array) -> pd.DataFrame:
    n = len(ids) // 10
    columns = {
        "resume_seq": rng.choice(ids, n),
        "language": _weighted(rng, n, {2: 0.84, 4: 0.08, 3: 0.07, 9: 0.01}),
        "exam_name": _weighted(rng, n, {4: 0.67, 11: 0.11, 3: 0.08, 5: 0.08, 2: 0.06}),
        "score": np.rint(rng.beta(3, 1.5, n) * 99_000) / 100,
    }
    return pd.DataFrame(columns)


def _posting_tables(rng: Generator, adverts: Array, groups: Array, ids: Array) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Recruitment and company: drawn per advert (T,), then repeated for the postings (I,) of the same advert."""
    n, (domain, role) = len(groups), divmod(groups, len(ROLES))
    own = np.broadcast_to(groups[:, None], (n, 12))
    boxes = _words(rng, GROUP_BOXES, _mostly(rng, own, np.arange(GROUPS), 1 - STRAY), rng.integers(2, 6, n))
    words = _words(rng, GROUP_WORDS, own, rng.geometric(0.3, n))
    columns = {
        "address_seq1": _weighted(rng, n, {3.0: 0.97, 5.0: 0.026, 20.0: 0.004}),
        "address_seq2": _weighted(rng, n, {np.nan: 0.985, 5.0: 0.008, 1.0: 0.007}),
        "address_seq3": _weighted(rng, n, {np.nan: 0.998, 20.0: 0.002}),
        "career_end": 0,
        "career_start": 0,
        "check_box_keyword": boxes,
        "education": _mostly(rng, 2 + role % 3, np.array([2, 3, 4]), 0.7),
        "major_task": _weighted(rng, n, {2: 0.947, 8: 0.033, 7: 0.015, 1: 0.005}),
        "qualifications": _mostly(rng, 1 + domain % 2, np.array([1, 2]), 0.7),
        "text_keyword": _mostly(rng, words, MISSING, POSTING_TEXT_SHARE),
        "company_type_seq": _weighted(rng, n, {2: 0.7, 4: 0.17, 5: 0.07, 9: 0.045, 7: 0.015}),
        "supply_kind": _mostly(rng, SUPPLY_KINDS[domain], SUPPLY_KINDS, 0.8),
        "employee": np.rint(rng.lognormal(4.7, 1.1, n)).astype(np.int64),
    }
    postings = pd.DataFrame(columns).iloc[adverts].reset_index(drop=True)
    postings.insert(0, "recruitment_seq", ids)
    known = (rng.random(n) < COMPANY_SHARE)[adverts]
    return postings.iloc[:, :11], postings.loc[known, ["recruitment_seq", *postings.columns[11:]]]


def _mostly(rng: Generator, own: Array, pool: Array, keep: float) -> Array:
    """`own`, each value kept with chance `keep`, else drawn from `pool`."""
    return np.where(rng.random(own.shape) < keep, own, rng.choice(pool, own.shape))


def _weighted(rng: Generator, n: int, odds: Mapping[Any, float]) -> Array:
    return rng.choice(np.array(list(odds)), n, p=list(odds.values()))


def _words(rng: Generator, vocabulary: Array, groups: Array, counts: Array) -> Array:
    """One text per row of `groups` (rows, W): up to `counts` words of the groups' vocabularies, joined by ';'."""
    drawn = vocabulary[groups, rng.integers(0, vocabulary.shape[1], groups.shape)]
    return np.array([";".join(map(str, sorted(set(row[:k])))) for row, k in zip(drawn, counts, strict=True)], object)
