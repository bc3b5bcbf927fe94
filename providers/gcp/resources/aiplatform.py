"""Agent Platform API. Made by `make generate` from providers/gcp/types; not to be edited.

Source: discovery document aiplatform:v1, revision 20261106.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "VertexCustomJob",
    "VertexEndpoint",
]


class GcsDestination(TypedDict, total=False):
    outputUriPrefix: Required[Input[str]]
    """Google Cloud Storage URI to output directory."""


class DnsPeeringConfig(TypedDict, total=False):
    domain: Required[Input[str]]
    """The DNS name suffix of the zone being peered to, e.g., "my-internal-domain.corp."."""
    targetNetwork: Required[Input[str]]
    """The VPC network name in the target_project where the DNS zone specified by 'domain' is visible."""
    targetProject: Required[Input[str]]
    """The project ID hosting the Cloud DNS managed zone that contains the 'domain'."""


class PscInterfaceConfig(TypedDict, total=False):
    dnsPeeringConfigs: Given[Sequence[Given[DnsPeeringConfig]]]
    """DNS peering configurations."""
    networkAttachment: Input[str]
    """The name of the Compute Engine [network attachment] to attach to the resource within the region and user project."""


SchedulingStrategy: TypeAlias = Literal["ON_DEMAND", "LOW_COST", "STANDARD", "SPOT", "FLEX_START"]


class Scheduling(TypedDict, total=False):
    disableRetries: Input[bool]
    """Indicates if the job should retry for internal errors after the job starts running."""
    maxWaitDuration: Input[str]
    """This is the maximum duration that a job will wait for the requested resources to be provisioned if the scheduling strategy is set to [Strategy.DWS_FLEX_START]."""
    restartJobOnWorkerRestart: Input[bool]
    """Restarts the entire CustomJob if a worker gets restarted."""
    strategy: SchedulingStrategy | Output[str]
    """This determines which type of scheduling strategy to use."""
    timeout: Input[str]
    """The maximum job running time."""


class EnvVar(TypedDict, total=False):
    name: Required[Input[str]]
    """Name of the environment variable."""
    value: Required[Input[str]]
    """Variables that reference a $(VAR_NAME) are expanded using the previous defined environment variables in the container and any service environment variables."""


class ContainerSpec(TypedDict, total=False):
    args: Given[Sequence[Input[str]]]
    """The arguments to be passed when starting the container."""
    command: Given[Sequence[Input[str]]]
    """The command to be invoked when the container is started."""
    env: Given[Sequence[Given[EnvVar]]]
    """Environment variables to be passed to the container."""
    imageUri: Required[Input[str]]
    """The URI of a container image in the Container Registry that is to be run on each worker replica."""


class DiskSpec(TypedDict, total=False):
    bootDiskSizeGb: Input[int]
    """Size in GB of the boot disk (default is 100GB)."""
    bootDiskType: Input[str]
    """Type of the boot disk."""


class LustreMount(TypedDict, total=False):
    filesystem: Required[Input[str]]
    """The name of the Lustre filesystem."""
    instanceIp: Required[Input[str]]
    """IP address of the Lustre instance."""
    mountPoint: Required[Input[str]]
    """Destination mount path."""
    volumeHandle: Required[Input[str]]
    """The unique identifier of the Lustre volume."""


MachineSpecAcceleratorType: TypeAlias = Literal[
    "NVIDIA_TESLA_K80",
    "NVIDIA_TESLA_P100",
    "NVIDIA_TESLA_V100",
    "NVIDIA_TESLA_P4",
    "NVIDIA_TESLA_T4",
    "NVIDIA_TESLA_A100",
    "NVIDIA_A100_80GB",
    "NVIDIA_L4",
    "NVIDIA_H100_80GB",
    "NVIDIA_H100_MEGA_80GB",
    "NVIDIA_H200_141GB",
    "NVIDIA_B200",
    "NVIDIA_GB200",
    "NVIDIA_RTX_PRO_6000",
    "TPU_V2",
    "TPU_V3",
    "TPU_V4_POD",
    "TPU_V5_LITEPOD",
]

ReservationAffinityReservationAffinityType: TypeAlias = Literal[
    "NO_RESERVATION", "ANY_RESERVATION", "SPECIFIC_RESERVATION"
]


class ReservationAffinity(TypedDict, total=False):
    key: Input[str]
    """Corresponds to the label key of a reservation resource."""
    reservationAffinityType: Required[ReservationAffinityReservationAffinityType | Output[str]]
    """Specifies the reservation affinity type."""
    values: Given[Sequence[Input[str]]]
    """Corresponds to the label values of a reservation resource."""


class MachineSpec(TypedDict, total=False):
    acceleratorCount: Input[int]
    """The number of accelerators to attach to the machine."""
    acceleratorType: MachineSpecAcceleratorType | Output[str]
    """The type of accelerator(s) that may be attached to the machine as per accelerator_count."""
    gpuPartitionSize: Input[str]
    """The Nvidia GPU partition size."""
    machineType: Input[str]
    """The type of the machine."""
    reservationAffinity: Given[ReservationAffinity]
    """Configuration controlling how this resource pool consumes reservation."""
    tpuTopology: Input[str]
    """The topology of the TPUs."""


class NfsMount(TypedDict, total=False):
    mountPoint: Required[Input[str]]
    """Destination mount path."""
    path: Required[Input[str]]
    """Source path exported from NFS server."""
    server: Required[Input[str]]
    """IP address of the NFS server."""


class PythonPackageSpec(TypedDict, total=False):
    args: Given[Sequence[Input[str]]]
    """Command line arguments to be passed to the Python task."""
    env: Given[Sequence[Given[EnvVar]]]
    """Environment variables to be passed to the python module."""
    executorImageUri: Required[Input[str]]
    """The URI of a container image in Artifact Registry that will run the provided Python package."""
    packageUris: Required[Given[Sequence[Input[str]]]]
    """The Google Cloud Storage location of the Python package files which are the training program and its dependent packages."""
    pythonModule: Required[Input[str]]
    """The Python module name to run after installing the packages."""


class WorkerPoolSpec(TypedDict, total=False):
    containerSpec: Given[ContainerSpec]
    """The custom container task."""
    diskSpec: Given[DiskSpec]
    """Disk spec."""
    lustreMounts: Given[Sequence[Given[LustreMount]]]
    """List of Lustre mounts."""
    machineSpec: Given[MachineSpec]
    """The specification of a single machine."""
    nfsMounts: Given[Sequence[Given[NfsMount]]]
    """List of NFS mount spec."""
    pythonPackageSpec: Given[PythonPackageSpec]
    """The Python packaged task."""
    replicaCount: Input[int]
    """The number of worker replicas to use for this worker pool."""


class CustomJobSpec(TypedDict, total=False):
    baseOutputDirectory: Given[GcsDestination]
    """The Cloud Storage location to store the output of this CustomJob or HyperparameterTuningJob."""
    enableDashboardAccess: Input[bool]
    """Whether you want Vertex AI to enable access to the customized dashboard in training chief container."""
    enableWebAccess: Input[bool]
    """Whether you want Vertex AI to enable [interactive shell access] to training containers."""
    experiment: Input[str]
    """The Experiment associated with this job."""
    experimentRun: Input[str]
    """The Experiment Run associated with this job."""
    models: Given[Sequence[Input[str]]]
    """The name of the Model resources for which to generate a mapping to artifact URIs."""
    network: Input[str]
    """The full name of the Compute Engine [network](/compute/docs/networks-and-firewalls#networks) to which the Job should be peered."""
    persistentResourceId: Input[str]
    """The ID of the PersistentResource in the same Project and Location which to run If this is specified, the job will be run on existing machines held by the PersistentResource instead of on-demand short-live machines."""
    protectedArtifactLocationId: Input[str]
    """The ID of the location to store protected artifacts. e.g. us-central1."""
    pscInterfaceConfig: Given[PscInterfaceConfig]
    """Configuration for PSC-I for CustomJob."""
    reservedIpRanges: Given[Sequence[Input[str]]]
    """A list of names for the reserved ip ranges under the VPC network that can be used for this job."""
    scheduling: Given[Scheduling]
    """Scheduling options for a CustomJob."""
    serviceAccount: Input[str]
    """Specifies the service account for workload run-as account."""
    tensorboard: Input[str]
    """The name of a Vertex AI Tensorboard resource to which this CustomJob will upload Tensorboard logs."""
    workerPoolSpecs: Required[Given[Sequence[Given[WorkerPoolSpec]]]]
    """The spec of the worker pools including machine type and Docker image."""


class EncryptionSpec(TypedDict, total=False):
    kmsKeyName: Required[Input[str]]
    """Resource name of the Cloud KMS key used to protect the resource."""


class ClientConnectionConfig(TypedDict, total=False):
    inferenceTimeout: Input[str]
    """Customizable online prediction request timeout."""


class GdcConfig(TypedDict, total=False):
    zone: Input[str]
    """GDC zone."""


class GenAiAdvancedFeaturesConfigRagConfig(TypedDict, total=False):
    enableRag: Input[bool]
    """If true, enable Retrieval Augmented Generation in ChatCompletion request."""


class GenAiAdvancedFeaturesConfig(TypedDict, total=False):
    ragConfig: Given[GenAiAdvancedFeaturesConfigRagConfig]
    """Configuration for Retrieval Augmented Generation feature."""


class BigQueryDestination(TypedDict, total=False):
    outputUri: Required[Input[str]]
    """BigQuery URI to a project or table, up to 2000 characters long."""


class PredictRequestResponseLoggingConfig(TypedDict, total=False):
    bigqueryDestination: Given[BigQueryDestination]
    """BigQuery table for logging."""
    enabled: Input[bool]
    """If logging is enabled or not."""
    samplingRate: Input[float]
    """Percentage of requests to be logged, expressed as a fraction in range(0,1]."""


class PSCAutomationConfig(TypedDict, total=False):
    network: Required[Input[str]]
    """The full name of the Google Compute Engine [network] . [Format] : `projects/{project}/global/networks/{network}`."""
    projectId: Required[Input[str]]
    """Project id used to create forwarding rule."""


class PrivateServiceConnectConfig(TypedDict, total=False):
    enablePrivateServiceConnect: Required[Input[bool]]
    """If true, expose the IndexEndpoint via private service connect."""
    projectAllowlist: Given[Sequence[Input[str]]]
    """A list of Projects from which the forwarding rule will target the service attachment."""
    pscAutomationConfigs: Given[Sequence[Given[PSCAutomationConfig]]]
    """List of projects and networks where the PSC endpoints will be created."""


class VertexCustomJob(
    DeclaredResource, type="gcp.vertex_custom_job", provider="gcp", resolve_by="mark", timeout_s=180.0
):
    """A training job in containers. It begins when it is made; apply does not wait for its end."""

    display_name: Annotated[Input[str], Immutable()]
    """The display name of the CustomJob."""
    job_spec: Annotated[Given[CustomJobSpec], Immutable()]
    """Job spec."""
    encryption_spec: Annotated[Given[EncryptionSpec] | None, Immutable()] = None
    """Customer-managed encryption key options for a CustomJob."""
    labels: Annotated[Given[Mapping[str, Input[str]]] | None, Immutable()] = None
    """Names and values that are put on the object."""
    resource_name: ClassVar[Computed[str]] = computed()
    """The job as APIs write it: `projects/PROJECT/locations/REGION/customJobs/NUMBER`."""
    state: ClassVar[Computed[str]] = computed()
    """The detailed state of the job."""
    error: ClassVar[Computed[str]] = computed()
    """Why it failed."""


class VertexEndpoint(
    DeclaredResource, type="gcp.vertex_endpoint", provider="gcp", resolve_by="mark", timeout_s=180.0
):
    """An endpoint that models are deployed to for online predictions."""

    display_name: Input[str]
    """The display name of the Endpoint."""
    description: Input[str] | None = None
    """The description of the Endpoint. When it is not given: ``."""
    traffic_split: Given[Mapping[str, Input[int]]] | None = None
    """Ids of deployed models to percentages of the traffic, which come to 100."""
    client_connection_config: Given[ClientConnectionConfig] | None = None
    """Configurations that are applied to the endpoint for online prediction."""
    dedicated_endpoint_enabled: Annotated[Input[bool] | None, Immutable()] = None
    """If true, the endpoint will be exposed through a dedicated DNS [Endpoint.dedicated_endpoint_dns]."""
    encryption_spec: Annotated[Given[EncryptionSpec] | None, Immutable()] = None
    """Customer-managed encryption key spec for an Endpoint."""
    gdc_config: Annotated[Given[GdcConfig] | None, Immutable()] = None
    """Configures the Google Distributed Cloud (GDC) environment for online prediction."""
    gen_ai_advanced_features_config: Annotated[Given[GenAiAdvancedFeaturesConfig] | None, Immutable()] = None
    """Configuration for GenAiAdvancedFeatures."""
    network: Annotated[Input[str] | None, Immutable()] = None
    """The full name of the Google Compute Engine [network] to which the Endpoint should be peered."""
    predict_request_response_logging_config: Given[PredictRequestResponseLoggingConfig] | None = None
    """Configures the request-response logging for online prediction."""
    private_service_connect_config: Annotated[Given[PrivateServiceConnectConfig] | None, Immutable()] = None
    """Configuration for private service connect. network and private_service_connect_config are mutually exclusive."""
    labels: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    resource_name: ClassVar[Computed[str]] = computed()
    """The endpoint as APIs write it: `projects/PROJECT/locations/REGION/endpoints/NUMBER`."""
    endpoint_id: ClassVar[Computed[Any]] = computed()
    """The endpoint's number."""
    dns: ClassVar[Computed[str]] = computed()
    """DNS of the dedicated endpoint."""
