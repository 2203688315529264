"""Handing a CSV in: checked, shown, written down before the first byte leaves, sent once, and its end written down."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shortlist.common.bilingual import Bilingual
from shortlist.config.paths import Paths
from shortlist.errors import LedgerError, SubmissionError, UploadError, UploadRefused, UploadUnknown, one_line
from shortlist.pipeline.run import Run
from shortlist.submission.check import check_submission, load_requirements
from shortlist.submission.guard import lost_uploads, obstacle, sent_today
from shortlist.submission.ledger import Ledger
from shortlist.submission.lock import notice_cut_off, only_upload
from shortlist.submission.origin import read_origin
from shortlist.submission.outcome import find_csv, recorded_name
from shortlist.submission.services.answer import Answer, unknown
from shortlist.submission.services.base import Service, demand_text
from shortlist.submission.services.exchange import NotSentError
from shortlist.submission.services.registry import service_of

DRY_RUN = Bilingual(
    "upload: dry run, nothing was sent; add YES=1 to send", "시험 실행입니다. 보내려면 YES=1을 붙이세요"
)


@dataclass(frozen=True)
class Plan:
    """An upload that could be made: all that can be checked before has been.

    Attributes:
        paths: of the competition.
        csv: what is handed in.
        content: its bytes, which are those that were checked.
        sha256: of them.
        memo: what goes with them.
        service: takes them.
        daily_limit: of the competition.
    """

    paths: Paths
    csv: Path
    content: bytes
    sha256: str
    memo: str
    service: Service
    daily_limit: int


def prepare(run: Run, file: str, memo: str) -> Plan:
    """Check everything that can be checked without the server.

    Raises:
        SubmissionError: the CSV would not be accepted, or is too large.
        UploadError: it must not be sent, or not there.
        ConfigError: a setting or the credentials cannot be used.
    """
    paths, settings = run.paths, run.competition.upload
    csv, kind = find_csv(paths, file), service_of(run)
    if (size := csv.stat().st_size) > kind.max_bytes:
        raise SubmissionError(f"{csv}: has {size:,} bytes, and {kind.title} takes {kind.max_bytes:,}; nothing was sent")
    service = kind.prepared(run, csv, memo)
    _demand_memo(memo)
    demand_text({"MEMO": memo, "FILE": csv.name})
    content = check_submission(csv, load_requirements(run))
    sha256 = hashlib.sha256(content).hexdigest()
    plan = Plan(paths, csv, content, sha256, memo, service, settings.daily_limit or kind.daily_limit)
    notice_cut_off(paths)
    _refuse_in_vain(plan)
    return plan


def describe(plan: Plan) -> str:
    """What would be sent where, secrets left out, and what the ledger says of today."""
    now = datetime.now(plan.service.zone)
    accepted, maybe = sent_today(Ledger(plan.paths.ledger).entries(), now)
    doubt = f", and {maybe} that may have arrived (unknown or being sent)" if maybe else ""
    lines = {
        "file": f"{plan.csv}, {len(plan.content):,} bytes, SHA-256 {plan.sha256}; checked",
        **plan.service.lines,
        "today": f"{now:%Y-%m-%d %Z}, by this ledger: {accepted} accepted{doubt}; the limit is {plan.daily_limit}",
    }
    if missing := plan.service.missing:
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
    if missing := plan.service.missing:
        names = " and ".join(missing)
        english = f"nothing was sent: set {names} in the environment or in .env"
        raise UploadError(str(Bilingual(english, "토큰이나 팀 이름이 없습니다")))
    ledger = Ledger(plan.paths.ledger)
    with only_upload(plan.paths):
        _refuse_in_vain(plan)
        ledger.record(plan.sha256, recorded_name(plan.paths, plan.csv), read_origin(plan.csv, plan.sha256))
        before = ledger.start(plan.sha256, plan.memo)
        try:
            answer = plan.service.send(plan.content, answered)
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
    if reason := obstacle(plan.sha256, entries, plan.daily_limit, datetime.now(plan.service.zone)):
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


def _demand_memo(memo: str) -> None:
    if not memo.strip():
        english = "MEMO=... is missing: say what this CSV is; it stands in the organiser's list"
        raise UploadError(str(Bilingual(english, "메모가 없습니다")))
