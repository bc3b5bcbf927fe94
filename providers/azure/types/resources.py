"""Azure Resource Manager: resource groups."""

from typing import Final

from unknot.providers.azure import arm
from unknot.providers.declared.declaration import Call, Declaration, Field, Identity, Listing, Reading

GROUP: Final = Declaration(
    type="azure.resource_group",
    service="resources",
    doc="A resource group. One that holds resources is not deleted.",
    create=Call("resource_groups:create_or_update", params=arm.PLACED),
    identity=Identity(
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
        {"subscriptionId": arm.SUBSCRIPTION, "resourceGroupName": "input.group_name"},
    ),
    read=Reading(Call("resource_groups:get"), absent=arm.ABSENT),
    listing=(
        Listing(
            Call("resource_groups:list"),
            items="value",
            keys={"subscriptionId": "split(id, '/')[2]", "resourceGroupName": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("subscriptionId",),
        ),
    ),
    delete=Call("resource_groups:begin_delete"),
    content=Reading(
        Call("resources:list_by_resource_group", params={"top": "`1`"}),
        result="value[0].id",
        absent=arm.ABSENT,
    ),
    only=("resourceGroupName", "managedBy"),
    fields=(
        Field(
            "group_name",
            member="resourceGroupName",
            physical_name=True,
            format="azure_resource_group_name",
            doc="Its name.",
        ),
        arm.LOCATION_FIELD,
        Field("managed_by", immutable=True),
    ),
    outputs={"resource_id": "id", "physical_name": "name"},
    output_docs={"physical_name": "Its name."},
    tags=arm.tags(Call("resource_groups:update", params={"tags": "tags"})),
    ready=arm.READY,
    deleted=arm.DELETED,
    timeout_s=1200.0,
)

TYPES: Final = (GROUP,)
