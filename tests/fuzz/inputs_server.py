"""Answers of a server in Dacon's place, through a real connection: clear ones, odd ones and none."""

import gzip
import json
import random
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from tests.fuzz.trial import CANARY, Input
from tests.submission.conftest import Dacon, Handler

KIND, WEIGHT, WORLD = "server", 8, "packed"

YES, NO, OPEN = 0, 3, 4
SEND = ("upload", "--yes", "--memo", "메모", "--file", "@csv")

Answer = tuple[int, int, bytes]
"""How the upload must end, the status of HTTP, and the body."""

WORDS = ("", "done", CANARY, f"token {CANARY} taken", "a\nb", "\x1b[2J", "\u202e", "x" * 5000, "<b>", "제출", "\x00")


def make(rng: random.Random) -> Input:
    """One input: the CSV is sent, and then once more."""
    way = rng.choices(list(WAYS), [weight for weight, _ in WAYS.values()])[0]
    code, behave, what = WAYS[way][1](rng)
    sends = 2 if code == NO else 1
    if way == "nobody":
        code, sends = 2, 0
    environment = {"DACON_TIMEOUT": "0.3", **({"DACON_API_URL": "http://127.0.0.1:9"} if way == "nobody" else {})}
    return Input(WORLD, f"{way}: {what[:80]}", lambda root: None, (SEND, SEND, ("ledger",)), codes=(code,),
                 server=behave, sends=sends, environment=environment)  # fmt: skip


Made = tuple[int, Callable[[Dacon], None], str]


def _answers(code: int, status: int, answer: object) -> Made:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return code, lambda dacon: dacon.answers(status, body), f"{status} {body[:60]!r}"


def _yes(rng: random.Random) -> Made:
    detail = rng.choice(WORDS)
    return _answers(YES, 200, rng.choice(({"message": "ok"}, {"isSubmitted": True, "detail": detail})))


def _no(rng: random.Random) -> Made:
    detail, data = rng.choice(WORDS), rng.choice(("1", "2", "3", "4", "21", 901, "9021", "77", CANARY))
    answers = (
        {"isSubmitted": False, "detail": detail},
        {"message": "wrong", "data": data},
        {"message": "day_max_count"},
        {"message": "over_max_count"},
    )
    return _answers(NO, 200, rng.choice(answers))


def _both(rng: random.Random) -> Made:
    answers = (
        {"isSubmitted": True, "message": "wrong", "data": "3"},
        {"isSubmitted": False, "message": "ok"},
        {"message": "ok", "error": "not taken"},
        {"message": "ok", "data": "over_max_count"},
        b'{"isSubmitted": true, "isSubmitted": false}',
        b'{"message": "wrong", "data": "3", "message": "ok"}',
    )
    if rng.random() < 0.3:
        return _answers(OPEN, rng.choice((400, 401, 403, 404, 429, 500, 502)), {"message": "ok"})
    return _answers(OPEN, 200, rng.choice(answers))


def _garbage(rng: random.Random) -> Made:
    answers: tuple[object, ...] = (
        b"", b"ok", b"null", b"true", b"[]", b"{}", [], {}, "ok", 1, {"message": None}, {"message": ["ok"]},
        {"isSubmitted": "true"}, {"isSubmitted": 1}, {"isSubmitted": "yes"}, {"Message": "ok"}, {"message": "OK"},
        {"message": "ok "}, {"message": CANARY}, {CANARY: CANARY}, b"\xff\xfe{}", b"[" * 100_000, b"<html>ok</html>",
        b'{"message": ' + b"9" * 5000 + b"}", rng.randbytes(100), b'{"message": "ok"} {"message": "wrong"}',
        b'{"message": "ok"', gzip.compress(b'{"message": "ok"}'), {"detail": "ok"},
        b" " * 70_000 + b'{"message": "ok"}',
    )  # fmt: skip
    status = rng.choice((200, 200, 200, 201, 202, 299, 400, 500, 503))
    return _answers(OPEN, status, rng.choice(answers))


def _redirect(rng: random.Random) -> Made:
    status = rng.choice((300, 301, 302, 303, 307, 308, 304))

    def behave(dacon: Dacon) -> None:
        def send(handler: Handler) -> None:
            handler.send_response(status)
            handler.send_header("Location", f"{dacon.url}/elsewhere")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        dacon.behaviour = send

    return OPEN, behave, str(status)


def _broken(rng: random.Random) -> Made:
    """Bytes that are no answer of HTTP, or half of one."""
    head = b"HTTP/1.1 200 OK\r\n"
    after = rng.choice((
        b"", b"HTTP/1.1", b"ok", head, head + b"Content-Length: 17\r\n\r\n{\"mess", rng.randbytes(200), b"\r\n" * 50,
        head + b"Content-Length: -1\r\n\r\n", head + b"Content-Length: 1e9\r\n\r\n{}", b"HTTP/9.9 200 OK\r\n\r\n",
        head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 999 \xff\r\n\r\n",
        head + b"A: " + b"x" * 200_000,
        head + b"Content-Encoding: gzip\r\nContent-Length: 17\r\n\r\n{\"message\": \"ok\"}",
    ))  # fmt: skip
    return OPEN, lambda dacon: dacon.hangs_up(after), repr(after[:60])


def _slow(rng: random.Random) -> Made:
    """Silence, drops of bytes, or an answer without an end."""
    drip = rng.choice((b"", b" ", b"x" * 10_000))
    return OPEN, lambda dacon: setattr(dacon, "behaviour", dripping(drip)), repr(drip[:5])


def dripping(drip: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """What answers with these bytes again and again, slowly, and never says that it has ended."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        for _ in range(40):
            time.sleep(0.05)
            if drip:
                handler.wfile.write(drip)

    return send


def _nobody(rng: random.Random) -> Made:
    return 2, lambda dacon: None, "no server"


WAYS: dict[str, tuple[int, Callable[[random.Random], Made]]] = {
    "yes": (15, _yes), "no": (15, _no), "both": (15, _both), "garbage": (30, _garbage), "redirect": (6, _redirect),
    "broken": (15, _broken), "slow": (3, _slow), "nobody": (3, _nobody),
}  # fmt: skip
