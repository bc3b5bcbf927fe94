"""Which permissions the identity of a target lacks in its project, asked without doing anything.

https://cloud.google.com/resource-manager/reference/rest/v3/projects/testIamPermissions. What is allowed on single
objects only, by policies of their own, is not seen here: it counts as missing.
"""

from collections.abc import Iterable
from typing import Final

from unknot.providers.declared.calls import CallFailed, Tally
from unknot.providers.gcp.client import GcpApi

_AT_ONCE: Final = 100
"""As many as one request may ask for."""


def missing(api: GcpApi, wanted: Iterable[str], tally: Tally) -> tuple[str, ...] | None:
    """Those of `wanted` that the identity has not, sorted; None: it cannot be told. Raises CallFailed when nothing answers."""
    names = sorted(set(wanted))
    lacking: list[str] = []
    for start in range(0, len(names), _AT_ONCE):
        asked = names[start : start + _AT_ONCE]
        try:
            held = api.held(asked, tally)
        except CallFailed as problem:
            if problem.status in (400, 403, 404):
                return None  # the API is off, or knows one of them for other resources only
            raise
        lacking += [name for name in asked if name not in held]
    return tuple(lacking)
