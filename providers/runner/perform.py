"""Do the work of one attempt: read inputs, run the code, write artifacts, commit.

Runs in the process that may be killed at any instant; what it has to say goes through `emit`. Who watches it,
captures its output and writes its stream is in `supervisor.py`.
"""

import json
import math
import numbers
import os
import secrets as random
import socket
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from unknot.providers.runner import cache, clock, layout, secrets
from unknot.providers.runner.artifacts import store_file, write_artifact
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.inputs import fetch_files, fetch_paths, import_user_code, read_values
from unknot.providers.runner.produced import CodeFailed, File, Produced, Value, one_line
from unknot.providers.runner.serializers import UnserialisableArtifact, serializer_named
from unknot.providers.runner.workspace import Workspace, workspace
from unknot.stacks.errors import EngineError, UnknotError
from unknot.stacks.graph import CommandCode, ContainerCode, NotebookCode, PythonCode
from unknot.stacks.run import (
    ArtifactRef,
    ArtifactWritten,
    CheckDone,
    MetricMeasured,
    TaskCommit,
    TaskEvent,
    TaskRecord,
)
from unknot.state.stores.base import Store, StoreError


def perform(
    assignment: TaskAssignment,
    store: Store,
    emit: Callable[[TaskEvent], None],
    secret_values: Mapping[str, str],
) -> TaskOutcome:
    """The whole attempt. Never raises for what the user's code, inputs or outputs did.

    Puts the secrets into this process's environment.
    """
    record = begun(assignment, secrets.Redactor(secret_values.values()))
    os.environ.update(secret_values)
    try:
        with workspace(assignment, store) as place:
            made = _run(assignment, store, place, tuple(secret_values))
            outputs = _write(assignment, store, place, made, emit)
            record = msgspec.structs.replace(record, outputs=outputs)
            record = _judged(assignment, record, made, emit)
    except CodeFailed as error:
        return failed(record, error.summary, traceback=error.traceback)
    except UnserialisableArtifact as error:
        return failed(record, f"{error.summary}. {error.detail}", retryable=False)
    except UnknotError as error:
        return failed(record, f"{error.summary}. {error.detail}".removesuffix(". "))
    except StoreError as error:
        return failed(record, f"{error.summary}. {error.detail}".removesuffix(". "))
    except OSError as error:
        return failed(record, one_line(error))
    return TaskOutcome(committed(assignment, store, record), retryable=False)


def begun(assignment: TaskAssignment, redactor: secrets.Redactor | None = None) -> TaskRecord:
    """The record of an attempt that has started."""
    op = assignment.op
    mask = redactor if redactor is not None else secrets.Redactor()
    inputs = {name: ref.hash for name, ref in assignment.artifacts.items()}
    inputs |= {name: _shown(mask.value(value)) for name, value in assignment.values.items()}
    inputs |= {name: _shown(time) for name, time in assignment.times.items()}
    inputs |= assignment.origins
    return TaskRecord(
        task=assignment.task,
        op=op.name,
        kind=op.kind,
        status="running",
        attempts=assignment.attempt,
        started_at=clock.now(),
        inputs=dict(sorted(inputs.items())),
        severity=op.severity,
        fingerprint=op.fingerprint.digest if op.fingerprint is not None else "",
        host=socket.gethostname(),
    )


