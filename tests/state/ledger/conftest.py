"""Makers and small real fakes for the ledger's tests: a clock set by hand, a store that fails on demand."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from unknot.stacks.address import Address, Uid
from unknot.state.ledger import Ledger
from unknot.state.snapshot import Instance, Intent, ResourceState, RunRecord
from unknot.state.stores.base import PutResult, Store, StoreError, StoreFull
from unknot.state.stores.local import LocalStore
from unknot.state.stores.memory import MemoryStore


class HandClock:
    """Stands still until it is advanced. The thread that made it never waits: its waits advance the clock."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._owner = threading.get_ident()
        self._lock = threading.Lock()
        self.before_wait: Callable[[], None] = lambda: None
        """Called before each wait of the owner: what others do in the meantime."""

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        if threading.get_ident() == self._owner:
            self.before_wait()
            self.advance(timeout_s)
            return event.is_set()
        deadline = self._now + timeout_s
        while not event.wait(0.002):
            if self._now >= deadline:
                return False
        return True

    def run_until(self, condition: Callable[[], bool], step_s: float = 1.0) -> None:
        """Let time pass, a little after the other threads, until `condition` holds."""
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "this should have happened by now"
            self.advance(step_s)
            threading.Event().wait(0.002)


class FlakyStore:
    """Another store that fails as it is told: now and then, by losing answers, full, or cut off."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.url = inner.url
        self.cut_off = False
        """Nothing gets through."""
        self.full = False
        """Nothing more can be written."""
        self.failures: list[str] = []
        """For the next puts, in order: `lost-answer` (written), `lost-request` (not written), `error`, `fine`."""
        self.calls: Counter[str] = Counter()
        self.gets: list[str] = []
        self.deleted: list[str] = []
        self.data = b""
        """Of the last put."""
        self.before_put: Callable[[str], None] = lambda key: None

    def _reach(self, call: str) -> None:
        self.calls[call] += 1
        if self.cut_off:
            raise StoreError("the network is down", retryable=True)

    def put_if_absent(self, key: str, data: bytes) -> PutResult:
        self._reach("put")
        self.data = data
        self.before_put(key)
        if self.full:
            raise StoreFull("no room left", detail="Free some space.")
        failure = self.failures.pop(0) if self.failures else "fine"
        if failure == "error":
            raise StoreError("try again", retryable=True)
        if failure == "lost-request":
            return PutResult.UNKNOWN
        result = self.inner.put_if_absent(key, data)
        return PutResult.UNKNOWN if failure == "lost-answer" else result

    def get(self, key: str) -> bytes | None:
        self._reach("get")
        self.gets.append(key)
        return self.inner.get(key)

    def get_range(self, key: str, start: int, length: int) -> bytes | None:
        self._reach("get")
        return self.inner.get_range(key, start, length)

    def list(self, prefix: str, start_after: str | None = None, limit: int | None = None) -> Iterator[str]:
        self._reach("list")
        return self.inner.list(prefix, start_after, limit)

    def delete(self, key: str) -> None:
        self._reach("delete")
        self.deleted.append(key)
        self.inner.delete(key)

    def upload(self, key: str, path: Path) -> PutResult:
        self._reach("upload")
        return self.inner.upload(key, path)

    def download(self, key: str, path: Path) -> None:
        self._reach("download")
        self.inner.download(key, path)

    def size(self, key: str) -> int | None:
        self._reach("size")
        return self.inner.size(key)


class Instants:
    """A store that keeps what was durable before and after each change: where a `kill -9` may leave it."""

    def __init__(self, inner: MemoryStore) -> None:
        self.inner = inner
        self.url = inner.url
        self.found: list[MemoryStore] = []

    def put_if_absent(self, key: str, data: bytes) -> PutResult:
        self.found.append(_copy_of(self.inner))
        result = self.inner.put_if_absent(key, data)
        self.found.append(_copy_of(self.inner))
        return result

    def delete(self, key: str) -> None:
        self.inner.delete(key)
        self.found.append(_copy_of(self.inner))

    def get(self, key: str) -> bytes | None:
        return self.inner.get(key)

    def list(self, prefix: str, start_after: str | None = None, limit: int | None = None) -> Iterator[str]:
        return self.inner.list(prefix, start_after, limit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def _copy_of(store: Any) -> MemoryStore:
    copy = MemoryStore()
    copy.url = store.url
    for key in store.list(""):
        copy.put_if_absent(key, store.get(key) or b"")
    return copy


class ResourceMaker(Protocol):
    def __call__(self, name: str, /, **fields: Any) -> ResourceState: ...


class IntentMaker(Protocol):
    def __call__(self, id_: str, /, **fields: Any) -> Intent: ...


class RunMaker(Protocol):
    def __call__(self, run: str, /, **fields: Any) -> RunRecord: ...


class LedgerMaker(Protocol):
    def __call__(self, store: Store | None = None, /, **options: Any) -> Ledger: ...


def _bucket(name: str, /, **fields: Any) -> ResourceState:
    values: dict[str, Any] = {
        "address": Address(f"bucket.{name}"),
        "uid": Uid(f"uid-{name}"),
        "type": "bucket",
        "provider": "fake",
        "target": "laptop",
        "inputs": {"name": name, "tags": {"team": "ml", "größe": 3}},
        "outputs": {"url": f"fake://{name}"},
        "instances": (Instance(id=f"i-{name}", target="laptop", provider="fake", generation=1),),
        "owner": "ml@example.org",
    }
    return ResourceState(**{**values, **fields})


def _intent(id_: str, /, **fields: Any) -> Intent:
    values: dict[str, Any] = {
        "id": id_,
        "address": Address(f"bucket.{id_}"),
        "uid": Uid(f"uid-{id_}"),
        "action": "create",
        "provider": "fake",
        "target": "laptop",
        "type": "bucket",
        "token": "token",
        "generation": 1,
        "inputs_hash": "hash",
        "timeout_s": 60.0,
        "resolve_by": "mark",
    }
    return Intent(**{**values, **fields})


def _run(run: str, /, **fields: Any) -> RunRecord:
    values: dict[str, Any] = {
        "run": run,
        "uid": Uid("uid-train"),
        "address": Address("workflow.train"),
        "status": "succeeded",
        "manifest_hash": "hash",
        "fingerprint": "print",
        "ended_at": f"2026-01-01T00:00:{run[-2:]}Z",
    }
    return RunRecord(**{**values, **fields})


@pytest.fixture(scope="session")
def bucket() -> ResourceMaker:
    return _bucket


@pytest.fixture(scope="session")
def intent() -> IntentMaker:
    return _intent


@pytest.fixture(scope="session")
def run() -> RunMaker:
    return _run


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def make_clock() -> type[HandClock]:
    """One for each side: no rule may depend on two clocks showing the same."""
    return HandClock


@pytest.fixture(scope="session")
def make_flaky() -> type[FlakyStore]:
    return FlakyStore


@pytest.fixture
def flaky() -> FlakyStore:
    return FlakyStore(MemoryStore())


@pytest.fixture
def local_store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


@pytest.fixture(scope="session")
def make_ledger() -> LedgerMaker:
    """A ledger in a store, created if it is not there: `make_ledger(store, clock=..., key=...)`."""

    def make(store: Store | None = None, /, **options: Any) -> Ledger:
        ledger = Ledger.open(store if store is not None else MemoryStore(), "flights/dev", **options)
        if not ledger.exists:
            ledger.create("lineage-1", "flights", "dev")
        return ledger

    return make


@pytest.fixture(scope="session")
def make_instants() -> type[Instants]:
    return Instants
