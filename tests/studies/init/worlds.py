"""Small competitions of many shapes: a log, made the same each time, and the sample submissions that go with it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from shortlist.config.paths import Paths
from shortlist.retrievers.registry import kinds
from shortlist.studies.init.found import Found

USERS, ITEMS, EACH = 60, 40, 10


def events(*, repeats: float = 0.0, users: int = USERS, items: int = ITEMS, each: int = EACH) -> pd.DataFrame:
    """Columns u and i: each user's items, of which a share comes again."""
    rng = np.random.default_rng(7)
    rows = []
    for user in range(users):
        own = rng.permutation(items)[:each]
        again = rng.random(each) < repeats
        rows += [(f"u{user:03}", f"m{own[0] if more else item:02}") for item, more in zip(own, again, strict=True)]
    return pd.DataFrame(rows, columns=["u", "i"])


def spread(log: pd.DataFrame, days: int = 100) -> pd.DataFrame:
    """The same with column t: times over all the days for everybody, dates and hours."""
    rng = np.random.default_rng(8)
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, days * 24, len(log)), unit="h")
    return log.assign(t=times.strftime("%Y-%m-%d %H:%M:%S"))


def sessions(log: pd.DataFrame, days: int = 60) -> pd.DataFrame:
    """The same with column t: each user comes once, for some minutes; later users come later. Epoch milliseconds."""
    user = pd.factorize(log["u"])[0]
    place = log.groupby("u").cumcount().to_numpy()
    start = user * days * 86_400_000 // (user.max() + 1)
    return log.assign(t=1_700_000_000_000 + start + place * 60_000)


def codes(column: pd.Series) -> pd.Series:
    """The same ids as numbers from 1."""
    return pd.Series(pd.factorize(column, sort=True)[0] + 1, column.index)


def long(log: pd.DataFrame, k: int, names: Sequence[str] = ("u", "i")) -> pd.DataFrame:
    """A sample of a row for each item."""
    users, items = log.iloc[:, 0].unique(), log.iloc[:, 1].unique()[:k]
    return pd.DataFrame([(user, item) for user in users for item in items], columns=list(names))


def joined(log: pd.DataFrame, k: int, names: Sequence[str] = ("u", "i"), sign: str = " ") -> pd.DataFrame:
    """A sample of a row for each user."""
    cell = sign.join(map(str, log.iloc[:, 1].unique()[:k]))
    return pd.DataFrame({names[0]: log.iloc[:, 0].unique(), names[1]: cell})


def put(root: Path, **files: pd.DataFrame) -> Paths:
    """Write files into raw/; `train__csv` is train.csv. The ending decides how."""
    paths = Paths("made", root)
    paths.raw.mkdir(parents=True, exist_ok=True)
    for stem, table in files.items():
        file = paths.raw / stem.replace("__", ".")
        if file.suffix == ".parquet":
            table.to_parquet(file, index=False)
        elif ".json" in file.name:
            table.to_json(file, orient="records", lines=True)
        else:
            table.to_csv(file, index=False, sep="\t" if ".tsv" in file.name else ",")
    return paths


def outcome(found: Found) -> dict[str, object]:
    """Everything that was decided; what is not there is left out."""
    source = {key: thing for key, thing in found.source.items() if key not in ("kind", "kinds")}
    scheme = found.schemes[0]
    return {
        **source,
        "k": found.told.k,
        "form": found.told.form.kind,
        "seen": found.told.seen,
        "scheme": {scheme.kind: scheme.settings},
        "retrievers": [method.kind for method in found.retrievers],
    }


def suited(*names: str) -> list[str]:
    """Those of some retrievers that there are."""
    return [name for name in names if name in kinds()]
