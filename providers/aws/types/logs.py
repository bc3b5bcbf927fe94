"""Amazon CloudWatch Logs: log groups."""

from typing import Final

from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
)

LOG_GROUP: Final = Declaration(
    type="aws.logs_log_group",
    service="logs",
    doc="Log lines that are kept together, for a time.",
    create=Call("create_log_group"),
    identity=Identity("{logGroupName}", {"logGroupName": "input.log_group_name"}),
    read=Reading(
        # Of the groups whose names begin so, the one of that very name is the first.
        Call("describe_log_groups", params={"logGroupNamePrefix": "key.logGroupName"}),
        result="logGroups[0]",
        gone="logGroupName != key.logGroupName",
    ),
    listing=(
        Listing(
            Call("describe_log_groups"),
            items="logGroups",
            keys={"logGroupName": "logGroupName"},
            fields=("*",),
            outputs=("*",),
        ),
    ),
    delete=Call("delete_log_group"),
    fields=(
        Field("log_group_name", physical_name=True),
        Field(
            "retention_in_days",
            shape="put_retention_policy.retentionInDays",
            doc="Days for which lines are kept; without it, for ever.",
        ),
        Field("log_group_class", default="STANDARD"),
    ),
    aspects=(
        Aspect(
            ("retention_in_days",),
            put=Call("put_retention_policy", params={"retentionInDays": "input.retention_in_days"}),
            reading=None,
            unset=Call("delete_retention_policy"),
        ),
        Aspect(
            ("kms_key_id",),
            at_create=True,
            put=Call("associate_kms_key", params={"kmsKeyId": "input.kms_key_id"}),
            reading=None,
            unset=Call("disassociate_kms_key"),
        ),
    ),
    lasting=(
        "arn",
        "resource_arn",
    ),
    outputs={
        "arn": "arn",
        # As tagging and policies want it: without the `:*` at its end.
        "resource_arn": "join(':', split(arn, ':')[:7])",
        "physical_name": "logGroupName",
    },
    output_docs={
        "resource_arn": "The ARN without `:*` at its end, for tags and for policies on the group itself."
    },
    tags=Tags(
        form="map",
        create="tags",
        reading=Reading(
            Call("list_tags_for_resource", params={"resourceArn": "output.resource_arn"}),
            result="tags",
            absent=("ResourceNotFoundException",),
        ),
        add=Call("tag_resource", params={"resourceArn": "output.resource_arn", "tags": "added"}),
        remove=Call("untag_resource", params={"resourceArn": "output.resource_arn", "tagKeys": "removed"}),
    ),
    class_name="CloudWatchLogGroup",
)

TYPES: Final = (LOG_GROUP,)
