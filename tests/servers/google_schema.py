"""Google Cloud for services that have no emulator: requests are held against the published discovery documents.

    python google_schema.py PORT

It is no Google: what it takes and answers is what the documents say (`discovery.py`), with objects in memory
(`google_objects.py`). `GET /_/refused` tells what was refused for its form, `GET /_/requests` the methods called, and
`POST /_/reset` forgets everything.
"""

import email.parser
import email.policy
import json
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from discovery import Method, Refused, check_body, check_path, check_query, invalid, match
from google_objects import World

STATUSES = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    501: "UNIMPLEMENTED",
}


UNAUTHENTICATED = {
    "error": {
        "code": 401,
        "message": "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
        "other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        "status": "UNAUTHENTICATED",
    }
}
"""As Google answers it."""


class SchemaServer(ThreadingHTTPServer):
    """The server. Runs in threads."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self._lock = threading.Lock()
        self.tokens: set[str] | None = None
        """The only tokens that are taken; None: any, or none at all."""
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self.world = World()
            self.refused: list[str] = []
            self.requests: list[str] = []

    def served(self, verb: str, url: str, body: bytes, content_type: str) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer."""
        parts = urlsplit(url)
        query = parse_qs(parts.query, keep_blank_values=True)
        service = ""
        try:
            method, variables = match(verb, parts.path)
            service = method.service
            with self._lock:
                self.requests.append(method.id)
            return 200, self._answered(method, variables, parts.path, query, body, content_type)
        except Refused as refused:
            if refused.reason == "invalid":
                with self._lock:
                    self.refused.append(refused.message)
            return refused.status, _error(service, refused)
        except Exception as problem:  # noqa: BLE001 - told to whoever asked, and to the test
            with self._lock:
                self.refused.append(f"{verb} {url}: {type(problem).__name__}: {problem}")
            return 500, _error(service, Refused(500, "backendError", f"{type(problem).__name__}: {problem}"))

    def _answered(
        self,
        method: Method,
        variables: Mapping[str, str],
        path: str,
        query: Mapping[str, list[str]],
        body: bytes,
        content_type: str,
    ) -> dict[str, Any]:
        check_query(method, query)
        check_path(method, path)
        media: bytes | None = None
        if method.is_upload:
            if query.get("uploadType") != ["multipart"]:
                raise invalid("only multipart uploads are served here")
            body, media = _parts(body, content_type)
        elif method.id == "storage.objects.insert":
            raise invalid("content is uploaded to /upload/")
        document = check_body(method, _json(body) if body else None)
        given = {name: values[0] for name, values in query.items()}
        return self.world.answer(method, variables, given, document, media)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SchemaServer
    disable_nagle_algorithm = True

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.path.startswith("/_/"):
            status, found = 200, self._told(self.path.removeprefix("/_/"))
        elif self.server.tokens is not None and token not in self.server.tokens:
            status, found = 401, UNAUTHENTICATED
        else:
            status, found = self.server.served(
                self.command, self.path, body, self.headers.get("Content-Type", "")
            )
        text = json.dumps(found).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = answer  # noqa: N815

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the base class's name
        pass

    def _told(self, what: str) -> dict[str, Any]:
        match what:
            case "refused":
                return {"refused": list(self.server.refused)}
            case "requests":
                return {"requests": list(self.server.requests)}
            case "reset":
                self.server.reset()
        return {}


def _error(service: str, refused: Refused) -> dict[str, Any]:
    """In the form of the service: https://cloud.google.com/apis/design/errors, and that of older APIs."""
    error: dict[str, Any] = {"code": refused.status, "message": refused.message}
    if service in ("storage", "bigquery"):
        error["errors"] = [{"domain": "global", "reason": refused.reason, "message": refused.message}]
    else:
        is_named = refused.reason.isupper()
        error["status"] = refused.reason if is_named else STATUSES.get(refused.status, "UNKNOWN")
    return {"error": error}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise invalid("the body is no JSON") from None


def _parts(body: bytes, content_type: str) -> tuple[bytes, bytes]:
    """Metadata and content of a multipart upload."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    if message.get_content_type() != "multipart/related":
        raise invalid(f"an upload is multipart/related, not {content_type}")
    parts = list(message.iter_parts())
    if len(parts) != 2:
        raise invalid(f"an upload has two parts, not {len(parts)}")
    metadata, content = (part.get_payload(decode=True) for part in parts)
    if not isinstance(metadata, bytes) or not isinstance(content, bytes):
        raise invalid("an upload has two parts with content")
    return metadata, content


def main() -> None:
    """Runs until it is killed."""
    SchemaServer(int(sys.argv[1])).serve_forever()


if __name__ == "__main__":
    main()
