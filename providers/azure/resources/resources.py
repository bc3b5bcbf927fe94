"""Azure Resource Manager. Made by `make generate` from providers/azure/types; not to be edited.

Source: azure-mgmt-resource 26.0.0.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "ResourceGroup",
]


class ResourceGroup(
    DeclaredResource, type="azure.resource_group", provider="azure", resolve_by="mark", timeout_s=1200.0
):
    """A resource group. One that holds resources is not deleted."""

    group_name: Annotated[Input[str] | None, Immutable()] = None
    """Its name."""
    location: Annotated[Input[str] | None, Immutable()] = None
    """The region that it is in. Left out: the target's."""
    managed_by: Annotated[Input[str] | None, Immutable()] = None
    """The ID of the resource that manages this resource group."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    resource_id: ClassVar[Computed[str]] = computed()
    """Fully qualified resource ID for the resource."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
