"""Whether a CSV may be handed in now, from the ledger alone: never the same content twice, and the limit of the day."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo

from shortlist.common.bilingual import Bilingual
from shortlist.errors import shown
from shortlist.submission.journal import Line
from shortlist.submission.ledger import Entry

SPENT = "오늘 제출 횟수를 다 썼습니다"


def sent_today(entries: Iterable[Entry], now: datetime) -> tuple[int, int]:
    """How many were accepted on the day of `now` in its zone, and of how many sent that day nobody knows."""
    today = [entry.state for entry in entries if _is_of_today(entry, now)]
    return today.count("accepted"), today.count("unknown") + today.count("sending")


def lost_uploads(lost: Sequence[Line]) -> Bilingual:
    """What to do about uploads that the ledger has lost: it cannot say what must not be sent again."""
    file = shown(lost[0].file)
    return Bilingual(
        f"the ledger has lost {len(lost)} of what was handed in, the first {file} ({lost[0].state}); put a copy of it "
        f"back, or `make settle FILE={file} AS=accepted` or `AS=refused`; `make ledger` shows all",
        "장부에서 제출 기록이 사라졌습니다. 장부를 되돌리거나 make settle로 정하세요",
    )


def obstacle(sha256: str, entries: Iterable[Entry], daily_limit: int, now: datetime) -> Bilingual | None:
    """Why this content must not be sent now, in one line; None if it may.

    Args:
        sha256: of the content.
        entries: of the ledger.
        daily_limit: CSVs that are taken in a day.
        now: in the zone whose days the organiser counts.
    """
    entries = list(entries)
    known = next((entry for entry in entries if entry.sha256 == sha256), None)
    if known is not None and (reason := _own_obstacle(known, now)):
        return reason
    if sent_today(entries, now)[0] >= daily_limit:
        english = f"{daily_limit} were accepted today ({now.tzname()}), which is upload.daily_limit; try again tomorrow"
        return Bilingual(english, SPENT)
    return None


def _own_obstacle(entry: Entry, now: datetime) -> Bilingual | None:
    match entry.state, entry.again:
        case "accepted", _:
            return Bilingual(
                "it was accepted already, and the same content is never sent twice", "이미 제출된 파일입니다"
            )
        case "sending", _:
            return Bilingual("it is being sent right now; wait for the end", "지금 업로드 중입니다")
        case "unknown", _:
            return Bilingual(
                "it may have arrived already; look at the competition's page, then `make settle FILE=... AS=accepted` "
                "or `AS=refused`",
                "이미 도착했을 수 있습니다. 대회 페이지를 확인하고 make settle로 정하세요",
            )
        case "refused", "never":
            english = f"the server has judged its content ({entry.answer}); fix it"
            return Bilingual(english, "서버가 거부한 내용입니다. 고치세요")
        case "refused", "another day" if _is_of_today(entry, now):
            english = f"the server has said that the limit of the day is reached; try again tomorrow ({now.tzname()})"
            return Bilingual(english, SPENT)
        case _:
            return None


def _is_of_today(entry: Entry, now: datetime) -> bool:
    return entry.sent is not None and _day(datetime.fromisoformat(entry.sent), now.tzinfo) == now.date()


def _day(time: datetime, zone: tzinfo | None) -> date:
    return time.astimezone(zone).date()
