"""A real HTTP server in Dacon's place, and a synthetic competition with CSVs that may be handed in."""

import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from tests.builder import competition, configuration
from tests.submission.kaggle_server import KaggleServer

from shortlist import cli
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.pipeline.preprocess import preprocess
from shortlist.pipeline.run import Run

CONFIGURATION = configuration("""
[validation.schemes.holdout]
[retrievers.popular]
[upload]
cpt_id = 236170
daily_limit = 3
""")

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Reads the whole request, then does what the test asks for."""

    server: "Dacon"
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.server.started.set()
        if not self.server.reads:
            self.server.behaviour(self)
            return
        self.server.requests.append(
            Request(self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])))
        )
        self.server.behaviour(self)

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Request:
    """One request that the server has read."""

    def __init__(self, path: str, headers: Message, body: bytes) -> None:
        self.path = path
        head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + body)
        self.parts: dict[str, bytes] = {}
        self.file_name = None
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            assert name not in self.parts
            self.parts[str(name)] = bytes(part.get_payload(decode=True))
            self.file_name = part.get_filename() or self.file_name
        self.body = body


class Dacon(ThreadingHTTPServer):
    """Answers as the test says; counts what it has read."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Request] = []
        self.started, self.released = threading.Event(), threading.Event()
        self.reads = True
        self.answers(200, b'{"message": "ok"}')

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answers(self, status: int, body: bytes) -> None:
        self.behaviour: Behaviour = lambda handler: handler.reply(status, body)

    def waits(self) -> None:
        """Reads everything, and says nothing until the test ends."""

        def wait(handler: Handler) -> None:
            self.released.wait(30)
            handler.close_connection = True

        self.behaviour = wait

    def hangs_up(self, after: bytes = b"", reads: bool = True) -> None:
        """Closes the connection after these bytes, or before it has read the file."""

        def close(handler: Handler) -> None:
            handler.wfile.write(after)
            handler.close_connection = True
            handler.connection.close()

        self.behaviour, self.reads = close, reads

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error of the server."""


@pytest.fixture
def token() -> str:
    return "t0ken-5c1ff0a8b7-nobody-may-see"


@contextmanager
def serving(server: Dacon | KaggleServer) -> Iterator[None]:
    """A server answers within the block; whoever still waits there is let go."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def dacon() -> Iterator[Dacon]:
    server = Dacon()
    with serving(server):
        yield server


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's folder with a preprocessed competition `sample`, and two CSVs that may be handed in."""
    root = tmp_path_factory.mktemp("prepared")
    run = competition(root, CONFIGURATION, SampleSize(users=120, items=90, pairs=600), name="sample")
    preprocess(run)
    dataset = Dataset.load(run.paths.dataset)
    taken = dataset.matrix().toarray() > 0
    folder = run.paths.submissions
    folder.mkdir(parents=True)
    for place, name in ((0, "mine.csv"), (1, "other.csv")):
        rows = ["resume_seq,recruitment_seq"]
        for user, seen in zip(dataset.users.ids, taken, strict=True):
            free = np.flatnonzero(~seen)[place : place + 5]
            rows += [f"{user},{dataset.items.ids[item]}" for item in free]
        (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return root


@pytest.fixture
def project(prepared: Path, dacon: Dacon, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A copy of it as the working folder, which uploads to `dacon`; at the end no file in it holds the token."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name, value in (("API_URL", dacon.url), ("TOKEN", token), ("TEAM", "팀 하나"), ("TIMEOUT", "0.5")):
        monkeypatch.setenv(f"DACON_{name}", value)
    yield Run.load("sample")
    for path in tmp_path.rglob("*"):
        assert path.name == ".env" or path.is_dir() or token.encode() not in path.read_bytes(), path


@pytest.fixture
def command(monkeypatch, capsys, token):
    """The command line in this process: exit code, output and errors, in which the token never is."""
    interrupts = signal.getsignal(signal.SIGINT)

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["shortlist", *arguments, "--competition", "sample"])
        with pytest.raises(SystemExit) as end:
            cli.main()
        output, errors = capsys.readouterr()
        assert token not in output + errors
        return end.value.code or 0, output, errors

    yield command
    signal.signal(signal.SIGINT, interrupts)
