"""Amazon CloudWatch. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, cloudwatch 2010-08-01.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "CloudWatchAlarm",
]


class Dimension(TypedDict, total=False):
    Name: Required[Input[str]]
    """The name of the dimension."""
    Value: Required[Input[str]]
    """The value of the dimension."""


Statistic: TypeAlias = Literal["SampleCount", "Average", "Sum", "Minimum", "Maximum"]

StandardUnit: TypeAlias = Literal[
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
]

ComparisonOperator: TypeAlias = Literal[
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
]


class Metric(TypedDict, total=False):
    Namespace: Input[str]
    """The namespace of the metric."""
    MetricName: Input[str]
    """The name of the metric."""
    Dimensions: Given[Sequence[Given[Dimension]]]
    """The dimensions for the metric."""


class MetricStat(TypedDict, total=False):
    Metric: Required[Given[Metric]]
    """The metric to return, including the metric name, namespace, and dimensions."""
    Period: Required[Input[int]]
    """The granularity, in seconds, of the returned data points."""
    Stat: Required[Input[str]]
    """The statistic to return."""
    Unit: StandardUnit | Output[str]
    """When you are using a `Put` operation, this defines what unit you want to use when storing the metric."""


class MetricDataQuery(TypedDict, total=False):
    Id: Required[Input[str]]
    """A short name used to tie this object to the results in the response."""
    MetricStat: Given[MetricStat]
    """The metric to be returned, along with statistics, period, and units."""
    Expression: Input[str]
    """This field can contain either a Metrics Insights query, or a metric math expression to be performed on the returned data."""
    Label: Input[str]
    """A human-readable label for this metric or expression."""
    ReturnData: Input[bool]
    """When used in `GetMetricData`, this option indicates whether to return the timestamps and raw data values of this metric."""
    Period: Input[int]
    """The granularity, in seconds, of the returned data points."""
    AccountId: Input[str]
    """The ID of the account where the metrics are located."""


class CloudWatchAlarm(
    DeclaredResource, type="aws.cloudwatch_alarm", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """Watches a metric, and acts when it leaves its bounds."""

    alarm_name: Annotated[Input[str] | None, Immutable()] = None
    """The name for the alarm."""
    ok_actions: Given[Sequence[Input[str]]] | None = None
    """The actions to execute when this alarm transitions to an `OK` state from any other state."""
    alarm_actions: Given[Sequence[Input[str]]] | None = None
    """The actions to execute when this alarm transitions to the `ALARM` state from any other state."""
    insufficient_data_actions: Given[Sequence[Input[str]]] | None = None
    """The actions to execute when this alarm transitions to the `INSUFFICIENT_DATA` state from any other state."""
    dimensions: Given[Sequence[Given[Dimension]]] | None = None
    """The dimensions for the metric specified in `MetricName`."""
    actions_enabled: Input[bool] | None = None
    """Indicates whether actions should be executed during any changes to the alarm state. When it is not given: `True`."""
    alarm_description: Input[str] | None = None
    """The description for the alarm."""
    metric_name: Input[str] | None = None
    """The name for the metric associated with the alarm."""
    namespace: Input[str] | None = None
    """The namespace for the metric associated specified in `MetricName`."""
    statistic: Statistic | Output[str] | None = None
    """The statistic for the metric specified in `MetricName`, other than percentile."""
    extended_statistic: Input[str] | None = None
    """The extended statistic for the metric specified in `MetricName`."""
    period: Input[int] | None = None
    """The length, in seconds, used each time the metric specified in `MetricName` is evaluated."""
    unit: StandardUnit | Output[str] | None = None
    """The unit of measure for the statistic."""
    evaluation_periods: Input[int] | None = None
    """The number of periods over which data is compared to the specified threshold."""
    datapoints_to_alarm: Input[int] | None = None
    """The number of data points that must be breaching to trigger the alarm."""
    threshold: Input[float] | None = None
    """The value against which the specified statistic is compared."""
    comparison_operator: ComparisonOperator | Output[str] | None = None
    """The arithmetic operation to use when comparing the specified statistic and threshold."""
    treat_missing_data: Input[str] | None = None
    """Sets how this alarm is to handle missing data points."""
    metrics: Given[Sequence[Given[MetricDataQuery]]] | None = None
    """An array of `MetricDataQuery` structures that enable you to create an alarm based on the result of a metric math expression."""
    threshold_metric_id: Input[str] | None = None
    """If this is an alarm based on an anomaly detection model, make this value match the ID of the `ANOMALY_DETECTION_BAND` function."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the alarm."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the alarm."""
