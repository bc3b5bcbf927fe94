"""The provider `gcp`. Importing it imports neither google-auth nor any declaration."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final

from unknot.providers.base import PlanItem
from unknot.providers.declared.calls import Cloud
from unknot.providers.declared.connections import Connections
from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.formats import FORMATS
from unknot.providers.declared.provider import DeclaredProvider
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.target import Target

REGION: Final = "GOOGLE_CLOUD_REGION"
"""The variable that names a region where the target does not."""

_IN_REGION: Final = re.compile(r"(?:input\.(\w+)\s*\|\|\s*)?place\.region")
"""An expression that uses the target's region, perhaps only where an input is not given."""


class GcpProvider(DeclaredProvider):
    """Resources of Google Cloud, as the target's project, region and credentials reach them."""

    def __init__(self) -> None:
        super().__init__("gcp", _declarations, _cloud)

    def wrong_target(self, target: Target) -> Iterator[Diagnostic]:
        return _wrong(target)

    def misplaced(self, item: PlanItem, target: Target) -> Iterator[Diagnostic]:
        """Of a thing that is in the target's region, where the target has none and the thing does not say where."""
        if target.region or os.environ.get(REGION):
            return
        declaration = self.kind(item.type).declaration
        create = declaration.create
        texts = (*declaration.identity.keys.values(), *(create.params.values() if create else ()))
        given = {name for text in texts for name in _IN_REGION.findall(text)}
        if any(not name or item.inputs.get(name) is None for name in given):
            yield Diagnostic.error(
                f"`{item.address}` is nowhere: the target `{target.name}` has no region",
                detail=f"Give the target one, `Target(..., region='europe-west1')`, or set {REGION}.",
                address=item.address,
            )


def _wrong(target: Target) -> Iterator[Diagnostic]:
    given = {
        "region": ("gcp_location", target.region),
        "project": ("gcp_project", target.options.get("project")),
    }
    for name, (form, value) in given.items():
        if value is not None:
            for problem in FORMATS[form].check(value):
                yield Diagnostic.error(
                    f"the target `{target.name}` has the {name} `{value}`, which cannot be",
                    detail=problem.allowed,
                )


def _declarations() -> Mapping[str, Declaration]:
    from unknot.providers.gcp.types import DECLARATIONS

    return DECLARATIONS


def _cloud() -> Cloud:
    from unknot.providers.gcp.client import GcpApi

    return Connections(GcpApi)
