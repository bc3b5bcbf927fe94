"""Keys of the target's store, as `stacks.run` lays them out, and writing one key once (rule L1).

Names only: what is under the keys is read and written elsewhere.
"""

from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import quote, unquote

import msgspec

from unknot.stacks.errors import EngineError
from unknot.state.stores.base import PutResult, Store, StoreError

S = TypeVar("S", bound=msgspec.Struct)

_PLAIN = "-_.~+:@="
_TRIES = 5
"""Answers lost in a row before a put is given up: each asks again for the same bytes, which is safe."""


def segment(name: str) -> str:
    """`name` as one segment of a key, whatever is in it."""
    quoted = quote(name, safe=_PLAIN)
    return quoted.replace(".", "%2E") if quoted.strip(".") == "" else quoted


def name_of(part: str) -> str:
    """The name that `segment` was given."""
    return unquote(part)


def bundle_key(sha256: str) -> str:
    return f"bundles/{segment(sha256)}"


def artifact_key(sha256: str) -> str:
    return f"artifacts/{segment(sha256)}"


def cache_key(key: str) -> str:
    return f"cache/{segment(key)}"


def deployments_prefix(uid: str) -> str:
    return f"deployments/{segment(uid)}/"


def deployment_key(uid: str, generation: int, revision: int) -> str:
    """`revision` counts updates in place of one generation, from 1."""
    return f"{deployments_prefix(uid)}{generation:06d}/{revision:06d}"


def runs_prefix(uid: str) -> str:
    return f"runs/{segment(uid)}/"


def run_prefix(uid: str, run: str) -> str:
    return f"{runs_prefix(uid)}{segment(run)}/"


def started_key(uid: str, run: str) -> str:
    return f"{run_prefix(uid, run)}started"


def sealed_key(uid: str, run: str) -> str:
    return f"{run_prefix(uid, run)}sealed"


def cancel_key(uid: str, run: str) -> str:
    """Exists when somebody asked the run to stop."""
    return f"{run_prefix(uid, run)}cancel"


def beats_prefix(uid: str, run: str) -> str:
    """Signs of life of a coordinator, for when no task runs."""
    return f"{run_prefix(uid, run)}beats/"


def notified_key(uid: str, run: str, channel: str) -> str:
    return f"{run_prefix(uid, run)}notified/{segment(channel)}"


def tasks_prefix(uid: str, run: str) -> str:
    return f"{run_prefix(uid, run)}tasks/"


def attempt_prefix(uid: str, run: str, task: str, attempt: int) -> str:
    return f"{tasks_prefix(uid, run)}{segment(task)}/{attempt}/"


def commits_prefix(uid: str, run: str) -> str:
    return f"{run_prefix(uid, run)}commits/"


def commit_key(uid: str, run: str, task: str) -> str:
    return f"{commits_prefix(uid, run)}{segment(task)}"


def claim_key(uid: str, scheduled_time: str) -> str:
    return f"{claims_prefix(uid)}{segment(scheduled_time)}"


def claims_prefix(uid: str) -> str:
    return f"claims/{segment(uid)}/"


def cutovers_prefix(uid: str) -> str:
    """What this store knows of who answers for the scheduled times; see `claiming`."""
    return f"cutovers/{segment(uid)}/"


def published_prefix(uid: str) -> str:
    """Names of runs that may have published, by the time they ended; each holds the run's id."""
    return f"published/{segment(uid)}/"


def put_once(store: Store, key: str, data: bytes) -> bool:
    """Whether `data` is what is under `key` now: False if other bytes were there first.

    After an answer that was lost, or `exists`, the key is read and compared (rule L1). Raises StoreError.
    """
    for _ in range(_TRIES):
        result = store.put_if_absent(key, data)
        if result is PutResult.CREATED:
            return True
        found = store.get(key)
        if found is not None:
            return found == data
    raise StoreError(f"the store gives no answer on `{key}`", retryable=True)


def put_struct_once(store: Store, key: str, value: msgspec.Struct) -> bool:
    """`put_once` of a struct as JSON."""
    return put_once(store, key, msgspec.json.encode(value, order="deterministic"))


def read_struct(store: Store, key: str, kind: type[S]) -> S | None:
    """The struct under `key`; None if there is none. Raises EngineError for bytes that are not one."""
    data = store.get(key)
    if data is None:
        return None
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EngineError(
            f"`{key}` in the store `{store.url}` is not a {kind.__name__}",
            detail=f"{error}. It was damaged, or written by another version of unknot.",
        ) from error


def folders(store: Store, prefix: str) -> Iterator[str]:
    """Names of the first segment below `prefix`, each once, without listing what is in them twice."""
    after: str | None = None
    while True:
        key = next(store.list(prefix, start_after=after, limit=1), None)
        if key is None:
            return
        part = key[len(prefix) :].partition("/")[0]
        yield part
        after = f"{prefix}{part}/\U0010ffff"
