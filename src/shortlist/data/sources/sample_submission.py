"""The organiser's sample_submission.csv: which users are asked for, and in what order."""

from pathlib import Path

import numpy as np
import pandera.pandas as pa
from numpy.typing import NDArray

from shortlist.config.competition import SubmissionRules
from shortlist.data.dataset import Dataset
from shortlist.data.sources.reading import ID, read_table, row_of, shown
from shortlist.errors import DataError

FILE = "sample_submission.csv"


def read_sample_submission(raw: Path, rules: SubmissionRules, dataset: Dataset) -> NDArray[np.str_]:
    """Ids of the users to recommend for, in the order of the file, each once.

    Raises:
        DataError: the file does not hold what it should, or names a user that the dataset does not know.
    """
    path = raw / FILE
    columns = {rules.user_column: ID, rules.item_column: pa.Column(str, nullable=True)}
    table = read_table(path, pa.DataFrameSchema(columns))
    users = table[rules.user_column]
    unknown = ~users.isin(dataset.users.ids)
    if unknown.any():
        first = f"row {row_of(table, unknown)}: {shown(users[unknown].iloc[0])}"
        raise DataError(
            f"{path}: column {rules.user_column}: {first} is in none of the other files; "
            f"take all files from the same download"
        )
    return users.drop_duplicates().to_numpy(dtype=str)