def _shown(value: Any) -> str:
    """As `literal.canonical` writes it, whose package would take the supervisor a while to import."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def failed(record: TaskRecord, error: str, *, traceback: str = "", retryable: bool = True) -> TaskOutcome:
    """The outcome of an attempt that failed."""
    ended = msgspec.structs.replace(record, status="failed", error=error, ended_at=clock.now(), outputs={})
    return TaskOutcome(ended, traceback=traceback, retryable=retryable)


def _run(
    assignment: TaskAssignment, store: Store, place: Workspace, secret_names: tuple[str, ...]
) -> dict[str, Produced]:
    op = assignment.op
    match op.code:
        case PythonCode() as code:
            from unknot.providers.runner.functions import run_function

            return run_function(code, op, read_values(assignment, store, place), place.code)
        case CommandCode() as code:
            from unknot.providers.runner.commands import run_command

            return run_command(code, op, fetch_paths(assignment, store, place), place)
        case NotebookCode() as code:
            from unknot.providers.runner.notebooks import run_notebook

            return run_notebook(code, *fetch_files(assignment, store, place), place)
        case ContainerCode() as code:
            from unknot.providers.runner.containers import run_container

            inputs = fetch_paths(assignment, store, place)
            return run_container(code, op, inputs, place, assignment.resources, secret_names)


def _write(
    assignment: TaskAssignment,
    store: Store,
    place: Workspace,
    made: dict[str, Produced],
    emit: Callable[[TaskEvent], None],
) -> dict[str, ArtifactRef]:
    outputs = {}
    for name, produced in made.items():
        try:
            ref = _write_one(assignment, store, place, name, produced)
        except UnserialisableArtifact as error:
            raise UnserialisableArtifact(
                f"unserialisable artifact: output `{name}` of op `{assignment.op.name}`: {error.summary}",
                detail=error.detail,
            ) from error
        ref = msgspec.structs.replace(ref, run=assignment.run, task=assignment.task, output=name)
        emit(ArtifactWritten(clock.now(), ref))
        outputs[name] = ref
    return outputs


def _write_one(
    assignment: TaskAssignment, store: Store, place: Workspace, name: str, produced: Produced
) -> ArtifactRef:
    if isinstance(produced, Value):
        try:
            return write_artifact(store, produced.value, place.outputs, name=name)
        except UnserialisableArtifact:
            # A serializer may be registered, or a type trusted, in the workflow's module only.
            import_user_code(assignment)
            return write_artifact(store, produced.value, place.outputs, name=name)
    if produced.path.is_dir():
        return write_artifact(store, produced.path, place.outputs, name=f"{name}.packed")
    serializer = serializer_named(produced.serializer)
    if serializer is None:
        raise UnserialisableArtifact(f"no serializer is called `{produced.serializer}`")
    return store_file(store, produced.path, produced.type, serializer)


def _judged(
    assignment: TaskAssignment,
    record: TaskRecord,
    made: dict[str, Produced],
    emit: Callable[[TaskEvent], None],
) -> TaskRecord:
    """The record with the metric's number or the check's verdict."""
    op = assignment.op
    ended = msgspec.structs.replace(record, status="succeeded", ended_at=clock.now())
    if op.kind == "op":
        return ended
    if len(made) != 1:
        raise EngineError(f"{op.kind} `{op.name}` must return one value", detail=f"It returned {len(made)}.")
    value = _in_memory(next(iter(made.values())))
    if op.kind == "metric":
        measured = _number(op.name, value)
        emit(MetricMeasured(clock.now(), op.name, measured))
        return msgspec.structs.replace(ended, metric=measured)
    passed = _verdict(op.name, value)
    emit(CheckDone(clock.now(), op.name, passed, op.severity))
    if passed or op.severity == "warning":
        return msgspec.structs.replace(ended, passed=passed)
    return msgspec.structs.replace(
        ended, passed=False, status="failed", error=f"check `{op.name}` did not pass"
    )


def _in_memory(produced: Produced) -> object:
    if isinstance(produced, File):
        serializer = serializer_named(produced.serializer)
        return serializer.read(produced.path, produced.type) if serializer is not None else None
    return produced.value


def _number(name: str, value: object) -> float:
    if type(value) is not bool and isinstance(value, numbers.Real) and math.isfinite(value):
        return float(value)
    raise CodeFailed(
        f"metric `{name}` returned {value!r:.100}, which is not a finite number"
        if isinstance(value, numbers.Real)
        else f"metric `{name}` returned a `{type(value).__name__}`, not a number"
    )


def _verdict(name: str, value: object) -> bool:
    kind = type(value)
    if kind is bool or (kind.__module__ == "numpy" and kind.__name__ in ("bool", "bool_")):
        return bool(value)
    raise CodeFailed(f"check `{name}` returned a `{kind.__name__}`, not a `bool`")


def committed(assignment: TaskAssignment, store: Store, record: TaskRecord) -> TaskRecord:
    """Commit the attempt, well or badly ended; if another one was first, its record counts (rule R2)."""
    commit = TaskCommit(
        run=assignment.run,
        attempt=assignment.attempt,
        cache_key=assignment.cache_key,
        record=record,
        nonce=random.token_hex(8),
    )
    key = layout.commit_key(assignment.uid, assignment.run, assignment.task)
    if not layout.put_struct_once(store, key, commit):
        first = layout.read_struct(store, key, TaskCommit)
        if first is not None:
            return first.record
    if record.status == "succeeded":
        cache.remember(store, commit, replace=not assignment.use_cache)
    return record
