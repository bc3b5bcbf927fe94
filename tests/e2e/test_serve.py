"""`unknot serve` as a process of its own: runs what was missed, and seals what is under way when it is told to stop."""

import datetime as dt
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unknot.cli.session import Session
from unknot.stacks.address import Address

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
Wait = Callable[[Callable[[], Any]], Any]

FLOWS = """\
import time
from pathlib import Path

from unknot import SCHEDULED, ScheduledTime, op, workflow

HERE = Path({here!r})


@op
def stamped(at: ScheduledTime) -> str:
    with (HERE / "times").open("a") as file:
        file.write(at.isoformat() + "\\n")
    return at.isoformat()


@workflow(name="minutely")
def minutely(at: ScheduledTime = SCHEDULED) -> str:
    return stamped(at)


@op
def waiting(text: str) -> str:
    (HERE / "reached").touch()
    time.sleep(600)
    return text


@workflow(name="follower")
def follower(text: str) -> str:
    return waiting(text)
"""

STACK = """\
from flows import follower, minutely
from unknot import After, Cron, Stack


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    first = s.deploy(minutely.bind(), schedule=Cron("* * * * *", catch_up=True), run_on_apply=False)
    s.deploy(follower.bind(text=first.published), schedule=After(first), run_on_apply=False)
    return s
"""


@pytest.mark.slow
@pytest.mark.rule("R2")
def test_serve_catches_up_follows_and_seals_at_the_end(
    unknot: Run, start: Callable[..., Any], write: Write, tmp_path: Path, wait_until: Wait
) -> None:
    write("flows.py", FLOWS.format(here=str(tmp_path)))
    write("stack.py", STACK)
    assert unknot("apply", "--yes").code == 0
    session = Session()
    snapshot = session.recorded()
    uid = snapshot.resources[Address("workflow.minutely")].uid
    minute = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)
    past = minute - dt.timedelta(minutes=2)
    claimed = (past - dt.timedelta(minutes=1)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    write(f".unknot/store/claims/{uid}/{claimed}", "{}")
    serving = start("serve")
    wait_until((tmp_path / "reached").exists)  # the follower runs
    wait_until(lambda: len((tmp_path / "times").read_text().split()) >= 3)
    serving.signal(signal.SIGINT)
    answer = serving.end()
    assert answer.code == 0, answer
    times = (tmp_path / "times").read_text().split()
    assert times[:3] == [(past + dt.timedelta(minutes=n)).isoformat() for n in range(3)]
    assert len(set(times)) == len(times)
    rows = {row["address"]: row for row in unknot("ps", "--json").document["resources"]}
    assert (rows["workflow.follower"]["status"], rows["workflow.follower"]["running"]) == ("cancelled", [])
    assert rows["workflow.minutely"]["running"] == []
    assert "workflow.minutely: run" in answer.err
