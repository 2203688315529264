"""Handing a CSV in: checked, shown, written down before the first byte leaves, sent once, and its end written down."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shortlist.common.bilingual import Bilingual
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.errors import (
    ConfigError,
    LedgerError,
    SubmissionError,
    UploadError,
    UploadRefused,
    UploadUnknown,
    one_line,
    shown,
)
from shortlist.pipeline.run import Run
from shortlist.submission.check import check_submission, load_requirements
from shortlist.submission.credentials import TEAM, Credentials, read_credentials
from shortlist.submission.dacon_answer import Answer, unknown
from shortlist.submission.dacon_api import MAX_BYTES, Form, NotSentError, address, post
from shortlist.submission.guard import KST, lost_uploads, obstacle, sent_today
from shortlist.submission.ledger import Ledger
from shortlist.submission.lock import notice_cut_off, only_upload
from shortlist.submission.origin import read_origin
from shortlist.submission.outcome import find_csv, recorded_name

DRY_RUN = Bilingual(
    "upload: dry run, nothing was sent; add YES=1 to send", "시험 실행입니다. 보내려면 YES=1을 붙이세요"
)
MAX_SECONDS = 3600.0


@dataclass(frozen=True)
class Plan:
    """An upload that could be made: all that can be checked before has been.

    Attributes:
        paths: of the competition.
        csv: what is handed in.
        content: its bytes, which are those that were checked.
        sha256: of them.
        url: where they go.
        form: what goes with them.
        credentials: whose they are.
        daily_limit: of the competition.
        seconds: that the server may be silent.
    """

    paths: Paths
    csv: Path
    content: bytes
    sha256: str
    url: str
    form: Form
    credentials: Credentials
    daily_limit: int
    seconds: float


def prepare(run: Run, file: str, memo: str) -> Plan:
    """Check everything that can be checked without the server.

    Raises:
        SubmissionError: the CSV would not be accepted, or is too large.
        UploadError: it must not be sent, or not there.
        ConfigError: a setting or the credentials cannot be used.
    """
    paths, competition = run.paths, run.competition
    csv = find_csv(paths, file)
    if (size := csv.stat().st_size) > MAX_BYTES:
        raise SubmissionError(f"{csv}: has {size:,} bytes, and Dacon takes {MAX_BYTES:,}; nothing was sent")
    url, seconds, credentials = _address(paths, competition), _seconds(), read_credentials(paths.root)
    form = _form(paths, competition, csv, memo, credentials.team or "")
    content = check_submission(csv, load_requirements(run))
    sha256 = hashlib.sha256(content).hexdigest()
    plan = Plan(paths, csv, content, sha256, url, form, credentials, competition.upload.daily_limit, seconds)
    notice_cut_off(paths)
    _refuse_in_vain(plan)
    return plan


def describe(plan: Plan) -> str:
    """What would be sent where, the token left out, and what the ledger says of today."""
    now = datetime.now(UTC)
    accepted, maybe = sent_today(Ledger(plan.paths.ledger).entries(), now)
    doubt = f", and {maybe} that may have arrived (unknown or being sent)" if maybe else ""
    lines = {
        "file": f"{plan.csv}, {len(plan.content):,} bytes, SHA-256 {plan.sha256}; checked",
        "to": f"{plan.url}, cpt_id {plan.form.cpt_id}, api_version 2.0",
        "file_name": plan.form.file_name,
        "team_name": plan.form.team_name or "none",
        "memo": json.dumps(plan.form.memo, ensure_ascii=False),
        "api_token": "set, not shown" if plan.credentials.token else "none",
        "today": f"{now.astimezone(KST):%Y-%m-%d} KST, by this ledger: {accepted} accepted{doubt}; "
        f"the limit is {plan.daily_limit}",
    }
    if missing := plan.credentials.missing:
        lines["missing"] = f"{' and '.join(missing)}: set it in the environment or in .env before YES=1"
    return "\n".join(one_line(f"upload: {name:<9} {text}") for name, text in lines.items())


def send(plan: Plan, answered: Callable[[], None] = lambda: None) -> str:
    """Send it; returns the line that says that it was accepted.

    Args:
        plan: what is sent where.
        answered: called when the server has spoken, before anything is made of it.

    Raises:
        UploadError: nothing was sent.
        UploadRefused: the server has refused it.
        UploadUnknown: it may have arrived; nothing is tried again.
    """
    token, missing = plan.credentials.token, plan.credentials.missing
    if token is None or missing:
        names = " and ".join(missing)
        english = f"nothing was sent: set {names} in the environment or in .env"
        raise UploadError(str(Bilingual(english, "토큰이나 팀 이름이 없습니다")))
    ledger = Ledger(plan.paths.ledger)
    with only_upload(plan.paths):
        _refuse_in_vain(plan)
        ledger.record(plan.sha256, recorded_name(plan.paths, plan.csv), read_origin(plan.csv, plan.sha256))
        before = ledger.start(plan.sha256, plan.form.memo)
        try:
            answer = post(plan.url, plan.form, plan.content, token, plan.seconds, answered)
        except NotSentError:
            ledger.take_back(before)
            raise
        except KeyboardInterrupt:
            answer = unknown(Bilingual("interrupted", "중단되었습니다"))
        try:
            ledger.finish(plan.sha256, answer.state, answer.said.en, answer.again)
        except LedgerError as error:
            raise UploadUnknown(f"{_line(plan, answer)}; but {error}: note it, and `make settle` later") from None
    return _told(plan, answer)


def _refuse_in_vain(plan: Plan) -> None:
    ledger = Ledger(plan.paths.ledger)
    entries = ledger.entries()
    if lost := ledger.lost():
        raise UploadError(f"{ledger.path}: nothing was sent: {lost_uploads(lost)}")
    if reason := obstacle(plan.sha256, entries, plan.daily_limit, datetime.now(UTC)):
        raise UploadError(f"{plan.csv}: nothing was sent: {reason}")


def _line(plan: Plan, answer: Answer) -> str:
    return f"{plan.csv.name}: {answer.said}"


def _told(plan: Plan, answer: Answer) -> str:
    line = _line(plan, answer)
    if answer.state == "refused":
        raise UploadRefused(line)
    if answer.state == "unknown":
        raise UploadUnknown(f"{line}; look at the competition's page, then `make settle`")
    return one_line(f"upload: {line}")


def _address(paths: Paths, competition: Competition) -> str:
    if typed := os.environ.get("DACON_API_URL"):
        return address(typed)
    if competition.upload.url is None:
        raise ConfigError(
            f"{paths.config}: has no upload.url, so it goes only where DACON_API_URL says; nothing was sent"
        )
    return address(competition.upload.url, f"{paths.config}: upload.url")


def _form(paths: Paths, competition: Competition, csv: Path, memo: str, team: str) -> Form:
    if competition.upload.cpt_id is None:
        raise ConfigError(f"{paths.config}: key 'upload.cpt_id' is missing; add the competition's number at Dacon")
    if not memo.strip():
        english = "MEMO=... is missing: say what this CSV is; it stands in the organiser's list"
        raise UploadError(str(Bilingual(english, "메모가 없습니다")))
    for name, text in (("MEMO", memo), (TEAM, team), ("FILE", csv.name)):
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ConfigError(f"{name}: not UTF-8; type it in a terminal that is") from None
    return Form(competition.upload.cpt_id, team, csv.name, memo)


def _seconds() -> float:
    """DACON_TIMEOUT, for slow lines and for tests."""
    text = os.environ.get("DACON_TIMEOUT") or "60"
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_SECONDS:
        raise ConfigError(f"DACON_TIMEOUT: must be seconds, above 0 and up to {MAX_SECONDS:g}, got {shown(text)}")
    return seconds
