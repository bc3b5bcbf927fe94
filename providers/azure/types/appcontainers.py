"""Azure Container Apps: jobs."""

from typing import Final

from unknot.providers.azure import arm
from unknot.providers.declared.declaration import Call, Declaration, Field, Listing, Reading

_CONFIGURATION: Final = {
    "configuration": "merge(input.configuration, {secrets: "
    "[input.configuration.secrets || `[]`, tag_list(input.secrets, 'name', 'value') || `[]`][]})"
}
"""Values of secrets are an input of their own: they are never read back."""

JOB: Final = Declaration(
    type="azure.container_app_job",
    service="appcontainers",
    doc="A job of Azure Container Apps: containers that run to their end, by hand, on a schedule, or for events.",
    create=Call("jobs:begin_create_or_update", params={**arm.PLACED, **_CONFIGURATION}),
    identity=arm.identity("Microsoft.App", "jobs", "jobName", "input.job_name"),
    read=Reading(Call("jobs:get"), absent=arm.ABSENT),
    listing=(
        Listing(
            Call("jobs:list_by_subscription"),
            items="value",
            keys=arm.listed(jobName="name"),
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("subscriptionId",),
        ),
    ),
    update=(
        # The whole job: a patch cannot take away what is in a list or map.
        Call(
            "jobs:begin_create_or_update",
            params={
                **arm.PLACED,
                **_CONFIGURATION,
                "environmentId": "input.environment_id",
                "tags": "tags",
            },
        ),
    ),
    update_fields={
        "jobs:begin_create_or_update": (
            "identity",
            "workload_profile_name",
            "configuration",
            "template",
            "secrets",
            "secrets_version",
        )
    },
    delete=Call("jobs:begin_delete"),
    only=(
        "resourceGroupName",
        "jobName",
        "identity",
        "environmentId",
        "workloadProfileName",
        "configuration",
        "template",
    ),
    fields=(
        Field("job_name", physical_name=True, format="azure_container_app_job_name", doc="Its name."),
        arm.GROUP_FIELD,
        arm.LOCATION_FIELD,
        Field(
            "environment_id",
            required=True,
            immutable=True,
            format="azure_resource_id",
            doc="Resource id of the Container Apps environment that it runs in.",
        ),
        Field(
            "configuration", required=True, doc="When it runs, how often it is tried, and what it may use."
        ),
        Field(
            "secrets",
            shape="map",
            write_only=True,
            doc="What containers and registries refer to: name to value, by reference. Those that Container Apps reads from "
            "a Key Vault are in `configuration`.",
        ),
        Field(
            "secrets_version",
            shape="integer",
            readable=False,
            doc="Raise it to send the secrets again. With a key of the ledger, another value is noticed without it.",
        ),
        Field(
            "template", required=True, doc="The containers, with image, command, environment and resources."
        ),
    ),
    outputs={
        "resource_id": "id",
        "physical_name": "name",
        "principal_id": "identity.principalId",
        "event_stream_endpoint": "eventStreamEndpoint",
    },
    output_docs={"physical_name": "Its name.", "principal_id": "Of its own identity, where it has one."},
    tags=arm.tags(Call("jobs:begin_update", params={"tags": "tags"})),
    ready=arm.READY,
    deleted=arm.DELETED,
    timeout_s=600.0,
)

TYPES: Final = (JOB,)
