"""Empty an object before it is deleted: what it holds is listed and deleted page by page, with progress.

Ends when the call's time is over, with what was done; deleting it again goes on from there.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from unknot.providers.declared.calls import Api, CallFailed, Tally
from unknot.providers.declared.declaration import Sweep
from unknot.providers.declared.expressions import evaluate
from unknot.providers.declared.kind import Kind
from unknot.stacks.errors import ProviderError

PASSES: Final = 3
"""Times that an object is emptied before whoever goes on writing into it is left to the user."""

_TOLD_EVERY_S: Final = 1.0
_MARGIN_S: Final = 5.0
"""Of the call's time, for the delete itself."""
_NAMED: Final = 3
"""Refusals that a message names."""


class Emptying:
    """Empties one object, in as many passes as it takes. Made for one use."""

    def __init__(
        self,
        kind: Kind,
        api: Api,
        tally: Tally,
        object_id: str,
        document: Mapping[str, Any],
        deadline: float,
        progress: Callable[[str], None] | None,
    ) -> None:
        """`document`: what expressions of calls see. `deadline` is on the monotonic clock, in seconds."""
        self._kind = kind
        self._api = api
        self._tally = tally
        self._id = object_id
        self._document = document
        self._deadline = deadline - _MARGIN_S
        self._progress = progress
        self._told_at = 0.0
        self._deleted = 0

    def run(self) -> None:
        """One pass over all that it holds. Raises ProviderError, CallFailed."""
        for sweep in self._kind.declaration.sweeps:
            self._sweep(sweep)
        self._tell("emptied", now=True)

    def _sweep(self, sweep: Sweep) -> None:
        service = self._kind.declaration.service
        parameters = self._kind.parameters(sweep.listing, self._document, (), self._api)
        for page in self._api.pages(service, sweep.listing.operation, parameters, self._tally):
            entries = evaluate(sweep.items, page) or []
            batches = [entries[n : n + sweep.batch] for n in range(0, len(entries), sweep.batch)]
            with ThreadPoolExecutor(max_workers=self._api.threads) as pool:
                for size, refused in pool.map(lambda batch: self._delete(sweep, batch), batches):
                    if refused:
                        self._refuse(sweep, refused)
                    self._deleted += size
                    self._tell(f"{self._deleted:,} {sweep.noun} deleted")
                    if time.monotonic() > self._deadline:
                        pool.shutdown(cancel_futures=True)
                        raise ProviderError(
                            f"`{self._id}` is not empty yet: {self._deleted:,} {sweep.noun} are deleted",
                            detail="The time of one step is over. Apply again to go on.",
                            retryable=True,
                        )

    def _delete(self, sweep: Sweep, batch: list[Any]) -> tuple[int, list[str]]:
        call = sweep.delete
        parameters = self._kind.parameters(call, {**self._document, "items": batch}, (), self._api)
        try:
            answer = self._api.call(self._kind.declaration.service, call.operation, parameters, self._tally)
        except CallFailed as problem:
            if not problem.matches(call.ignore):
                raise
            return len(batch), []
        refused = (evaluate(sweep.refused, answer) or []) if sweep.refused else []
        return len(batch) - len(refused), [str(each) for each in refused]

    def _refuse(self, sweep: Sweep, refused: list[str]) -> None:
        raise ProviderError(
            f"`{self._id}` cannot be emptied: {len(refused):,} of its {sweep.noun} are not to be deleted",
            detail=f"{'; '.join(refused[:_NAMED])}. A retention or a hold on them has to end first. "
            f"{self._deleted:,} others are deleted.",
        )

    def _tell(self, text: str, *, now: bool = False) -> None:
        at = time.monotonic()
        if self._progress is not None and (now or at - self._told_at >= _TOLD_EVERY_S):
            self._told_at = at
            self._progress(text)


def deleting(
    delete: Callable[[], None], emptying: Emptying | None, not_empty: tuple[str, ...], object_id: str
) -> None:
    """Delete an object, emptying it first where that is asked for. Raises ProviderError for one that is not empty."""
    for left in reversed(range(1 if emptying is None else PASSES)):
        if emptying is not None:
            emptying.run()
        try:
            delete()
        except CallFailed as problem:
            if not problem.matches(not_empty):
                raise
            if left == 0:
                raise still_holds(object_id, forced=emptying is not None) from problem
        else:
            return


def still_holds(
    object_id: str, held: str = "", *, forced: bool = False, can_be_forced: bool = True
) -> ProviderError:
    """For an object that is not deleted with what it holds."""
    if forced:
        return ProviderError(
            f"`{object_id}` was emptied, and holds something again",
            detail="Somebody goes on writing into it. Stop that, then apply again.",
            retryable=True,
        )
    what = f": it holds `{held}`" if held else ""
    ways = ["Take out what is in it"]
    if can_be_forced:
        ways.append("set `force_destroy=True` on it and apply that first, and it is emptied and deleted")
    ways.append("let it live, with `lifecycle=Lifecycle(retain_on_delete=True)`")
    return ProviderError(
        f"`{object_id}` is not empty{what}", detail=f"It was left alone. {'; or '.join(ways)}."
    )
