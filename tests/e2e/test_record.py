"""The record after crashes: runs whose process died, an index that is gone or damaged, runs made without unknot."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from unknot.cli.session import Session
from unknot.providers.engine import RunQuery, TriggerRequest
from unknot.stacks.address import Address
from unknot.stacks.run import RunRequest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
Edit = Callable[[str, str, str], None]
Wait = Callable[[Callable[[], Any]], Any]

FLOWS = """\
import os
import time
from pathlib import Path

from unknot import op, workflow

HERE = Path({here!r})


@op
def first(count: int) -> list[int]:
    return list(range(count))


@op
def gated(values: list[int]) -> int:
    (HERE / "reached").write_text(str(os.getpid()))
    while not (HERE / "open").exists():
        time.sleep(0.02)
    return sum(values)


@workflow(name="make")
def make(count: int = 4) -> int:
    return gated(first(count))
"""

STACK = """\
from flows import make
from unknot import Stack


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    s.deploy(make.bind(), run_on_apply=False)
    return s
"""


@pytest.fixture
def here(tmp_path: Path, write: Write, unknot: Run) -> Path:
    """Where the task says that it was reached, and waits for `open`."""
    write("flows.py", FLOWS.format(here=str(tmp_path)))
    write("stack.py", STACK)
    assert unknot("apply", "--yes").code == 0
    return tmp_path


def row(unknot: Run) -> dict[str, Any]:
    found: dict[str, Any] = unknot("ps", "--json").document["resources"][0]
    return found


def tasks(manifest: dict[str, Any]) -> dict[str, str]:
    return {task["op"]: task["status"] for task in manifest["tasks"]}


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_killed_run_is_lost_and_its_retry_keeps_what_succeeded(
    unknot: Run, start: Callable[..., Any], here: Path, wait_until: Wait
) -> None:
    started = start("run", "make")
    wait_until((here / "reached").exists)
    going_on = row(unknot)
    assert (going_on["status"], len(going_on["running"])) == ("running", 1)
    started.signal(signal.SIGKILL)
    started.end()
    lost = wait_until(lambda: (found := row(unknot))["status"] == "lost" and found)
    assert lost["running"] == []
    assert "lost" in unknot("ps").out
    (here / "open").touch()
    retried = unknot("run", "make", "--retry", lost["run"], "--json")
    assert retried.code == 0, retried
    assert tasks(retried.document["runs"][0]) == {"first": "reused", "gated": "succeeded"}
    assert row(unknot)["status"] == "succeeded"


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_interrupted_run_is_sealed_as_cancelled(
    unknot: Run, start: Callable[..., Any], here: Path, wait_until: Wait
) -> None:
    started = start("run", "make")
    wait_until((here / "reached").exists)
    started.signal(signal.SIGINT)
    answer = started.end()
    assert answer.code == 130, answer
    assert "Finishing what is in flight" in answer.err
    found = row(unknot)
    assert (found["status"], found["running"]) == ("cancelled", [])


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["deleted", "damaged", "emptied"])
def test_index_is_made_again_from_ledger_and_streams(
    unknot: Run, here: Path, project: Path, damage: str
) -> None:
    (here / "open").touch()
    assert unknot("run", "make").code == 0
    before = unknot("runs", "show", "make", "--json").document
    files = [file for file in (project / ".unknot" / "cache" / "index").rglob("*") if file.is_file()]
    assert files
    for file in files:
        if damage == "deleted":
            file.unlink()
        else:
            file.write_bytes(b"" if damage == "emptied" else b"not a database" * 100)
    assert unknot("runs", "show", "make", "--json").document == before


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_run_that_no_unknot_command_started_is_absorbed_by_the_next(unknot: Run, here: Path) -> None:
    (here / "open").touch()
    session = Session()
    snapshot = session.recorded()
    state = snapshot.resources[Address("workflow.make")]
    engine = session.services.engine("local")
    context = session.services.context(snapshot.lineage, snapshot.targets, state.target)
    deployment = engine.deployed(RunQuery(context, state.uid, ""))
    assert deployment is not None
    run = "20240101T030000-abcdef"
    engine.trigger(TriggerRequest(context, RunRequest(run, deployment, triggered_by="schedule")))
    assert engine.wait(RunQuery(context, state.uid, run), 60).status == "succeeded"
    assert session.recorded().runs == {}
    assert row(unknot)["run"] == run
    assert [r.run for r in session.recorded().runs[state.uid]] == [run]


@pytest.mark.slow
def test_damaged_manifest_is_named_and_hides_no_other_run(unknot: Run, here: Path, project: Path) -> None:
    (here / "open").touch()
    unknot("run", "make")
    uid = Session().recorded().resources[Address("workflow.make")].uid
    damaged = project / ".unknot" / "store" / "runs" / uid / "29990101T000000-abcdef"
    damaged.mkdir()
    (damaged / "sealed").write_bytes(b"{broken")
    answer = unknot("ps")
    assert answer.code == 0, answer
    assert "29990101T000000-abcdef/sealed" in answer.err
    assert "succeeded" in answer.out
    assert "Traceback" not in answer.err
    assert unknot("run", "make").code == 0


@pytest.mark.slow
def test_second_interrupt_ends_a_run_at_once_with_its_tasks(
    unknot: Run, start: Callable[..., Any], here: Path, wait_until: Wait
) -> None:
    started = start("run", "make", "--no-cache")
    pid = int(wait_until(lambda: (here / "reached").exists() and (here / "reached").read_text()))
    os.kill(started.process.pid, signal.SIGSTOP)  # so that both arrive before it can cancel
    started.signal(signal.SIGINT)
    started.signal(signal.SIGTERM)
    os.kill(started.process.pid, signal.SIGCONT)
    answer = started.end()
    assert answer.code == 130, answer
    assert "Traceback" not in answer.err
    assert row(unknot)["status"] in ("lost", "cancelled")
    wait_until(lambda: not psutil.pid_exists(pid))


@pytest.mark.slow
def test_interrupted_apply_cancels_its_run_and_the_next_plan_says_so(
    unknot: Run, edit: Edit, start: Callable[..., Any], here: Path, wait_until: Wait
) -> None:
    edit("stack.py", ", run_on_apply=False", "")
    applying = start("apply", "--yes")
    wait_until((here / "reached").exists)
    applying.signal(signal.SIGINT)
    answer = applying.end()
    assert answer.code == 130, answer
    planned = unknot("plan", "--detailed-exitcode")
    assert planned.code == 2
    assert "its last run cancelled" in planned.out or "its last run was cancelled" in planned.out, planned
    (here / "open").touch()
    assert unknot("apply", "--yes").code == 0
    assert row(unknot)["status"] == "succeeded"
    assert unknot("plan", "--detailed-exitcode").code == 0


@pytest.mark.slow
@pytest.mark.rule("R2")
def test_two_backfills_at_once_run_each_time_once(
    unknot: Run, write: Write, start: Callable[..., Any], tmp_path: Path
) -> None:
    write(
        "flows.py",
        "from pathlib import Path\n\nfrom unknot import SCHEDULED, ScheduledTime, op, workflow\n\n\n"
        "@op\ndef stamped(at: ScheduledTime) -> str:\n"
        f"    with (Path({str(tmp_path)!r}) / 'times').open('a') as file:\n"
        "        file.write(at.isoformat() + '\\n')\n    return at.isoformat()\n\n\n"
        "@workflow(name='nightly')\ndef nightly(at: ScheduledTime = SCHEDULED) -> str:\n    return stamped(at)\n",
    )
    write(
        "stack.py",
        "from flows import nightly\nfrom unknot import Cron, Stack\n\n\ndef stack() -> Stack:\n"
        '    s = Stack("demo", owner="team@example.org")\n'
        '    s.deploy(nightly.bind(), schedule=Cron("0 3 * * *"), run_on_apply=False)\n    return s\n',
    )
    assert unknot("apply", "--yes").code == 0
    both = [start("run", "nightly", "--backfill", "2024-01-01", "2024-01-06", "--json") for _ in range(2)]
    answers = [each.end() for each in both]
    assert [answer.code for answer in answers] == [0, 0], answers
    times = (tmp_path / "times").read_text().split()
    assert sorted(times) == [f"2024-01-0{day}T03:00:00+00:00" for day in range(1, 6)]
    statuses = [run["status"] for answer in answers for run in answer.document["runs"]]
    assert sorted(statuses) == ["succeeded"] * 5 + ["superseded"] * 5


@pytest.mark.slow
def test_record_can_be_read_while_the_stack_file_is_broken(unknot: Run, here: Path, write: Write) -> None:
    (here / "open").touch()
    assert unknot("run", "make").code == 0
    write("stack.py", "def stack(:\n")
    assert unknot("plan").code == 1
    for command in (["ps"], ["runs"], ["logs", "make"], ["owners"], ["state", "list"], ["run", "make"]):
        answer = unknot(*command)
        assert answer.code == 0, (command, answer)
