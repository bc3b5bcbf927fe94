"""AWS Step Functions. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, stepfunctions 2016-11-23.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "StepFunctionsStateMachine",
]

StateMachineType: TypeAlias = Literal["STANDARD", "EXPRESS"]

LogLevel: TypeAlias = Literal["ALL", "ERROR", "FATAL", "OFF"]


class CloudWatchLogsLogGroup(TypedDict, total=False):
    logGroupArn: Input[str]
    """The ARN of the the CloudWatch log group to which you want your logs emitted to."""


class LogDestination(TypedDict, total=False):
    cloudWatchLogsLogGroup: Given[CloudWatchLogsLogGroup]
    """An object describing a CloudWatch log group."""


class LoggingConfiguration(TypedDict, total=False):
    level: LogLevel | Output[str]
    """Defines which category of execution history events are logged."""
    includeExecutionData: Input[bool]
    """Determines whether execution data is included in your log."""
    destinations: Given[Sequence[Given[LogDestination]]]
    """An array of objects that describes where your execution history events will be logged."""


class TracingConfiguration(TypedDict, total=False):
    enabled: Input[bool]
    """When set to `true`, X-Ray tracing is enabled."""


EncryptionType: TypeAlias = Literal["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"]


class EncryptionConfiguration(TypedDict, total=False):
    kmsKeyId: Input[str]
    """An alias, alias ARN, key ID, or key ARN of a symmetric encryption KMS key to encrypt data."""
    kmsDataKeyReusePeriodSeconds: Input[int]
    """Maximum duration that Step Functions will reuse data keys."""
    type: Required[EncryptionType | Output[str]]
    """Encryption type."""


class StepFunctionsStateMachine(
    DeclaredResource,
    type="aws.stepfunctions_state_machine",
    provider="aws",
    resolve_by="mark",
    timeout_s=60.0,
):
    """A workflow of AWS's own, in the Amazon States Language."""

    definition: Given[str | Mapping[str, Any]]
    """The Amazon States Language definition of the state machine."""
    role_arn: Input[str]
    """The Amazon Resource Name (ARN) of the IAM role to use for this state machine."""
    state_machine_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the state machine."""
    type: Annotated[StateMachineType | Output[str] | None, Immutable()] = None
    """Determines whether a Standard or Express state machine is created. When it is not given: `STANDARD`."""
    logging_configuration: Given[LoggingConfiguration] | None = None
    """Defines what execution history events are logged and where they are logged."""
    tracing_configuration: Given[TracingConfiguration] | None = None
    """Selects whether X-Ray tracing is enabled."""
    encryption_configuration: Given[EncryptionConfiguration] | None = None
    """Settings to configure server-side encryption."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) that identifies the state machine."""
    status: ClassVar[Computed[str]] = computed()
    """The current status of the state machine."""
