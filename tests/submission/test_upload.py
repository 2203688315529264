"""Handing in: nothing goes out that should not, nothing twice, and every end is in the ledger."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shortlist.config.competition import Upload
from shortlist.errors import ConfigError, LedgerError, SubmissionError, UploadError, UploadRefused, UploadUnknown
from shortlist.pipeline.run import Run
from shortlist.submission.guard import obstacle, sent_today
from shortlist.submission.ledger import Entry, Ledger, Origin, State
from shortlist.submission.lock import only_upload
from shortlist.submission.outcome import score, settle
from shortlist.submission.services.dacon import Dacon
from shortlist.submission.services.exchange import NotSentError
from shortlist.submission.upload import describe, prepare, send


def upload(project: Run, file="mine.csv", memo="첫 번째"):
    return send(prepare(project, file, memo))


def row(project: Run, file="mine.csv") -> Entry:
    return next(entry for entry in Ledger(project.paths.ledger).entries() if entry.file == file)


def with_upload(project: Run, **settings) -> Run:
    """The same competition with another table [upload]."""
    return replace(project, competition=project.competition.model_copy(update={"upload": Upload(**settings)}))


def test_a_dry_run_shows_everything_but_the_token(project, dacon, command):
    """What would go where, today's count and the limit; nothing is sent, and the ledger stays as it is."""
    ledger = Ledger(project.paths.ledger)
    ledger.record("b" * 64, "unclear.csv", Origin())
    ledger.start("b" * 64, "memo")
    ledger.finish("b" * 64, "unknown", "no answer")
    before = project.paths.ledger.read_bytes()
    code, output, errors = command("upload", "--file", "mine.csv", "--memo", '둘 "셋" $(date)')
    assert (code, errors) == (0, "")
    for text in (
        f"{dacon.url}/submission", "cpt_id 236170", "mine.csv", "팀 하나", '"둘 \\"셋\\" $(date)"', "set, not shown",
        "0 accepted, and 1 that may have arrived", "the limit is 3", "nothing was sent; add YES=1",
    ):  # fmt: skip
        assert text in output
    assert dacon.requests == []
    assert project.paths.ledger.read_bytes() == before


def test_accepted_once_and_never_again(project, dacon, token):
    """The bytes on the disk arrive; the ledger says so; the same content under another name is refused by us."""
    paths = project.paths
    line = upload(project)
    assert line.startswith("upload: mine.csv: accepted")
    assert "제출되었습니다" in line
    (request,) = dacon.requests
    assert request.parts["file"] == (paths.submissions / "mine.csv").read_bytes()
    assert request.parts["memo"].decode() == "첫 번째"
    assert request.parts["api_token"].decode() == token
    sent = row(project)
    assert (sent.state, sent.memo, sent.answer, sent.method) == ("accepted", "첫 번째", "accepted", None)
    Path("copy.csv").write_bytes((paths.submissions / "mine.csv").read_bytes())
    with pytest.raises(UploadError, match=r"copy.csv: nothing was sent: it was accepted already"):
        upload(project, "copy.csv")
    assert len(dacon.requests) == 1


@pytest.mark.parametrize(
    ("status", "body", "code", "state"),
    [
        (200, b'{"message": "ok"}', 0, "accepted"),
        (200, b'{"isSubmitted": false, "detail": "no"}', 3, "refused"),
        (500, b"oops", 4, "unknown"),
    ],
)
def test_exit_codes(project, dacon, command, status, body, code, state):
    """0 accepted, 3 theirs, 4 unknown, with one line each; 2 is ours: what may have arrived is not sent again."""
    dacon.answers(status, body)
    first, _, errors = command("upload", "--file", "mine.csv", "--memo", "one", "--yes")
    assert (first, len(errors.splitlines())) == (code, int(code > 0))
    assert row(project).state == state
    second, _, errors = command("upload", "--file", "mine.csv", "--memo", "two", "--yes")
    assert (second, len(errors.splitlines())) == ((3, 1) if state == "refused" else (2, 1))


