"""The raw files of the synthetic sample, which no organiser gives."""

from shortlist.data.sample import SampleSize, write_sample
from shortlist.pipeline.run import Run


def make_sample(run: Run) -> None:
    """Write them as `shortlist sample` does by default."""
    write_sample(run.paths.config.parent, SampleSize(), seed=0)
