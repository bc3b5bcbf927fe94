"""Azure Container Apps. Made by `make generate` from providers/azure/types; not to be edited.

Source: azure-mgmt-appcontainers 5.1.0.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, WriteOnly, computed
from unknot.stacks.secret import Secret

__all__ = [
    "ContainerAppJob",
]


class SecretStructure(TypedDict, total=False):
    name: Input[str]
    """Secret Name."""
    identity: Input[str]
    """Resource ID of a managed identity to authenticate with Azure Key Vault, or System to use a system-assigned identity."""
    keyVaultUrl: Input[str]
    """Azure Key Vault URL pointing to the secret referenced by the container app."""


TriggerType: TypeAlias = Literal["Schedule", "Event", "Manual"]


class JobConfigurationManualTriggerConfig(TypedDict, total=False):
    replicaCompletionCount: Input[int]
    """Minimum number of successful replica completions before overall job completion."""
    parallelism: Input[int]
    """Number of parallel replicas of a job that can run at a given time."""


class JobConfigurationScheduleTriggerConfig(TypedDict, total=False):
    replicaCompletionCount: Input[int]
    """Minimum number of successful replica completions before overall job completion."""
    cronExpression: Required[Input[str]]
    """Cron formatted repeating schedule ("* * * * *") of a Cron Job."""
    parallelism: Input[int]
    """Number of parallel replicas of a job that can run at a given time."""


class ScaleRuleAuth(TypedDict, total=False):
    secretRef: Input[str]
    """Name of the secret from which to pull the auth params."""
    triggerParameter: Input[str]
    """Trigger Parameter that uses the secret."""


class JobScaleRule(TypedDict, total=False):
    name: Input[str]
    """Scale Rule Name."""
    type: Input[str]
    """Type of the scale rule eg: azure-servicebus, redis etc."""
    metadata: Given[Any]
    """Metadata properties to describe the scale rule."""
    auth: Given[Sequence[Given[ScaleRuleAuth]]]
    """Authentication secrets for the scale rule."""
    identity: Input[str]
    """The resource ID of a user-assigned managed identity that is assigned to the job, or 'system' for system-assigned identity."""


class JobScale(TypedDict, total=False):
    pollingInterval: Input[int]
    """Interval to check each event source in seconds."""
    minExecutions: Input[int]
    """Minimum number of job executions that are created for a trigger, default 0."""
    maxExecutions: Input[int]
    """Maximum number of job executions that are created for a trigger, default 100."""
    rules: Given[Sequence[Given[JobScaleRule]]]
    """Scaling rules."""


class JobConfigurationEventTriggerConfig(TypedDict, total=False):
    replicaCompletionCount: Input[int]
    """Minimum number of successful replica completions before overall job completion."""
    parallelism: Input[int]
    """Number of parallel replicas of a job that can run at a given time."""
    scale: Given[JobScale]
    """Scaling configurations for event driven jobs."""


class RegistryCredentials(TypedDict, total=False):
    server: Input[str]
    """Container Registry Server."""
    username: Input[str]
    """Container Registry Username."""
    passwordSecretRef: Input[str]
    """The name of the Secret that contains the registry login password."""
    identity: Input[str]
    """A Managed Identity to use to authenticate with Azure Container Registry."""


IdentitySettingsLifeCycle: TypeAlias = Literal["None", "Main", "Init", "All"]


class IdentitySettings(TypedDict, total=False):
    identity: Required[Input[str]]
    """The resource ID of a user-assigned managed identity that is assigned to the Container App, or 'system' for system-assigned identity."""
    lifecycle: IdentitySettingsLifeCycle | Output[str]
    """Use to select the lifecycle stages of a Container App during which the Managed Identity should be available."""


class JobConfiguration(TypedDict, total=False):
    secrets: Given[Sequence[Given[SecretStructure]]]
    """Collection of secrets used by a Container Apps Job."""
    triggerType: Required[TriggerType | Output[str]]
    """Trigger type of the job."""
    replicaTimeout: Required[Input[int]]
    """Maximum number of seconds a replica is allowed to run."""
    replicaRetryLimit: Input[int]
    """Maximum number of retries before failing the job."""
    manualTriggerConfig: Given[JobConfigurationManualTriggerConfig]
    """Manual trigger configuration for a single execution job."""
    scheduleTriggerConfig: Given[JobConfigurationScheduleTriggerConfig]
    """Cron formatted repeating trigger schedule ("* * * * *") for cronjobs."""
    eventTriggerConfig: Given[JobConfigurationEventTriggerConfig]
    """Trigger configuration of an event driven job."""
    registries: Given[Sequence[Given[RegistryCredentials]]]
    """Collection of private container registry credentials used by a Container apps job."""
    identitySettings: Given[Sequence[Given[IdentitySettings]]]
    """settings for Managed Identities that are assigned to the Container App Job."""


class EnvironmentVar(TypedDict, total=False):
    name: Input[str]
    """Environment variable name."""
    value: Input[str]
    """Non-secret environment variable value."""
    secretRef: Input[str]
    """Name of the Container App secret from which to pull the environment variable value."""


class ContainerResources(TypedDict, total=False):
    cpu: Input[float]
    """CPU in cores, e.g. 0.5."""
    memory: Input[str]
    """memory, e.g. "250Mb"."""


class VolumeMount(TypedDict, total=False):
    volumeName: Input[str]
    """This must match the Name of a Volume."""
    mountPath: Input[str]
    """Path within the container at which the volume should be mounted.Must not contain ':'."""
    subPath: Input[str]
    """Path within the volume from which the container's volume should be mounted."""


