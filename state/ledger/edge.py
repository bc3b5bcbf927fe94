"""The ledger's edge to its store: one prefix, retries of passing faults, StoreError turned into LedgerError.

Retries are here and nowhere else; what is above sees a store that works or a ledger that cannot be reached.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from unknot.stacks.errors import LedgerError
from unknot.state.ledger.clock import Clock
from unknot.state.stores.base import PutResult, Store, StoreError, check_prefix
from unknot.state.stores.url import place_of

if TYPE_CHECKING:
    import tenacity

T = TypeVar("T")

ATTEMPTS = 6
WAIT_FIRST_S = 0.02
WAIT_MAX_S = 1.0
"""Doubling with jitter: 6 attempts span about a second; a lease's term is many times that."""


class StoreUnreachable(LedgerError):
    """The store failed more often than it is asked again."""

    def __init__(self, error: StoreError) -> None:
        super().__init__(error.summary, detail=error.detail)
        self.retryable = error.retryable


class LedgerStore:
    """The part of a store below `prefix`, with keys relative to it."""

    def __init__(self, store: Store, prefix: str, clock: Clock) -> None:
        self.store = store
        self._clock = clock
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        check_prefix(self.prefix)

    def below(self, prefix: str) -> "LedgerStore":
        """The part below a further prefix."""
        return LedgerStore(self.store, f"{self.prefix}{prefix}", self._clock) if prefix else self

    @property
    def readers(self) -> int:
        """How many objects are read at once: waiting for a network is done together."""
        return getattr(self.store, "readers", 1)

    def where(self, key: str = "") -> str:
        """For messages: the whole place of `key`, or of the ledger."""
        return place_of(self.store.url, self.prefix + key)

    def get(self, key: str) -> bytes | None:
        return self._again(lambda: self.store.get(self.prefix + key))

    def put(self, key: str, data: bytes) -> PutResult:
        """Put-if-absent, asked again while the answer is unknown."""
        return self._again(lambda: self.store.put_if_absent(self.prefix + key, data))

    def list(self, prefix: str, start_after: str | None = None, limit: int | None = None) -> tuple[str, ...]:
        after = None if start_after is None else self.prefix + start_after
        found = self._again(lambda: tuple(self.store.list(self.prefix + prefix, after, limit)))
        return tuple(key[len(self.prefix) :] for key in found)

    def delete(self, key: str) -> None:
        self._again(lambda: self.store.delete(self.prefix + key))

    def _again(self, call: Callable[[], T]) -> T:
        try:
            result = call()
            if result is not PutResult.UNKNOWN:
                return result
        except StoreError as error:
            if not error.retryable:
                raise StoreUnreachable(error) from error
        return self._with_retries(call)

    def _with_retries(self, call: Callable[[], T]) -> T:
        # Imported here: tenacity loads asyncio and, where it is installed, tornado, and is rarely needed.
        import tenacity

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda e: isinstance(e, StoreError) and e.retryable)
            | tenacity.retry_if_result(lambda result: result is PutResult.UNKNOWN),
            stop=tenacity.stop_after_attempt(ATTEMPTS - 1),
            wait=tenacity.wait_random_exponential(multiplier=WAIT_FIRST_S, max=WAIT_MAX_S),
            retry_error_callback=_last_outcome,
            sleep=self._sleep,
        )
        try:
            self._sleep(WAIT_FIRST_S)
            return retrying(call)
        except StoreError as error:
            raise StoreUnreachable(error) from error

    def _sleep(self, seconds: float) -> None:
        self._clock.wait(threading.Event(), seconds)


def _last_outcome(state: "tenacity.RetryCallState") -> PutResult:
    """What the last attempt gave: its result if it had one, else its exception is raised."""
    assert state.outcome is not None
    result: PutResult = state.outcome.result()
    return result
