"""Cloud Run Admin API. Made by `make generate` from providers/gcp/types; not to be edited.

Source: discovery document run:v2, revision 20261031.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "RunJob",
    "RunJobIamMember",
]


class BuildConfigurationBuildpacksBuild(TypedDict, total=False):
    buildBaseImageUri: Input[str]
    """Specify base image other than the default."""
    cacheImageUri: Input[str]
    """Cache image URI."""
    environmentVariables: Given[Mapping[str, Input[str]]]
    """Environment variables for the build."""


class BuildConfigurationDockerBuild(TypedDict, total=False):
    pass


class CloudBuildWorkerConfiguration(TypedDict, total=False):
    machineType: Input[str]
    """The machine type for the Cloud Build worker."""
    workerPool: Input[str]
    """The name of the Cloud Build worker pool."""


class WorkerConfiguration(TypedDict, total=False):
    cloudBuildWorkerConfiguration: Given[CloudBuildWorkerConfiguration]
    """Cloud Build worker configuration."""


class BuildConfiguration(TypedDict, total=False):
    buildpacksBuild: Given[BuildConfigurationBuildpacksBuild]
    """Builds the source using Buildpacks."""
    dockerBuild: Given[BuildConfigurationDockerBuild]
    """Builds the source using Docker."""
    imageRepositoryUri: Required[Input[str]]
    """Artifact Registry URI to store the built image."""
    serviceAccount: Input[str]
    """The service account to use for the build."""
    tags: Given[Sequence[Input[str]]]
    """Tags to add to the build."""
    workerConfiguration: Given[WorkerConfiguration]
    """Configuration for the worker."""


class SecretKeySelector(TypedDict, total=False):
    secret: Required[Input[str]]
    """The name of the secret in Cloud Secret Manager."""
    version: Input[str]
    """The Cloud Secret Manager secret version."""


class EnvVarSource(TypedDict, total=False):
    secretKeyRef: Given[SecretKeySelector]
    """Selects a secret and a specific version from Cloud Secret Manager."""


class EnvVar(TypedDict, total=False):
    name: Required[Input[str]]
    """Name of the environment variable."""
    value: Input[str]
    """Literal value of the environment variable."""
    valueSource: Given[EnvVarSource]
    """Source for the environment variable's value."""


class GRPCAction(TypedDict, total=False):
    port: Input[int]
    """Port number of the gRPC service."""
    service: Input[str]
    """Service is the name of the service to place in the gRPC HealthCheckRequest (see https://github.com/grpc/grpc/blob/master/doc/health-checking.md )."""


class HTTPHeader(TypedDict, total=False):
    name: Required[Input[str]]
    """The header field name."""
    value: Input[str]
    """The header field value."""


class HTTPGetAction(TypedDict, total=False):
    httpHeaders: Given[Sequence[Given[HTTPHeader]]]
    """Custom headers to set in the request."""
    path: Input[str]
    """Path to access on the HTTP server."""
    port: Input[int]
    """Port number to access on the container."""


class TCPSocketAction(TypedDict, total=False):
    port: Input[int]
    """Port number to access on the container."""


class Probe(TypedDict, total=False):
    failureThreshold: Input[int]
    """Minimum consecutive failures for the probe to be considered failed after having succeeded."""
    grpc: Given[GRPCAction]
    """GRPC specifies an action involving a gRPC port."""
    httpGet: Given[HTTPGetAction]
    """HTTPGet specifies the http request to perform."""
    initialDelaySeconds: Input[int]
    """Number of seconds after the container has started before the probe is initiated."""
    periodSeconds: Input[int]
    """How often (in seconds) to perform the probe."""
    tcpSocket: Given[TCPSocketAction]
    """TCPSocket specifies an action involving a TCP port."""
    timeoutSeconds: Input[int]
    """Number of seconds after which the probe times out."""


class ContainerPort(TypedDict, total=False):
    containerPort: Input[int]
    """Port number the container listens on."""
    name: Input[str]
    """If specified, used to specify which protocol to use."""


class ResourceRequirements(TypedDict, total=False):
    cpuIdle: Input[bool]
    """Determines whether CPU is only allocated during requests (true by default)."""
    limits: Given[Mapping[str, Input[str]]]
    """Only `memory`, `cpu` and `nvidia.com/gpu` keys in the map are supported."""
    startupCpuBoost: Input[bool]
    """Determines whether CPU should be boosted on startup of a new container instance above the requested CPU threshold, this can help reduce cold-start latency."""