class InitContainer(TypedDict, total=False):
    image: Input[str]
    """Container image tag."""
    name: Input[str]
    """Custom container name."""
    command: Given[Sequence[Input[str]]]
    """Container start command."""
    args: Given[Sequence[Input[str]]]
    """Container start command arguments."""
    env: Given[Sequence[Given[EnvironmentVar]]]
    """Container environment variables."""
    resources: Given[ContainerResources]
    """Container resource requirements."""
    volumeMounts: Given[Sequence[Given[VolumeMount]]]
    """Container volume mounts."""


class ContainerAppProbeHttpGetHttpHeadersItem(TypedDict, total=False):
    name: Required[Input[str]]
    """The header field name."""
    value: Required[Input[str]]
    """The header field value."""


Scheme: TypeAlias = Literal["HTTP", "HTTPS"]


class ContainerAppProbeHttpGet(TypedDict, total=False):
    host: Input[str]
    """Host name to connect to, defaults to the pod IP."""
    httpHeaders: Given[Sequence[Given[ContainerAppProbeHttpGetHttpHeadersItem]]]
    """Custom headers to set in the request."""
    path: Input[str]
    """Path to access on the HTTP server."""
    port: Required[Input[int]]
    """Name or number of the port to access on the container."""
    scheme: Scheme | Output[str]
    """Scheme to use for connecting to the host."""


class ContainerAppProbeTcpSocket(TypedDict, total=False):
    host: Input[str]
    """Optional."""
    port: Required[Input[int]]
    """Number or name of the port to access on the container."""


Type: TypeAlias = Literal["Liveness", "Readiness", "Startup"]


class ContainerAppProbe(TypedDict, total=False):
    failureThreshold: Input[int]
    """Minimum consecutive failures for the probe to be considered failed after having succeeded."""
    httpGet: Given[ContainerAppProbeHttpGet]
    """HTTPGet specifies the http request to perform."""
    initialDelaySeconds: Input[int]
    """Number of seconds after the container has started before liveness probes are initiated."""
    periodSeconds: Input[int]
    """How often (in seconds) to perform the probe."""
    successThreshold: Input[int]
    """Minimum consecutive successes for the probe to be considered successful after having failed."""
    tcpSocket: Given[ContainerAppProbeTcpSocket]
    """TCPSocket specifies an action involving a TCP port."""
    terminationGracePeriodSeconds: Input[int]
    """duration in seconds the pod needs to terminate gracefully upon probe failure."""
    timeoutSeconds: Input[int]
    """Number of seconds after which the probe times out."""
    type: Type | Output[str]
    """The type of probe."""


