"""Amazon DynamoDB: tables."""

from typing import Final

from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Reading,
    Tags,
    Until,
)

TABLE: Final = Declaration(
    type="aws.dynamodb_table",
    service="dynamodb",
    doc="A table of items found by their key.",
    create=Call("create_table"),
    identity=Identity("{TableName}", {"TableName": "input.table_name"}),
    read=Reading(
        Call("describe_table"),
        result="Table",
        absent=("ResourceNotFoundException",),
        gone="TableStatus == 'DELETING'",
    ),
    update=(
        Call(
            "update_table",
            params={
                "AttributeDefinitions": "`null`",
                # Of a table that is paid for by the request, the throughput is not to be given.
                "ProvisionedThroughput": "(input.billing_mode != 'PAY_PER_REQUEST' && input.provisioned_throughput) || `null`",
            },
        ),
    ),
    delete=Call("delete_table"),
    only=(
        "TableName",
        "AttributeDefinitions",
        "KeySchema",
        "LocalSecondaryIndexes",
        "GlobalSecondaryIndexes",
        "BillingMode",
        "ProvisionedThroughput",
        "StreamSpecification",
        "SSESpecification",
        "TableClass",
        "DeletionProtectionEnabled",
        "OnDemandThroughput",
    ),
    fields=(
        Field("table_name", physical_name=True),
        Field("attribute_definitions", required=True, unordered=True),
        Field("key_schema", required=True),
        Field("local_secondary_indexes", unordered=True),
        Field("global_secondary_indexes", unordered=True),
        Field(
            "provisioned_throughput",
            # Of a table that is paid for by the request it is told as nothing.
            read="(ProvisionedThroughput.ReadCapacityUnits > `0` && ProvisionedThroughput) || `null`",
        ),
        Field("billing_mode", read="BillingModeSummary.BillingMode", default="PROVISIONED"),
        Field(
            "sse_specification",
            read="SSEDescription.{Enabled: Status == 'ENABLED', SSEType: SSEType, KMSMasterKeyId: KMSMasterKeyArn}",
        ),
        Field("table_class", read="TableClassSummary.TableClass", default="STANDARD"),
        Field("deletion_protection_enabled", default=False),
        Field("stream_specification", default={"StreamEnabled": False}),
        Field(
            "time_to_live",
            shape="update_time_to_live.TimeToLiveSpecification",
            read="TimeToLiveDescription.{Enabled: TimeToLiveStatus == 'ENABLED' || TimeToLiveStatus == 'ENABLING', "
            "AttributeName: AttributeName}",
            doc="The attribute that says when an item is deleted by itself.",
        ),
        Field(
            "point_in_time_recovery",
            shape="update_continuous_backups.PointInTimeRecoverySpecification",
            read="ContinuousBackupsDescription.PointInTimeRecoveryDescription.{PointInTimeRecoveryEnabled: "
            "PointInTimeRecoveryStatus == 'ENABLED', RecoveryPeriodInDays: RecoveryPeriodInDays}",
            default={"PointInTimeRecoveryEnabled": False},
            doc="Continuous backups, from which any second can be restored.",
        ),
    ),
    aspects=(
        Aspect(
            ("time_to_live",),
            put=Call(
                "update_time_to_live",
                params={"TimeToLiveSpecification": "input.time_to_live"},
                when="input.time_to_live != `null`",
            ),
            reading=Reading(Call("describe_time_to_live"), absent=("ResourceNotFoundException",)),
            unset=Call(
                "update_time_to_live",
                params={
                    "TimeToLiveSpecification": "{Enabled: `false`, AttributeName: live.time_to_live.AttributeName}"
                },
                when="live.time_to_live.Enabled || `false`",
            ),
        ),
        Aspect(
            ("point_in_time_recovery",),
            put=Call(
                "update_continuous_backups",
                params={"PointInTimeRecoverySpecification": "input.point_in_time_recovery"},
            ),
            reading=Reading(
                Call("describe_continuous_backups"),
                absent=("TableNotFoundException", "ResourceNotFoundException"),
            ),
        ),
    ),
    lasting=("arn",),
    outputs={
        "arn": "TableArn",
        "physical_name": "TableName",
        "stream_arn": "LatestStreamArn",
    },
    tags=Tags(
        reading=Reading(
            Call("list_tags_of_resource", params={"ResourceArn": "output.arn"}),
            result="Tags",
            absent=("ResourceNotFoundException",),
        ),
        add=Call("tag_resource", params={"ResourceArn": "output.arn", "Tags": "added"}),
        remove=Call("untag_resource", params={"ResourceArn": "output.arn", "TagKeys": "removed"}),
    ),
    ready=Until("TableStatus", ready=("ACTIVE",), pending=("CREATING", "UPDATING")),
    deleted=Until("TableStatus", ready=(), pending=("DELETING", "ACTIVE")),
    timeout_s=600.0,
    transient=("ResourceInUseException:being updated", "ResourceInUseException:being created"),
    class_name="DynamoDbTable",
)

TYPES: Final = (TABLE,)
