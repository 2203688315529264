"""What an answer of Dacon's server means: never more than it says, and nothing where it contradicts itself.

Two forms of answers are known: `{"message": ..., "data": ...}` of the public client 0.0.4 and `{"isSubmitted": ...,
"detail": ...}` of newer ones. Whatever is neither leaves open whether the file was taken.
"""

import html
import json
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, quote_plus

from shortlist.common.bilingual import Bilingual, same
from shortlist.submission.ledger import Again

DETAIL_LENGTH = 200
"""So many characters of the server's own words are shown and kept."""

HEADER = Bilingual("the header is wrong", "헤더가 잘못되었습니다")
PARSING = Bilingual("the file cannot be parsed", "파일을 읽을 수 없습니다")
ROWS = Bilingual("the number or order of rows is wrong", "행의 수나 순서가 잘못되었습니다")
OTHER = Bilingual("for a reason that the server does not name", "서버가 이유를 밝히지 않았습니다")
WRONG = {
    "1": HEADER,
    "2": PARSING,
    "3": ROWS,
    "4": OTHER,
    "21": Bilingual("the type of the file is wrong", "파일 형식이 잘못되었습니다"),
    "901": HEADER,
    "902": PARSING,
    "903": ROWS,
    "904": Bilingual("a value is wrong", "값이 잘못되었습니다"),
    "9021": Bilingual("it holds characters that are not allowed", "허용되지 않는 문자가 있습니다"),
}
"""What `data` says where `message` is `wrong`; the server judges the content, but for 4 where nobody can tell."""

REFUSALS = ("wrong", "over_max_count", "day_max_count")
"""Words of `message` that say no."""

FAULTY = ("error", "code", "fail")
"""In the name of a key that has no place beside a yes, unless it says nothing or repeats the status of HTTP."""


@dataclass(frozen=True)
class Answer:
    """What became of the file.

    Attributes:
        state: whether the server has taken it.
        said: the same in one line.
        again: where refused, when the same content may be sent once more.
    """

    state: Literal["accepted", "refused", "unknown"]
    said: Bilingual
    again: Again | None = None


def understand(status: int, body: bytes, secret: str) -> Answer:
    """What an HTTP answer means.

    Args:
        status: of HTTP; unless it is one of success or of a fault of ours, nothing that the body says is relied on.
        body: as it came.
        secret: the token, which a server may echo: it is taken out.
    """
    try:
        answer = json.loads(body, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        answer = None
    if not (200 <= status < 300 or 400 <= status < 500) or not isinstance(answer, dict):
        return unknown(
            Bilingual(f"an answer that says nothing (HTTP {status})", f"알 수 없는 응답입니다(HTTP {status})")
        )
    yes, no = _says_yes(answer), _says_no(status, answer)
    if yes and no:
        said = _plain(answer, secret)
        return unknown(
            Bilingual(
                f"the answer contradicts itself (HTTP {status}, {said})",
                f"응답의 내용이 서로 어긋납니다(HTTP {status}, {said})",
            )
        )
    if yes:
        detail = _plain(answer.get("detail") or "", secret)
        return Answer("accepted", _with_detail(Bilingual("accepted", "제출되었습니다"), detail))
    if answer.get("isSubmitted") is False:
        detail = _plain(answer.get("detail") or "", secret)
        return _refused(same(detail) if detail else OTHER, "any time")
    return _old_refusal(status, answer, secret)


def unknown(reason: Bilingual) -> Answer:
    """It may have arrived: a slot may be spent."""
    said = Bilingual(f"unknown whether it arrived: {reason.en}", f"도착 여부를 알 수 없습니다: {reason.ko}")
    return Answer("unknown", said)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; the last of two values for one key would hide the first."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a key is duplicated")
    return found


def _says_yes(answer: dict[str, Any]) -> bool:
    return answer.get("isSubmitted") is True or answer.get("message") == "ok"


def _says_no(status: int, answer: dict[str, Any]) -> bool:
    """Whether anything in an answer keeps a yes from being one."""
    taken, words = answer.get("isSubmitted"), {str(answer.get(key)) for key in ("message", "data", "detail")}
    faults = [value for key, value in answer.items() if any(part in key.lower() for part in FAULTY)]
    return (
        status >= 300
        or not (taken is None or taken is True)
        or answer.get("message") not in (None, "", "ok")
        or answer.get("success") in (False, "false", "fail")
        or bool(words & {*WRONG, *REFUSALS})
        or any(value not in (None, "", 0, "0", False, status, str(status), [], {}) for value in faults)
    )


def _old_refusal(status: int, answer: dict[str, Any], secret: str) -> Answer:
    message, data = answer.get("message"), str(answer.get("data", ""))
    if message == "over_max_count":
        limit = Bilingual(
            "over_max_count: the limit of the whole competition is reached", "대회 전체 제출 횟수를 다 썼습니다"
        )
        return _refused(limit, "any time")
    if message == "day_max_count":
        limit = Bilingual("day_max_count: the limit of the day is reached", "오늘 제출 횟수를 다 썼습니다")
        return _refused(limit, "another day")
    if message == "wrong":
        reason, code = WRONG.get(data, OTHER), _plain(data, secret)
        said = Bilingual(f"wrong {code}: {reason.en}", f"{reason.ko}({code})") if code else reason
        return _refused(said, "any time" if reason is OTHER else "never")
    return unknown(same(f"HTTP {status}, {_plain(answer, secret)}"))


def _refused(reason: Bilingual, again: Again) -> Answer:
    return Answer("refused", Bilingual(f"refused: {reason.en}", f"거부되었습니다: {reason.ko}"), again)


def _with_detail(said: Bilingual, detail: str) -> Bilingual:
    return Bilingual(f"{said.en}: {detail}", f"{said.ko}: {detail}") if detail else said


def _plain(said: Any, secret: str) -> str:
    """The server's own words as one short line, the token taken out before anything is cut off."""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    written = (secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret), html.escape(secret))
    for form in sorted(written, key=len, reverse=True):
        text = text.replace(form, "***")
    text = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return text if len(text) <= DETAIL_LENGTH else f"{text[:DETAIL_LENGTH]}..."
