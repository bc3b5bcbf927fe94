"""The provider `azure`. Importing it imports no SDK and no declaration."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final

from unknot.providers.base import PlanItem
from unknot.providers.declared.calls import CallFailed, Cloud
from unknot.providers.declared.connections import Connections
from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.formats import FORMATS
from unknot.providers.declared.provider import DeclaredProvider
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import UnknotError
from unknot.stacks.target import Target

_OPTIONS: Final = {
    "subscription": "uuid",
    "tenant": "uuid",
    "client_id": "uuid",
    "resource_group": "azure_resource_group_name",
    "account": "azure_storage_account_name",
    "vault": "azure_vault_name",
}
"""Options of a target that are no secrets, and their formats."""

_FROM_PLACE: Final = re.compile(r"(?:input\.(\w+)\s*\|\|\s*)?place\.(\w+)")


class AzureProvider(DeclaredProvider):
    """Resources of Azure, as the target's subscription, resource group, account and identity reach them."""

    def __init__(self) -> None:
        super().__init__("azure", _declarations, _cloud)

    def wrong_target(self, target: Target) -> Iterator[Diagnostic]:
        return _wrong(target)

    def misplaced(self, item: PlanItem, target: Target) -> Iterator[Diagnostic]:
        from unknot.providers.azure.place import Place

        declaration = self.kind(item.type).declaration
        create = declaration.create
        texts = [*declaration.identity.keys.values(), *(create.params.values() if create else ())]
        place = Place(target)
        for given, wanted in dict.fromkeys(found for text in texts for found in _FROM_PLACE.findall(text)):
            if given and item.inputs.get(given) is not None:
                continue
            try:
                place[wanted]
            except CallFailed as problem:
                yield Diagnostic.error(
                    f"`{item.address}`: {problem.message}", detail=problem.detail, address=item.address
                )
            except UnknotError:
                continue  # a secret that is only where it is applied


def _wrong(target: Target) -> Iterator[Diagnostic]:
    given = {name: (form, target.options.get(name)) for name, form in _OPTIONS.items()}
    for name, (form, value) in {**given, "region": ("azure_location", target.region)}.items():
        if value is not None:
            for problem in FORMATS[form].check(value):
                yield Diagnostic.error(
                    f"the target `{target.name}` has the {name.replace('_', ' ')} `{value}`, which cannot be",
                    detail=problem.allowed,
                )


def _declarations() -> Mapping[str, Declaration]:
    from unknot.providers.azure.types import DECLARATIONS

    return DECLARATIONS


def _cloud() -> Cloud:
    from unknot.providers.azure.client import AzureApi
    from unknot.providers.azure.credentials import CONNECTION_STRING

    return Connections(AzureApi, lambda: os.environ.get(CONNECTION_STRING, ""))
