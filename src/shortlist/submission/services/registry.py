"""The services, by `upload.kind` of competition.toml."""

from shortlist.pipeline.run import Run
from shortlist.submission.services.base import Service
from shortlist.submission.services.dacon import Dacon
from shortlist.submission.services.kaggle import Kaggle

SERVICES: dict[str, type[Service]] = {"dacon": Dacon, "kaggle": Kaggle}


def service_of(run: Run) -> type[Service]:
    """The one that a competition's CSVs go to."""
    return SERVICES[run.competition.upload.kind]
