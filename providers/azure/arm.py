"""What the resource types of Azure Resource Manager have in common. Declares none itself."""

from typing import Final

from unknot.providers.declared.declaration import Call, Field, Identity, Tags, Until

ABSENT: Final = (
    "ResourceNotFound",
    "ResourceGroupNotFound",
    "ParentResourceNotFound",
    "NotFound",
    "EndpointNotFound",
    "UserError:not found",
    "UserError:could not find",
)
"""Codes that mean that it is not there. Not the status: a subscription that is not found has the same one."""

READY: Final = Until(
    "provisioningState",
    ready=("Succeeded", "succeeded"),
    pending=(
        "Accepted",
        "Creating",
        "Created",
        "InProgress",
        "Pending",
        "Provisioning",
        "ResolvingDNS",
        "Running",
        "Updating",
    ),
)

DELETED: Final = Until(
    "provisioningState",
    ready=("Deleted",),
    pending=("Deleting", "Succeeded", "Accepted", "InProgress", "Updating", "Running", "Failed", "Canceled"),
)

SUBSCRIPTION: Final = "place.subscription"
GROUP: Final = "input.resource_group_name || place.resource_group"
LOCATION: Final = "input.location || place.location"

GROUP_FIELD: Final = Field(
    "resource_group_name",
    member="resourceGroupName",
    required=False,
    format="azure_resource_group_name",
    doc="The resource group that it is in. Left out: the target's.",
)
LOCATION_FIELD: Final = Field(
    "location",
    required=False,
    immutable=True,
    format="azure_location",
    doc="The region that it is in. Left out: the target's.",
)
PLACED: Final = {"location": LOCATION}


def identity(provider: str, types: str, name: str, expression: str, **more: str) -> Identity:
    """The resource id, with `name` as the last part of it; `types` as `workspaces/{workspaceName}/jobs`."""
    return Identity(
        f"/subscriptions/{{subscriptionId}}/resourceGroups/{{resourceGroupName}}/providers/{provider}/{types}/{{{name}}}",
        {"subscriptionId": SUBSCRIPTION, "resourceGroupName": GROUP, **more, name: expression},
    )


def listed(**names: str) -> dict[str, str]:
    """Parts of the identity as an entry of a listing tells them."""
    return {
        "subscriptionId": "split(id, '/')[2]",
        "resourceGroupName": "split(id, '/')[4]",
        **names,
    }


def tags(replace: Call | None, read: str = "tags") -> Tags:
    """Labels that every resource of Azure Resource Manager has."""
    return Tags(form="map", create="tags", read=read, replace=replace)
