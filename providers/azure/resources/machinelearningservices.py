"""Azure Machine Learning. Made by `make generate` from providers/azure/types; not to be edited.

Source: azure-mgmt-machinelearningservices 2.0.0b2.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "MlCommandJob",
    "MlOnlineEndpoint",
]

IdentityConfigurationIdentityType: TypeAlias = Literal["AMLToken", "Managed", "UserIdentity"]


class IdentityConfiguration(TypedDict, total=False):
    identityType: Required[IdentityConfigurationIdentityType | Output[str]]
    """Specifies the type of identity framework."""
    clientId: Input[str]
    """Specifies a user-assigned identity by client ID."""
    objectId: Input[str]
    """Specifies a user-assigned identity by object ID."""
    resourceId: Input[str]
    """Specifies a user-assigned identity by ARM resource ID."""


NodesNodesValueType: TypeAlias = Literal["All"]


class Nodes(TypedDict, total=False):
    nodesValueType: Required[NodesNodesValueType | Output[str]]
    """Type of the Nodes value."""


class JobService(TypedDict, total=False):
    endpoint: Input[str]
    """Url for endpoint."""
    jobServiceType: Input[str]
    """Endpoint type."""
    nodes: Given[Nodes]
    """Nodes that user would like to start the service on."""
    port: Input[int]
    """Port for endpoint."""
    properties: Given[Mapping[str, Input[str]]]
    """Additional properties to set on the endpoint."""


DistributionConfigurationDistributionType: TypeAlias = Literal["Mpi", "PyTorch", "TensorFlow"]


class DistributionConfiguration(TypedDict, total=False):
    distributionType: Required[DistributionConfigurationDistributionType | Output[str]]
    """Specifies the type of distribution framework."""
    processCountPerInstance: Input[int]
    """Number of processes per MPI node."""
    parameterServerCount: Input[int]
    """Number of parameter server tasks."""
    workerCount: Input[int]
    """Number of workers."""


JobInputJobInputType: TypeAlias = Literal[
    "custom_model", "literal", "mlflow_model", "mltable", "triton_model", "uri_file", "uri_folder"
]

InputDeliveryMode: TypeAlias = Literal[
    "ReadOnlyMount", "ReadWriteMount", "Download", "Direct", "EvalMount", "EvalDownload"
]


class JobInput(TypedDict, total=False):
    description: Input[str]
    """Description for the input."""
    jobInputType: Required[JobInputJobInputType | Output[str]]
    """Specifies the type of job."""
    mode: InputDeliveryMode | Output[str]
    """Input Asset Delivery Mode."""
    uri: Input[str]
    """Input Asset URI."""
    value: Input[str]
    """Literal value for the input."""


class CommandJobLimits(TypedDict, total=False):
    jobLimitsType: Required[Input[str]]
    """JobLimit type."""
    timeout: Input[str]
    """The max run duration in ISO 8601 format, after which the job will be cancelled."""


JobOutputJobOutputType: TypeAlias = Literal[
    "custom_model", "mlflow_model", "mltable", "triton_model", "uri_file", "uri_folder"
]

OutputDeliveryMode: TypeAlias = Literal["ReadWriteMount", "Upload"]


class JobOutput(TypedDict, total=False):
    description: Input[str]
    """Description for the output."""
    jobOutputType: Required[JobOutputJobOutputType | Output[str]]
    """Specifies the type of job."""
    mode: OutputDeliveryMode | Output[str]
    """Output Asset Delivery Mode."""
    uri: Input[str]
    """Output Asset URI."""


class JobResourceConfiguration(TypedDict, total=False):
    instanceCount: Input[int]
    """number of instances or nodes used by the compute target."""
    instanceType: Input[str]
    """type of VM used as supported by the compute target."""
    properties: Given[Mapping[str, Given[Any]]]
    """Additional properties bag."""
    dockerArgs: Input[str]
    """Extra arguments to pass to the Docker run command."""
    shmSize: Input[str]
    """Size of the docker container's shared memory block."""


EndpointAuthMode: TypeAlias = Literal["AMLToken", "Key", "AADToken"]

PublicNetworkAccessType: TypeAlias = Literal["Enabled", "Disabled"]

ManagedServiceIdentityType: TypeAlias = Literal[
    "None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"
]


class UserAssignedIdentity(TypedDict, total=False):
    pass


class ManagedServiceIdentity(TypedDict, total=False):
    type: Required[ManagedServiceIdentityType | Output[str]]
    """Type of managed service identity (where both SystemAssigned and UserAssigned types are allowed)."""
    userAssignedIdentities: Given[Mapping[str, Given[UserAssignedIdentity]]]
    """The set of user assigned identities associated with the resource."""


SkuTier: TypeAlias = Literal["Free", "Basic", "Standard", "Premium"]


class Sku(TypedDict, total=False):
    name: Required[Input[str]]
    """The name of the SKU."""
    tier: SkuTier | Output[str]
    """This field is required to be implemented by the Resource Provider if the service has more than one tier, but is not required on a PUT."""
    size: Input[str]
    """The SKU size."""
    family: Input[str]
    """If the service has different generations of hardware, for the same SKU, then that can be captured here."""
    capacity: Input[int]
    """If the SKU supports scale out/in then the capacity integer should be included."""