class CloudStorageSource(TypedDict, total=False):
    bucket: Required[Input[str]]
    """The Cloud Storage bucket name."""
    generation: Input[int]
    """The Cloud Storage object generation."""
    object: Required[Input[str]]
    """The Cloud Storage object name."""


class SourceFile(TypedDict, total=False):
    content: Required[Input[str]]
    """Represents the exact, literal, and complete source code of the file."""
    filename: Required[Input[str]]
    """The file name for the source code. e.g., `"index.js"` or `"node_modules/dependency.js"`."""


class InlinedSource(TypedDict, total=False):
    sources: Required[Given[Sequence[Given[SourceFile]]]]
    """The source code."""


class SourceCode(TypedDict, total=False):
    cloudStorageSource: Given[CloudStorageSource]
    """The source is a Cloud Storage bucket."""
    inlinedSource: Given[InlinedSource]
    """Source code inlined in the request."""


class VolumeMount(TypedDict, total=False):
    mountPath: Required[Input[str]]
    """Path within the container at which the volume should be mounted."""
    name: Required[Input[str]]
    """This must match the Name of a Volume."""
    subPath: Input[str]
    """Path within the volume from which the container's volume should be mounted."""


class Container(TypedDict, total=False):
    args: Given[Sequence[Input[str]]]
    """Arguments to the entrypoint."""
    baseImageUri: Input[str]
    """Base image for this container."""
    buildConfig: Given[BuildConfiguration]
    """The build configuration for the container image."""
    command: Given[Sequence[Input[str]]]
    """Entrypoint array."""
    dependsOn: Given[Sequence[Input[str]]]
    """Names of the containers that must start before this container."""
    env: Given[Sequence[Given[EnvVar]]]
    """List of environment variables to set in the container."""
    image: Required[Input[str]]
    """Name of the container image in Dockerhub, Google Artifact Registry, or Google Container Registry."""
    livenessProbe: Given[Probe]
    """Periodic probe of container liveness."""
    name: Input[str]
    """Name of the container specified as a DNS_LABEL (RFC 1123)."""
    ports: Given[Sequence[Given[ContainerPort]]]
    """List of ports to expose from the container."""
    readinessProbe: Given[Probe]
    """Readiness probe to be used for health checks."""
    resources: Given[ResourceRequirements]
    """Compute Resource requirements by this container."""
    sandboxLauncher: Input[bool]
    """Indicates that this container can act as a sandbox supervisor and launch sandboxes."""
    sourceCode: Given[SourceCode]
    """Location of the source."""
    startupProbe: Given[Probe]
    """Startup probe of application within the container."""
    volumeMounts: Given[Sequence[Given[VolumeMount]]]
    """Volume to mount into the container's filesystem."""
    workingDir: Input[str]
    """Container's working directory."""


TaskTemplateExecutionEnvironment: TypeAlias = Literal[
    "EXECUTION_ENVIRONMENT_GEN1", "EXECUTION_ENVIRONMENT_GEN2"
]


class NodeSelector(TypedDict, total=False):
    accelerator: Required[Input[str]]
    """GPU accelerator type to attach to an instance."""


class SandboxTemplate(TypedDict, total=False):
    args: Given[Sequence[Input[str]]]
    """Arguments to the entrypoint."""
    command: Given[Sequence[Input[str]]]
    """Entrypoint array."""
    env: Given[Sequence[Given[EnvVar]]]
    """List of environment variables to set in the sandbox."""
    image: Required[Input[str]]
    """Name of the container image in Dockerhub or Artifact Registry."""
    name: Required[Input[str]]
    """Name of the sandbox specified as a DNS_LABEL (RFC 1123)."""
    volumeMounts: Given[Sequence[Given[VolumeMount]]]
    """Volume to mount into the container's filesystem."""
    workingDir: Input[str]
    """Container's working directory."""


class SandboxConfiguration(TypedDict, total=False):
    templates: Required[Given[Sequence[Given[SandboxTemplate]]]]
    """Sandbox templates that can be launched through the `sandbox` CLI."""


class CloudSqlInstance(TypedDict, total=False):
    instances: Given[Sequence[Input[str]]]
    """A list of Cloud SQL instance connection names."""


