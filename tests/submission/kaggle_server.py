"""A real HTTP server in the place of Kaggle's API and of the store that it sends files to."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SERVICE = "/v1/competitions.CompetitionApiService/"
START, CREATE, LIST, STORE = "StartSubmissionUpload", "CreateSubmission", "ListSubmissions", "store"

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Reads the whole request, notes it, then does what the test asks for."""

    server: "KaggleServer"
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        assert self.path.startswith(SERVICE)
        self.take(self.path.removeprefix(SERVICE))

    def do_PUT(self) -> None:
        assert self.path == "/store/blob?upload_id=1"
        self.take(STORE)

    def take(self, name: str) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((name, body, dict(self.headers)))
        self.server.behaviours[name](self)

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class KaggleServer(ThreadingHTTPServer):
    """Answers as the test says; keeps what it has read."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[tuple[str, bytes, dict[str, str]]] = []
        self.behaviours: dict[str, Behaviour] = {}
        self.released = threading.Event()
        self.fresh()

    def fresh(self) -> None:
        """It has read nothing, and takes everything."""
        self.requests.clear()
        self.answers(START, 200, {"token": "blob-token", "createUrl": f"{self.url}/store/blob?upload_id=1"})
        self.answers(STORE, 200, {})
        self.answers(CREATE, 200, {"message": "Successfully submitted to Sample", "ref": 4711})
        self.lists([])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def asked(self) -> list[str]:
        """Names of the requests, in order."""
        return [name for name, _, _ in self.requests]

    def answers(self, name: str, status: int, body: Any) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.behaviours[name] = lambda handler: handler.reply(status, content)

    def lists(self, submissions: list[dict[str, Any]]) -> None:
        self.answers(LIST, 200, {"submissions": submissions})

    def waits(self, name: str) -> None:
        """Reads everything, and says nothing until the test ends."""

        def wait(handler: Handler) -> None:
            self.released.wait(30)
            handler.close_connection = True

        self.behaviours[name] = wait

    def hangs_up(self, name: str, after: bytes = b"") -> None:
        """Closes the connection after these bytes."""

        def close(handler: Handler) -> None:
            handler.wfile.write(after)
            handler.close_connection = True
            handler.connection.close()

        self.behaviours[name] = close

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error of the server."""
