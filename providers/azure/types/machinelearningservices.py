"""Azure Machine Learning: jobs and online endpoints of a workspace."""

from typing import Final

from unknot.providers.azure import arm
from unknot.providers.declared.declaration import Call, Declaration, Field, Listing, Reading, Until

_PROVIDER: Final = "Microsoft.MachineLearningServices"
_WORKSPACE: Final = "input.workspace_name || place.workspace"
_WORKSPACE_FIELD: Final = Field(
    "workspace_name",
    required=False,
    doc="The workspace that it is in. Left out: the target's.",
)

_RUN: Final = {
    "command": "command",
    "environmentId": "environment_id",
    "codeId": "code_id",
    "computeId": "compute_id",
    "componentId": "component_id",
    "description": "description",
    "displayName": "display_name",
    "distribution": "distribution",
    "environmentVariables": "environment_variables",
    "experimentName": "experiment_name",
    "identity": "identity",
    "inputs": "inputs",
    "limits": "limits",
    "outputs": "outputs",
    "properties": "properties",
    "resources": "resources",
    "services": "services",
}
"""What a job is given, and the input of each. A change of its tags sends all of it again."""

JOB: Final = Declaration(
    type="azure.ml_command_job",
    service="machinelearningservices",
    doc="A command that a compute of the workspace runs once, in an environment, with inputs and outputs. "
    "What was run does not change: another command is another job.",
    create=Call("jobs:create_or_update/CommandJob", params={"jobType": "'Command'"}),
    identity=arm.identity(
        _PROVIDER,
        "workspaces/{workspaceName}/jobs",
        "id",
        "input.job_name",
        workspaceName=_WORKSPACE,
    ),
    read=Reading(Call("jobs:get/CommandJob"), absent=arm.ABSENT),
    listing=(
        Listing(
            Call("jobs:list/CommandJob"),
            items="value",
            keys=arm.listed(workspaceName="split(id, '/')[8]", id="name"),
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("subscriptionId", "resourceGroupName", "workspaceName"),
        ),
    ),
    before_delete=(Call("jobs:begin_cancel", ignore=("UserError", "BadRequest", "Conflict", "409", "400")),),
    delete=Call("jobs:begin_delete"),
    only=("resourceGroupName", "workspaceName", "id", *_RUN),
    fields=(
        Field("job_name", member="id", physical_name=True, read="name", doc="Its name."),
        arm.GROUP_FIELD,
        _WORKSPACE_FIELD,
        Field("environment_id", required=True, doc="The environment that it runs in, as a resource id."),
        Field("code_id", doc="The code that it runs, as the resource id of a code asset."),
        Field("environment_variables", sensitive=False),
    ),
    outputs={"resource_id": "id", "physical_name": "name", "status": "status"},
    output_docs={"physical_name": "Its name.", "status": "What became of it."},
    tags=arm.tags(
        Call(
            "jobs:create_or_update/CommandJob",
            params={
                "jobType": "'Command'",
                "tags": "tags",
                **{member: f"live.{name}" for member, name in _RUN.items()},
            },
        )
    ),
    timeout_s=300.0,
)

ENDPOINT: Final = Declaration(
    type="azure.ml_online_endpoint",
    service="machinelearningservices",
    doc="An address at which deployed models of the workspace answer, and how requests are shared between them.",
    create=Call("online_endpoints:begin_create_or_update", params=arm.PLACED),
    identity=arm.identity(
        _PROVIDER,
        "workspaces/{workspaceName}/onlineEndpoints",
        "endpointName",
        "input.endpoint_name",
        workspaceName=_WORKSPACE,
    ),
    read=Reading(Call("online_endpoints:get"), absent=arm.ABSENT),
    listing=(
        Listing(
            Call("online_endpoints:list"),
            items="value",
            keys=arm.listed(workspaceName="split(id, '/')[8]", endpointName="name"),
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("subscriptionId", "resourceGroupName", "workspaceName"),
        ),
    ),
    update=(Call("online_endpoints:begin_create_or_update", params={**arm.PLACED, "tags": "tags"}),),
    delete=Call("online_endpoints:begin_delete"),
    only=(
        "resourceGroupName",
        "workspaceName",
        "endpointName",
        "identity",
        "kind",
        "sku",
        "authMode",
        "compute",
        "description",
        "mirrorTraffic",
        "properties",
        "publicNetworkAccess",
        "traffic",
    ),
    fields=(
        Field("endpoint_name", physical_name=True, doc="Its name, unique in the region."),
        arm.GROUP_FIELD,
        _WORKSPACE_FIELD,
        arm.LOCATION_FIELD,
        Field("auth_mode", immutable=True, doc="How requests prove who they are from."),
        Field("kind", immutable=True),
        Field("compute", immutable=True),
        Field("traffic", default={}),
        Field("mirror_traffic", default={}),
        Field("public_network_access", default="Enabled"),
    ),
    outputs={
        "resource_id": "id",
        "physical_name": "name",
        "scoring_uri": "scoringUri",
        "swagger_uri": "swaggerUri",
        "principal_id": "identity.principalId",
    },
    output_docs={"physical_name": "Its name.", "scoring_uri": "Where models are asked."},
    tags=arm.tags(Call("online_endpoints:begin_update", params={"tags": "tags"})),
    ready=Until(
        "provisioningState", ready=("Succeeded",), pending=("Creating", "Updating", "Deleting", "Accepted")
    ),
    deleted=arm.DELETED,
    timeout_s=900.0,
)

TYPES: Final = (JOB, ENDPOINT)
