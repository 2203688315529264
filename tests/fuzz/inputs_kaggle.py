"""Answers of a server in Kaggle's place, to each of the requests that an upload makes, through real connections."""

import json
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.fuzz.inputs_server import NO, OPEN, SEND, WORDS, YES, dripping
from tests.fuzz.trial import CANARY, Input
from tests.fuzz.worlds import UPLOAD
from tests.submission.kaggle_server import CREATE, LIST, START, STORE, KaggleServer

KIND, WEIGHT, WORLD = "kaggle", 5, "packed"

NOT_SENT = 2
SETTINGS = '[upload]\nkind = "kaggle"\ncompetition = "some-jobs"\ndaily_limit = 3\n'

Made = tuple[int, Callable[[KaggleServer], None], str]
"""How the upload must end, what the server does, and what that is."""


def make(rng: random.Random) -> Input:
    """One input: the CSV is sent, then once more, then its score is asked for."""
    way = rng.choices(list(WAYS), [weight for weight, _ in WAYS.values()])[0]
    code, behave, what = WAYS[way][1](rng)
    sends = 2 if code == NO else 0 if code == NOT_SENT else 1
    steps = SEND, SEND, ("ledger",), ("score", "--file", "@csv")
    return Input(WORLD, f"{way}: {what[:80]}", partial(at_kaggle, WORLD), steps, codes=(code,),
                 kaggle=behave, sends=sends, environment={"KAGGLE_TIMEOUT": "0.3"})  # fmt: skip


def at_kaggle(competition: str, root: Path) -> None:
    """The competition becomes one of Kaggle's."""
    settings = root / "data" / competition / "competition.toml"
    for path, change in ((settings, lambda text: text.replace(UPLOAD, SETTINGS)),
                         (root / ".env", lambda text: f"{text}KAGGLE_API_TOKEN={CANARY}\n")):  # fmt: skip
        text = path.read_text(encoding="utf-8")
        path.unlink()  # the copy shares its files with the world
        path.write_text(change(text), encoding="utf-8")
        path.chmod(0o600)


def _answers(code: int, name: str, status: int, answer: object) -> Made:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return code, lambda kaggle: kaggle.answers(name, status, body), f"{name} {status} {body[:60]!r}"


def _yes(rng: random.Random) -> Made:
    return _answers(YES, CREATE, 200, {"message": rng.choice(WORDS), "ref": rng.choice((1, 4711, 2**40))})


def _no(rng: random.Random) -> Made:
    status = rng.choice((400, 401, 403, 404, 429))
    return _answers(NO, CREATE, status, {"code": status, "message": rng.choice(WORDS)})


def _neither(rng: random.Random) -> Made:
    answers: tuple[object, ...] = (
        b"", b"ok", b"null", b"[]", b"{}", {"message": "ok"}, {"ref": 0}, {"ref": -5}, {"ref": "x"}, {"ref": None},
        {"ref": 5, "code": 400}, {"ref": 5, "code": "x"}, b'{"ref": 5, "ref": 6}', b"\xff\xfe{}", b"[" * 100_000,
        b'{"ref": ' + b"9" * 5000 + b"}", rng.randbytes(100), b'{"ref": 5', b" " * 70_000 + b'{"ref": 5}',
    )  # fmt: skip
    if rng.random() < 0.3:
        return _answers(OPEN, CREATE, rng.choice((300, 302, 308, 500, 502, 503)), {"message": CANARY, "ref": 5})
    return _answers(OPEN, CREATE, 200, rng.choice(answers))


def _before(rng: random.Random) -> Made:
    """Something goes wrong before the last request."""
    if rng.random() < 0.3:
        return _answers(NOT_SENT, STORE, rng.choice((204, 301, 308, 400, 403, 404, 500, 503)), {})
    places = ("", "x", "file:///etc/passwd", "http://example.org/", "https://", f"https://{CANARY}@x/", "\x00", None, 5)
    answers = (b"", b"[]", b"{}", {"message": CANARY}, *({"token": "t", "createUrl": place} for place in places))
    return _answers(NOT_SENT, START, rng.choice((200, 200, 201, 400, 403, 500)), rng.choice(answers))


def _broken(rng: random.Random) -> Made:
    name = rng.choice((START, STORE, CREATE))
    after = rng.choice((b"", b"ok", b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"mess', rng.randbytes(200)))
    code = OPEN if name == CREATE else NOT_SENT
    return code, lambda kaggle: kaggle.hangs_up(name, after), f"{name} {after[:40]!r}"


def _slow(rng: random.Random) -> Made:
    """Silence, or drops of bytes."""
    name, drip = rng.choice((START, STORE, CREATE)), rng.choice((b"", b" "))
    code = OPEN if name == CREATE else NOT_SENT
    return code, lambda kaggle: kaggle.behaviours.update({name: dripping(drip)}), f"{name} {drip!r}"


def _listed(rng: random.Random) -> Made:
    """It is accepted, and the list of submissions is odd."""
    scores: tuple[object, ...] = ("0.17", "", "17.16", "-3", "nan", "x", "1e308", CANARY, None, 5, [])
    lists: tuple[object, ...] = (
        b"", b"[", [], {"submissions": 3}, {"submissions": [None]}, {"submissions": [{"status": CANARY}]},
        {"submissions": [{"fileName": "@", "publicScore": rng.choice(scores), "description": rng.choice(WORDS)}]},
        {"submissions": [], "nextPageToken": "again"},
    )  # fmt: skip
    return _answers(YES, LIST, rng.choice((200, 200, 200, 404, 500)), rng.choice(lists))


WAYS: dict[str, tuple[int, Callable[[random.Random], Made]]] = {
    "yes": (10, _yes), "no": (10, _no), "neither": (25, _neither), "before": (25, _before), "broken": (10, _broken),
    "slow": (3, _slow), "listed": (12, _listed),
}  # fmt: skip