def test_unknown_until_it_is_settled(project, dacon):
    """After a time-out the file is refused until a person has looked; then it goes out, or never again."""
    dacon.waits()
    with pytest.raises(UploadUnknown, match=r"no answer within 0.5 s.*make settle"):
        upload(project)
    dacon.answers(200, b'{"message": "ok"}')
    with pytest.raises(UploadError, match=r"may have arrived already.*make settle.*대회 페이지"):
        upload(project)
    assert "it may be sent again" in settle(project.paths, "mine.csv", "refused")
    upload(project)
    assert len(dacon.requests) == 2
    with pytest.raises(UploadError, match="the server's own answer stands"):
        settle(project.paths, "submissions/sample/mine.csv", "refused")


def test_a_connection_that_breaks_is_unknown(project, dacon):
    """Closed while the file is on its way."""
    dacon.hangs_up(reads=False)
    with pytest.raises(UploadUnknown, match="the connection broke"):
        upload(project)
    assert row(project).state == "unknown"


def test_no_connection_changes_nothing(project, monkeypatch):
    """A refused connection spends nothing: the row is what it was, and the next try is free."""
    monkeypatch.setenv("DACON_API_URL", "http://127.0.0.1:9")
    with pytest.raises(NotSentError, match=r"nothing was sent.*아무것도 보내지 않았습니다"):
        upload(project)
    assert (row(project).state, row(project).sent, row(project).memo) == ("made", None, "")


def test_what_the_server_refused(project, dacon):
    """The day's limit: not today, but tomorrow. A wrong content: never. A reason without a name: whenever one likes."""
    dacon.answers(200, b'{"message": "day_max_count"}')
    with pytest.raises(UploadRefused, match=r"limit of the day.*오늘 제출"):
        upload(project)
    with pytest.raises(UploadError, match=r"tomorrow \(KST\)"):
        upload(project)
    dacon.answers(200, b'{"message": "wrong", "data": 904}')
    with pytest.raises(UploadRefused, match=r"wrong 904: a value is wrong"):
        upload(project, "other.csv")
    with pytest.raises(UploadError, match=r"judged its content \(refused: wrong 904"):
        upload(project, "other.csv")
    assert len(dacon.requests) == 2
    unnamed = replace(row(project, "other.csv"), again="any time")
    assert obstacle(unnamed.sha256, [unnamed], 3, datetime.now(UTC)) is None
    later = datetime.fromisoformat("2100-01-01T00:00:00+00:00")
    assert obstacle(row(project).sha256, [row(project)], 3, later) is None
    assert obstacle(row(project, "other.csv").sha256, [row(project, "other.csv")], 3, later)


def test_the_day_is_korea_s(project, dacon):
    """14:59 and 15:00 UTC are two days; what is unknown or being sent may be spent; what was refused is not."""
    upload(project)
    base = row(project)
    times: list[tuple[State, str]] = [
        ("accepted", "14:59:59"), ("accepted", "15:00:00"), ("unknown", "15:00:01"), ("sending", "23:00:00"),
        ("refused", "16:00:00"),
    ]  # fmt: skip
    sent = [replace(base, state=state, sent=f"2026-03-01T{time}+00:00") for state, time in times]
    late, early = (
        datetime.fromisoformat("2026-03-02T23:59:59+09:00"),
        datetime.fromisoformat("2026-03-01T23:00:00+09:00"),
    )
    assert sent_today([*sent, replace(base, sent=None)], late) == (1, 2)
    assert sent_today(sent, early) == (1, 0)
    with pytest.raises(UploadError, match=r"1 were accepted today \(KST\)"):
        prepare(with_upload(project, cpt_id=1, daily_limit=1), "other.csv", "memo")


