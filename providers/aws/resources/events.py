"""Amazon EventBridge. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, events 2015-10-07.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed
from unknot.stacks.secret import Secret

__all__ = [
    "EventBridgeRule",
]

RuleState: TypeAlias = Literal["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]


class InputTransformer(TypedDict, total=False):
    InputPathsMap: Given[Mapping[str, Input[str]]]
    """Map of JSON paths to be extracted from the event."""
    InputTemplate: Required[Input[str]]
    """Input template where you specify placeholders that will be filled with the values of the keys from `InputPathsMap` to customize the data sent to the target."""


class KinesisParameters(TypedDict, total=False):
    PartitionKeyPath: Required[Input[str]]
    """The JSON path to be extracted from the event and used as the partition key."""


class RunCommandTarget(TypedDict, total=False):
    Key: Required[Input[str]]
    """Can be either `tag:` tag-key or `InstanceIds`."""
    Values: Required[Given[Sequence[Input[str]]]]
    """If `Key` is `tag:` tag-key, `Values` is a list of tag values."""


class RunCommandParameters(TypedDict, total=False):
    RunCommandTargets: Required[Given[Sequence[Given[RunCommandTarget]]]]
    """Currently, we support including only one RunCommandTarget block, which specifies either an array of InstanceIds or a tag."""


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
    """Use this structure to specify the VPC subnets and security groups for the task, and whether a public IP address is to be used."""


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


class Tag(TypedDict, total=False):
    Key: Required[Input[str]]
    """A string you can use to assign a value."""
    Value: Required[Input[str]]
    """The value for the specified tag key."""


class EcsParameters(TypedDict, total=False):
    TaskDefinitionArn: Required[Input[str]]
    """The ARN of the task definition to use if the event target is an Amazon ECS task."""
    TaskCount: Input[int]
    """The number of tasks to create based on `TaskDefinition`."""
    LaunchType: LaunchType | Output[str]
    """Specifies the launch type on which your task is running."""
    NetworkConfiguration: Given[NetworkConfiguration]
    """Use this structure if the Amazon ECS task uses the `awsvpc` network mode."""
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
    """The placement strategy objects to use for the task."""
    PropagateTags: PropagateTags | Output[str]
    """Specifies whether to propagate the tags from the task definition to the task."""
    ReferenceId: Input[str]
    """The reference ID to use for the task."""
    Tags: Given[Sequence[Given[Tag]]]
    """The metadata that you apply to the task to help you categorize and organize them."""


class BatchArrayProperties(TypedDict, total=False):
    Size: Input[int]
    """The size of the array, if this is an array batch job."""


class BatchRetryStrategy(TypedDict, total=False):
    Attempts: Input[int]
    """The number of times to attempt to retry, if the job fails."""


class BatchParameters(TypedDict, total=False):
    JobDefinition: Required[Input[str]]
    """The ARN or name of the job definition to use if the event target is an Batch job."""
    JobName: Required[Input[str]]
    """The name to use for this execution of the job, if the target is an Batch job."""
    ArrayProperties: Given[BatchArrayProperties]
    """The array properties for the submitted job, such as the size of the array."""
    RetryStrategy: Given[BatchRetryStrategy]
    """The retry strategy to use for failed jobs, if the target is an Batch job."""


class SqsParameters(TypedDict, total=False):
    MessageGroupId: Input[str]
    """The ID of the message group to use as the target."""


class HttpParameters(TypedDict, total=False):
    PathParameterValues: Given[Sequence[Input[str]]]
    """The path parameter values to be used to populate API Gateway API or EventBridge ApiDestination path wildcards ("*")."""
    HeaderParameters: Given[Mapping[str, Input[str]]]
    """The headers that need to be sent as part of request invoking the API Gateway API or EventBridge ApiDestination."""
    QueryStringParameters: Given[Mapping[str, Input[str]]]
    """The query string keys/values that need to be sent as part of request invoking the API Gateway API or EventBridge ApiDestination."""


class RedshiftDataParameters(TypedDict, total=False):
    SecretManagerArn: Input[str]
    """The name or ARN of the secret that enables access to the database."""
    Database: Required[Input[str]]
    """The name of the database."""
    DbUser: Input[str]
    """The database user name."""
    Sql: Input[str] | Secret
    """The SQL statement text to run."""
    StatementName: Input[str]
    """The name of the SQL statement."""
    WithEvent: Input[bool]
    """Indicates whether to send an event back to EventBridge after the SQL statement runs."""
    Sqls: Given[Sequence[Input[str] | Secret]]
    """One or more SQL statements to run."""


class SageMakerPipelineParameter(TypedDict, total=False):
    Name: Required[Input[str]]
    """Name of parameter to start execution of a SageMaker AI Model Building Pipeline."""
    Value: Required[Input[str]]
    """Value of parameter to start execution of a SageMaker AI Model Building Pipeline."""


class SageMakerPipelineParameters(TypedDict, total=False):
    PipelineParameterList: Given[Sequence[Given[SageMakerPipelineParameter]]]
    """List of Parameter names and values for SageMaker AI Model Building Pipeline execution."""


class DeadLetterConfig(TypedDict, total=False):
    Arn: Input[str]
    """The ARN of the SQS queue specified as the target for the dead-letter queue."""


class RetryPolicy(TypedDict, total=False):
    MaximumRetryAttempts: Input[int]
    """The maximum number of retry attempts to make before the request fails."""
    MaximumEventAgeInSeconds: Input[int]
    """The maximum amount of time, in seconds, to continue to make retry attempts."""


class AppSyncParameters(TypedDict, total=False):
    GraphQLOperation: Input[str] | Secret
    """The GraphQL operation; that is, the query, mutation, or subscription to be parsed and executed by the GraphQL service."""


class Target(TypedDict, total=False):
    Id: Required[Input[str]]
    """The ID of the target within the specified rule."""
    Arn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the target."""
    RoleArn: Input[str]
    """The Amazon Resource Name (ARN) of the IAM role to be used for this target when the rule is triggered."""
    Input: Input[str]
    """Valid JSON text passed to the target."""
    InputPath: Input[str]
    """The value of the JSONPath that is used for extracting part of the matched event when passing it to the target."""
    InputTransformer: Given[InputTransformer]
    """Settings to enable you to provide custom input to a target based on certain event data."""
    KinesisParameters: Given[KinesisParameters]
    """The custom parameter you can use to control the shard assignment, when the target is a Kinesis data stream."""
    RunCommandParameters: Given[RunCommandParameters]
    """Parameters used when you are using the rule to invoke Amazon EC2 Run Command."""
    EcsParameters: Given[EcsParameters]
    """Contains the Amazon ECS task definition and task count to be used, if the event target is an Amazon ECS task."""
    BatchParameters: Given[BatchParameters]
    """If the event target is an Batch job, this contains the job definition, job name, and other parameters."""
    SqsParameters: Given[SqsParameters]
    """Contains the message group ID to use when the target is an Amazon SQS fair or FIFO queue."""
    HttpParameters: Given[HttpParameters]
    """Contains the HTTP parameters to use when the target is a API Gateway endpoint or EventBridge ApiDestination."""
    RedshiftDataParameters: Given[RedshiftDataParameters]
    """Contains the Amazon Redshift Data API parameters to use when the target is a Amazon Redshift cluster."""
    SageMakerPipelineParameters: Given[SageMakerPipelineParameters]
    """Contains the SageMaker AI Model Building Pipeline parameters to start execution of a SageMaker AI Model Building Pipeline."""
    DeadLetterConfig: Given[DeadLetterConfig]
    """The `DeadLetterConfig` that defines the target queue to send dead-letter queue events to."""
    RetryPolicy: Given[RetryPolicy]
    """The retry policy configuration to use for the dead-letter queue."""
    AppSyncParameters: Given[AppSyncParameters]
    """Contains the GraphQL operation to be parsed and executed, if the event target is an AppSync API."""


class EventBridgeRule(
    DeclaredResource, type="aws.events_rule", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """Sends events that match a pattern, or a schedule's ticks, to targets."""

    rule_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the rule that you are creating or updating."""
    schedule_expression: Input[str] | None = None
    """The scheduling expression."""
    event_pattern: Given[str | Mapping[str, Any]] | None = None
    """The event pattern."""
    state: RuleState | Output[str] | None = None
    """The state of the rule. When it is not given: `ENABLED`."""
    targets: Given[Sequence[Given[Target]]] | None = None
    """What the events are sent to. When it is not given: `[]`."""
    description: Input[str] | None = None
    """A description of the rule."""
    role_arn: Input[str] | None = None
    """The Amazon Resource Name (ARN) of the IAM role associated with the rule."""
    event_bus_name: Annotated[Input[str] | None, Immutable()] = None
    """The name or ARN of the event bus to associate with this rule."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the rule."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the rule."""
