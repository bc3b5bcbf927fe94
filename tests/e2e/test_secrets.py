"""A canary is given as a secret, and every byte that unknot writes or says is searched for it (rule S1)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from unknot.providers import registry
from unknot.providers.fake import FakeProvider
from unknot.stacks.errors import ProviderError

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

CANARY = "canary-7Q2x-in-the-environment"
PIN = "canary-9Zk4-in-a-file"
MADE = "secret-of-"
"""How sensitive outputs of the fake provider begin."""

FLOWS = """\
import logging
import os

from unknot import op, workflow


@op
def leaky(count: int) -> list[str]:
    token, pin = os.environ["TOKEN"], os.environ["PIN"]
    print("token", token, "pin", pin)
    logging.getLogger("demo").warning("token %s", token)
    os.write(2, pin.encode() + b"\\n")
    return [str(n) for n in range(count)]


@op
def failing(values: list[str]) -> str:
    raise RuntimeError(f"login with {os.environ['TOKEN']} and {os.environ['PIN']} was refused")


@workflow(name="leak")
def leak(count: int = 3) -> str:
    return failing(leaky(count))
"""

STACK = """\
from flows import leak
from unknot import Secret, Stack
from unknot import format as join
from unknot.providers.fake import Thing


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    login = s.add(Thing("login", password=Secret.env("DEMO_TOKEN"), key=Secret.file({pin!r}), key_version=1))
    user = s.add(Thing("user", value=[join("key:{{key}}", key=login.secret_key)]))
    s.add(Thing("echoed", value=user.echo))
    s.output("key", login.secret_key)
    s.output("address", join("https://{{key}}@host", key=login.secret_key))
    s.deploy(leak.bind(), secrets={{"TOKEN": Secret.env("DEMO_TOKEN"), "PIN": Secret.file({pin!r})}})
    return s
"""


@pytest.fixture
def pin(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEMO_TOKEN", CANARY)
    monkeypatch.setenv("UNKNOT_FAKE_WORLD", str(tmp_path / "world.jsonl"))
    monkeypatch.setenv("LEDGER_KEY", "00" * 32)
    file = tmp_path / "pin"
    file.write_text(PIN + "\n")
    write("flows.py", FLOWS)
    write("stack.py", STACK.format(pin=str(file)))
    write("unknot.toml", '[encryption]\nkey = "env:LEDGER_KEY"\n')
    return file


def everything(project: Path) -> Iterator[tuple[str, bytes]]:
    for file in project.rglob("*"):
        if file.is_file():
            yield str(file.relative_to(project)), file.read_bytes()


def leaks(project: Path, said: str) -> list[str]:
    """Where a canary is, in files or in what was said."""
    canaries = (CANARY, PIN, MADE)
    found = [name for name, data in everything(project) if any(c.encode() in data for c in canaries)]
    return found + (["stdout or stderr"] if any(c in said for c in canaries) else [])


@pytest.mark.slow
@pytest.mark.rule("S1")
@pytest.mark.usefixtures("pin")
def test_canary_is_in_no_byte_of_any_output(
    unknot: Run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "reports"))
    (tmp_path / "reports").mkdir()
    answers = [
        unknot("validate"),
        unknot("plan", "--out", "p.plan", "-v"),
        unknot("plan", "--json"),
        unknot("review", "p.plan"),
        unknot("show", "p.plan", "--json"),
        unknot("apply", "p.plan"),
    ]
    assert answers[0].code == 0, answers[0]
    assert answers[1].code == 0, answers[1]
    assert answers[-1].code == 1, answers[-1]  # the task fails
    assert "login with *** and *** was refused" in answers[-1].out + answers[-1].err
    for command in (
        ["plan", "-v"],
        ["apply", "--yes", "--json"],
        ["run", "leak", "--json"],
        ["run", "leak", "--no-cache"],
        ["ps"],
        ["ps", "--everything", "--json"],
        ["ps", "--all", "--everything", "--json"],
        ["owners", "--all", "--json"],
        ["runs", "show", "leak"],
        ["runs", "show", "leak", "--json"],
        ["logs", "leak"],
        ["logs", "leak", "--json"],
        ["lineage", "leak"],
        ["owners", "--json"],
        ["state", "pull"],
        ["state", "show", "fake.thing.login", "--json"],
        ["state", "history", "--json"],
        ["graph"],
        ["show"],
        ["show", "--json"],
        ["output"],
        ["output", "key"],
        ["output", "--json"],
        ["plan", "--replace", "fake.thing.login", "--out", "again.plan", "-v"],
        ["show", "again.plan", "--json"],
        ["review", "again.plan"],
        ["apply", "again.plan", "--no-runs", "--json"],
        ["state", "rotate-key", "--to", "env:LEDGER_KEY"],
        ["state", "prune", "--delete-history", "--yes"],
        ["plan", "--json"],
    ):
        answers.append(unknot(*command))
        assert "unknot failed" not in answers[-1].err, answers[-1]
    assert "token *** pin ***" in answers[16].out, answers[16]
    assert answers[-1].document["changes"] == []
    said = "".join(answer.out + answer.err for answer in answers)
    assert leaks(project, said) == []
    assert leaks(tmp_path / "reports", "") == []
    assert MADE in (tmp_path / "world.jsonl").read_text(), "it was made, and whoever uses it has it"
    assert f"key:{MADE}" in (tmp_path / "world.jsonl").read_text()
    assert unknot("output", "address", "--raw").out.startswith(f"https://{MADE}")


@pytest.mark.slow
@pytest.mark.rule("S1")
@pytest.mark.usefixtures("pin")
def test_canary_in_a_providers_error_is_masked(unknot: Run, project: Path) -> None:
    fake = registry.provider("fake")
    assert isinstance(fake, FakeProvider)
    fake.on_create("login", raises=ProviderError(f"no login with {CANARY}", detail=f"the key was {PIN}"))
    try:
        answer = unknot("apply", "--yes", "--no-runs")
        document = unknot("apply", "--yes", "--no-runs", "--json")
    finally:
        fake.on_create.clear()
    assert answer.code == 1
    assert "no login with" in answer.out + answer.err, answer
    assert leaks(project, answer.out + answer.err + document.out + document.err) == []


@pytest.mark.slow
@pytest.mark.rule("S1")
@pytest.mark.usefixtures("pin")
def test_missing_secret_is_named_by_its_reference(unknot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_TOKEN")
    answer = unknot("apply", "--yes")
    assert answer.code == 1
    assert "env:DEMO_TOKEN" in answer.out + answer.err, answer


@pytest.mark.slow
@pytest.mark.rule("S1")
def test_secret_file_of_the_project_is_not_packed(unknot: Run, project: Path, write: Write) -> None:
    write(".env", f"TOKEN={CANARY}\n")
    write("flows.py", FLOWS)
    write(
        "stack.py",
        "from flows import leak\nfrom unknot import Stack\n\n\ndef stack() -> Stack:\n"
        '    s = Stack("demo", owner="team@example.org")\n'
        "    s.deploy(leak.bind(), run_on_apply=False)\n    return s\n",
    )
    assert unknot("apply", "--yes").code == 0
    assert unknot("plan", "--out", "p.plan").code == 0
    assert leaks(project, "") == [".env"]
