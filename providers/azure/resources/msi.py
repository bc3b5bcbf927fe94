"""Azure managed identities. Made by `make generate` from providers/azure/types; not to be edited.

Source: azure-mgmt-msi 7.1.0.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "UserAssignedIdentity",
]

IsolationScope: TypeAlias = Literal["None", "Regional"]


class UserAssignedIdentity(
    DeclaredResource, type="azure.user_assigned_identity", provider="azure", resolve_by="mark", timeout_s=60.0
):
    """An identity that machines, jobs and endpoints of Azure can act as; role assignments say what it may do."""

    identity_name: Annotated[Input[str] | None, Immutable()] = None
    """Its name."""
    resource_group_name: Annotated[Input[str] | None, Immutable()] = None
    """The resource group that it is in. Left out: the target's."""
    location: Annotated[Input[str] | None, Immutable()] = None
    """The region that it is in. Left out: the target's."""
    isolation_scope: Annotated[IsolationScope | Output[str] | None, Immutable()] = None
    """Enum to configure regional restrictions on identity assignment, as necessary."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    resource_id: ClassVar[Computed[str]] = computed()
    """Fully qualified resource ID for the resource."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    principal_id: ClassVar[Computed[str]] = computed()
    """What roles are assigned to."""
    client_id: ClassVar[Computed[str]] = computed()
    """What a program names to act as it."""
    tenant_id: ClassVar[Computed[str]] = computed()
    """The id of the tenant which the identity belongs to."""
