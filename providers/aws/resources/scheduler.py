"""Amazon EventBridge Scheduler. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, scheduler 2021-06-30.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "SchedulerSchedule",
]


class DeadLetterConfig(TypedDict, total=False):
    Arn: Input[str]
    """The Amazon Resource Name (ARN) of the SQS queue specified as the destination for the dead-letter queue."""


class RetryPolicy(TypedDict, total=False):
    MaximumEventAgeInSeconds: Input[int]
    """The maximum amount of time, in seconds, to continue to make retry attempts."""
    MaximumRetryAttempts: Input[int]
    """The maximum number of retry attempts to make before the request fails."""


LaunchType: TypeAlias = Literal["EC2", "FARGATE", "EXTERNAL"]

AssignPublicIp: TypeAlias = Literal["ENABLED", "DISABLED"]


class AwsVpcConfiguration(TypedDict, total=False):
    Subnets: Required[Given[Sequence[Input[str]]]]
    """Specifies the subnets associated with the task."""
    SecurityGroups: Given[Sequence[Input[str]]]
    """Specifies the security groups associated with the task."""
    AssignPublicIp: AssignPublicIp | Output[str]
    """Specifies whether the task's elastic network interface receives a public IP address."""


class NetworkConfiguration(TypedDict, total=False):
    awsvpcConfiguration: Given[AwsVpcConfiguration]
    """Specifies the Amazon VPC subnets and security groups for the task, and whether a public IP address is to be used."""


class CapacityProviderStrategyItem(TypedDict, total=False):
    capacityProvider: Required[Input[str]]
    """The short name of the capacity provider."""
    weight: Input[int]
    """The weight value designates the relative percentage of the total number of tasks launched that should use the specified capacity provider."""
    base: Input[int]
    """The base value designates how many tasks, at a minimum, to run on the specified capacity provider."""


PlacementConstraintType: TypeAlias = Literal["distinctInstance", "memberOf"]


class PlacementConstraint(TypedDict, total=False):
    type: PlacementConstraintType | Output[str]
    """The type of constraint."""
    expression: Input[str]
    """A cluster query language expression to apply to the constraint."""


PlacementStrategyType: TypeAlias = Literal["random", "spread", "binpack"]


class PlacementStrategy(TypedDict, total=False):
    type: PlacementStrategyType | Output[str]
    """The type of placement strategy."""
    field: Input[str]
    """The field to apply the placement strategy against."""


PropagateTags: TypeAlias = Literal["TASK_DEFINITION"]


