"""The first stage: the organiser's files, checked, as a dataset on disk."""

from shortlist.common.progress import note
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.sources.base import SOURCES
from shortlist.data.sources.sample_submission import FILE as SAMPLE
from shortlist.data.sources.sample_submission import read_sample_submission
from shortlist.errors import DataError


def preprocess(paths: Paths, competition: Competition) -> None:
    """Read the raw files and save the dataset.

    Raises:
        DataError: raw files are missing or do not hold what they should.
    """
    source = SOURCES.make(*competition.source_kind)
    files = {**source.files, SAMPLE: True}
    missing = [name for name, needed in files.items() if needed and not (paths.raw / name).is_file()]
    if missing:
        raise DataError(
            f"{paths.raw}: missing {', '.join(missing)}; get the competition's files at {competition.url} "
            f"and put them into {paths.raw}/"
        )
    dataset = source.read(paths.raw)
    # Read here only to complain early: a bad one must not cost a competitor the whole run.
    read_sample_submission(paths.raw, competition.submission, dataset)
    dataset.save(paths.dataset)
    note(f"preprocess: {len(dataset.users):,} users, {len(dataset.items):,} items, {len(dataset):,} pairs")
