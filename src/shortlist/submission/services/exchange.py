"""One request over HTTP, sent once, and as much of its answer as any answer has. Knows no service and no ledger."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any, NamedTuple

import httpx

from shortlist.common.bilingual import Bilingual
from shortlist.errors import UploadError

ANSWER_BYTES = 65_536
"""No answer that says something is longer; those known have some hundred bytes, a list of submissions some thousand."""

CONNECT_SECONDS = 10.0
SLOWEST = 50_000
"""Bytes a second: a line over which 100 MiB take 35 minutes may take so long."""


class NotSentError(UploadError):
    """Nothing was handed in: there was no connection, or the server did not let it come to that."""


class BrokenError(Exception):
    """The request may have arrived, and nobody knows what became of it."""

    def __init__(self, reason: Bilingual) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Reply(NamedTuple):
    """Status and body of an answer."""

    status: int
    body: bytes


def address(base: str, setting: str) -> str:
    """A server's address, without a slash at its end.

    Args:
        base: as typed.
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
    return str(url).rstrip("/")


def exchange(
    method: str,
    url: str,
    seconds: float,
    size: int = 0,
    answered: Callable[[], None] = lambda: None,
    **parts: Any,
) -> Reply:
    """Send a request once, and give what came back.

    Args:
        method: of HTTP.
        url: where it goes.
        seconds: that the server may be silent, or take in nothing; twice that in all, beside the time for `size`.
        size: bytes of what is sent.
        answered: called when the server has spoken, before anything is made of it.
        parts: the request's content, as httpx takes it.

    Raises:
        NotSentError: nothing has left.
        BrokenError: it may have arrived.
    """
    whole = 2 * seconds + size / SLOWEST
    try:
        client = _client(url, seconds)
    except (ValueError, ImportError, httpx.InvalidURL):
        raise NotSentError(_not_sent("the proxy that the environment names cannot be used")) from None
    try:
        return _run(asyncio.wait_for(_sent(client, method, url, answered, parts), whole), answered)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as error:
        raise NotSentError(_not_sent(f"no connection ({type(error).__name__})")) from None
    except httpx.TimeoutException:
        raise BrokenError(Bilingual(f"no answer within {seconds:g} s", f"{seconds:g}초 안에 응답이 없습니다")) from None
    except TimeoutError:
        raise BrokenError(Bilingual(f"no end within {whole:.3g} s", f"{whole:.3g}초 안에 끝나지 않았습니다")) from None
    except BrokenError:
        raise
    except Exception as error:  # bytes may have left: whatever it is, nobody knows whether they arrived
        kind = type(error).__name__
        raise BrokenError(Bilingual(f"the connection broke ({kind})", f"연결이 끊겼습니다({kind})")) from None


def _client(url: str, seconds: float) -> httpx.AsyncClient:
    """A client that goes by the proxies of the environment, but not to this machine itself."""
    timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    here = httpx.AsyncHTTPTransport() if _is_here(httpx.URL(url).host) else None
    return httpx.AsyncClient(timeout=timeout, transport=here, headers={"Accept-Encoding": "identity"})


async def _sent(
    client: httpx.AsyncClient, method: str, url: str, answered: Callable[[], None], parts: dict[str, Any]
) -> Reply:
    """Status and body of the answer; asynchronous, since only so it can be ended at any moment.

    Raises:
        BrokenError: the answer is too long, or packed: a little of it may become a lot.
    """
    async with client, client.stream(method, url, **parts) as response:
        try:
            return Reply(response.status_code, await _body(response))
        finally:
            answered()


async def _body(response: httpx.Response) -> bytes:
    """As much of it as any answer has."""
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise BrokenError(Bilingual("a packed answer, which nobody asked for", "압축된 응답입니다"))
    body = b""
    async for part in response.aiter_raw():
        body += part
        if len(body) > ANSWER_BYTES:
            kb = ANSWER_BYTES // 1024
            raise BrokenError(Bilingual(f"an answer of more than {kb} kB", f"응답이 {kb} kB를 넘습니다"))
    return body


def _run(request: Coroutine[Any, Any, Reply], answered: Callable[[], None]) -> Reply:
    """Wait for it; beside the loop that a notebook runs in this thread, where there is one.

    Another thread can set no handler of signals, so `answered` is then called in this one too.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(request)
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(asyncio.run, request).result()
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