def test_what_we_refuse(project, dacon, monkeypatch):
    """A forgotten memo, a bad or large or absent file, settings that are missing: one line, and nothing is sent."""
    paths = project.paths
    with pytest.raises(UploadError, match=r"MEMO=\.\.\. is missing"):
        upload(project, memo="  ")
    with pytest.raises(SubmissionError, match="name the CSV with FILE="):
        upload(project, file="")
    with pytest.raises(SubmissionError, match="no such file, nor in submissions/sample"):
        upload(project, file="there-is-none.csv")
    text = (paths.submissions / "mine.csv").read_text(encoding="utf-8")
    Path("bad.csv").write_text(text.rsplit("\n", 2)[0] + "\n", encoding="utf-8")
    with pytest.raises(SubmissionError, match="another number of items than 5"):
        upload(project, file="bad.csv")
    with Path("large.csv").open("wb") as file:
        file.truncate(104_857_601)
    with pytest.raises(SubmissionError, match=r"large\.csv: has 104,857,601 bytes"):
        upload(project, file="large.csv")
    with Path("large.csv").open("wb") as file:
        file.truncate(0)
    with pytest.raises(ConfigError, match=r"key 'upload\.cpt_id' is missing"):
        prepare(with_upload(project), "mine.csv", "memo")
    monkeypatch.setenv("DACON_TIMEOUT", "soon")
    with pytest.raises(ConfigError, match="DACON_TIMEOUT: must be seconds"):
        upload(project)
    monkeypatch.delenv("DACON_TIMEOUT")
    monkeypatch.setenv("DACON_TEAM", os.fsdecode(b"\xff"))
    with pytest.raises(ConfigError, match="DACON_TEAM: not UTF-8"):
        upload(project)
    monkeypatch.delenv("DACON_API_URL")
    with pytest.raises(ConfigError, match=r"has no upload\.url"):
        upload(project)
    assert dacon.requests == []
    assert Ledger(paths.ledger).entries() == ()


def test_credentials_from_a_file(project, dacon, monkeypatch, token):
    """A dry run says what is missing; `.env` is read when nobody else can read it; the environment goes before it."""
    monkeypatch.delenv("DACON_TOKEN")
    monkeypatch.delenv("DACON_TEAM")
    plan = prepare(project, "mine.csv", "memo")
    assert "DACON_TOKEN and DACON_TEAM: set it in the environment or in .env" in describe(plan)
    with pytest.raises(UploadError, match="set DACON_TOKEN and DACON_TEAM"):
        send(plan)
    env = Path(".env")
    env.write_text(f"# Dacon\nexport DACON_TOKEN='{token}'\n\nOTHER=x\nDACON_TEAM = 팀 둘\n", encoding="utf-8")
    for mode in (0o644, 0o640, 0o604):
        env.chmod(mode)
        with pytest.raises(ConfigError, match=r"\.env: others can read it, .*chmod 600 \.env"):
            prepare(project, "mine.csv", "memo")
    env.chmod(0o600)
    monkeypatch.setenv("DACON_TEAM", "팀 셋")
    upload(project)
    assert dacon.requests[0].parts["team_name"].decode() == "팀 셋"
    assert dacon.requests[0].parts["api_token"].decode() == token
    assert token not in repr(plan) + repr(prepare(project, "other.csv", "memo"))


def test_a_token_that_is_none_is_not_repeated(project, monkeypatch, token):
    """Two words, or signs beyond ASCII, cannot be a token: said without it."""
    for wrong in (f"{token} {token}", f"{token}ä", f"{token}\n{token}"):
        monkeypatch.setenv("DACON_TOKEN", wrong)
        with pytest.raises(ConfigError, match="DACON_TOKEN: must be one word") as caught:
            prepare(project, "mine.csv", "memo")
        assert token not in str(caught.value)


