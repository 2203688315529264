"""The first stage: the organiser's files, checked, as a dataset on disk."""

from shortlist.common.files import write_text_if_changed
from shortlist.common.progress import note
from shortlist.config.paths import Paths
from shortlist.data.sources.registry import SOURCES
from shortlist.data.sources.sample_submission import FILE as SAMPLE
from shortlist.data.sources.sample_submission import read_sample_submission
from shortlist.errors import DataError
from shortlist.pipeline.run import Run


def preprocess(run: Run) -> None:
    """Read the raw files and save the dataset.

    Raises:
        DataError: raw files are missing or do not hold what they should.
    """
    competition, raw = run.competition, run.paths.raw
    list_raw_files(run.paths)
    source = SOURCES.make(*competition.source_kind)
    files = {**source.files, SAMPLE: True}
    missing = [name for name, needed in files.items() if needed and not (raw / name).is_file()]
    if missing:
        raise DataError(
            f"{raw}: missing {', '.join(missing)}; get the competition's files at {competition.url} "
            f"and put them into {raw}/"
        )
    dataset = source.read(raw)
    # Read here only to complain early: a bad one must not cost a competitor the whole run.
    read_sample_submission(raw, competition.submission, dataset)
    dataset.save(run.paths.dataset)
    note(f"preprocess: {len(dataset.users):,} users, {len(dataset.items):,} items, {len(dataset):,} pairs")


def list_raw_files(paths: Paths) -> None:
    """Write sizes and names of the raw files: tells of one that was added, removed or replaced by an older one.

    Make does the same each time that it looks, see the Makefile.
    """
    files = sorted(paths.raw.glob("*.csv"))
    write_text_if_changed(paths.raw_list, "".join(f"{file.stat().st_size} {file.name}\n" for file in files))
