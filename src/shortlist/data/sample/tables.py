"""The synthetic competition's files, part by part."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.random import Generator

from shortlist.common.files import atomic, write_text
from shortlist.data.sample.applications import Market
from shortlist.data.sample.draws import Array
from shortlist.data.sample.postings import make_adverts, posting_tables
from shortlist.data.sample.resumes import (
    Users,
    certificate_table,
    education_table,
    language_table,
    make_users,
    resume_table,
)
from shortlist.data.sample.size import PER_USER, SampleSize, draw_counts, hidden_of
from shortlist.errors import ConfigError

BLOCK = 20_000
"""Resumes whose rows are made at once, about 200 MB."""

ANSWERS, SUBMISSION = "answers.csv", "sample_submission.csv"


def make_tables(size: SampleSize, seed: int) -> dict[str, pd.DataFrame]:
    """The organiser's seven tables, rows shuffled, the sample submission and the hidden answers, by file name."""
    tables: dict[str, list[pd.DataFrame]] = {}
    for name, part in _parts(size, seed):
        tables.setdefault(name, []).append(part)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def write_sample(folder: Path, size: SampleSize, seed: int) -> None:
    """Write `folder/raw/*.csv` and, out of the pipeline's sight, `folder/answers.csv`; same seed, same bytes.

    Every file is under its name only when all are whole, and then `folder/raw/.made` says so.
    """
    with ExitStack() as stack:
        files: dict[str, Path] = {}
        for name, part in _parts(size, seed):
            if started := name not in files:
                path = folder / name if name == ANSWERS else folder / "raw" / name
                files[name] = stack.enter_context(atomic(path))
            # The organiser's files begin with a byte order mark, but for the sample submission.
            encoding = "utf-8-sig" if started and name != SUBMISSION else "utf-8"
            part.to_csv(files[name], index=False, header=started, mode="a", encoding=encoding, lineterminator="\n")
    write_text(folder / "raw" / ".made", "")


def _parts(size: SampleSize, seed: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """The next rows of a file, with its name."""
    if seed < 0:
        raise ConfigError(f"sample seed: must be 0 or more, got {seed}")
    rng = np.random.default_rng(seed)
    users = make_users(rng, size.users)
    adverts, groups = make_adverts(rng, size.items, users)
    market = Market.make(rng, users, groups[adverts])
    counts = draw_counts(rng, size)
    user_ids, item_ids = _ids("U", size.users), _ids("R", size.items)
    for name, table in zip(
        ("recruitment.csv", "company.csv"), posting_tables(rng, adverts, groups, item_ids), strict=True
    ):
        yield name, _shuffled(rng, table)
    # In blocks of resumes drawn at random: so no file's rows are in any order.
    everybody = rng.permutation(size.users)
    for rows in (everybody[start : start + BLOCK] for start in range(0, size.users, BLOCK)):
        for name, table in _about(rng, users.take(rows), user_ids[rows], market, item_ids, counts[rows]).items():
            yield name, _shuffled(rng, table)
    proposed = rng.choice(item_ids, PER_USER, replace=False)  # the same five for everybody, as in the real one
    for start in range(0, size.users, BLOCK):
        ids = user_ids[start : start + BLOCK]
        columns = {"resume_seq": np.repeat(ids, PER_USER), "recruitment_seq": np.tile(proposed, len(ids))}
        yield SUBMISSION, pd.DataFrame(columns)


def _about(
    rng: Generator, users: Users, ids: Array, market: Market, item_ids: Array, counts: Array
) -> dict[str, pd.DataFrame]:
    """The rows about some resumes, by file name."""
    who, where = market.draw(rng, users, counts)
    # The first drawn are the likely postings, so which ones are hidden is drawn again.
    order = np.lexsort((rng.random(len(who)), who))
    place = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
    hidden = place < np.repeat(hidden_of(counts), counts)
    pairs = pd.DataFrame({"resume_seq": ids[who[order]], "recruitment_seq": item_ids[where[order]]})
    return {
        "apply_train.csv": pairs[~hidden],
        "resume.csv": resume_table(rng, users, ids),
        "resume_certificate.csv": certificate_table(rng, users, ids),
        "resume_education.csv": education_table(rng, users, ids),
        "resume_language.csv": language_table(rng, ids),
        ANSWERS: pairs[hidden],
    }


def _ids(letter: str, n: int) -> Array:
    """Numbered from 1, five digits wide or as wide as the last of them needs."""
    width = max(5, len(str(n)))
    return np.array([f"{letter}{number:0{width}d}" for number in range(1, n + 1)])


def _shuffled(rng: Generator, table: pd.DataFrame) -> pd.DataFrame:
    return table.iloc[rng.permutation(len(table))]
