"""What the engine of declared types needs of a cloud: named operations, called with plain data.

A cloud implements `Api` over its official SDK, wraps the SDK's errors in `CallFailed`, and leaves retries of
throttled and passing faults to the SDK's own retry mode.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from unknot.providers.base import Context


class CallFailed(Exception):
    """An operation was refused or could not be made, after the SDK's own retries."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 0,
        operation: str = "",
        retryable: bool = False,
        detail: str = "",
        repeated: bool = False,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        """As the API names it: `NoSuchBucket`, `notFound`."""
        self.message = message
        self.status = status
        """HTTP status; 0 when no answer came."""
        self.operation = operation
        self.retryable = retryable
        self.detail = detail
        """What to do about it, where that is known."""
        self.repeated = repeated
        """Whether the SDK asked more than once: an earlier try may have done it, and its answer been lost."""

    @property
    def is_taken(self) -> bool:
        """Whether it may mean that an object of that name is there already."""
        code = self.code.lower()
        return self.status in (409, 412) or any(
            word in code for word in ("exist", "conflict", "inuse", "duplicate", "alreadyowned")
        )

    def matches(self, codes: tuple[str, ...]) -> bool:
        """Whether one of `codes` is meant: a code, `code:part of the message`, or a status as text."""
        for wanted in codes:
            code, _, part = wanted.partition(":")
            if code in (self.code, str(self.status)) and part.lower() in self.message.lower():
                return True
        return False


class Tally:
    """Requests made for one purpose, from any number of threads (D9)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls = 0

    def add(self, calls: int = 1) -> None:
        """Count requests, those that were retried included."""
        with self._lock:
            self.calls += calls


class Api(Protocol):
    """One cloud, as one target reaches it. Methods may be called from several threads at once."""

    @property
    def threads(self) -> int:
        """How many calls at once the cloud's limits bear."""
        ...

    @property
    def place(self) -> Mapping[str, Any]:
        """What expressions may use of where it is, such as `region`, `account`, `project`; asked for when used."""
        ...

    def takes(self, service: str, operation: str) -> frozenset[str]:
        """Names of the operation's parameters."""
        ...

    def tokens(self, service: str, operation: str) -> tuple[str, ...]:
        """Names of parameters that take an idempotency token."""
        ...

    def call(self, service: str, operation: str, parameters: Mapping[str, Any], tally: Tally) -> Any:
        """The answer as plain data: times in ISO 8601, bytes in base64. Raises CallFailed."""
        ...

    def pages(
        self, service: str, operation: str, parameters: Mapping[str, Any], tally: Tally
    ) -> Iterator[Any]:
        """Every page of the answer, fetched as it is asked for; a single page where the API knows none."""
        ...


@runtime_checkable
class Examinable(Protocol):
    """An `Api` that can say whose it is, and what that identity lacks. Neither method does anything."""

    def whoami(self, tally: Tally) -> str:
        """Whose credentials are used; empty when that cannot be told. Raises CallFailed when they are of no use."""
        ...

    def lacking(self, permissions: Sequence[str], tally: Tally) -> tuple[str, ...]:
        """Those of `permissions` that the identity has not. Raises CallFailed when that cannot be told."""
        ...


class Cloud(Protocol):
    """Gives the connection for a target, one for each identity and place."""

    def api(self, context: Context) -> Api:
        """Raises ProviderError, with what to do, when it cannot be had."""
        ...
