"""What Dacon's server is sent, and what its answers mean: both forms, and everything that is neither."""

import asyncio
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from shortlist.errors import UploadError
from shortlist.submission.services.dacon import Form, post, submission_address
from shortlist.submission.services.dacon_answer import understand
from shortlist.submission.services.exchange import NotSentError

SECRET = 'pa"ss/word+and more'
FORM = Form(236170, "팀 하나", "mine.csv", 'a "memo" & $(echo no)\n둘째 줄')
OLD_WRONG = {
    1: "header", 2: "parsed", 3: "rows", 21: "type", 901: "header", 902: "parsed", 903: "rows", 904: "value",
    9021: "characters",
}  # fmt: skip


def old(message, data=None):
    return json.dumps({"message": message, "data": data}).encode()


def new(taken, detail):
    return json.dumps({"isSubmitted": taken, "detail": detail}).encode()


def test_the_request_holds_exactly_what_the_contract_says(dacon):
    """One POST to /submission: seven parts, the file's bytes unchanged, line ends and all."""
    content = bytes(range(256)) * 300 + b"\r\n--boundary\r\n"
    answer = post(submission_address(f"{dacon.url}/"), FORM, content, SecretStr("secret"), 5)
    (request,) = dacon.requests
    assert answer.state == "accepted"
    assert request.path == "/submission"
    assert request.file_name == "mine.csv"
    assert request.parts.pop("file") == content
    assert {name: value.decode() for name, value in request.parts.items()} == {
        "cpt_id": "236170", "team_name": FORM.team_name, "file_name": "mine.csv", "memo": FORM.memo,
        "api_token": "secret", "api_version": "2.0",
    }  # fmt: skip


def test_it_is_sent_from_a_notebook_too(dacon):
    """Whose own loop runs in the same thread."""

    async def cell():
        return post(submission_address(dacon.url), FORM, b"a,b\n", SecretStr("secret"), 5)

    assert asyncio.run(cell()).state == "accepted"
    assert len(dacon.requests) == 1


@pytest.mark.parametrize(
    ("status", "body", "state", "again", "said"),
    [
        (200, old("ok"), "accepted", None, "accepted"),
        (201, new(True, "Success"), "accepted", None, "accepted: Success"),
        (200, old("over_max_count"), "refused", "any time", "whole competition"),
        (200, old("day_max_count"), "refused", "another day", "limit of the day"),
        *((200, old("wrong", code), "refused", "never", f"wrong {code}: .*{said}") for code, said in OLD_WRONG.items()),
        (200, old("wrong", "903"), "refused", "never", "rows"),
        (200, old("wrong", 4), "refused", "any time", "does not name"),
        (200, old("wrong", 77), "refused", "any time", "wrong 77"),
        (200, new(False, "일일 제출 횟수 초과"), "refused", "any time", "refused: 일일 제출 횟수 초과"),
        (403, new(False, "no such team"), "refused", "any time", "no such team"),
        (200, old("something new"), "unknown", None, "something new"),
        (200, new("yes", "?"), "unknown", None, "HTTP 200"),
        (400, old("ok"), "unknown", None, "HTTP 400"),
        (400, new(True, "Success"), "unknown", None, "HTTP 400"),
        (500, old("ok"), "unknown", None, "HTTP 500"),
        (502, new(False, "bad gateway"), "unknown", None, "HTTP 502"),
        (302, b"", "unknown", None, "HTTP 302"),
        (200, b'{"message": "ok"', "unknown", None, "HTTP 200"),
        (200, b"[" * 60_000, "unknown", None, "HTTP 200"),
        (200, b'["ok"]', "unknown", None, "HTTP 200"),
        (200, b"\xff\xfe", "unknown", None, "HTTP 200"),
        (200, b'{"message": ' + b"9" * 5000 + b"}", "unknown", None, "HTTP 200"),
        (302, new(False, "moved"), "unknown", None, "HTTP 302"),
        (200, new(False, ""), "refused", "any time", "refused: for a reason that the server does not name"),
        (200, b'{"isSubmitted": false, "detail": null}', "refused", "any time", "does not name"),
        (200, b'{"isSubmitted": false}', "refused", "any time", "does not name"),
        (200, old("wrong", ""), "refused", "any time", "refused: for a reason that the server does not name"),
        (200, new(True, " "), "accepted", None, "accepted$"),
        (200, b'{"isSubmitted": true, "code": 0, "error": null}', "accepted", None, "accepted$"),
        (200, b'{"isSubmitted": true, "statusCode": 200}', "accepted", None, "accepted$"),
    ],
)
def test_answers(dacon, status, body, state, again, said):
    """Every answer, over the wire: what became of the file, in both languages, one line each, sent a single time."""
    dacon.answers(status, body)
    answer = post(submission_address(dacon.url), FORM, b"1", SecretStr("secret"), 5)
    assert (answer.state, answer.again) == (state, again)
    assert re.search(said, answer.said.en)
    for line in (answer.said.en, answer.said.ko):
        assert "\n" not in line
    assert any("가" <= letter <= "힣" for letter in answer.said.ko)
    assert len(dacon.requests) == 1


