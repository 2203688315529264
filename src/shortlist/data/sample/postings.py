"""The postings: their adverts, which near copies share, and what their files say of them."""

import numpy as np
import pandas as pd
from numpy.random import Generator

from shortlist.data.sample.draws import MISSING, Array, mostly, weighted, words
from shortlist.data.sample.resumes import STRAY, Users, draw_groups
from shortlist.data.sample.vocabulary import GROUP_BOXES, GROUP_WORDS, GROUPS, ROLES, SUPPLY_KINDS

ADVERTS = 0.5  # different adverts per posting: the rest are near copies
COPY_EXPONENT = 0.7  # of the Zipf law of how often an advert is used again
COMPANY_SHARE, POSTING_TEXT_SHARE = 0.35, 0.11  # of the adverts


def make_adverts(rng: Generator, items: int, users: Users) -> tuple[Array, Array]:
    """Advert of each posting (I,), shared by near copies, and group of each advert (T,), wanted by a random resume."""
    n = round(ADVERTS * items)
    reuse = np.arange(1, n + 1) ** -COPY_EXPONENT
    return rng.choice(n, items, p=reuse / reuse.sum()), rng.choice(draw_groups(rng, users, 1)[:, 0], n)


def posting_tables(rng: Generator, adverts: Array, groups: Array, ids: Array) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Recruitment and company: drawn per advert (T,), then repeated for the postings (I,) of the same advert."""
    n, (domain, role) = len(groups), divmod(groups, len(ROLES))
    own = np.broadcast_to(groups[:, None], (n, 12))
    boxes = words(rng, GROUP_BOXES, mostly(rng, own, np.arange(GROUPS), 1 - STRAY), rng.integers(2, 6, n))
    texts = words(rng, GROUP_WORDS, own, rng.geometric(0.3, n))
    columns = {
        "address_seq1": weighted(rng, n, {3.0: 0.97, 5.0: 0.026, 20.0: 0.004}),
        "address_seq2": weighted(rng, n, {np.nan: 0.985, 5.0: 0.008, 1.0: 0.007}),
        "address_seq3": weighted(rng, n, {np.nan: 0.998, 20.0: 0.002}),
        "career_end": 0,
        "career_start": 0,
        "check_box_keyword": boxes,
        "education": mostly(rng, 2 + role % 3, np.array([2, 3, 4]), 0.7),
        "major_task": weighted(rng, n, {2: 0.947, 8: 0.033, 7: 0.015, 1: 0.005}),
        "qualifications": mostly(rng, 1 + domain % 2, np.array([1, 2]), 0.7),
        "text_keyword": mostly(rng, texts, MISSING, POSTING_TEXT_SHARE),
        "company_type_seq": weighted(rng, n, {2: 0.7, 4: 0.17, 5: 0.07, 9: 0.045, 7: 0.015}),
        "supply_kind": mostly(rng, SUPPLY_KINDS[domain], SUPPLY_KINDS, 0.8),
        "employee": np.rint(rng.lognormal(4.7, 1.1, n)).astype(np.int64),
    }
    postings = pd.DataFrame(columns).iloc[adverts].reset_index(drop=True)
    postings.insert(0, "recruitment_seq", ids)
    known = (rng.random(n) < COMPANY_SHARE)[adverts]
    return postings.iloc[:, :11], postings.loc[known, ["recruitment_seq", *postings.columns[11:]]]
