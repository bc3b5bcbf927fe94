"""A project in an empty folder, and the command line called in this process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unknot.cli import app


class Answer:
    """What one command gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]

NULLS = """\
from unknot import Stack
from unknot.providers.null import Node


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    first = s.add(Node("first", value="{value}"))
    s.add(Node("second", value=first.output))
    s.output("answer", first.output)
    return s
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that commands run in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNKNOT_ENV", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def unknot(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call a command: `unknot("plan", "--json")`."""

    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        code = app.run(arguments)
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return call


@pytest.fixture
def write_stack(project: Path) -> Callable[..., None]:
    """Write `stack.py`; of two nulls unless a text is given."""

    def write(text: str = NULLS, **values: str) -> None:
        (project / "stack.py").write_text(text.replace("{value}", values.get("value", "hello")))

    return write
