"""Amazon SQS: queues."""

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

_ATTRIBUTES: Final = (
    "strings({VisibilityTimeout: input.visibility_timeout, MessageRetentionPeriod: input.message_retention_period, "
    "DelaySeconds: input.delay_seconds, ReceiveMessageWaitTimeSeconds: input.receive_message_wait_time_seconds, "
    "MaximumMessageSize: input.maximum_message_size, ContentBasedDeduplication: input.content_based_deduplication, "
    "KmsMasterKeyId: input.kms_master_key_id, SqsManagedSseEnabled: input.sqs_managed_sse_enabled, "
    "RedrivePolicy: input.redrive_policy, Policy: input.policy%s})"
)

_NOT_THERE: Final = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue.NotFound",
)

QUEUE: Final = Declaration(
    type="aws.sqs_queue",
    service="sqs",
    doc="A queue of messages.",
    create=Call("create_queue", params={"Attributes": _ATTRIBUTES % ", FifoQueue: input.fifo_queue"}),
    identity=Identity("{QueueUrl}", {"QueueUrl": "created.QueueUrl"}),
    read=Reading(
        Call("get_queue_attributes", params={"AttributeNames": "['All']"}),
        result="Attributes",
        absent=_NOT_THERE,
    ),
    listing=(Listing(Call("list_queues"), items="QueueUrls[].{QueueUrl: @}", keys={"QueueUrl": "QueueUrl"}),),
    update=(Call("set_queue_attributes", params={"Attributes": _ATTRIBUTES % ""}),),
    delete=Call("delete_queue", ignore=_NOT_THERE),
    fields=(
        Field("queue_name", physical_name=True, read="split(QueueArn, ':')[-1]"),
        Field(
            "visibility_timeout",
            shape="integer",
            minimum=0,
            maximum=43_200,
            default=30,
            read="VisibilityTimeout",
            doc="Seconds for which a received message is hidden from others, 0 to 43,200.",
        ),
        Field(
            "message_retention_period",
            shape="integer",
            minimum=60,
            maximum=1_209_600,
            default=345600,
            read="MessageRetentionPeriod",
            doc="Seconds for which a message is kept, 60 to 1,209,600.",
        ),
        Field(
            "delay_seconds",
            shape="integer",
            minimum=0,
            maximum=900,
            default=0,
            read="DelaySeconds",
            doc="Seconds before a message can be received, 0 to 900.",
        ),
        Field(
            "receive_message_wait_time_seconds",
            shape="integer",
            minimum=0,
            maximum=20,
            default=0,
            read="ReceiveMessageWaitTimeSeconds",
            doc="Seconds for which a receive waits for messages, 0 to 20.",
        ),
        Field(
            "maximum_message_size",
            shape="integer",
            default=262144,
            read="MaximumMessageSize",
            doc="Largest message in bytes.",
        ),
        Field(
            "fifo_queue",
            shape="boolean",
            immutable=True,
            read="FifoQueue",
            doc="Keep the order of messages and take each once; the name then ends in `.fifo`.",
        ),
        Field(
            "content_based_deduplication",
            shape="boolean",
            read="ContentBasedDeduplication",
            doc="Of a FIFO queue: messages of the same content within five minutes are one.",
        ),
        Field(
            "kms_master_key_id",
            shape="string",
            read="KmsMasterKeyId",
            doc="The KMS key that encrypts messages.",
        ),
        Field(
            "sqs_managed_sse_enabled",
            shape="boolean",
            read="SqsManagedSseEnabled",
            doc="Encrypt messages with a key of SQS.",
        ),
        Field(
            "redrive_policy",
            shape="string",
            format="json",
            read="RedrivePolicy",
            default="",
            doc="Where messages go that are received too often: `deadLetterTargetArn` and `maxReceiveCount`.",
        ),
        Field(
            "policy",
            shape="string",
            format="policy",
            read="Policy",
            default="",
            doc="Who may use the queue, as a resource policy.",
        ),
    ),
    lasting=(
        "url",
        "arn",
    ),
    outputs={"url": "key.QueueUrl", "arn": "QueueArn", "physical_name": "split(QueueArn, ':')[-1]"},
    output_docs={"url": "The queue's URL.", "physical_name": "The queue's name."},
    tags=Tags(
        form="map",
        create="tags",
        reading=Reading(Call("list_queue_tags"), result="Tags", absent=_NOT_THERE),
        add=Call("tag_queue", params={"Tags": "added"}),
        remove=Call("untag_queue", params={"TagKeys": "removed"}),
    ),
)

TYPES: Final = (QUEUE,)
