"""Azure managed identities."""

from typing import Final

from unknot.providers.azure import arm
from unknot.providers.declared.declaration import Call, Declaration, Field, Listing, Reading

IDENTITY: Final = Declaration(
    type="azure.user_assigned_identity",
    service="msi",
    doc="An identity that machines, jobs and endpoints of Azure can act as; role assignments say what it may do.",
    create=Call("user_assigned_identities:create_or_update", params=arm.PLACED),
    identity=arm.identity(
        "Microsoft.ManagedIdentity", "userAssignedIdentities", "resourceName", "input.identity_name"
    ),
    read=Reading(Call("user_assigned_identities:get"), absent=arm.ABSENT),
    listing=(
        Listing(
            Call("user_assigned_identities:list_by_subscription"),
            items="value",
            keys=arm.listed(resourceName="name"),
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("subscriptionId",),
        ),
    ),
    delete=Call("user_assigned_identities:delete"),
    only=("resourceGroupName", "resourceName", "isolationScope"),
    fields=(
        Field(
            "identity_name",
            member="resourceName",
            physical_name=True,
            format="azure_identity_name",
            doc="Its name.",
        ),
        arm.GROUP_FIELD,
        arm.LOCATION_FIELD,
    ),
    outputs={
        "resource_id": "id",
        "physical_name": "name",
        "principal_id": "principalId",
        "client_id": "clientId",
        "tenant_id": "tenantId",
    },
    output_docs={
        "physical_name": "Its name.",
        "principal_id": "What roles are assigned to.",
        "client_id": "What a program names to act as it.",
    },
    tags=arm.tags(Call("user_assigned_identities:update", params={"tags": "tags"})),
)

TYPES: Final = (IDENTITY,)
