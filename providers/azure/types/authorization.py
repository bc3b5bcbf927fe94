"""Azure role-based access control: who may do what, and where."""

from typing import Final

from unknot.providers.azure import arm
from unknot.providers.declared.declaration import Call, Declaration, Field, Identity, Listing, Reading

ASSIGNMENT: Final = Declaration(
    type="azure.role_assignment",
    service="authorization",
    doc="A role of an identity on a resource and what is in it. Azure keeps no labels of it: its name, made up from "
    "what only this stack knows, says whose it is.",
    create=Call(
        "role_assignments:create",
        params={"principalType": "input.principal_type || 'ServicePrincipal'"},
    ),
    identity=Identity(
        "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        {"scope": "input.scope", "roleAssignmentName": "input.assignment_name"},
    ),
    read=Reading(Call("role_assignments:get"), absent=(*arm.ABSENT, "RoleAssignmentNotFound")),
    listing=(
        Listing(
            Call("role_assignments:list_for_subscription"),
            items="value",
            keys={"scope": "scope", "roleAssignmentName": "name"},
            fields=("*",),
            outputs=("*",),
        ),
    ),
    delete=Call("role_assignments:delete"),
    only=(
        "scope",
        "roleAssignmentName",
        "roleDefinitionId",
        "principalId",
        "principalType",
        "condition",
        "description",
    ),
    fields=(
        Field(
            "assignment_name",
            member="roleAssignmentName",
            physical_name=True,
            read="name",
            format="uuid",
            doc="A UUID. Left out: made up.",
        ),
        Field("scope", format="azure_resource_id", doc="The resource id of what it is about."),
        Field("role_definition_id", format="azure_role", doc="The role, as a resource id."),
        Field("principal_id", doc="Who has the role: the object id of an identity."),
        Field(
            "principal_type",
            default="ServicePrincipal",
            required=False,
            doc="What the principal is: Azure must be told of one that was just made. Left out: an identity of a workload.",
        ),
    ),
    outputs={"resource_id": "id"},
    resolve_by="unique-name-with-proof",
    transient=("PrincipalNotFound",),
)

TYPES: Final = (ASSIGNMENT,)