EmptyDirVolumeSourceMedium: TypeAlias = Literal["MEMORY", "DISK"]


class EmptyDirVolumeSource(TypedDict, total=False):
    medium: EmptyDirVolumeSourceMedium | Output[str]
    """The medium on which the data is stored."""
    sizeLimit: Input[str]
    """Limit on the storage usable by this EmptyDir volume."""


class FilestoreVolumeSource(TypedDict, total=False):
    volume: Required[Input[str]]
    """The resource name of the Filestore volume."""


class GCSVolumeSource(TypedDict, total=False):
    bucket: Input[str]
    """Cloud Storage Bucket name."""
    mountOptions: Given[Sequence[Input[str]]]
    """A list of additional flags to pass to the gcsfuse CLI."""
    readOnly: Input[bool]
    """If true, the volume will be mounted as read only for all mounts."""


class NFSVolumeSource(TypedDict, total=False):
    path: Input[str]
    """Path that is exported by the NFS server."""
    readOnly: Input[bool]
    """If true, the volume will be mounted as read only for all mounts."""
    server: Input[str]
    """Hostname or IP address of the NFS server."""


class VersionToPath(TypedDict, total=False):
    mode: Input[int]
    """Integer octal mode bits to use on this file, must be a value between 01 and 0777 (octal)."""
    path: Required[Input[str]]
    """The relative path of the secret in the container."""
    version: Input[str]
    """The Cloud Secret Manager secret version."""


class SecretVolumeSource(TypedDict, total=False):
    defaultMode: Input[int]
    """Integer representation of mode bits to use on created files by default."""
    items: Given[Sequence[Given[VersionToPath]]]
    """If unspecified, the volume will expose a file whose name is the secret, relative to VolumeMount.mount_path + VolumeMount.sub_path."""
    secret: Required[Input[str]]
    """The name of the secret in Cloud Secret Manager."""


class Volume(TypedDict, total=False):
    cloudSqlInstance: Given[CloudSqlInstance]
    """For Cloud SQL volumes, contains the specific instances that should be mounted."""
    emptyDir: Given[EmptyDirVolumeSource]
    """Ephemeral storage used as a shared volume."""
    filestore: Given[FilestoreVolumeSource]
    """Represents a volume backed by a Filestore instance."""
    gcs: Given[GCSVolumeSource]
    """Persistent storage backed by a Google Cloud Storage bucket."""
    name: Required[Input[str]]
    """Volume's name."""
    nfs: Given[NFSVolumeSource]
    """For NFS Voumes, contains the path to the nfs Volume."""
    secret: Given[SecretVolumeSource]
    """Secret represents a secret that should populate this volume."""


VpcAccessEgress: TypeAlias = Literal["ALL_TRAFFIC", "PRIVATE_RANGES_ONLY"]


class NetworkInterface(TypedDict, total=False):
    network: Input[str]
    """The VPC network that the Cloud Run resource will be able to send traffic to."""
    subnetwork: Input[str]
    """The VPC subnetwork that the Cloud Run resource will get IPs from."""
    tags: Given[Sequence[Input[str]]]
    """Network tags applied to this Cloud Run resource."""


class VpcAccess(TypedDict, total=False):
    connector: Input[str]
    """VPC Access connector name."""
    egress: VpcAccessEgress | Output[str]
    """Traffic VPC egress settings."""
    networkInterfaces: Given[Sequence[Given[NetworkInterface]]]
    """Direct VPC egress settings."""


WorkloadIdentityConfigIdentityType: TypeAlias = Literal[
    "IDENTITY_TYPE_SERVICE_ACCOUNT", "IDENTITY_TYPE_AGENT_IDENTITY"
]


class WorkloadIdentityConfig(TypedDict, total=False):
    identity: Input[str]
    """The Revision's SPIFFE workload identity."""
    identityCertificateEnabled: Input[bool]
    """Controls whether an instance receives a MWLID certificate."""
    identityType: WorkloadIdentityConfigIdentityType | Output[str]
    """The type of identity to use."""


