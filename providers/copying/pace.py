"""How fast a copy goes, and what it does when a place says no: limits, memory, retries, new credentials, the stop."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import tenacity

from unknot.providers.objects.base import Place
from unknot.providers.objects.failures import PlaceDenied, PlaceError

T = TypeVar("T")

ATTEMPTS = 8
BACKOFF_MAX_S = 30.0
RENEW_EVERY_S = 60.0
"""Credentials are taken up anew at most this often: what is denied for good must not be asked for ever."""


class Stopped(Exception):
    """The copy is being stopped: whoever is at work leaves off."""


class Limiter:
    """At most so many units in a second, over time; a burst of a quarter of that. Safe for threads."""

    def __init__(self, per_second: float | None, stop: threading.Event) -> None:
        self._rate = per_second
        self._stop = stop
        self._lock = threading.Lock()
        self._free_at = 0.0

    def take(self, units: float) -> None:
        """Wait until it is their turn. Raises Stopped."""
        if self._rate is None:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now - 0.25) + units / self._rate
            wait = self._free_at - now
        if wait > 0 and self._stop.wait(wait):
            raise Stopped


class Budget:
    """So many bytes in memory at once. What is larger than all of it waits until it is alone."""

    def __init__(self, size_bytes: int) -> None:
        self._free = self._all = size_bytes
        self._condition = threading.Condition()
        self._is_closed = False

    def take(self, size: int) -> int:
        """Wait for room; what it returns is to be given back. Raises Stopped."""
        taken = min(size, self._all)
        with self._condition:
            while self._free < taken and not self._is_closed:
                self._condition.wait()
            if self._is_closed:
                raise Stopped
            self._free -= taken
        return taken

    def give(self, taken: int) -> None:
        with self._condition:
            self._free += taken
            self._condition.notify_all()

    def close(self) -> None:
        """Whoever waits is stopped."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()


class Pace:
    """The limits that all workers of a copy share."""

    def __init__(
        self,
        *,
        bytes_per_s: float | None = None,
        requests_per_s: float | None = None,
        attempts: int = ATTEMPTS,
        backoff_s: float = 0.5,
    ) -> None:
        self.stop = threading.Event()
        self._bytes = Limiter(bytes_per_s, self.stop)
        self._requests = Limiter(requests_per_s, self.stop)
        self._attempts = attempts
        self._backoff_s = backoff_s
        self._renewing = threading.Lock()
        self._renewed: dict[int, float] = {}

    def passing(self, size: int) -> None:
        """Wait until that many bytes may be transferred. Raises Stopped."""
        self._bytes.take(size)

    def ask(self, place: Place, call: Callable[[], T]) -> T:
        """Make a call, again for as long as it is worth it. Raises PlaceError, Stopped."""
        self._start()
        begun = time.monotonic()
        try:
            return call()
        except PlaceDenied as denied:
            if not self._renew(place, begun):
                raise
            del denied
        except PlaceError as error:
            if not error.retryable:
                raise
        return self._again(place, call)

    def _again(self, place: Place, call: Callable[[], T]) -> T:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda e: isinstance(e, PlaceError) and e.retryable),
            wait=tenacity.wait_random_exponential(multiplier=self._backoff_s, max=BACKOFF_MAX_S),
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(self._attempts - 1), tenacity.stop_when_event_set(self.stop)
            ),
            sleep=tenacity.sleep_using_event(self.stop),
            reraise=True,
        )

        def once() -> T:
            self._start()
            begun = time.monotonic()
            try:
                return call()
            except PlaceDenied:
                if not self._renew(place, begun):
                    raise
                return call()

        return retrying(once)

    def _start(self) -> None:
        if self.stop.is_set():
            raise Stopped
        self._requests.take(1)

    def _renew(self, place: Place, begun: float) -> bool:
        """Take up credentials anew; False if that was tried already for what is denied now."""
        with self._renewing:
            last = self._renewed.get(id(place))
            if last is not None and last >= begun:
                return True  # another worker did, after this call had begun
            now = time.monotonic()
            if last is not None and now - last < RENEW_EVERY_S:
                return False
            place.renew()
            self._renewed[id(place)] = time.monotonic()
            return True
