"""What every service that takes CSVs is asked: what would be sent, whether it may be, and to send it once."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timezone
from pathlib import Path
from typing import ClassVar, Self

from shortlist.errors import ConfigError, shown
from shortlist.pipeline.run import Run
from shortlist.submission.services.answer import Answer

MAX_SECONDS = 3600.0


@dataclass(frozen=True)
class Service(ABC):
    """One CSV's way to a service: where it goes, what goes with it, and whose it is; see `services.registry`.

    Attributes:
        url: of the service.
        seconds: that it may be silent.
        title: the service's name.
        zone: whose days it counts.
        daily_limit: CSVs that it takes in a day where competition.toml does not say.
        max_bytes: of a CSV.
    """

    url: str
    seconds: float

    title: ClassVar[str]
    zone: ClassVar[timezone]
    daily_limit: ClassVar[int]
    max_bytes: ClassVar[int]

    @classmethod
    @abstractmethod
    def prepared(cls, run: Run, csv: Path, memo: str) -> Self:
        """What is sent with a CSV, from competition.toml, the environment and `.env`.

        Raises:
            ConfigError: a setting or a credential cannot be used.
            UploadError: the service's address is none that a token may be sent to.
        """

    @property
    @abstractmethod
    def lines(self) -> dict[str, str]:
        """What would be sent where, by name, secrets left out."""

    @property
    @abstractmethod
    def missing(self) -> list[str]:
        """Names of the credentials that are not set."""

    @abstractmethod
    def send(self, content: bytes, answered: Callable[[], None]) -> Answer:
        """Hand the CSV in, once.

        Args:
            content: of the CSV, sent as it is.
            answered: called when the server has spoken, before anything is made of it.

        Raises:
            NotSentError: it was not handed in.
        """

    def scores(self) -> tuple[str, str]:
        """Public and private score, as text, that the service shows of the CSV; "" for a private one not known yet.

        Raises:
            ConfigError: the service tells no scores, or the credentials are not there; a person has to.
            UploadError: it does not know the CSV, has no score of it, or cannot be asked.
        """
        raise ConfigError(f"PUBLIC=... is missing: {self.title} tells no scores, so type what its page shows")


def silent_seconds(variable: str) -> float:
    """How long a server may be silent, from the environment: for slow lines and for tests.

    Raises:
        ConfigError: it is no such number.
    """
    text = os.environ.get(variable) or "60"
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_SECONDS:
        raise ConfigError(f"{variable}: must be seconds, above 0 and up to {MAX_SECONDS:g}, got {shown(text)}")
    return seconds


def demand_text(values: Mapping[str, str]) -> None:
    """Refuse what cannot be sent as text.

    Raises:
        ConfigError: a value is not UTF-8.
    """
    for name, text in values.items():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ConfigError(f"{name}: not UTF-8; type it in a terminal that is") from None
