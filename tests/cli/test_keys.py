"""Sensitive outputs and the ledger's key on the command line (rules S1, L7)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unknot.providers import registry
from unknot.providers.fake import FakeProvider
from unknot.state.ledger.encryption import generate_key

Run = Callable[..., Any]
Write = Callable[..., None]

STACK = """\
from unknot import Secret, Stack
from unknot.providers.fake import Thing


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    a = s.add(Thing("a", key=Secret.env("A_SECRET")))
    s.add(Thing("b", value=a.secret_key))
    s.output("key", a.secret_key)
    s.output("url", a.url)
    s.output("parts", {"n": 1})
    s.output("reference", Secret.env("A_SECRET"))
    return s
"""
USER = """\
from unknot import Stack, other_stack
from unknot.providers.fake import Thing


def stack() -> Stack:
    s = Stack("user", owner="team@example.org")
    s.add(Thing("c", value=other_stack("demo", "key")))
    return s
"""
SECRET = "secret-of-thing-1"


@pytest.fixture
def keyed(write_stack: Write, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("UNKNOT_KEY", "NEXT_KEY", "OTHER_KEY"):
        monkeypatch.setenv(name, generate_key())
    monkeypatch.setenv("A_SECRET", "CANARY-a")
    monkeypatch.setenv("UNKNOT_FAKE_WORLD", str(project / "world.jsonl"))
    provider = registry.provider("fake")
    assert isinstance(provider, FakeProvider)
    provider.reset()
    write_stack(STACK)
    configure(project, '"env:UNKNOT_KEY"')
    return project


def configure(project: Path, key: str) -> None:
    (project / "unknot.toml").write_text(f"[encryption]\nkey = {key}\n")


@pytest.mark.rule("S1")
def test_output_is_masked_unless_it_is_asked_for(unknot: Run, keyed: Path) -> None:
    assert unknot("apply", "--yes").code == 0
    listed = unknot("output")
    assert "key = (sensitive)\n" in listed.out
    assert 'url = "fake://thing-1"\n' in listed.out
    assert unknot("output", "key").out == "(sensitive)\n"
    assert unknot("output", "key", "--reveal").out == f'"{SECRET}"\n'
    assert unknot("output", "key", "--raw").out == f"{SECRET}\n"
    assert unknot("output", "url", "--raw").out == "fake://thing-1\n"
    document = unknot("output", "--json").document
    assert document["outputs"]["key"] == {"value": "(sensitive)", "sensitive": True}
    assert unknot("output", "key", "--json", "--reveal").document["outputs"]["key"]["value"] == SECRET
    for command in (
        ["show"],
        ["show", "--json"],
        ["state", "show", "fake.thing.b"],
        ["plan"],
        ["state", "pull"],
    ):
        answer = unknot(*command)
        assert SECRET not in answer.out + answer.err
        assert command[-1] == "pull" or "(sensitive)" in answer.out or command == ["plan"]
    assert SECRET in unknot("state", "show", "fake.thing.b", "--reveal").out


def test_output_that_cannot_be_shown_as_asked_is_said(unknot: Run, keyed: Path) -> None:
    assert unknot("apply", "--yes").code == 0
    for arguments, said in (
        (["kye"], "`key`"),
        (["parts", "--raw"], "no text and no number"),
        (["reference", "--raw"], "env:A_SECRET"),
        (["--raw"], "give its NAME"),
    ):
        answer = unknot("output", *arguments)
        assert (answer.code, said in answer.err) == (1, True), answer


@pytest.mark.rule("S1")
def test_plan_that_needs_a_key_says_how_to_get_one_and_that_is_the_way(unknot: Run, keyed: Path) -> None:
    (keyed / "unknot.toml").write_text("")
    refused = unknot("plan")
    assert refused.code == 1
    assert "[encryption]" in refused.err
    assert "openssl rand -base64 32" in refused.err
    configure(keyed, '"env:UNKNOT_KEY"')
    assert unknot("apply", "--yes").code == 0


@pytest.mark.rule("L7")
def test_plain_ledger_gets_its_first_key(unknot: Run, keyed: Path, write_stack: Write) -> None:
    (keyed / "unknot.toml").write_text("")
    write_stack()
    assert unknot("apply", "--yes").code == 0
    configure(keyed, '"env:UNKNOT_KEY"')
    assert "unknot state rotate-key" in unknot("plan").err
    given = unknot("state", "rotate-key")
    assert given.code == 0, given
    assert "stays in clear" in given.err
    assert unknot("plan").code == 0
    write_stack(STACK)
    assert unknot("apply", "--yes").code == 0
    assert unknot("output", "key", "--raw").out.startswith("secret-of-")


@pytest.mark.rule("L7")
@pytest.mark.rule("S1")
def test_after_a_rotation_the_new_key_alone_opens_all_of_it(
    unknot: Run, keyed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unknot("apply", "--yes").code == 0
    before = json.loads(unknot("state", "list", "--json").out)["serial"]
    objects = {
        file: file.read_bytes() for file in (keyed / ".unknot/ledger/demo").rglob("*") if file.is_file()
    }
    configure(keyed, '["env:NEXT_KEY", "env:UNKNOT_KEY"]')
    assert unknot("plan").code == 0, "the later ones open what is older"
    rotated = unknot("state", "rotate-key")
    assert rotated.code == 0, rotated
    assert "Name only the new key" in rotated.err
    assert all(file.read_bytes() == data for file, data in objects.items()), "nothing is overwritten"
    configure(keyed, '"env:NEXT_KEY"')
    monkeypatch.delenv("UNKNOT_KEY")
    assert "No changes" in unknot("plan").out
    assert json.loads(unknot("state", "list", "--at", str(before), "--json").out)["serial"] == before
    assert unknot("output", "key", "--raw").out == f"{SECRET}\n"
    assert unknot("state", "history").code == 0
    configure(keyed, '["env:NEXT_KEY", "env:UNKNOT_KEY"]')
    assert unknot("plan").code == 0, "an earlier key that is gone from this machine is not needed"
    configure(keyed, '"env:OTHER_KEY"')
    assert "encrypted for other keys" in unknot("plan").err


@pytest.mark.rule("L7")
def test_key_file_is_found_from_a_folder_below(
    unknot: Run, keyed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (keyed / "ledger.key").write_text(generate_key())
    configure(keyed, '"file:ledger.key"')
    assert unknot("apply", "--yes").code == 0
    (keyed / "below").mkdir()
    monkeypatch.chdir(keyed / "below")
    assert unknot("output", "url", "--raw").code == 0
    assert unknot("state", "rotate-key", "--to", "env:NEXT_KEY", "--to", "env:OTHER_KEY").code == 0
    for name in ("NEXT_KEY", "OTHER_KEY"):
        configure(keyed, f'"env:{name}"')
        assert unknot("output", "key", "--raw").out == f"{SECRET}\n"


@pytest.mark.rule("S1")
def test_sensitive_output_of_another_stack_needs_the_key_of_its_ledger(
    unknot: Run, keyed: Path, write_stack: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unknot("apply", "--yes").code == 0
    user = keyed / "user"
    user.mkdir()
    monkeypatch.chdir(user)
    (user / "stack.py").write_text(USER)

    def configured(key: str) -> None:
        (user / "unknot.toml").write_text(f'backend = "file:../.unknot/ledger"\n[encryption]\nkey = {key}\n')

    configured('"env:NEXT_KEY"')
    refused = unknot("plan")
    assert (refused.code, "outputs of the stack `demo/default` cannot be read" in refused.err) == (1, True)
    assert "behind this project's own" in refused.err
    configured('["env:NEXT_KEY", "env:UNKNOT_KEY"]')
    assert unknot("apply", "--yes").code == 0
    assert "No changes" in unknot("plan").out
    shown = unknot("state", "show", "fake.thing.c")
    assert SECRET not in shown.out
    assert SECRET in (keyed / "world.jsonl").read_text().splitlines()[-1], "whoever uses it has it"
    configured('"env:NEXT_KEY"')
    assert SECRET in unknot("state", "show", "fake.thing.c", "--reveal").out, "kept under the user's own key"


def test_keys_that_are_none_are_refused(unknot: Run, keyed: Path) -> None:
    for wrong in ("[]", "7", '"hunter2"'):
        configure(keyed, wrong)
        answer = unknot("plan")
        assert answer.code == 1
        assert "hunter2" not in answer.err
    (keyed / "unknot.toml").write_text("")
    assert unknot("apply", "--yes").code == 1