class TaskTemplate(TypedDict, total=False):
    containers: Given[Sequence[Given[Container]]]
    """Holds the single container that defines the unit of execution for this task."""
    encryptionKey: Input[str]
    """A reference to a customer managed encryption key (CMEK) to use to encrypt this container image."""
    executionEnvironment: TaskTemplateExecutionEnvironment | Output[str]
    """The execution environment being used to host this Task."""
    gpuZonalRedundancyDisabled: Input[bool]
    """True if GPU zonal redundancy is disabled on this task template."""
    maxRetries: Input[int]
    """Number of retries allowed per Task, before marking this Task failed."""
    nodeSelector: Given[NodeSelector]
    """The node selector for the task template."""
    sandboxes: Given[SandboxConfiguration]
    """Configuration for sandboxes."""
    serviceAccount: Input[str]
    """Email address of the IAM service account associated with the Task of a Job."""
    timeout: Input[str]
    """Max allowed time duration the Task may be active before the system will actively try to mark it failed and kill associated containers."""
    volumes: Given[Sequence[Given[Volume]]]
    """A list of Volumes to make available to containers."""
    vpcAccess: Given[VpcAccess]
    """VPC Access configuration to use for this Task."""
    workloadIdentityConfig: Given[WorkloadIdentityConfig]
    """The Task's workload identity settings."""


class ExecutionTemplate(TypedDict, total=False):
    annotations: Given[Mapping[str, Input[str]]]
    """Unstructured key value map that may be set by external tools to store and arbitrary metadata."""
    client: Input[str]
    """Arbitrary identifier for the API client."""
    clientVersion: Input[str]
    """Arbitrary version identifier for the API client."""
    delayExecution: Input[bool]
    """If true, the system will start the execution within the next 12 hours depending on available capacity."""
    labels: Given[Mapping[str, Input[str]]]
    """Unstructured key value map that can be used to organize and categorize objects."""
    parallelism: Input[int]
    """Specifies the maximum desired number of tasks the execution should run at given time."""
    taskCount: Input[int]
    """Specifies the desired number of tasks the execution should run."""
    template: Required[Given[TaskTemplate]]
    """Describes the task(s) that will be created when executing an execution."""


JobLaunchStage: TypeAlias = Literal[
    "UNIMPLEMENTED", "PRELAUNCH", "EARLY_ACCESS", "ALPHA", "BETA", "GA", "DEPRECATED"
]


class BinaryAuthorization(TypedDict, total=False):
    breakglassJustification: Input[str]
    """If present, indicates to use Breakglass using this justification."""
    policy: Input[str]
    """The path to a binary authorization policy."""
    useDefault: Input[bool]
    """If True, indicates to use the default project's binary authorization policy."""


JobFunctionalType: TypeAlias = Literal["FUNCTIONAL_TYPE_AGENT", "FUNCTIONAL_TYPE_MCP_SERVER"]


class RunJob(DeclaredResource, type="gcp.run_job", provider="gcp", resolve_by="mark", timeout_s=180.0):
    """A job in containers that runs when it is asked to."""

    template: Given[ExecutionTemplate]
    """The template used to create executions for this Job."""
    job_id: Annotated[Input[str] | None, Immutable()] = None
    """The unique identifier for the Job."""
    launch_stage: JobLaunchStage | Output[str] | None = None
    """The launch stage as defined by [Google Cloud Platform Launch Stages] . Cloud Run supports `ALPHA`, `BETA`, and `GA`. When it is not given: `GA`."""
    annotations: Given[Mapping[str, Input[str]]] | None = None
    """Unstructured key value map that may be set by external tools to store and arbitrary metadata."""
    binary_authorization: Given[BinaryAuthorization] | None = None
    """Settings for the Binary Authorization feature."""
    functional_type: JobFunctionalType | Output[str] | None = None
    """The functional type of the Job."""
    labels: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[Any]] = computed()
    """The job's own name."""
    resource_name: ClassVar[Computed[str]] = computed()
    """The job as APIs write it: `projects/PROJECT/locations/REGION/jobs/JOB`."""
    job_uid: ClassVar[Computed[str]] = computed()
    """The identity that Cloud Run gave it."""


class RunJobIamMember(
    DeclaredResource,
    type="gcp.run_job_iam_member",
    provider="gcp",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A role that somebody has on a Cloud Run job; others who have it, and bindings with a condition, are left alone."""

    job: Annotated[Input[str], Immutable()]
    """The output `resource_name` of the job."""
    role: Annotated[Input[str], Immutable()]
    """What it may do: `roles/storage.objectViewer`, or a role of your own."""
    member: Annotated[Input[str], Immutable()]
    """Who: `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`. The output `member` of a service account is one."""