class MlCommandJob(
    DeclaredResource, type="azure.ml_command_job", provider="azure", resolve_by="mark", timeout_s=300.0
):
    """A command that a compute of the workspace runs once, in an environment, with inputs and outputs. What was run does not change: another command is another job."""

    environment_id: Annotated[Input[str], Immutable()]
    """The environment that it runs in, as a resource id."""
    command: Annotated[Input[str], Immutable()]
    """The command to execute on startup of the job. eg."""
    job_name: Annotated[Input[str] | None, Immutable()] = None
    """Its name."""
    resource_group_name: Annotated[Input[str] | None, Immutable()] = None
    """The resource group that it is in. Left out: the target's."""
    workspace_name: Annotated[Input[str] | None, Immutable()] = None
    """The workspace that it is in. Left out: the target's."""
    code_id: Annotated[Input[str] | None, Immutable()] = None
    """The code that it runs, as the resource id of a code asset."""
    environment_variables: Annotated[Given[Mapping[str, Input[str]]] | None, Immutable()] = None
    """Environment variables included in the job."""
    description: Annotated[Input[str] | None, Immutable()] = None
    """The asset description text."""
    properties: Annotated[Given[Mapping[str, Input[str]]] | None, Immutable()] = None
    """The asset property dictionary."""
    component_id: Annotated[Input[str] | None, Immutable()] = None
    """ARM resource ID of the component resource."""
    compute_id: Annotated[Input[str] | None, Immutable()] = None
    """ARM resource ID of the compute resource."""
    display_name: Annotated[Input[str] | None, Immutable()] = None
    """Display name of job."""
    experiment_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the experiment the job belongs to."""
    identity: Annotated[Given[IdentityConfiguration] | None, Immutable()] = None
    """Identity configuration."""
    services: Annotated[Given[Mapping[str, Given[JobService]]] | None, Immutable()] = None
    """List of JobEndpoints."""
    distribution: Annotated[Given[DistributionConfiguration] | None, Immutable()] = None
    """Distribution configuration of the job."""
    inputs: Annotated[Given[Mapping[str, Given[JobInput]]] | None, Immutable()] = None
    """Mapping of input data bindings used in the job."""
    limits: Annotated[Given[CommandJobLimits] | None, Immutable()] = None
    """Command Job limit."""
    outputs: Annotated[Given[Mapping[str, Given[JobOutput]]] | None, Immutable()] = None
    """Mapping of output data bindings used in the job."""
    resources: Annotated[Given[JobResourceConfiguration] | None, Immutable()] = None
    """Compute Resource configuration for the job."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    resource_id: ClassVar[Computed[str]] = computed()
    """Fully qualified resource ID for the resource."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    status: ClassVar[Computed[str]] = computed()
    """What became of it."""


class MlOnlineEndpoint(
    DeclaredResource, type="azure.ml_online_endpoint", provider="azure", resolve_by="mark", timeout_s=900.0
):
    """An address at which deployed models of the workspace answer, and how requests are shared between them."""

    auth_mode: Annotated[EndpointAuthMode | Output[str], Immutable()]
    """How requests prove who they are from."""
    endpoint_name: Annotated[Input[str] | None, Immutable()] = None
    """Its name, unique in the region."""
    resource_group_name: Annotated[Input[str] | None, Immutable()] = None
    """The resource group that it is in. Left out: the target's."""
    workspace_name: Annotated[Input[str] | None, Immutable()] = None
    """The workspace that it is in. Left out: the target's."""
    location: Annotated[Input[str] | None, Immutable()] = None
    """The region that it is in. Left out: the target's."""
    kind: Annotated[Input[str] | None, Immutable()] = None
    """Metadata used by portal/tooling/etc to render different UX experiences for resources of the same type."""
    compute: Annotated[Input[str] | None, Immutable()] = None
    """ARM resource ID of the compute if it exists. optional."""
    traffic: Given[Mapping[str, Input[int]]] | None = None
    """Percentage of traffic from endpoint to divert to each deployment. When it is not given: `{}`."""
    mirror_traffic: Given[Mapping[str, Input[int]]] | None = None
    """Percentage of traffic to be mirrored to each deployment without using returned scoring. When it is not given: `{}`."""
    public_network_access: PublicNetworkAccessType | Output[str] | None = None
    """Set to "Enabled" for endpoints that should allow public access when Private Link is enabled. When it is not given: `Enabled`."""
    identity: Given[ManagedServiceIdentity] | None = None
    """Managed service identity (system assigned and/or user assigned identities)."""
    sku: Given[Sku] | None = None
    """Sku details required for ARM contract for Autoscaling."""
    description: Input[str] | None = None
    """Description of the inference endpoint."""
    properties: Given[Mapping[str, Input[str]]] | None = None
    """Property dictionary."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    resource_id: ClassVar[Computed[str]] = computed()
    """Fully qualified resource ID for the resource."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    scoring_uri: ClassVar[Computed[str]] = computed()
    """Where models are asked."""
    swagger_uri: ClassVar[Computed[str]] = computed()
    """Endpoint Swagger URI."""
    principal_id: ClassVar[Computed[str]] = computed()
    """The service principal ID of the system assigned identity."""
