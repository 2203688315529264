"""What an answer of Dacon's server means: never more than it says, and nothing where it contradicts itself.

Two forms of answers are known: `{"message": ..., "data": ...}` of the public client 0.0.4 and `{"isSubmitted": ...,
"detail": ...}` of newer ones. Whatever is neither leaves open whether the file was taken.
"""

from typing import Any

from shortlist.common.bilingual import Bilingual, same
from shortlist.submission.services.answer import UNSAID, Answer, accepted, parsed, plain, refused, unknown

HEADER = Bilingual("the header is wrong", "헤더가 잘못되었습니다")
PARSING = Bilingual("the file cannot be parsed", "파일을 읽을 수 없습니다")
ROWS = Bilingual("the number or order of rows is wrong", "행의 수나 순서가 잘못되었습니다")
WRONG = {
    "1": HEADER,
    "2": PARSING,
    "3": ROWS,
    "4": UNSAID,
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


def understand(status: int, body: bytes, secret: str) -> Answer:
    """What an HTTP answer means.

    Args:
        status: of HTTP; unless it is one of success or of a fault of ours, nothing that the body says is relied on.
        body: as it came.
        secret: the token, which a server may echo: it is taken out.
    """
    answer = parsed(body)
    if not (200 <= status < 300 or 400 <= status < 500) or not isinstance(answer, dict):
        return unknown(
            Bilingual(f"an answer that says nothing (HTTP {status})", f"알 수 없는 응답입니다(HTTP {status})")
        )
    yes, no = _says_yes(answer), _says_no(status, answer)
    if yes and no:
        said = plain(answer, secret)
        return unknown(
            Bilingual(
                f"the answer contradicts itself (HTTP {status}, {said})",
                f"응답의 내용이 서로 어긋납니다(HTTP {status}, {said})",
            )
        )
    if yes:
        return accepted(plain(answer.get("detail") or "", secret))
    if answer.get("isSubmitted") is False:
        detail = plain(answer.get("detail") or "", secret)
        return refused(same(detail) if detail else UNSAID, "any time")
    return _old_refusal(status, answer, secret)


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
        return refused(limit, "any time")
    if message == "day_max_count":
        limit = Bilingual("day_max_count: the limit of the day is reached", "오늘 제출 횟수를 다 썼습니다")
        return refused(limit, "another day")
    if message == "wrong":
        reason, code = WRONG.get(data, UNSAID), plain(data, secret)
        said = Bilingual(f"wrong {code}: {reason.en}", f"{reason.ko}({code})") if code else reason
        return refused(said, "any time" if reason is UNSAID else "never")
    return unknown(same(f"HTTP {status}, {plain(answer, secret)}"))
