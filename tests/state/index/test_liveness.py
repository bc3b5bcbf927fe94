"""When a run without a seal counts as lost."""

import datetime as dt
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from unknot.stacks.run import Heartbeat, RunStarted
from unknot.state.index.liveness import HEARTBEAT_LIMIT_S, moment, process_lives, run_status_from

if TYPE_CHECKING:
    from tests.state.index.conftest import World

BEGAN = dt.datetime(2024, 3, 1, 10, 0, tzinfo=dt.UTC)
LONG_AFTER = BEGAN + dt.timedelta(hours=3)


def started(world: "World", *, host: str = "there", pid: int = 0) -> RunStarted:
    return world.start(world.deploy("train"), "r", host=host, pid=pid, at=BEGAN.isoformat())


@pytest.mark.rule("R1")
@pytest.mark.parametrize(
    ("after", "status"), [(HEARTBEAT_LIMIT_S, "running"), (HEARTBEAT_LIMIT_S + 1, "lost")]
)
def test_run_elsewhere_lives_by_its_last_sign(world: "World", after: float, status: str) -> None:
    beat = BEGAN + dt.timedelta(hours=1)
    now = beat + dt.timedelta(seconds=after)
    run = started(world)
    assert run_status_from(run, [Heartbeat(beat.isoformat())], now, "here") == status
    assert run_status_from(run, [], now, "here", beats=[beat.isoformat()]) == status


@pytest.mark.rule("R1")
@pytest.mark.parametrize(("alive", "status"), [(True, "running"), (False, "lost")])
def test_on_its_own_host_the_process_decides(world: "World", alive: bool, status: str) -> None:
    run = started(world, host="here", pid=77)
    assert run_status_from(run, [], LONG_AFTER, "here", alive=lambda pid, at: alive) == status


def test_pid_of_another_host_says_nothing(world: "World") -> None:
    run = started(world, host="there", pid=os.getpid())
    assert run_status_from(run, [], LONG_AFTER, "here") == "lost"


def test_process_that_has_ended_does_not_live() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert not process_lives(process.pid, dt.datetime.now(dt.UTC))
    assert process_lives(os.getpid(), dt.datetime.now(dt.UTC))


def test_process_that_began_later_is_another_one() -> None:
    assert not process_lives(os.getpid(), dt.datetime(2001, 1, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01T00:00:00Z"])
def test_text_that_is_no_time_is_none(text: str) -> None:
    assert moment(text) is None
