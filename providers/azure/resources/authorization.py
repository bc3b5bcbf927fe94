"""Azure role-based access control. Made by `make generate` from providers/azure/types; not to be edited.

Source: azure-mgmt-authorization 4.0.0.
"""

from typing import Annotated, ClassVar, Literal, TypeAlias

from unknot.providers.declared.resource import DeclaredResource
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "RoleAssignment",
]

PrincipalType: TypeAlias = Literal["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"]


class RoleAssignment(
    DeclaredResource,
    type="azure.role_assignment",
    provider="azure",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A role of an identity on a resource and what is in it. Azure keeps no labels of it: its name, made up from what only this stack knows, says whose it is."""

    scope: Annotated[Input[str], Immutable()]
    """The resource id of what it is about."""
    role_definition_id: Annotated[Input[str], Immutable()]
    """The role, as a resource id."""
    principal_id: Annotated[Input[str], Immutable()]
    """Who has the role: the object id of an identity."""
    assignment_name: Annotated[Input[str] | None, Immutable()] = None
    """A UUID. Left out: made up."""
    principal_type: Annotated[PrincipalType | Output[str] | None, Immutable()] = None
    """What the principal is: Azure must be told of one that was just made. Left out: an identity of a workload. When it is not given: `ServicePrincipal`."""
    description: Annotated[Input[str] | None, Immutable()] = None
    """Description of role assignment."""
    condition: Annotated[Input[str] | None, Immutable()] = None
    """The conditions on the role assignment."""
    resource_id: ClassVar[Computed[str]] = computed()
    """The role assignment ID."""