class Container(TypedDict, total=False):
    image: Input[str]
    """Container image tag."""
    name: Input[str]
    """Custom container name."""
    command: Given[Sequence[Input[str]]]
    """Container start command."""
    args: Given[Sequence[Input[str]]]
    """Container start command arguments."""
    env: Given[Sequence[Given[EnvironmentVar]]]
    """Container environment variables."""
    resources: Given[ContainerResources]
    """Container resource requirements."""
    volumeMounts: Given[Sequence[Given[VolumeMount]]]
    """Container volume mounts."""
    probes: Given[Sequence[Given[ContainerAppProbe]]]
    """List of probes for the container."""


StorageType: TypeAlias = Literal["AzureFile", "EmptyDir", "Secret", "NfsAzureFile"]


class SecretVolumeItem(TypedDict, total=False):
    secretRef: Input[str]
    """Name of the Container App secret from which to pull the secret value."""
    path: Input[str]
    """Path to project secret to."""


class Volume(TypedDict, total=False):
    name: Input[str]
    """Volume name."""
    storageType: StorageType | Output[str]
    """Storage type for the volume."""
    storageName: Input[str]
    """Name of storage resource."""
    secrets: Given[Sequence[Given[SecretVolumeItem]]]
    """List of secrets to be added in volume."""
    mountOptions: Input[str]
    """Mount options used while mounting the Azure file share or NFS Azure file share."""


class JobTemplate(TypedDict, total=False):
    initContainers: Given[Sequence[Given[InitContainer]]]
    """List of specialized containers that run before app containers."""
    containers: Given[Sequence[Given[Container]]]
    """List of container definitions for the Container App."""
    volumes: Given[Sequence[Given[Volume]]]
    """List of volume definitions for the Container App."""


ManagedServiceIdentityType: TypeAlias = Literal[
    "None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"
]


class UserAssignedIdentity(TypedDict, total=False):
    pass


class ManagedServiceIdentity(TypedDict, total=False):
    type: Required[ManagedServiceIdentityType | Output[str]]
    """The type of managed identity assigned to this resource."""
    userAssignedIdentities: Given[Mapping[str, Given[UserAssignedIdentity]]]
    """The identities assigned to this resource by the user."""


class ContainerAppJob(
    DeclaredResource, type="azure.container_app_job", provider="azure", resolve_by="mark", timeout_s=600.0
):
    """A job of Azure Container Apps: containers that run to their end, by hand, on a schedule, or for events."""

    environment_id: Annotated[Input[str], Immutable()]
    """Resource id of the Container Apps environment that it runs in."""
    configuration: Given[JobConfiguration]
    """When it runs, how often it is tried, and what it may use."""
    template: Given[JobTemplate]
    """The containers, with image, command, environment and resources."""
    job_name: Annotated[Input[str] | None, Immutable()] = None
    """Its name."""
    resource_group_name: Annotated[Input[str] | None, Immutable()] = None
    """The resource group that it is in. Left out: the target's."""
    location: Annotated[Input[str] | None, Immutable()] = None
    """The region that it is in. Left out: the target's."""
    secrets: Annotated[Given[Mapping[str, Input[str]]] | Secret | None, WriteOnly()] = None
    """What containers and registries refer to: name to value, by reference. Those that Container Apps reads from a Key Vault are in `configuration`."""
    secrets_version: Input[int] | None = None
    """Raise it to send the secrets again. With a key of the ledger, another value is noticed without it."""
    identity: Given[ManagedServiceIdentity] | None = None
    """The managed service identities assigned to this resource."""
    workload_profile_name: Input[str] | None = None
    """Workload profile name to pin for container apps job execution."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    resource_id: ClassVar[Computed[str]] = computed()
    """Fully qualified resource ID for the resource."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    principal_id: ClassVar[Computed[str]] = computed()
    """Of its own identity, where it has one."""
    event_stream_endpoint: ClassVar[Computed[str]] = computed()
    """The endpoint of the eventstream of the container apps job."""
