"""Amazon CloudWatch: alarms."""

from typing import Final

from unknot.providers.declared.declaration import (
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
)

ALARM: Final = Declaration(
    type="aws.cloudwatch_alarm",
    service="cloudwatch",
    doc="Watches a metric, and acts when it leaves its bounds.",
    create=Call("put_metric_alarm"),
    identity=Identity("{AlarmName}", {"AlarmName": "input.alarm_name"}),
    read=Reading(
        Call("describe_alarms", params={"AlarmNames": "[key.AlarmName]", "AlarmTypes": "['MetricAlarm']"}),
        result="MetricAlarms[0]",
    ),
    listing=(
        Listing(
            Call("describe_alarms", params={"AlarmTypes": "['MetricAlarm']"}),
            items="MetricAlarms",
            keys={"AlarmName": "AlarmName"},
            fields=("*",),
            outputs=("*",),
            by="AlarmNames",
        ),
    ),
    update=(Call("put_metric_alarm", params={"Tags": "`null`"}),),
    delete=Call("delete_alarms", params={"AlarmNames": "[key.AlarmName]"}, ignore=("ResourceNotFound",)),
    only=(
        "AlarmName",
        "AlarmDescription",
        "ActionsEnabled",
        "OKActions",
        "AlarmActions",
        "InsufficientDataActions",
        "MetricName",
        "Namespace",
        "Statistic",
        "ExtendedStatistic",
        "Dimensions",
        "Period",
        "Unit",
        "EvaluationPeriods",
        "DatapointsToAlarm",
        "Threshold",
        "ComparisonOperator",
        "TreatMissingData",
        "Metrics",
        "ThresholdMetricId",
    ),
    fields=(
        Field("alarm_name", physical_name=True),
        Field("ok_actions", member="OKActions", unordered=True),
        Field("alarm_actions", unordered=True),
        Field("insufficient_data_actions", unordered=True),
        Field("dimensions", unordered=True),
        Field("actions_enabled", default=True),
    ),
    lasting=("arn",),
    outputs={"arn": "AlarmArn", "physical_name": "AlarmName"},
    tags=Tags(
        reading=Reading(
            Call("list_tags_for_resource", params={"ResourceARN": "output.arn"}),
            result="Tags",
            absent=("ResourceNotFoundException", "ResourceNotFound"),
        ),
        add=Call("tag_resource", params={"ResourceARN": "output.arn", "Tags": "added"}),
        remove=Call("untag_resource", params={"ResourceARN": "output.arn", "TagKeys": "removed"}),
    ),
    class_name="CloudWatchAlarm",
)

TYPES: Final = (ALARM,)
