"""Handing in at Kaggle, against a server of ours that plays its API: every answer, and what becomes of the ledger."""

import base64
import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.submission.conftest import serving
from tests.submission.kaggle_server import CREATE, LIST, START, STORE, KaggleServer

from shortlist.errors import ConfigError, SubmissionError, UploadError, UploadRefused, UploadUnknown
from shortlist.pipeline.run import Run
from shortlist.submission.guard import sent_today
from shortlist.submission.ledger import Ledger
from shortlist.submission.outcome import score
from shortlist.submission.services.exchange import BrokenError, NotSentError
from shortlist.submission.services.kaggle import Kaggle, address_of_file
from shortlist.submission.upload import describe, prepare, send

UPLOAD = '[upload]\nkind = "kaggle"\ncompetition = "some-jobs-2026"\ndaily_limit = 2\n'
NAMES = ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "DACON_API_URL", "DACON_TOKEN")


@pytest.fixture
def kaggle():
    server = KaggleServer()
    with serving(server):
        yield server


@pytest.fixture
def project(prepared, kaggle, token, tmp_path, monkeypatch):
    """A copy of the prepared project that uploads to `kaggle`; at the end no file in it holds the token."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "data" / "sample" / "competition.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text[: text.index("[upload]")] + UPLOAD, encoding="utf-8")
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in (("API_URL", kaggle.url), ("API_TOKEN", token), ("TIMEOUT", "0.5")):
        monkeypatch.setenv(f"KAGGLE_{name}", value)
    yield Run.load("sample")
    for path in tmp_path.rglob("*"):
        assert path.name == ".env" or path.is_dir() or token.encode() not in path.read_bytes(), path


def state_of(run, number=-1):
    return Ledger(run.paths.ledger).entries()[number]


def test_a_file_is_brought_and_handed_in_once(project, kaggle, token):
    plan = prepare(project, "mine.csv", "첫 시도")
    said = send(plan)
    assert said.startswith("upload: mine.csv: accepted: Successfully submitted to Sample, ref 4711 / 제출되었습니다")
    assert kaggle.asked == [START, STORE, CREATE]
    (_, start, headers), (_, stored, of_store), (_, create, _) = kaggle.requests
    content = (project.paths.submissions / "mine.csv").read_bytes()
    assert stored == content
    begun = json.loads(start)
    assert (begun["competitionName"], begun["fileName"]) == ("some-jobs-2026", "mine.csv")
    assert begun["contentLength"] == len(content)
    assert json.loads(create) == {
        "competitionName": "some-jobs-2026", "blobFileTokens": "blob-token", "submissionDescription": "첫 시도",
    }  # fmt: skip
    assert headers["Authorization"] == f"Bearer {token}"
    assert "Authorization" not in of_store
    entry = state_of(project)
    assert (entry.state, entry.memo) == ("accepted", "첫 시도")
    with pytest.raises(UploadError, match="never sent twice"):
        prepare(project, "mine.csv", "again")


def test_the_older_pair_of_name_and_key(project, kaggle, token, monkeypatch):
    monkeypatch.delenv("KAGGLE_API_TOKEN")
    Path(".env").write_text(f"KAGGLE_USERNAME=somebody\nKAGGLE_KEY={token}\n", encoding="utf-8")
    Path(".env").chmod(0o600)
    plan = prepare(project, "mine.csv", "memo")
    assert "somebody, KAGGLE_KEY set, not shown" in describe(plan)
    send(plan)
    given = kaggle.requests[0][2]["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(given).decode() == f"somebody:{token}"


def test_the_dry_run_shows_everything_but_the_token(project, kaggle, token):
    said = describe(prepare(project, "mine.csv", "a memo"))
    assert token not in said
    assert f"{kaggle.url}, competition some-jobs-2026" in said
    assert "KAGGLE_API_TOKEN set, not shown" in said
    assert f"{datetime.now(UTC):%Y-%m-%d} UTC, by this ledger: 0 accepted; the limit is 2" in said
    assert not kaggle.requests


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({}, "KAGGLE_API_TOKEN"),
        ({"KAGGLE_USERNAME": "somebody"}, "KAGGLE_KEY"),
        ({"KAGGLE_KEY": "k3y"}, "KAGGLE_USERNAME"),
    ],
)
def test_without_credentials_nothing_is_sent(project, kaggle, monkeypatch, values, missing):
    monkeypatch.delenv("KAGGLE_API_TOKEN")
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    plan = prepare(project, "mine.csv", "memo")
    assert f"missing   {missing}" in describe(plan)
    with pytest.raises(UploadError, match=f"nothing was sent: set {missing} in the environment"):
        send(plan)
    assert not kaggle.requests


def test_without_its_client_nothing_is_begun(project, kaggle, monkeypatch):
    """Told before anything is written down, in the dry run too."""
    monkeypatch.setitem(sys.modules, "kagglesdk", None)
    with pytest.raises(ConfigError, match="not installed; run `make setup-kaggle`"):
        prepare(project, "mine.csv", "memo")
    assert Ledger(project.paths.ledger).entries() == ()
    assert not kaggle.requests


def test_settings_that_are_missing_or_odd(project, monkeypatch):
    config = project.paths.config
    config.write_text(config.read_text(encoding="utf-8").replace('competition = "some-jobs-2026"\n', ""), "utf-8")
    with pytest.raises(ConfigError, match=r"upload\.competition' is missing"):
        prepare(Run.load("sample"), "mine.csv", "memo")
    monkeypatch.setenv("KAGGLE_API_URL", "http://example.org")
    with pytest.raises(UploadError, match="KAGGLE_API_URL: must be https://host"):
        prepare(project, "mine.csv", "memo")
    monkeypatch.delenv("KAGGLE_API_URL")
    assert prepare(project, "mine.csv", "memo").service.url == "https://api.kaggle.com"
    monkeypatch.setenv("KAGGLE_TIMEOUT", "soon")
    with pytest.raises(ConfigError, match="KAGGLE_TIMEOUT: must be seconds"):
        prepare(project, "mine.csv", "memo")
    monkeypatch.setattr(Kaggle, "max_bytes", 10)
    with pytest.raises(SubmissionError, match="and Kaggle takes 10"):
        prepare(project, "mine.csv", "memo")


BEFORE = {
    "unauthorized": (START, 401, {"code": 401, "message": "Unauthenticated"}, "HTTP 401, Unauthenticated"),
    "rules": (START, 403, {"code": 403, "message": "You must accept the rules"}, "HTTP 403, You must accept"),
    "no such competition": (START, 404, {"code": 404, "message": "Not found"}, "HTTP 404, Not found"),
    "a fault inside a success": (START, 200, {"code": 500, "message": "oops"}, "HTTP 200, oops"),
    "no words": (START, 500, b"", "HTTP 500;"),
    "no JSON": (START, 200, b"<html>", "HTTP 200;"),
    "odd values": (START, 200, {"token": 5, "createUrl": ["x"]}, ""),
    "no place": (START, 200, {"token": "t", "createUrl": ""}, "is no https address"),
    "a foreign place": (START, 200, {"token": "t", "createUrl": "http://example.org/x"}, "is no https address"),
    "a file's place": (START, 200, {"token": "t", "createUrl": "file:///etc/passwd"}, "is no https address"),
    "the store refuses": (STORE, 403, {}, "HTTP 403"),
    "the store wants the rest": (STORE, 308, {}, "HTTP 308"),
    "the store is busy": (STORE, 503, {}, "HTTP 503"),
    "a long answer": (START, 200, b" " * 100_000, "more than 64 kB"),
}


@pytest.mark.parametrize("case", BEFORE)
def test_before_the_last_request_nothing_is_handed_in(project, kaggle, case):
    name, status, body, said = BEFORE[case]
    kaggle.answers(name, status, body)
    with pytest.raises(NotSentError, match="nothing was handed in") as told:
        send(prepare(project, "mine.csv", "memo"))
    assert said in str(told.value)
    assert CREATE not in kaggle.asked
    assert len(kaggle.asked) == len(set(kaggle.asked))  # nothing is tried twice
    assert state_of(project).state == "made"
    for each in (START, STORE):
        kaggle.answers(each, 200, {"token": "t", "createUrl": f"{kaggle.url}/store/blob?upload_id=1"})
    send(prepare(project, "mine.csv", "memo"))
    assert state_of(project).state == "accepted"


@pytest.mark.parametrize("name", [START, STORE])
def test_a_silent_server_before_the_last_request(project, kaggle, name):
    kaggle.waits(name)
    with pytest.raises(NotSentError, match=r"nothing was handed in: no (answer|end) within"):
        send(prepare(project, "mine.csv", "memo"))
    assert state_of(project).state == "made"


def test_no_connection_changes_nothing(project, monkeypatch):
    monkeypatch.setenv("KAGGLE_API_URL", "http://127.0.0.1:9")
    with pytest.raises(NotSentError, match="no connection"):
        send(prepare(project, "mine.csv", "memo"))
    assert state_of(project).state == "made"


REFUSED = {
    "limit": (400, {"code": 400, "message": "Your team has used its daily submission allowance"}, "daily submission"),
    "forbidden": (403, {"code": 403, "message": "Competition has ended"}, "Competition has ended"),
    "without words": (400, {}, "a reason that the server does not name"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_may_be_tried_again(project, kaggle, case):
    status, body, said = REFUSED[case]
    kaggle.answers(CREATE, status, body)
    with pytest.raises(UploadRefused, match=said):
        send(prepare(project, "mine.csv", "memo"))
    assert state_of(project).state == "refused"
    kaggle.answers(CREATE, 200, {"message": "ok", "ref": 1})
    send(prepare(project, "mine.csv", "memo"))
    assert state_of(project).state == "accepted"


UNKNOWN = {
    "no JSON": (200, b"<html>"),
    "empty": (200, b""),
    "no number": (200, {"message": "Successfully submitted"}),
    "a number that is none": (200, {"message": "Successfully submitted", "ref": "x"}),
    "below zero": (200, {"message": "Successfully submitted", "ref": -1}),
    "yes and no": (200, {"message": "Successfully submitted", "ref": 5, "code": 400}),
    "a key twice": (200, b'{"ref": 5, "ref": 0}'),
    "a list": (200, []),
    "server error": (500, {"code": 500, "message": "oops"}),
    "gateway": (502, b"bad gateway"),
    "a redirection": (302, {}),
    "a refusal by somebody between": (403, b"<html>blocked</html>"),
    "too long": (200, b'{"ref": 5}' + b" " * 100_000),
    "nested": (200, b"[" * 5000),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_says_neither_is_unknown(project, kaggle, case):
    kaggle.answers(CREATE, *UNKNOWN[case])
    with pytest.raises(UploadUnknown, match="unknown whether it arrived"):
        send(prepare(project, "mine.csv", "memo"))
    assert kaggle.asked.count(CREATE) == 1
    assert state_of(project).state == "unknown"
    with pytest.raises(UploadError, match="may have arrived already"):
        prepare(project, "mine.csv", "memo")


@pytest.mark.parametrize("after", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"])
def test_a_cut_in_the_last_request_is_unknown(project, kaggle, after):
    kaggle.hangs_up(CREATE, after)
    with pytest.raises(UploadUnknown):
        send(prepare(project, "mine.csv", "memo"))
    assert (state_of(project).state, kaggle.asked.count(CREATE)) == ("unknown", 1)


def test_silence_in_the_last_request_is_unknown(project, kaggle):
    kaggle.waits(CREATE)
    with pytest.raises(UploadUnknown, match=r"no answer within 0\.5 s"):
        send(prepare(project, "mine.csv", "memo"))
    assert state_of(project).state == "unknown"


def test_a_token_that_the_server_repeats_is_not_shown(project, kaggle, token):
    kaggle.answers(CREATE, 400, {"code": 400, "message": f"bad token {token}"})
    with pytest.raises(UploadRefused) as told:
        send(prepare(project, "mine.csv", "memo"))
    assert token not in str(told.value)
    assert "***" in str(told.value)


def test_the_limit_of_the_day_counts_days_of_utc(project):
    send(prepare(project, "mine.csv", "one"))
    config = project.paths.config
    config.write_text(config.read_text(encoding="utf-8").replace("daily_limit = 2", "daily_limit = 1"), "utf-8")
    run, sent = Run.load("sample"), datetime.fromisoformat(str(state_of(project).sent))
    late = sent.astimezone(UTC).replace(hour=23, minute=59)
    assert sent_today(Ledger(project.paths.ledger).entries(), late) == (1, 0)
    assert sent_today(Ledger(project.paths.ledger).entries(), late + timedelta(minutes=1)) == (0, 0)
    with pytest.raises(UploadError, match=r"1 were accepted today \(UTC\)"):
        prepare(run, "other.csv", "two")


def submission(**values):
    return {
        "ref": 4711, "fileName": "mine.csv", "description": "memo", "status": "COMPLETE", "publicScore": "0.1716",
        "privateScore": "", "date": "2026-11-27T01:02:03.1234567Z", **values,
    }  # fmt: skip


def test_the_score_is_fetched(project, kaggle):
    send(prepare(project, "mine.csv", "memo"))
    kaggle.lists([submission(fileName="other.csv", publicScore="0.9"), submission(), submission(description="else")])
    assert score(project, "mine.csv", "") == "score: mine.csv: public 0.1716"
    assert state_of(project).public == 0.1716
    kaggle.lists([submission(privateScore="0.1655")])
    assert score(project, "mine.csv", "") == "score: mine.csv: public 0.1716, private 0.1655"


def test_the_score_says_that_an_unknown_one_has_arrived(project, kaggle):
    kaggle.answers(CREATE, 502, b"")
    with pytest.raises(UploadUnknown):
        send(prepare(project, "mine.csv", "memo"))
    kaggle.lists([submission()])
    score(project, "mine.csv", "")
    assert state_of(project).state == "accepted"


def test_the_list_is_read_page_by_page(project, kaggle):
    send(prepare(project, "mine.csv", "memo"))

    def page(handler):
        token = json.loads(kaggle.requests[-1][1]).get("pageToken")
        found = [submission()] if token == "next" else [submission(fileName="other.csv")]
        body = {"submissions": found, "nextPageToken": "" if token == "next" else "next"}
        handler.reply(200, json.dumps(body).encode())

    kaggle.behaviours[LIST] = page
    assert score(project, "mine.csv", "") == "score: mine.csv: public 0.1716"
    assert kaggle.asked.count(LIST) == 2


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "Kaggle lists no submission of this name and memo"),
        ([submission(), submission()], "Kaggle lists 2 submissions"),
        ([submission(status="PENDING", publicScore="")], "has not scored it yet"),
        ([submission(status="ERROR", errorDescription="wrong number of rows")], "could not score it: wrong number"),
    ],
)
def test_a_score_that_is_not_there(project, kaggle, found, said):
    send(prepare(project, "mine.csv", "memo"))
    kaggle.lists(found)
    with pytest.raises(UploadError, match=said):
        score(project, "mine.csv", "")
    assert state_of(project).public is None


@pytest.mark.parametrize("public", ["17.16", "-3", "nan", "x"])
def test_a_score_that_the_metric_cannot_have(project, kaggle, public):
    send(prepare(project, "mine.csv", "memo"))
    kaggle.lists([submission(publicScore=public)])
    with pytest.raises(ConfigError, match="PUBLIC: must be a number from 0 to 1"):
        score(project, "mine.csv", "")


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (200, b"["), (200, {"submissions": 3}), (200, {"submissions": [{"status": "WHAT"}]})],
)
def test_a_list_that_cannot_be_read(project, kaggle, status, body):
    send(prepare(project, "mine.csv", "memo"))
    kaggle.answers(LIST, status, body)
    with pytest.raises(UploadError, match="does not tell its submissions"):
        score(project, "mine.csv", "")


def test_dacon_tells_no_scores(prepared, tmp_path, monkeypatch):
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DACON_API_URL", "http://127.0.0.1:9")
    with pytest.raises(ConfigError, match=r"PUBLIC=\.\.\. is missing: Dacon tells no scores"):
        score(Run.load("sample"), "mine.csv", "")


def test_places_for_a_file():
    assert address_of_file("https://storage.example/x?upload_id=a&b=c") == "https://storage.example/x?upload_id=a&b=c"
    for odd in (None, 5, "", "ftp://x/y", "https://user:pass@x/y"):
        with pytest.raises(BrokenError):
            address_of_file(odd)
