"""moto's server, with conditional writes one at a time: its own check and its write are two steps.

    python serial_moto.py PORT

Seen with moto 5.2.5 and a bare client: of 40 multipart uploads that 8 threads completed with `If-None-Match: *`
at once, one was completed twice. And a part sent to an upload that somebody has ended is a KeyError of moto's, and so
500; S3 answers 404, `NoSuchUpload`, as moto itself does to the other calls of such an upload
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html).
"""

import sys
import threading
from collections.abc import Iterable
from typing import Any

CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")


class OneAtATime:
    """A WSGI application around another one."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("PUT", "POST") and any(name in environ for name in CONDITIONS):
            with self._lock:
                return list(self._application(environ, start_response))
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer


def answer_for_ended_uploads() -> None:
    """Let a part of an upload that is no more be refused as S3 refuses it."""
    from moto.s3.exceptions import NoSuchUpload
    from moto.s3.models import S3Backend

    upload_part = S3Backend.upload_part

    def checked(backend: S3Backend, bucket_name: str, multipart_id: str, part_id: int, value: bytes) -> Any:
        try:
            return upload_part(backend, bucket_name, multipart_id, part_id, value)
        except KeyError as missing:
            if missing.args != (multipart_id,):
                raise
            raise NoSuchUpload(upload_id=multipart_id) from missing

    S3Backend.upload_part = checked  # type: ignore[method-assign, assignment]


def main() -> None:
    """Serve until killed."""
    answer_for_ended_uploads()
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    application = OneAtATime(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)


if __name__ == "__main__":
    main()
