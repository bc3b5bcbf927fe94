"""`unknot state prune` (rule L2)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[..., None]
pytestmark = pytest.mark.rule("L2")


@pytest.fixture
def applied(unknot: Run, write_stack: Write) -> int:
    """The serial before a second apply."""
    write_stack()
    assert unknot("apply", "--yes").code == 0
    serial: int = unknot("state", "list", "--json").document["serial"]
    write_stack(value="later")
    assert unknot("apply", "--yes").code == 0
    return serial


def test_pruned_ledger_is_gone_on_with_and_keeps_its_history_until_that_is_deleted(
    unknot: Run, applied: int, write_stack: Write, project: Path
) -> None:
    pruned = unknot("state", "prune")
    assert (pruned.code, "begins anew at serial" in pruned.out) == (0, True), pruned
    assert "--delete-history" in pruned.err
    assert "No changes" in unknot("plan").out
    assert json.loads(unknot("state", "pull", "--at", str(applied)).out)["outputs"] == {"answer": "hello"}
    assert "ledger-created" in unknot("state", "history", "--limit", "100").out
    assert "Nothing was recorded since" in unknot("state", "prune").out

    deleted = unknot("state", "prune", "--delete-history", "--yes")
    assert (deleted.code, "history begins at serial" in deleted.out) == (0, True), deleted
    assert "No changes" in unknot("plan").out
    history = unknot("state", "history", "--limit", "100")
    assert "History begins at serial" in history.err
    assert "ledger-created" not in history.out
    assert "volume-begun" in history.out
    gone = unknot("state", "list", "--at", str(applied))
    assert (gone.code, "pruned" in gone.err) == (1, True)
    write_stack(value="latest")
    assert unknot("apply", "--yes").code == 0
    assert unknot("output", "answer", "--raw").out == "latest\n"


def test_history_is_not_deleted_unasked(unknot: Run, applied: int) -> None:
    answer = unknot("state", "prune", "--delete-history")
    assert (answer.code, "--yes" in answer.err) == (1, True)
    assert unknot("state", "list", "--at", str(applied)).code == 0


@pytest.mark.slow
def test_record_is_made_anew_from_a_pruned_ledger(unknot: Run, applied: int, project: Path) -> None:
    before = unknot("owners", "--json").out
    assert unknot("state", "prune", "--delete-history", "--yes").code == 0
    assert unknot("owners", "--json").out == before
    for index in (project / ".unknot" / "cache").rglob("*.sqlite*"):
        index.unlink()
    assert unknot("owners", "--json").out == before
