"""What a task prints, at the level of file descriptors, so that C code and child processes are captured too."""

import codecs
import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Literal

from unknot.providers.runner import clock, secrets
from unknot.stacks.run import LogWritten

LAST_WORDS_S = 1.0
"""How long output is read after the work ended, when something that it started holds the pipe."""


class LogText:
    """Bytes of one output into events, in whole characters, secrets redacted."""

    def __init__(self, stream: Literal["stdout", "stderr"], redactor: secrets.Redactor) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._redacted = secrets.RedactedText(redactor)

    def feed(self, data: bytes) -> LogWritten | None:
        return self._event(self._redacted.feed(self._decoder.decode(data)))

    def end(self) -> LogWritten | None:
        return self._event(self._redacted.feed(self._decoder.decode(b"", final=True)) + self._redacted.end())

    def _event(self, text: str) -> LogWritten | None:
        return LogWritten(clock.now(), self._stream, text) if text else None


@contextlib.contextmanager
def captured(add: Callable[[LogWritten], None], redactor: secrets.Redactor) -> Iterator[None]:
    """Send this process's stdout and stderr to `add`, from threads, while the block runs.

    For a worker that runs one task at a time: the descriptors belong to the whole process.
    """
    readers = []
    saved = {number: os.dup(number) for number in (1, 2)}
    flush()
    try:
        for number, name in ((1, "stdout"), (2, "stderr")):
            read, write = os.pipe()
            os.dup2(write, number)
            os.close(write)
            text = LogText("stdout" if name == "stdout" else "stderr", redactor)
            reader = threading.Thread(target=_read, args=(read, text, add), daemon=True)
            reader.start()
            readers.append(reader)
        yield
    finally:
        flush()
        for number, descriptor in saved.items():
            os.dup2(descriptor, number)
            os.close(descriptor)
        for reader in readers:
            reader.join(LAST_WORDS_S)


def flush() -> None:
    """Write out what Python holds back."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()


def _read(descriptor: int, text: LogText, add: Callable[[LogWritten], None]) -> None:
    while data := os.read(descriptor, 65536):
        if (event := text.feed(data)) is not None:
            add(event)
    os.close(descriptor)
    if (event := text.end()) is not None:
        add(event)
