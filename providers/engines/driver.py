"""`python -m unknot.providers.engines.driver`: drive one run to its end from within the engine that carries it out.

    --store URL --uid UID --run RUN                 a run that was begun
    --store URL --uid UID --scheduled-time TIME     the run of a time of the engine's own schedule, of what is deployed now

Driving a run that an earlier driver left unfinished goes on with it. The exit code is 0 for a run that succeeded or
was superseded, 1 for one that ended otherwise, 2 for what cannot be driven.
"""

import argparse
import hashlib
import logging
import signal
import socket
import sys
from pathlib import Path

from unknot.providers.base import Context
from unknot.providers.engines.coordinator import Coordinator
from unknot.providers.engines.driven import DrivenEngine
from unknot.providers.engines.stored import latest, redactor_of
from unknot.providers.registry import engine
from unknot.providers.runner import clock, layout
from unknot.providers.runner.closing import begin, holds_its_time, resolve_inputs
from unknot.providers.runner.record import read_manifest, read_started
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError, UnknotError
from unknot.stacks.run import RunManifest, RunRequest, RunStarted
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

_log = logging.getLogger(__name__)


def drive(store: Store, uid: Uid, run: str) -> RunManifest:
    """Drive a run that was begun; in a main thread, SIGTERM cancels it. Raises EngineError, StoreError."""
    manifest = read_manifest(store, uid, run)
    if manifest is not None:
        return manifest
    started = read_started(store, uid, run)
    deployment = started.request.deployment
    carrying = engine(deployment.target.engine)
    if not isinstance(carrying, DrivenEngine):
        raise EngineError(f"the engine `{deployment.target.engine}` drives its runs by itself")
    executor = carrying.executor(Context(Path.cwd(), deployment.lineage, deployment.target))
    coordinator = Coordinator(store, started, executor, redactor=redactor_of(deployment), resuming=True)

    def asked_to_stop(_number: int, _frame: object) -> None:
        layout.put_once(store, layout.cancel_key(uid, run), b"")  # for the attempts, which are elsewhere
        coordinator.cancel()

    try:
        signal.signal(signal.SIGTERM, asked_to_stop)
    except ValueError:
        _log.debug("not in the main thread: a cancellation comes through the store")
    try:
        coordinator.start()
        while not coordinator.done.wait(1.0):
            pass  # in short waits, so that signals are served
    finally:
        executor.close()
    if coordinator.manifest is None:
        raise EngineError(f"run `{run}` could not be recorded", detail=coordinator.problem)
    return coordinator.manifest


def drive_scheduled(store: Store, uid: Uid, scheduled_time: str, *, triggered_by: str) -> RunManifest:
    """Begin and drive the run of a scheduled time. Done again for the same time, it goes on with that run."""
    started = begin_scheduled(store, uid, scheduled_time, triggered_by=triggered_by)
    return drive(store, uid, started.request.run)


def begin_scheduled(
    store: Store, uid: Uid, scheduled_time: str, *, triggered_by: str, engine_run: str = ""
) -> RunStarted:
    """The first object of the run of a scheduled time, claimed (rule R2); as it is if it was begun before.

    If another run has the time, the one begun here is closed as superseded. Raises EngineError, StoreError.
    """
    time = clock.stamp(clock.parse(scheduled_time))
    run = scheduled_run(uid, time)
    started = layout.read_struct(store, layout.started_key(uid, run), RunStarted)
    if started is None:
        deployment = latest(store, uid)
        if deployment is None:
            raise EngineError(
                f"nothing is deployed under `{uid}` in `{store.url}`",
                detail="It was undeployed, and the engine still has its schedule. Remove it there.",
            )
        request = RunRequest(run, deployment, scheduled_time=time, triggered_by=triggered_by)
        started = RunStarted(
            resolve_inputs(store, request), clock.now(), socket.gethostname(), 0, engine_run or run
        )
        try:
            begin(store, started, redactor_of(deployment))
        except EngineError:
            # Another of its first tasks was quicker: the run is as that one began it.
            started = read_started(store, uid, run)
        else:
            return started
    holds_its_time(store, started, redactor_of(started.request.deployment))
    return started


def scheduled_run(uid: str, time: str) -> str:
    """The id of the run that an engine starts for a scheduled time: the same whoever asks."""
    compact = clock.parse(time).strftime("%Y%m%dT%H%M%S")
    return f"{compact}-000{hashlib.sha256(f'{uid} {time}'.encode()).hexdigest()[:6]}"


def main(arguments: list[str]) -> int:
    """Drive the run that `arguments` name; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m unknot.providers.engines.driver", add_help=False)
    parser.add_argument("--store", required=True)
    parser.add_argument("--uid", required=True)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--run")
    which.add_argument("--scheduled-time")
    given = parser.parse_args(arguments)
    try:
        store = open_store(given.store)
        if given.run is not None:
            manifest = drive(store, Uid(given.uid), given.run)
        else:
            manifest = drive_scheduled(store, Uid(given.uid), given.scheduled_time, triggered_by="schedule")
    except (UnknotError, StoreError, ValueError) as error:
        said = f"{error.summary}. {error.detail}" if isinstance(error, (UnknotError, StoreError)) else error
        sys.stderr.write(f"error: {said}\n")
        return 2
    sys.stdout.write(f"run {manifest.run} of {manifest.address}: {manifest.status}\n")
    return 0 if manifest.status in ("succeeded", "superseded") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