ODD = {
    "a quote that is not closed": (b"DACON_TOKEN='{token}", "line 1: DACON_TOKEN has a quote at one end only"),
    "a quote at the end": (b'A=b\nDACON_TOKEN={token}"', "line 2: DACON_TOKEN has a quote at one end only"),
    "a quote alone": (b"DACON_TOKEN='", "line 1: DACON_TOKEN has a quote at one end only"),
    "a broken line": (b"DACON_TOKEN=abc\n{token}", "line 2: must be NAME=value on one line"),
    "a line broken by an old Mac": (b"DACON_TOKEN=abc\r{token}", "line 2: must be NAME=value on one line"),
    "a colon": (b"DACON_TOKEN: {token}", "line 1: must be NAME=value on one line"),
    "a zero": (b"DACON_TOKEN={token}\0", "DACON_TOKEN: must be one word"),
    "two words": (b"DACON_TOKEN={token} # mine", "DACON_TOKEN: must be one word"),
    "quotes within quotes": (b"DACON_TOKEN=\"'{token}'\"", "DACON_TOKEN: must be one word"),
    "a very long one": (b"DACON_TOKEN=" + b"{token}" * 300, "DACON_TOKEN: must be one word"),
    "a team with a tab": ("DACON_TOKEN={token}\nDACON_TEAM=팀\t둘".encode(), "DACON_TEAM: must be a name on one line"),
    "a very long team": (b"DACON_TOKEN={token}\nDACON_TEAM=" + b"x" * 201, "DACON_TEAM: must be a name on one line"),
    "no UTF-8": (b"DACON_TOKEN={token}\xff", "not UTF-8"),
    "UTF-16": ("DACON_TOKEN={token}".encode("utf-16"), "not UTF-8"),
    "large": (b"#" * 70_000 + b"\nDACON_TOKEN={token}", "has more than 65,536 bytes"),
}


@pytest.mark.parametrize(("content", "said"), ODD.values(), ids=ODD)
def test_an_odd_env_file_is_one_line(project, command, monkeypatch, token, content, said):
    """Whatever stands in `.env`: one line that says what to do, and never the token (see `command`)."""
    monkeypatch.delenv("DACON_TOKEN")
    monkeypatch.delenv("DACON_TEAM")
    env = Path(".env")
    env.write_bytes(content.replace(b"{token}", token.encode()))
    env.chmod(0o600)
    code, _, errors = command("upload", "--file", "mine.csv", "--memo", "memo")
    assert (code, errors.count("\n")) == (2, 1)
    assert said in errors


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_an_env_that_is_no_file_is_one_line(project, command, monkeypatch, make):
    """A pipe is not waited for."""
    monkeypatch.delenv("DACON_TOKEN")
    make(".env")
    code, _, errors = command("upload", "--file", "mine.csv", "--memo", "memo")
    assert (code, errors.count("\n")) == (2, 1)
    assert ".env: cannot be read" in errors
    if Path(".env").is_fifo():
        Path(".env").unlink()  # `project` reads every file in the end


def test_forms_of_an_env_file(project, monkeypatch, token):
    """Signs of other editors and other people's lines do no harm; the last of several values counts."""
    monkeypatch.delenv("DACON_TOKEN")
    monkeypatch.delenv("DACON_TEAM")
    env = Path(".env")
    for content in (
        f"\ufeffDACON_TOKEN={token}\r\nDACON_TEAM=팀\r\n",
        f"KEY='-----BEGIN\nabc\n-----'\nDACON_TOKEN=old\nDACON_TOKEN = '{token}' \n# x\nexport DACON_TEAM=\"팀\"",
        f"DACON_TOKENS=x y\nDACON_TEAM=팀\n\nDACON_TOKEN={token}\n\n#\n",
    ):
        env.write_text(content, encoding="utf-8", newline="")
        env.chmod(0o600)
        service = prepare(project, "mine.csv", "memo").service
        assert isinstance(service, Dacon)
        secrets, names = service.credentials.secrets, service.credentials.names
        assert (secrets["DACON_TOKEN"].get_secret_value(), names) == (token, {"DACON_TEAM": "팀"})


def test_the_second_look_under_the_lock(project, dacon):
    """A plan made before another process sent the same file is refused when it is carried out."""
    plan = prepare(project, "mine.csv", "memo")
    upload(project)
    with pytest.raises(UploadError, match="accepted already"):
        send(plan)
    plan = prepare(project, "other.csv", "memo")
    with only_upload(project.paths), pytest.raises(UploadError, match="another upload is running"):
        send(plan)
    assert len(dacon.requests) == 1


