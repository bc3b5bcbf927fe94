"""Workflows on engines other than this machine, and what `ps` says of them, as a user sees it."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask_place
import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
Edit = Callable[[str, str, str], None]
Wait = Callable[[Callable[[], Any]], Any]

pytestmark = [pytest.mark.slow, pytest.mark.parts]

FLOWS = """\
import time
from pathlib import Path

from unknot import each, op, workflow

HERE = Path({here!r})


@op(requirements=["six==1.16.0"])
def elder() -> str:
    import six

    return six.__version__


@op(requirements=["six==1.17.0"])
def younger(elder: str) -> str:
    import six

    return f"{{elder}} {{six.__version__}}"


@op
def gated(text: str) -> int:
    (HERE / "reached").touch()
    while not (HERE / "open").exists():
        time.sleep(0.02)
    return len(text)


@workflow(name="versions")
def versions() -> int:
    return gated(younger(elder()))
"""

STACK = """\
from flows import versions
from unknot import Stack, Target


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org", target=Target("here"))
    s.deploy(versions.bind(), run_on_apply=False)
    return s
"""


@pytest.fixture
def here(tmp_path: Path, write: Write, unknot: Run) -> Path:
    write("flows.py", FLOWS.format(here=str(tmp_path)))
    write("stack.py", STACK)
    assert unknot("apply", "--yes").code == 0
    return tmp_path


@pytest.fixture
def dask(edit: Edit, here: Path) -> Iterator[None]:
    with dask_place.cluster() as (scheduler, _worker):
        options = f'Target("there", engine="dask", options={{"address": "{scheduler.url}"}})'
        edit("stack.py", 'Target("here")', options)
        yield


def row(unknot: Run) -> dict[str, Any]:
    found: dict[str, Any] = unknot("ps", "--json").document["resources"][0]
    return found


def test_ops_with_requirements_of_their_own_run_side_by_side(unknot: Run, here: Path, edit: Edit) -> None:
    (here / "open").touch()
    ran = unknot("run", "versions", "--json")
    assert ran.code == 0, ran
    [manifest] = ran.document["runs"]
    assert manifest["status"] == "succeeded"

    edit("flows.py", '"six==1.16.0"', '"six==1.15.0"')
    assert "op `elder`: requirement lock changed" in unknot("plan").out


def test_one_line_moves_the_engine_and_the_run_outlives_the_command(
    unknot: Run, start: Callable[..., Any], here: Path, dask: None, wait_until: Wait
) -> None:
    applied = unknot("apply", "--yes")
    assert applied.code == 0, applied
    started = start("run", "versions")
    wait_until((here / "reached").exists)
    going_on = row(unknot)
    assert (going_on["engine"], going_on["status"]) == ("dask", "running")

    started.signal(signal.SIGKILL)
    started.end()
    assert row(unknot)["status"] == "running"
    (here / "open").touch()
    assert wait_until(lambda: row(unknot)["status"] == "succeeded")


def test_watching_shows_each_change_of_a_run(
    unknot: Run, start: Callable[..., Any], here: Path, wait_until: Wait
) -> None:
    watching = start("ps", "--watch", "--every", "0.2", "--json")
    first = json.loads(watching.process.stdout.readline())
    assert first["resources"][0]["status"] == "never run"

    started = start("run", "versions")
    assert json.loads(watching.process.stdout.readline())["resources"][0]["status"] == "running"
    (here / "open").touch()
    assert started.end().code == 0
    statuses: list[str] = []
    while "succeeded" not in statuses:
        statuses.append(json.loads(watching.process.stdout.readline())["resources"][0]["status"])
    watching.signal(signal.SIGINT)
    assert watching.end().code == 0
