"""Dacon's API: one request with the CSV, and whatever comes back within bounds. Knows no ledger, and tries once."""

import asyncio
import io
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpx
from pydantic import SecretStr

from shortlist.common.bilingual import Bilingual
from shortlist.errors import UploadError
from shortlist.submission.dacon_answer import Answer, understand, unknown

MAX_BYTES = 104_857_600
"""100 MiB; Dacon refuses files over it."""

ANSWER_BYTES = 65_536
"""No answer that says something is longer; those known have some hundred bytes."""

CONNECT_SECONDS = 10.0
SLOWEST = 50_000
"""Bytes a second: a line over which 100 MiB take 35 minutes may take so long."""


@dataclass(frozen=True)
class Form:
    """What goes with the file: everything but the token."""

    cpt_id: int
    team_name: str
    file_name: str
    memo: str


class NotSentError(UploadError):
    """There was no connection: not one byte of the file has left."""


def address(base: str, setting: str = "DACON_API_URL") -> str:
    """The address that CSVs are sent to.

    Args:
        base: of the server.
        setting: where `base` was read.

    Raises:
        UploadError: `base` is not one that a token may be sent to.
    """
    try:
        url = httpx.URL(base)
        host = url.host
        url.raw_host.decode("ascii").encode("idna")  # as it is encoded to be looked up: no label too long or empty
    except (httpx.InvalidURL, ValueError):
        url, host = httpx.URL(""), ""
    safe = url.scheme == "https" or (url.scheme == "http" and _is_here(host))
    named = bool(host) and "%" not in host and url.port != 0 and (url.port or 1) < 2**16
    if not safe or not named or url.userinfo or url.query or url.fragment:
        raise UploadError(f"{setting}: must be https://host, or http://localhost for tests, without a password")
    return f"{str(url).rstrip('/')}/submission"


def post(
    url: str, form: Form, content: bytes, token: SecretStr, seconds: float, answered: Callable[[], None] = lambda: None
) -> Answer:
    """Send the CSV once, and say what became of it.

    Args:
        url: see `address`.
        form: what goes with it.
        content: of the CSV, sent as it is.
        token: of the team.
        seconds: that the server may be silent, or take in nothing; twice that in all, beside the time for the file.
        answered: called when the server has spoken, before anything is made of it.

    Raises:
        NotSentError: nothing has left.
    """
    secret = token.get_secret_value()
    fields = {**form.__dict__, "cpt_id": str(form.cpt_id), "api_token": secret, "api_version": "2.0"}
    file = (form.file_name, io.BytesIO(content), "text/csv")  # read in pieces: each may take `seconds`
    whole = 2 * seconds + len(content) / SLOWEST
    try:
        client = _client(url, seconds)
    except (ValueError, ImportError, httpx.InvalidURL):
        raise NotSentError(_not_sent("the proxy that the environment names cannot be used")) from None
    try:
        status, body = _run(asyncio.wait_for(_exchange(client, url, fields, file, answered), whole), answered)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as error:
        raise NotSentError(_not_sent(f"no connection ({type(error).__name__})")) from None
    except httpx.TimeoutException:
        return unknown(Bilingual(f"no answer within {seconds:g} s", f"{seconds:g}초 안에 응답이 없습니다"))
    except TimeoutError:
        return unknown(Bilingual(f"no end within {whole:.3g} s", f"{whole:.3g}초 안에 끝나지 않았습니다"))
    except _UselessAnswerError as error:
        return unknown(error.reason)
    except Exception as error:  # bytes may have left: whatever it is, nobody knows whether they arrived
        kind = type(error).__name__
        return unknown(Bilingual(f"the connection broke ({kind})", f"연결이 끊겼습니다({kind})"))
    return understand(status, body, secret)


class _UselessAnswerError(Exception):
    """An answer that is not read to its end."""

    def __init__(self, reason: Bilingual) -> None:
        super().__init__(reason.en)
        self.reason = reason


def _client(url: str, seconds: float) -> httpx.AsyncClient:
    """A client that goes by the proxies of the environment, but not to this machine itself."""
    timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    here = httpx.AsyncHTTPTransport() if _is_here(httpx.URL(url).host) else None
    return httpx.AsyncClient(timeout=timeout, transport=here, headers={"Accept-Encoding": "identity"})


async def _exchange(
    client: httpx.AsyncClient,
    url: str,
    fields: dict[str, str],
    file: tuple[str, io.BytesIO, str],
    answered: Callable[[], None],
) -> tuple[int, bytes]:
    """Status and body of the answer; asynchronous, since only so it can be ended at any moment.

    Raises:
        _UselessAnswerError: the answer is too long, or packed: a little of it may become a lot.
    """
    async with client, client.stream("POST", url, data=fields, files={"file": file}) as response:
        try:
            return response.status_code, await _body(response)
        finally:
            answered()


async def _body(response: httpx.Response) -> bytes:
    """As much of it as any answer has."""
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise _UselessAnswerError(Bilingual("a packed answer, which nobody asked for", "압축된 응답입니다"))
    body = b""
    async for part in response.aiter_raw():
        body += part
        if len(body) > ANSWER_BYTES:
            kb = ANSWER_BYTES // 1024
            raise _UselessAnswerError(Bilingual(f"an answer of more than {kb} kB", f"응답이 {kb} kB를 넘습니다"))
    return body


def _run(exchange: Coroutine[Any, Any, tuple[int, bytes]], answered: Callable[[], None]) -> tuple[int, bytes]:
    """Wait for it; beside the loop that a notebook runs in this thread, where there is one.

    Another thread can set no handler of signals, so `answered` is then called in this one too.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(exchange)
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(asyncio.run, exchange).result()
        finally:
            answered()


def _is_here(host: str) -> bool:
    """Whether an address is of this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _not_sent(reason: str) -> str:
    english = f"nothing was sent: {reason}; try again later"
    return str(Bilingual(english, "아무것도 보내지 않았습니다: 서버에 연결할 수 없습니다"))
