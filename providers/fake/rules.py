"""What a test wants to happen otherwise: failures, gates, and functions in the place of verbs."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from unknot.stacks.address import Address, name_of
from unknot.stacks.errors import ProviderError

Request = TypeVar("Request")
Response = TypeVar("Response")

GATE_PATIENCE_S = 60.0
"""A gate that nobody opens ends as a failure of the call, not as a test that hangs."""


class Gate:
    """Holds calls in flight until a test opens it."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._opened = threading.Event()

    def wait_reached(self, timeout_s: float = 10.0) -> None:
        """Return when a call stands at the gate; raises TimeoutError."""
        if not self._reached.wait(timeout_s):
            raise TimeoutError("no call came to the gate")

    def open(self) -> None:
        """Let the call, and all later ones, go on."""
        self._opened.set()

    def stand(self) -> None:
        """Called by the provider. Raises ProviderError when nobody opens the gate."""
        self._reached.set()
        if not self._opened.wait(GATE_PATIENCE_S):
            raise ProviderError(f"nobody opened the gate within {GATE_PATIENCE_S:.0f} s")


class Rule(msgspec.Struct):
    """One thing that happens otherwise."""

    name: str
    raises: Exception | None
    gate: Gate | None
    does: Callable[[Any], Any] | None
    after: bool
    left: int | None
    """How many calls it still concerns; None for all."""


class Verb(Generic[Request, Response]):
    """One verb of the fake: call it to add a rule, or assign a function to replace it whole."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def __call__(
        self,
        name: str = "",
        *,
        raises: Exception | None = None,
        does: Callable[[Request], Response] | None = None,
        gate: Gate | None = None,
        after: bool = False,
        times: int | None = None,
    ) -> Gate:
        """For the resource of that name or address (empty: any): stand at a gate, then raise or do something else.

        With `after`, this happens when the world has changed but the caller has not heard of it: a lost response.
        Returns the gate, which is open unless it was given or nothing else was asked for.
        """
        held = gate is not None or (raises is None and does is None)
        at = gate or Gate()
        with self._lock:
            self._rules.append(Rule(name, raises, at if held else None, does, after, times))
        return at

    def clear(self) -> None:
        """Forget all rules."""
        with self._lock:
            self._rules.clear()

    def take(self, address: Address, *, after: bool) -> Rule | None:
        """The latest rule for a call, counted down."""
        with self._lock:
            for rule in reversed(self._rules):
                if rule.after is after and rule.left != 0 and rule.name in ("", address, name_of(address)):
                    if rule.left is not None:
                        rule.left -= 1
                    return rule
        return None


class VerbOf(Generic[Request, Response]):
    """The attribute `on_create` and its like: reading gives the verb, assigning a function replaces what it does."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = f"_{name}"

    def __get__(self, instance: object, owner: type | None = None) -> Verb[Request, Response]:
        verb: Verb[Request, Response] | None = instance.__dict__.get(self._slot)
        if verb is None:
            verb = instance.__dict__.setdefault(self._slot, Verb())
        return verb

    def __set__(self, instance: object, does: Callable[[Request], Response]) -> None:
        self.__get__(instance)(does=does)
