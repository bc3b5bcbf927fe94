"""fake-gcs-server with preconditions that hold: it takes no notice of `ifGenerationMatch` in resumable uploads.

    python guarded_gcs.py PORT COMMAND...    where COMMAND serves on the port after PORT's own

Requests that write go one at a time; before the last chunk of an upload that demands that the object be absent,
it is looked for. Seen with fake-gcs-server 1.52 and a bare client: all of 30 resumable uploads wrote over others.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

from proxy import Answer, Proxy, Request

REFUSED = Answer(
    412,
    {"Content-Type": "application/json"},
    json.dumps(
        {
            "error": {
                "code": 412,
                "message": "At least one of the pre-conditions you specified did not hold.",
                "errors": [{"reason": "conditionNotMet", "domain": "global"}],
            }
        }
    ).encode(),
)


class GuardedGcs(Proxy):
    """Keeps `ifGenerationMatch=0` for uploads of every kind."""

    def __init__(self, upstream: str, port: int) -> None:
        self._sessions: dict[str, str] = {}
        """The path of an upload to that of the object."""
        self._writing = threading.Lock()
        super().__init__(upstream, port)

    def served(self, request: Request, forward: Callable[[Request], Answer]) -> Answer:
        if request.method in ("GET", "HEAD"):
            return super().served(request, forward)
        with self._writing:
            return self._written(request, forward)

    def _written(self, request: Request, forward: Callable[[Request], Answer]) -> Answer:
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        target = self._sessions.get(_session(request.path))
        is_begun = query.get("uploadType") == "resumable" and query.get("ifGenerationMatch") == "0"
        if target is None and is_begun and "upload_id" not in query:
            name = query.get("name") or json.loads(request.body)["name"]
            bucket = parts.path.split("/b/")[1].split("/")[0]
            target = f"/storage/v1/b/{bucket}/o/{quote(name, safe='')}"
            if self._exists(target, forward):
                return REFUSED
            answer = super().served(request, forward)
            location = next((v for n, v in answer.headers.items() if n.lower() == "location"), "")
            self._sessions[_session(location.removeprefix(self.url))] = target
            return answer
        if target is not None and self._exists(target, forward):
            return REFUSED
        return super().served(request, forward)

    def _exists(self, target: str, forward: Callable[[Request], Answer]) -> bool:
        return forward(Request("GET", target, {}, b"")).status == 200


def _session(path: str) -> str:
    return (
        path.partition("&")[0] if "upload_id" not in path else parse_qs(urlsplit(path).query)["upload_id"][0]
    )


def main() -> None:
    """Runs until it is killed, with the server as its child in the same process group."""
    port, upstream, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    child = subprocess.Popen(command)
    with GuardedGcs(upstream, port):
        raise SystemExit(child.wait())


if __name__ == "__main__":
    main()