def test_an_answer_that_cannot_be_written_down_is_told(project, dacon, monkeypatch):
    """Accepted, but the ledger is lost meanwhile: exit code 4 with both; the row stays at what may have arrived."""

    def fail(*arguments: object) -> None:
        raise LedgerError("ledger.sqlite: the ledger cannot be read or written (disk I/O error)")

    monkeypatch.setattr(Ledger, "finish", fail)
    with pytest.raises(UploadUnknown, match=r"mine.csv: accepted / .*disk I/O error.*make settle"):
        upload(project)
    with pytest.raises(UploadError, match="may have arrived"):
        upload(project)


def test_scores(project):
    """By path, by name, and by the ledger's name once the CSV is gone; a CSV of its own gets a row; numbers only."""
    paths = project.paths
    assert score(project, "submissions/sample/mine.csv", "0.1716") == "score: mine.csv: public 0.1716"
    (paths.submissions / "mine.csv").unlink()
    assert score(project, "mine.csv", "1e-3", "0.5") == "score: mine.csv: public 0.001, private 0.5"
    scored = row(project)
    assert (scored.state, scored.public, scored.private) == ("accepted", 0.001, 0.5)
    Path("elsewhere.csv").write_text("x\n", encoding="utf-8")
    score(project, "elsewhere.csv", "1")
    assert row(project, "elsewhere.csv").public == 1
    with pytest.raises(SubmissionError, match="no such file"):
        score(project, "nowhere.csv", "1")
    with pytest.raises(ConfigError, match="AS: can be accepted or refused, got 'lost'"):
        settle(paths, "elsewhere.csv", "lost")


@pytest.mark.parametrize("text", ["nan", "inf", "0,17", "17.16", "-3", "-0.0001", "1e308", "1.0001", "9" * 5000])
def test_a_score_that_the_metric_cannot_have(project, command, text):
    """Outside of what the competition's metric can be, public or private: one line, and nothing is written down."""
    for typed in (["--public", text], ["--public", "0.1", "--private", text or "x"]):
        code, _, errors = command("score", "--file", "mine.csv", *typed)
        assert (code, errors.count("\n")) == (2, 1)
        assert "must be a number from 0 to 1, such as 0.1716" in errors
    assert Ledger(project.paths.ledger).entries() == ()


def test_a_weighted_metric_may_go_beyond_one(project):
    """A sum of metrics over kinds of answers can be as large as its weights."""
    question = project.competition.question.model_copy(
        update={"metric": {"recall": 1.5, "ndcg": 1.0}, "kind_weights": {"click": 2.0, "order": 1.0}}
    )
    weighted = replace(project, competition=project.competition.model_copy(update={"question": question}))
    assert score(weighted, "mine.csv", "7.5") == "score: mine.csv: public 7.5"
    with pytest.raises(ConfigError, match=r"from 0 to 7\.5"):
        score(weighted, "mine.csv", "7.6")


@pytest.mark.parametrize("name", [".mine.x.tmp.csv", "mine.csv.tmp", "mine.tmp.csv", ".mine.csv"])
def test_half_written_files_are_never_named(project, dacon, name):
    """What a killed run may have left, whole or not, is neither checked nor sent."""
    (project.paths.submissions / name).write_bytes((project.paths.submissions / "mine.csv").read_bytes())
    for file in (name, f"submissions/sample/{name}"):
        with pytest.raises(SubmissionError, match="has the name of a temporary file"):
            upload(project, file=file)
    assert dacon.requests == []


def test_a_name_that_is_odd_is_shown_harmless(project, dacon, command):
    """What a terminal would obey, or nobody sees, is written as Python does, in every line that names the file."""
    name = "a\x1b[31m\u202e.csv"
    (project.paths.submissions / name).write_bytes((project.paths.submissions / "mine.csv").read_bytes())
    dacon.answers(200, b"?")
    for words in (
        ("upload", "--memo", "m\u202e"),
        ("upload", "--memo", "memo", "--yes"),
        ("settle", "--as", "accepted"),
        ("score", "--public", "0.1"),
        ("check",),
    ):
        _, output, errors = command(*words, "--file", name)
        lines = (output + errors).splitlines()
        assert lines
        assert all(line.isprintable() for line in lines)
        assert any(r"a\x1b[31m\u202e.csv" in line for line in lines)
