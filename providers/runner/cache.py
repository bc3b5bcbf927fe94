"""The task cache: what a task wrote, by its code and inputs, so that unchanged work is not done again.

An entry may be lost or stale at any time; it is then as if it had never been there.
"""

import hashlib
from typing import Any

import msgspec

from unknot.providers.runner import artifacts, layout
from unknot.providers.runner.assignment import TaskAssignment
from unknot.stacks.errors import EngineError
from unknot.stacks.run import TaskCommit, TaskRecord
from unknot.state.stores.base import Store

VERSION = 1
"""Counts changes of what the key is made of."""


def key_of(assignment: TaskAssignment, lock: str) -> str:
    """Over everything that decides what the task writes: code, lock and inputs, not where or how it runs.

    An op without a fingerprint is known by its whole bundle.
    """
    op = assignment.op
    code = (
        [op.fingerprint.version, op.fingerprint.digest] if op.fingerprint is not None else assignment.bundle
    )
    described: dict[str, Any] = {
        "version": VERSION,
        "code": code,
        "run": op.code,
        "kind": op.kind,
        "outputs": op.outputs,
        "severity": op.severity if op.kind == "check" else "",
        "types": op.inputs,
        "lock": lock,
        "artifacts": {
            name: [ref.hash, ref.serializer, ref.file_name] for name, ref in assignment.artifacts.items()
        },
        "values": assignment.values,
        "times": assignment.times,
    }
    if assignment.assemblies:
        described["assemblies"] = assignment.assemblies
    encoded = msgspec.json.encode(described, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()


def look_up(store: Store, key: str) -> TaskCommit | None:
    """The entry under `key` if all its artifacts are still there."""
    try:
        commit = layout.read_struct(store, layout.cache_key(key), TaskCommit)
    except EngineError:
        return None
    return commit if commit is not None and is_whole(store, commit) else None


def is_whole(store: Store, commit: TaskCommit) -> bool:
    """Whether the outputs of a commit can still be read."""
    return all(artifacts.exists(ref, store) for ref in commit.record.outputs.values())


def remember(store: Store, commit: TaskCommit, *, replace: bool) -> None:
    """Keep a commit for later runs. An entry that is there stays, unless `replace` or its artifacts are gone."""
    key = layout.cache_key(commit.cache_key)
    if not commit.cache_key:
        return
    if replace or (store.size(key) is not None and look_up(store, commit.cache_key) is None):
        store.delete(key)
    layout.put_struct_once(store, key, commit)


def reused(commit: TaskCommit, task: str, reason: str) -> TaskRecord:
    """The record of a task that takes over what an earlier run wrote."""
    return msgspec.structs.replace(
        commit.record, task=task, status="reused", attempts=0, reason=reason, error=""
    )
