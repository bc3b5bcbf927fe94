"""An HTTP proxy before one server: it records requests, and answers or loses some of them as it is told."""

import http.client
import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization"}


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    """With the query."""
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What the server, or the proxy in its place, says."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Fault:
    """What happens to some of the requests."""

    answer: Answer | Literal["drop", "lose"]
    """In place of the server's: an answer; `drop`: none, and the server never hears of it; `lose`: the server does
    what it was asked, and its answer never arrives."""
    matches: Callable[[Request], bool] = lambda request: True
    times: int | None = 1
    """How often; None for as long as it is there."""
    every: int = 1
    """Only each so many-th of the requests that match."""
    hits: int = 0
    seen: int = 0

    def strikes(self, request: Request) -> bool:
        if not self.matches(request) or (self.times is not None and self.hits >= self.times):
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        self.hits += 1
        return True


class Proxy:
    """A proxy that runs in threads of this process. A context manager."""

    def __init__(self, upstream: str, port: int = 0) -> None:
        self.upstream = upstream
        """`http://HOST:PORT`."""
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.change: Callable[[Request], Request] = lambda request: request
        """What becomes of a request on its way."""
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.proxy = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def handle(self, request: Request, forward: Callable[[Request], Answer]) -> Answer | None:
        """The answer to a request; None to lose it."""
        with self._lock:
            self.requests.append(request)
            fault = next((fault for fault in self.faults if fault.strikes(request)), None)
        if fault is None:
            return self.served(self.change(request), forward)
        if fault.answer == "drop":
            return None
        if fault.answer == "lose":
            self.served(self.change(request), forward)
            return None
        return fault.answer

    def served(self, request: Request, forward: Callable[[Request], Answer]) -> Answer:
        """What the server says, its own address replaced by the proxy's."""
        answer = forward(request)
        headers = {name: value.replace(self.upstream, self.url) for name, value in answer.headers.items()}
        return Answer(answer.status, headers, answer.body)


class _Server(ThreadingHTTPServer):
    proxy: Proxy
    daemon_threads = True
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        host = urlsplit(self.server.proxy.upstream)
        assert host.hostname is not None
        self.upstream = http.client.HTTPConnection(host.hostname, host.port, timeout=60)

    def finish(self) -> None:
        self.upstream.close()
        super().finish()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, dict(self.headers.items()), body)
        answer = self.server.proxy.handle(request, self._forward)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(2)
            return
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        if not any(name.lower() == "content-length" for name in answer.headers) and answer.status not in (
            204,
            304,
        ):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = do_OPTIONS = answer  # noqa: N815

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the base class's name
        pass

    def _forward(self, request: Request) -> Answer:
        headers = {n: v for n, v in request.headers.items() if n.lower() not in (*_HOP, "expect")}
        for last in (False, True):
            try:
                self.upstream.request(request.method, request.path, request.body or None, headers)
                response = self.upstream.getresponse()
                return Answer(response.status, dict(response.getheaders()), response.read())
            except (http.client.HTTPException, OSError):
                self.upstream.close()
                if last:
                    return Answer(502, {}, b"the server before which this proxy stands does not answer")
        raise AssertionError
