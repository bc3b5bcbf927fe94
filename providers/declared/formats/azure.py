"""Names and ids of Azure whose rules its SDKs tell in words only.

https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from unknot.providers.declared.problem import Problem

_GUID: Final = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"


def _stated(pattern: str, wanted: str) -> Callable[[Any], Iterator[Problem]]:
    compiled = re.compile(pattern)

    def check(value: Any) -> Iterator[Problem]:
        if not compiled.fullmatch(str(value)):
            yield Problem("", f"cannot be `{str(value)[:90]}`", wanted)

    return check


uuid = _stated(_GUID, "It is a UUID: `4f0c1c2e-8b1d-4f57-9a3e-0b7a1d2c3e4f`.")
blob = _stated(
    r"(?=[\s\S]{1,1024}$)(?!.*//)[^\x00-\x1f\\]*[^\x00-\x1f\\./]",
    "It has 1 to 1,024 characters, no `\\`, no two `/` side by side, and does not end with `.` or `/`.",
)
secret = _stated(r"[A-Za-z0-9-]{1,127}", "It has 1 to 127 letters, digits and `-`.")
container_app_job = _stated(
    r"(?=.{2,32}$)[a-z](?:-?[a-z0-9])*",
    "It has 2 to 32 lower case letters, digits and single `-`, begins with a letter, and does not end with `-`.",
)
identity = _stated(
    r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}",
    "It has 3 to 128 letters, digits, `_` and `-`, and begins with a letter or digit.",
)
resource_id = _stated(
    rf"(?i:/subscriptions/{_GUID}(?:/resourceGroups/[^/\s]+)?(?:/providers/[\w.]+(?:/[\w.-]+/[^/\s]+)+)*)"
    r"|(?i:/providers/[\w.]+(?:/[\w.-]+/[^/\s]+)+)",
    "A resource id is `/subscriptions/ID/resourceGroups/GROUP/providers/NAMESPACE/TYPE/NAME`, or the part of it that "
    "names a subscription or resource group.",
)
role = _stated(
    rf"(?i:(?:/subscriptions/{_GUID})?/providers/Microsoft\.Authorization/roleDefinitions/{_GUID})",
    "A role is `/providers/Microsoft.Authorization/roleDefinitions/UUID`, as `az role definition list` tells it.",
)
