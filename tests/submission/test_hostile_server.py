"""A server that means harm, or is broken: it costs neither memory nor time, and whatever it does is `unknown`."""

import gzip
import itertools
import time
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from pydantic import SecretStr
from tests.submission.conftest import Dacon, Handler

from shortlist.submission.services.answer import Answer
from shortlist.submission.services.dacon import Form, post, submission_address
from shortlist.submission.services.exchange import ANSWER_BYTES, NotSentError

FORM = Form(236170, "team", "mine.csv", "memo")
YES = b'{"message": "ok"}'


def sent(dacon: Dacon, seconds: float = 5) -> Answer:
    return post(submission_address(dacon.url), FORM, b"1", SecretStr("secret"), seconds)


def writes(head: bytes, parts, pause: float = 0.0):
    """What writes `head` and then the parts, until the client has gone, or the test ends."""

    def behaviour(handler: Handler) -> None:
        handler.close_connection = True
        with suppress(OSError):  # the client has gone
            handler.wfile.write(head)
            for part in parts:
                if handler.server.released.wait(pause):
                    return
                handler.wfile.write(part)

    return behaviour


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def packed(level: int = 9) -> bytes:
    """300 MB of blanks around a yes, in 300 kB."""
    packer = zlib.compressobj(level, wbits=31)
    blanks = b" " * 2**20
    return b"".join([*(packer.compress(blanks) for _ in range(300)), packer.compress(YES), packer.flush()])


BOMB = packed()
CHUNK = b"10000\r\n" + b" " * 65_536 + b"\r\n"
ENDLESS = {
    "a body without end": (head("Transfer-Encoding: chunked"), itertools.repeat(CHUNK)),
    "a body without length": (head("Connection: close"), itertools.repeat(b" " * 65_536)),
    "a body that claims a terabyte": (head("Content-Length: 1000000000000"), itertools.repeat(b" " * 65_536)),
    "headers without end": (b"HTTP/1.1 200 OK\r\n", (b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in itertools.count())),
    "one line without end": (b"HTTP/1.1 200 OK\r\nx: ", itertools.repeat(b"y" * 65_536)),
    "a yes, and blanks without end": (head("Transfer-Encoding: chunked") + b"11\r\n" + YES + b"\r\n",
                                      itertools.repeat(CHUNK)),
    "gzip": (head("Content-Encoding: gzip", f"Content-Length: {len(BOMB)}"), [BOMB]),
    "gzip in gzip": (head("Content-Encoding: gzip, gzip", "Connection: close"), [gzip.compress(BOMB)]),
    "a yes in gzip": (head("Content-Encoding: gzip", "Connection: close"), [gzip.compress(YES)]),
    "a coding that nobody knows": (head("Content-Encoding: x", "Connection: close"), [YES]),
}  # fmt: skip


@pytest.mark.parametrize(("first", "parts"), ENDLESS.values(), ids=ENDLESS)
def test_no_answer_takes_memory(dacon, first, parts):
    """Neither a body without end nor one that is packed small: the connection is left, and nobody knows the end."""
    dacon.behaviour = writes(first, parts)
    tracemalloc.start()
    try:
        answer = sent(dacon)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.state == "unknown"
    assert most < 20_000_000


DRIPS = {
    "the body": (head("Content-Length: 1000"), itertools.repeat(b" ")),
    "chunks": (head("Transfer-Encoding: chunked"), itertools.repeat(b"1\r\n \r\n")),
    "a header": (b"HTTP/1.1 200 OK\r\nx: ", itertools.repeat(b"y")),
    "answers before the answer": (b"", itertools.repeat(head(status="103 Early Hints"))),
}


@pytest.mark.parametrize(("first", "parts"), DRIPS.values(), ids=DRIPS)
def test_a_drip_has_an_end(dacon, first, parts):
    """Never silent for long, and never done: after twice the time of silence it is left."""
    dacon.behaviour = writes(first, parts, pause=0.05)
    start = time.monotonic()
    answer = sent(dacon, seconds=0.4)
    assert answer.state == "unknown"
    assert "no end within 0.8 s" in answer.said.en
    assert time.monotonic() - start < 20


def test_a_server_that_takes_in_nothing(dacon):
    """The file is on its way and nobody reads it: silence like any other."""
    dacon.reads = False
    dacon.waits()
    answer = post(submission_address(dacon.url), FORM, b"1" * 30_000_000, SecretStr("secret"), 0.3)
    assert answer.state == "unknown"


def test_the_longest_answer_is_read(dacon):
    """Up to the bound an answer counts; a byte more, and it says nothing."""
    dacon.answers(200, YES.ljust(ANSWER_BYTES))
    assert sent(dacon).state == "accepted"
    dacon.answers(200, YES.ljust(ANSWER_BYTES + 1))
    assert "more than 64 kB" in sent(dacon).said.en


def test_nothing_packed_is_asked_for(dacon):
    """The request says that the answer is wanted as it is."""
    asked: list[str | None] = []
    reply = dacon.behaviour

    def behaviour(handler: Handler) -> None:
        asked.append(handler.headers["Accept-Encoding"])
        reply(handler)

    dacon.behaviour = behaviour
    assert sent(dacon).state == "accepted"
    assert asked == ["identity"]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"])
@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "nonsense://proxy", "socks5://127.0.0.1:9"])
def test_no_proxy_between_this_machine_and_itself(dacon, monkeypatch, name, proxy):
    """A proxy would be handed the token in clear, and could not reach what listens here."""
    monkeypatch.setenv(name, proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert sent(dacon).state == "accepted"
    assert (
        post(f"http://localhost:{dacon.server_port}/submission", FORM, b"1", SecretStr("secret"), 5).state == "accepted"
    )


def test_a_proxy_to_others_is_used(dacon, monkeypatch):
    """What the environment says holds for addresses elsewhere: the proxy refuses the tunnel, and nothing is sent."""
    monkeypatch.setenv("HTTPS_PROXY", dacon.url)
    with pytest.raises(NotSentError, match="ProxyError"):
        post("https://example.invalid/submission", FORM, b"1", SecretStr("secret"), 5)
    assert dacon.requests == []
