"""Dacon: one request with the CSV. Days are Korea's."""

import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path
from typing import ClassVar, Self

from pydantic import SecretStr

from shortlist.errors import ConfigError
from shortlist.pipeline.run import Run
from shortlist.submission.credentials import Credentials, read_credentials
from shortlist.submission.services.answer import Answer, unknown
from shortlist.submission.services.base import Service, demand_text, silent_seconds
from shortlist.submission.services.dacon_answer import understand
from shortlist.submission.services.exchange import BrokenError, address, exchange

TOKEN, TEAM = "DACON_TOKEN", "DACON_TEAM"

URL, TIMEOUT = "DACON_API_URL", "DACON_TIMEOUT"


@dataclass(frozen=True)
class Form:
    """What goes with the file: everything but the token."""

    cpt_id: int
    team_name: str
    file_name: str
    memo: str


@dataclass(frozen=True)
class Dacon(Service):
    """See `Service`.

    Attributes:
        form: what goes with the file.
        credentials: the team's token and name.
    """

    form: Form
    credentials: Credentials

    title: ClassVar[str] = "Dacon"
    zone: ClassVar[timezone] = timezone(timedelta(hours=9), "KST")  # there is no summer time in Korea
    daily_limit: ClassVar[int] = 3
    max_bytes: ClassVar[int] = 104_857_600  # 100 MiB; Dacon refuses files over it

    @classmethod
    def prepared(cls, run: Run, csv: Path, memo: str) -> Self:
        """See `Service.prepared`."""
        url, seconds = _address(run), silent_seconds(TIMEOUT)
        credentials = read_credentials(run.paths.root, (TOKEN,), (TEAM,))
        cpt_id, team = run.competition.upload.cpt_id, credentials.names.get(TEAM, "")
        if cpt_id is None:
            raise ConfigError(
                f"{run.paths.config}: key 'upload.cpt_id' is missing; add the competition's number at Dacon"
            )
        demand_text({TEAM: team})
        return cls(url, seconds, Form(cpt_id, team, csv.name, memo), credentials)

    @property
    def lines(self) -> dict[str, str]:
        """See `Service.lines`."""
        return {
            "to": f"{self.url}, cpt_id {self.form.cpt_id}, api_version 2.0",
            "file_name": self.form.file_name,
            "team_name": self.form.team_name or "none",
            "memo": json.dumps(self.form.memo, ensure_ascii=False),
            "api_token": "set, not shown" if TOKEN in self.credentials.secrets else "none",
        }

    @property
    def missing(self) -> list[str]:
        """See `Service.missing`."""
        return self.credentials.missing((TOKEN, TEAM))

    def send(self, content: bytes, answered: Callable[[], None] = lambda: None) -> Answer:
        """See `Service.send`."""
        return post(self.url, self.form, content, self.credentials.secrets[TOKEN], self.seconds, answered)


def post(
    url: str, form: Form, content: bytes, token: SecretStr, seconds: float, answered: Callable[[], None] = lambda: None
) -> Answer:
    """Send the CSV once, and say what became of it.

    Args:
        url: see `submission_address`.
        form: what goes with it.
        content: of the CSV, sent as it is.
        token: of the team.
        seconds: see `exchange`.
        answered: called when the server has spoken, before anything is made of it.

    Raises:
        NotSentError: nothing has left.
    """
    secret = token.get_secret_value()
    fields = {**form.__dict__, "cpt_id": str(form.cpt_id), "api_token": secret, "api_version": "2.0"}
    file = (form.file_name, io.BytesIO(content), "text/csv")  # read in pieces: each may take `seconds`
    try:
        reply = exchange("POST", url, seconds, len(content), answered, data=fields, files={"file": file})
    except BrokenError as error:
        return unknown(error.reason)
    return understand(reply.status, reply.body, secret)


def submission_address(base: str, setting: str = URL) -> str:
    """The address that CSVs are sent to; see `exchange.address`."""
    return f"{address(base, setting)}/submission"


def _address(run: Run) -> str:
    if typed := os.environ.get(URL):
        return submission_address(typed)
    if run.competition.upload.url is None:
        raise ConfigError(f"{run.paths.config}: has no upload.url, so it goes only where {URL} says; nothing was sent")
    return submission_address(run.competition.upload.url, f"{run.paths.config}: upload.url")
