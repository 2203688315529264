"""Dacon's API: one request with the CSV, and what the answer means. Knows nothing of the ledger, and tries once.

Two forms of answers are known: `{"message": ..., "data": ...}` of the public client 0.0.4 and `{"isSubmitted": ...,
"detail": ...}` of newer ones. Whatever is neither leaves open whether the file was taken.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from shortlist.common.bilingual import Bilingual, same
from shortlist.errors import UploadError
from shortlist.submission.ledger import Again

MAX_BYTES = 104_857_600
"""100 MiB; Dacon refuses files over it."""

CONNECT_SECONDS = 10.0
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


@dataclass(frozen=True)
class Form:
    """What goes with the file: everything but the token."""

    cpt_id: int
    team_name: str
    file_name: str
    memo: str


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


class NotSentError(UploadError):
    """There was no connection: not one byte of the file has left."""


def address(base: str) -> str:
    """The address that CSVs are sent to.

    Raises:
        UploadError: `base` is not one that a token may be sent to.
    """
    try:
        url = httpx.URL(base)
    except httpx.InvalidURL:
        url = httpx.URL("")
    safe = url.scheme == "https" or (url.scheme == "http" and url.host in ("localhost", "127.0.0.1", "::1"))
    if not safe or not url.host or url.userinfo or url.query or url.fragment:
        raise UploadError("DACON_API_URL: must be https://host, or http://localhost for tests, without a password")
    return f"{str(url).rstrip('/')}/submission"


def post(url: str, form: Form, content: bytes, token: SecretStr, seconds: float) -> Answer:
    """Send the CSV once, and say what became of it.

    Args:
        url: see `address`.
        form: what goes with it.
        content: of the CSV, sent as it is.
        token: of the team.
        seconds: that the server may be silent, or take in nothing.

    Raises:
        NotSentError: nothing has left.
    """
    secret = token.get_secret_value()
    fields = {**form.__dict__, "cpt_id": str(form.cpt_id), "api_token": secret, "api_version": "2.0"}
    timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    try:
        client = httpx.Client(timeout=timeout)
    except (ValueError, ImportError, httpx.InvalidURL):
        raise NotSentError(_not_sent("the proxy that the environment names cannot be used")) from None
    try:
        with client:
            response = client.post(url, data=fields, files={"file": (form.file_name, content, "text/csv")})
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as error:
        raise NotSentError(_not_sent(f"no connection ({type(error).__name__})")) from None
    except httpx.TimeoutException:
        return unknown(Bilingual(f"no answer within {seconds:g} s", f"{seconds:g}초 안에 응답이 없습니다"))
    except httpx.HTTPError as error:
        kind = type(error).__name__
        return unknown(Bilingual(f"the connection broke ({kind})", f"연결이 끊겼습니다({kind})"))
    return understand(response.status_code, response.content, secret)


def understand(status: int, body: bytes, secret: str) -> Answer:
    """What an HTTP answer means; never more than it says.

    Args:
        status: of HTTP; from 500 on, nothing that the body says is relied on.
        body: as it came.
        secret: the token, which a server may echo: it is taken out.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if status >= 500 or not isinstance(answer, dict):
        return unknown(
            Bilingual(f"an answer that says nothing (HTTP {status})", f"알 수 없는 응답입니다(HTTP {status})")
        )
    if isinstance(taken := answer.get("isSubmitted"), bool):
        detail = _plain(answer.get("detail", ""), secret)
        if not taken:
            return _refused(same(detail), "any time")
        if status < 300:
            return Answer("accepted", Bilingual(f"accepted: {detail}", f"제출되었습니다: {detail}"))
    return _old_form(status, answer, secret)


def unknown(reason: Bilingual) -> Answer:
    """It may have arrived: a slot may be spent."""
    said = Bilingual(f"unknown whether it arrived: {reason.en}", f"도착 여부를 알 수 없습니다: {reason.ko}")
    return Answer("unknown", said)


def _old_form(status: int, answer: dict[str, Any], secret: str) -> Answer:
    message, data = answer.get("message"), str(answer.get("data", ""))
    if message == "ok" and status < 300:
        return Answer("accepted", Bilingual("accepted", "제출되었습니다"))
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
        said = Bilingual(f"wrong {code}: {reason.en}", f"{reason.ko}({code})")
        return _refused(said, "any time" if reason is OTHER else "never")
    return unknown(same(f"HTTP {status}, {_plain(answer, secret)}"))


def _refused(reason: Bilingual, again: Again) -> Answer:
    return Answer("refused", Bilingual(f"refused: {reason.en}", f"거부되었습니다: {reason.ko}"), again)


def _not_sent(reason: str) -> str:
    english = f"nothing was sent: {reason}; try again later"
    return str(Bilingual(english, "아무것도 보내지 않았습니다: 서버에 연결할 수 없습니다"))


def _plain(said: Any, secret: str) -> str:
    """The server's own words as one short line, the token taken out before anything is cut off."""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    for form in (secret, json.dumps(secret)[1:-1], quote(secret, safe="")):
        text = text.replace(form, "***")
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text if len(text) <= DETAIL_LENGTH else f"{text[:DETAIL_LENGTH]}..."
