"""`ps`, `owners` and `lineage` with `--all`: every ledger of a backend, from anywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[..., None]


@pytest.fixture
def backend(
    unknot: Run, write_stack: Write, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """With a ledger for each of two environments; the commands are called elsewhere, where there is no project."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    write_stack()
    for environment in ("dev", "prod"):
        assert unknot("apply", "--yes", "--env", environment).code == 0
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return project / ".unknot" / "ledger"


def test_backend_is_enough(unknot: Run, backend: Path) -> None:
    answer = unknot("ps", "--all", "--everything", "--backend", f"file:{backend}", "--json")
    assert answer.code == 0, answer.err
    document = answer.document
    assert [(r["environment"], r["address"]) for r in document["resources"]] == [
        ("dev", "null.resource.first"),
        ("dev", "null.resource.second"),
        ("prod", "null.resource.first"),
        ("prod", "null.resource.second"),
    ]
    assert (document["complete"], len(document["ledgers"])) == (True, 2)
    assert 0 < document["calls"] <= 1 + 2 * 12  # one listing; three more of each ledger, and its segments
    of_one = unknot("ps", "--all", "--everything", "--backend", f"file:{backend}", "--env", "prod", "--json")
    assert {r["environment"] for r in of_one.document["resources"]} == {"prod"}


def test_what_cannot_be_read_is_unknown_and_the_exit_code_says_so(unknot: Run, backend: Path) -> None:
    assert unknot("owners", "--all", "--backend", f"file:{backend}").code == 0
    damaged = max((backend / "demo" / "prod" / "log").rglob("*"))
    damaged.chmod(0o644)
    damaged.write_bytes(b"not a segment")
    answer = unknot("ps", "--all", "--everything", "--backend", f"file:{backend}", "--json")
    assert (answer.code, answer.document["complete"]) == (3, False)
    unknown = [r for r in answer.document["resources"] if r["environment"] == "prod"]
    assert {r["status"] for r in unknown} == {"unknown"}
    assert all(r["unknown_since"] for r in unknown)
    entry = next(e for e in answer.document["ledgers"] if e["environment"] == "prod")
    assert (entry["status"], "demo/prod/log" in entry["why"]) == ("unknown", True)
    shown = unknot("owners", "--all", "--backend", f"file:{backend}")
    assert (shown.code, "demo/prod: unknown since " in shown.out) == (3, True)
    assert "demo/prod:null.resource.first" in shown.out  # whom to ask about it is known still


def test_project_names_its_backend_itself(
    unknot: Run, backend: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = unknot("ps", "--all")
    assert (missing.code, "there is no unknot project" in missing.err) == (1, True)
    monkeypatch.chdir(project)
    assert unknot("ps", "--all", "--everything").code == 0


@pytest.mark.parametrize("command", [("ps",), ("owners",), ("lineage", "x")])
def test_backend_without_all_is_refused(unknot: Run, command: tuple[str, ...]) -> None:
    answer = unknot(*command, "--backend", "memory:x")
    assert (answer.code, "are for `--all`" in answer.err) == (1, True)
