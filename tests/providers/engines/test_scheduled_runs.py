"""Runs that an engine's own schedule starts: several first tasks may begin one at once, and any may die at any point."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from laboratory import CODE, Lab, summing

from unknot.providers.engines.driver import begin_scheduled, scheduled_run
from unknot.providers.local import LocalEngine
from unknot.providers.runner import claiming, clock, closing, layout
from unknot.providers.runner.record import read_manifest
from unknot.stacks.address import Uid
from unknot.stacks.run import Deployment, RunRequest, RunStarted
from unknot.state.stores.opening import open_store

UID = Uid("0123456789abcdef0123")
TIME = clock.stamp(clock.parse("2026-11-25T03:00:00+00:00"))


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    (tmp_path / "flow.py").write_text(CODE)
    return Lab(LocalEngine(), tmp_path, UID)


def begun_and_killed(lab: Lab, deployment: Deployment) -> str:
    """A run whose first process died between its first object and its claim; its id."""
    run = scheduled_run(lab.uid, TIME)
    request = RunRequest(run, deployment, scheduled_time=TIME, triggered_by="schedule")
    started = RunStarted(
        closing.resolve_inputs(lab.store, request), clock.now(), socket.gethostname(), 0, run
    )
    assert layout.put_struct_once(lab.store, layout.started_key(lab.uid, run), started)
    return run


def test_first_tasks_that_start_at_once_begin_one_run(lab: Lab) -> None:
    lab.deploy(summing(lab, 2))
    barrier = threading.Barrier(8)

    def begin(_: int) -> RunStarted:
        store = open_store(lab.store.url)
        barrier.wait()
        return begin_scheduled(store, lab.uid, TIME, triggered_by="schedule")

    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(begin, range(8)))
    assert {started.at for started in begun} == {begun[0].at}
    assert claiming.claimed_by(lab.store, lab.uid, TIME) == begun[0].request.run


@pytest.mark.rule("R2")
def test_run_killed_before_its_claim_is_superseded_if_another_has_the_time(lab: Lab) -> None:
    run = begun_and_killed(lab, lab.deploy(summing(lab, 2)))
    assert claiming.claim(lab.store, lab.uid, TIME, "rival").verdict == "ours"

    begin_scheduled(lab.store, lab.uid, TIME, triggered_by="schedule")
    manifest = read_manifest(lab.store, lab.uid, run)
    assert manifest is not None
    assert manifest.status == "superseded"


@pytest.mark.rule("R2")
def test_run_killed_before_its_claim_claims_when_it_is_gone_on_with(lab: Lab) -> None:
    run = begun_and_killed(lab, lab.deploy(summing(lab, 2)))

    begin_scheduled(lab.store, lab.uid, TIME, triggered_by="schedule")
    assert claiming.claimed_by(lab.store, lab.uid, TIME) == run
    assert read_manifest(lab.store, lab.uid, run) is None
