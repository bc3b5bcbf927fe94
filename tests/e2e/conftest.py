"""A user's project in an empty folder, with the command line called in this process or as one of its own."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from unknot.cli import app

WAIT_S = 20.0


class Answer:
    """What one command gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    def __repr__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Started:
    """A command as a process of its own, whose stderr can be waited for."""

    def __init__(self, arguments: tuple[str, ...], variables: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "unknot", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **variables},
        )
        self._said: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._changed:
                self._said.append(line)
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def wait_said(self, text: str) -> None:
        """Wait until the command has written `text` to stderr."""
        with self._changed:
            assert self._changed.wait_for(lambda: text in "".join(self._said), WAIT_S), self._said

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> Answer:
        """Wait for its end."""
        assert self.process.stdout is not None
        out = self.process.stdout.read()
        code = self.process.wait(WAIT_S)
        self._reader.join(WAIT_S)
        assert self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()
        return Answer(code, out, "".join(self._said))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that commands run in."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("UNKNOT_ENV", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    return folder


@pytest.fixture
def unknot(project: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Call a command in this process: `unknot("plan", "--json")`."""

    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        code = app.run(arguments)
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return call


@pytest.fixture
def start(project: Path) -> Iterator[Callable[..., Started]]:
    """Start a command as a process: `start("apply", "--yes", UNKNOT_FAKE_FAIL="create:a")`."""
    all_started: list[Started] = []

    def begin(*arguments: str, **variables: str) -> Started:
        started = Started(arguments, variables)
        all_started.append(started)
        return started

    yield begin
    for started in all_started:
        if started.process.poll() is None:
            started.process.kill()
            started.end()


@pytest.fixture
def write(project: Path) -> Callable[[str, str], Path]:
    """Write a file of the project."""

    def put(name: str, text: str) -> Path:
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return put


@pytest.fixture
def edit(project: Path) -> Callable[[str, str, str], None]:
    """Change a file of the project as a user would; what is to be changed must be there once."""

    def change(name: str, before: str, after: str) -> None:
        text = (project / name).read_text()
        assert text.count(before) == 1, (before, text.count(before))
        (project / name).write_text(text.replace(before, after))

    return change


@pytest.fixture(scope="session")
def wait_until() -> Callable[[Callable[[], Any]], Any]:
    """Wait for something that another process does, which leaves nothing to be woken by."""

    def wait(is_so: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + WAIT_S
        while not (found := is_so()):
            assert time.monotonic() < deadline, "it did not come about"
            time.sleep(0.02)
        return found

    return wait
