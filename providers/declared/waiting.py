"""Wait for objects that are made, changed or deleted in the background, and for faults that pass by themselves."""

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import tenacity

from unknot.providers.declared.calls import CallFailed
from unknot.providers.declared.declaration import Until
from unknot.providers.declared.expressions import evaluate
from unknot.stacks.errors import ProviderError

T = TypeVar("T")

_FIRST_S: Final = 0.1
_LONGEST_S: Final = 10.0
"""Between two looks: quick at first, since many objects are ready at once."""


def until(
    wanted: Until,
    look: Callable[[], Any],
    what: str,
    deadline: float,
    *,
    absent_is_ready: bool = False,
) -> None:
    """Return when the object is as wanted. Raises ProviderError when it fails, or is late (then it may be repeated).

    `deadline` is on the monotonic clock, in seconds.
    """

    def looked() -> bool:
        document = look()
        if document is None:
            return absent_is_ready
        status = evaluate(wanted.path, document)
        if status in wanted.ready:
            return True
        if not wanted.pending or status in wanted.pending or status is None:
            return False
        why = evaluate(wanted.why, document) if wanted.why else None
        raise ProviderError(
            f"{what} is `{status}`",
            detail=str(why or "The service gives no reason: look into its console or logs."),
        )

    try:
        tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda ready: not ready),
            wait=tenacity.wait_exponential(multiplier=_FIRST_S, exp_base=1.5, max=_LONGEST_S),
            stop=_at(deadline),
            sleep=time.sleep,
        )(looked)
    except tenacity.RetryError:
        raise ProviderError(
            f"{what} was not ready in time",
            detail="It goes on in the background. Apply again to see it through.",
            retryable=True,
        ) from None


def through_transient(call: Callable[[], T], transient: tuple[str, ...], deadline: float) -> T:
    """Make a call, again while it fails by what passes by itself: a role that is not yet known everywhere."""
    if not transient:
        return call()
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda e: isinstance(e, CallFailed) and e.matches(transient)),
        wait=tenacity.wait_exponential(multiplier=0.5, max=5),
        stop=_at(deadline),
        sleep=time.sleep,
        reraise=True,
    )(call)


def _at(deadline: float) -> Callable[[tenacity.RetryCallState], bool]:
    return lambda state: time.monotonic() + state.upcoming_sleep > deadline