CONTRADICTIONS = [
    {"isSubmitted": True, "message": "wrong", "data": 903},
    {"isSubmitted": True, "data": 903},
    {"isSubmitted": True, "detail": "day_max_count"},
    {"isSubmitted": True, "errorCode": "E7"},
    {"isSubmitted": True, "error": {"code": 4}},
    {"isSubmitted": True, "code": 500},
    {"isSubmitted": True, "success": False},
    {"isSubmitted": False, "message": "ok"},
    {"isSubmitted": "no", "message": "ok"},
    {"message": "ok", "data": "903"},
    {"message": "ok", "detail": "over_max_count"},
]


@pytest.mark.parametrize("said", CONTRADICTIONS, ids=str)
def test_an_answer_that_contradicts_itself_is_unknown(dacon, said):
    """A yes beside a no, or beside a code of an error, is neither; what it said is told."""
    dacon.answers(200, json.dumps(said).encode())
    answer = post(submission_address(dacon.url), FORM, b"1", SecretStr("secret"), 5)
    assert (answer.state, answer.again) == ("unknown", None)
    assert "contradicts itself" in answer.said.en
    assert next(iter(said)) in answer.said.en


def test_a_key_that_is_there_twice_says_nothing():
    """Which of the two would count is the reader's whim."""
    assert understand(200, b'{"isSubmitted": false, "isSubmitted": true, "detail": "x"}', "secret").state == "unknown"
    assert understand(200, b'{"message": "wrong", "message": "ok"}', "secret").state == "unknown"


def test_silence_and_broken_connections_are_unknown(dacon):
    """No answer in time, none at all, half of one, or a connection closed while the file is on its way."""
    url = submission_address(dacon.url)
    dacon.waits()
    assert "no answer within 2 s" in post(url, FORM, b"1", SecretStr("secret"), 2).said.en
    for after in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"nonsense\r\n\r\n"):
        dacon.hangs_up(after)
        answer = post(url, FORM, b"1", SecretStr("secret"), 5)
        assert (answer.state, "the connection broke" in answer.said.en) == ("unknown", True)
    dacon.hangs_up(reads=False)
    assert post(url, FORM, b"1" * 30_000_000, SecretStr("secret"), 5).state == "unknown"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://no-such-host.invalid"])
def test_without_a_connection_nothing_was_sent(url):
    """A refused connection and an unknown host are certain: an error of its own, not an unknown end."""
    with pytest.raises(NotSentError, match=r"nothing was sent: no connection"):
        post(submission_address(url), FORM, b"1", SecretStr(SECRET), 5)


def test_a_proxy_that_cannot_be_used_is_one_line(monkeypatch):
    """A wrong proxy in the environment is found before anything leaves."""
    monkeypatch.setenv("HTTP_PROXY", "nonsense://proxy")
    with pytest.raises(NotSentError, match="proxy"):
        post("http://example.invalid/submission", FORM, b"1", SecretStr(SECRET), 5)


@pytest.mark.parametrize(
    "base",
    ["", "openapi.dacon.io", "http://openapi.dacon.io", "ftp://localhost", "https://", "https://a:b@c", "https://a?b",
     "http://localhost.example.org", "https://a:port", "https://xn--", "https://xn--a", "https://a..b", "https://.",
     "https://" + "a" * 64, "https://a:0", "https://a:65536", "https://a:" + "9" * 5000, "https://[::1", "https://a b",
     "https://a\0", "https://a\nb", "https://1.2.3.999", "https://\udc80", "https://%zz", "http://128.0.0.1",
     "http://[::2]", "https://" + "a." * 40_000],
)  # fmt: skip
def test_a_token_goes_nowhere_in_clear(base):
    """An address must be https, or this machine's; what is in it is not repeated, as it may hold a password."""
    with pytest.raises(UploadError, match="DACON_API_URL: must be https") as caught:
        submission_address(base)
    assert not base or base not in str(caught.value).replace("https://host", "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_this_machine_needs_no_https(host):
    """Nothing leaves it."""
    assert submission_address(f"http://{host}:8000/") == f"http://{host}:8000/submission"


KEYS = st.sampled_from(["message", "data", "detail", "isSubmitted", "x"])
WORDS = st.sampled_from(["ok", "wrong", "day_max_count"])
JSON = st.recursive(
    st.none() | st.booleans() | WORDS | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(st.integers(100, 599), st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_answer_is_taken_for_more_than_it_says(status, body):
    """Whatever comes, it is understood; only the two known forms with a status of success mean accepted."""
    answer = understand(status, body, "secret")
    if answer.state == "accepted":
        said = json.loads(body)
        assert status < 300
        assert said.get("isSubmitted") is True or said.get("message") == "ok"
    if answer.state == "refused":
        assert status < 500
    assert answer.said.en.isprintable()
    assert answer.said.ko.isprintable()


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["detail", "message", "data"]), st.booleans())
def test_a_token_that_the_server_echoes_is_taken_out(before, after, key, taken):
    """In no place of an answer, whole or cut off, does the token come through."""
    other = {"isSubmitted": taken} if key == "detail" else {"message": "wrong"}
    for said in (before + SECRET + after, {"nested": [before + SECRET]}):
        answer = understand(200, json.dumps({**other, key: said}).encode(), SECRET)
        for line in (answer.said.en, answer.said.ko):
            assert SECRET[:8] not in line or SECRET[:8] in before + after
            assert SECRET not in line
            assert json.dumps(SECRET)[1:-1] not in line