class EcsParameters(TypedDict, total=False):
    TaskDefinitionArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the task definition to use if the event target is an Amazon ECS task."""
    TaskCount: Input[int]
    """The number of tasks to create based on `TaskDefinition`."""
    LaunchType: LaunchType | Output[str]
    """Specifies the launch type on which your task is running."""
    NetworkConfiguration: Given[NetworkConfiguration]
    """This structure specifies the network configuration for an ECS task."""
    PlatformVersion: Input[str]
    """Specifies the platform version for the task."""
    Group: Input[str]
    """Specifies an ECS task group for the task."""
    CapacityProviderStrategy: Given[Sequence[Given[CapacityProviderStrategyItem]]]
    """The capacity provider strategy to use for the task."""
    EnableECSManagedTags: Input[bool]
    """Specifies whether to enable Amazon ECS managed tags for the task."""
    EnableExecuteCommand: Input[bool]
    """Whether or not to enable the execute command functionality for the containers in this task."""
    PlacementConstraints: Given[Sequence[Given[PlacementConstraint]]]
    """An array of placement constraint objects to use for the task."""
    PlacementStrategy: Given[Sequence[Given[PlacementStrategy]]]
    """The task placement strategy for a task or service."""
    PropagateTags: PropagateTags | Output[str]
    """Specifies whether to propagate the tags from the task definition to the task."""
    ReferenceId: Input[str]
    """The reference ID to use for the task."""
    Tags: Given[Sequence[Given[Mapping[str, Input[str]]]]]
    """The metadata that you apply to the task to help you categorize and organize them."""


class EventBridgeParameters(TypedDict, total=False):
    DetailType: Required[Input[str]]
    """A free-form string, with a maximum of 128 characters, used to decide what fields to expect in the event detail."""
    Source: Required[Input[str]]
    """The source of the event."""


class EventBridgePutEventsV2Parameters(TypedDict, total=False):
    DetailType: Required[Input[str]]
    """A free-form string, with a maximum of 128 characters, used to decide what fields to expect in the event detail."""
    Source: Required[Input[str]]
    """The source of the event."""


class EventBridgePutRawEventsParameters(TypedDict, total=False):
    Metadata: Given[Mapping[str, Input[str]]]
    """Optional metadata key-value pairs you define."""


class KinesisParameters(TypedDict, total=False):
    PartitionKey: Required[Input[str]]
    """Specifies the shard to which EventBridge Scheduler sends the event."""


class SageMakerPipelineParameter(TypedDict, total=False):
    Name: Required[Input[str]]
    """Name of parameter to start execution of a SageMaker Model Building Pipeline."""
    Value: Required[Input[str]]
    """Value of parameter to start execution of a SageMaker Model Building Pipeline."""


class SageMakerPipelineParameters(TypedDict, total=False):
    PipelineParameterList: Given[Sequence[Given[SageMakerPipelineParameter]]]
    """List of parameter names and values to use when executing the SageMaker Model Building Pipeline."""


class SqsParameters(TypedDict, total=False):
    MessageGroupId: Input[str]
    """The FIFO message group ID to use as the target."""


class Target(TypedDict, total=False):
    Arn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the target."""
    RoleArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the IAM role that EventBridge Scheduler will use for this target when the schedule is invoked."""
    DeadLetterConfig: Given[DeadLetterConfig]
    """An object that contains information about an Amazon SQS queue that EventBridge Scheduler uses as a dead-letter queue for your schedule."""
    RetryPolicy: Given[RetryPolicy]
    """A `RetryPolicy` object that includes information about the retry policy settings, including the maximum age of an event, and the maximum number of times EventBridge Scheduler will try to deliver the event to a target."""
    Input: Input[str]
    """The text, or well-formed JSON, passed to the target."""
    EcsParameters: Given[EcsParameters]
    """The templated target type for the Amazon ECS `RunTask` API operation."""
    EventBridgeParameters: Given[EventBridgeParameters]
    """The templated target type for the EventBridge `PutEvents` API operation."""
    EventBridgePutEventsV2Parameters: Given[EventBridgePutEventsV2Parameters]
    """The templated target type for the EventBridge event bus v2 `PutEvents` API operation."""
    EventBridgePutRawEventsParameters: Given[EventBridgePutRawEventsParameters]
    """The templated target type for the EventBridge event bus v2 `PutRawEvents` API operation."""
    KinesisParameters: Given[KinesisParameters]
    """The templated target type for the Amazon Kinesis `PutRecord` API operation."""
    SageMakerPipelineParameters: Given[SageMakerPipelineParameters]
    """The templated target type for the Amazon SageMaker `StartPipelineExecution` API operation."""
    SqsParameters: Given[SqsParameters]
    """The templated target type for the Amazon SQS `SendMessage` API operation."""


FlexibleTimeWindowMode: TypeAlias = Literal["OFF", "FLEXIBLE"]


class FlexibleTimeWindow(TypedDict, total=False):
    Mode: Required[FlexibleTimeWindowMode | Output[str]]
    """Determines whether the schedule is invoked within a flexible time window."""
    MaximumWindowInMinutes: Input[int]
    """The maximum time window during which a schedule can be invoked."""


ScheduleState: TypeAlias = Literal["ENABLED", "DISABLED"]

ActionAfterCompletion: TypeAlias = Literal["NONE", "DELETE"]


class SchedulerSchedule(
    DeclaredResource,
    type="aws.scheduler_schedule",
    provider="aws",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """Calls one target at given times."""

    schedule_expression: Input[str]
    """The expression that defines when the schedule runs."""
    calls: Given[Target]
    """What is called, and with what."""
    flexible_time_window: Given[FlexibleTimeWindow]
    """Allows you to configure a time window during which EventBridge Scheduler invokes the schedule."""
    schedule_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the schedule that you are creating."""
    schedule_expression_timezone: Input[str] | None = None
    """The timezone in which the scheduling expression is evaluated. When it is not given: `UTC`."""
    state: ScheduleState | Output[str] | None = None
    """Specifies whether the schedule is enabled or disabled. When it is not given: `ENABLED`."""
    action_after_completion: ActionAfterCompletion | Output[str] | None = None
    """Specifies the action that EventBridge Scheduler applies to the schedule after the schedule completes invoking the target. When it is not given: `NONE`."""
    group_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the schedule group to associate with this schedule."""
    start_date: str | datetime | Output[str] | None = None
    """The date, in UTC, after which the schedule can begin invoking its target."""
    end_date: str | datetime | Output[str] | None = None
    """The date, in UTC, before which the schedule can invoke its target."""
    description: Input[str] | None = None
    """The description you specify for the schedule."""
    kms_key_arn: Input[str] | None = None
    """The Amazon Resource Name (ARN) for the customer managed KMS key that EventBridge Scheduler will use to encrypt and decrypt your data."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the schedule."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the schedule."""
