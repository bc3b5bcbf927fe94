"""Amazon Simple Queue Service. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, sqs 2012-11-05.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "SqsQueue",
]


class SqsQueue(DeclaredResource, type="aws.sqs_queue", provider="aws", resolve_by="mark", timeout_s=60.0):
    """A queue of messages."""

    queue_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the new queue."""
    visibility_timeout: Input[int] | None = None
    """Seconds for which a received message is hidden from others, 0 to 43,200. When it is not given: `30`."""
    message_retention_period: Input[int] | None = None
    """Seconds for which a message is kept, 60 to 1,209,600. When it is not given: `345600`."""
    delay_seconds: Input[int] | None = None
    """Seconds before a message can be received, 0 to 900. When it is not given: `0`."""
    receive_message_wait_time_seconds: Input[int] | None = None
    """Seconds for which a receive waits for messages, 0 to 20. When it is not given: `0`."""
    maximum_message_size: Input[int] | None = None
    """Largest message in bytes. When it is not given: `262144`."""
    fifo_queue: Annotated[Input[bool] | None, Immutable()] = None
    """Keep the order of messages and take each once; the name then ends in `.fifo`."""
    content_based_deduplication: Input[bool] | None = None
    """Of a FIFO queue: messages of the same content within five minutes are one."""
    kms_master_key_id: Input[str] | None = None
    """The KMS key that encrypts messages."""
    sqs_managed_sse_enabled: Input[bool] | None = None
    """Encrypt messages with a key of SQS."""
    redrive_policy: Given[str | Mapping[str, Any]] | None = None
    """Where messages go that are received too often: `deadLetterTargetArn` and `maxReceiveCount`. When it is not given: ``."""
    policy: Given[str | Mapping[str, Any]] | None = None
    """Who may use the queue, as a resource policy. When it is not given: ``."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    url: ClassVar[Computed[str]] = computed()
    """The queue's URL."""
    arn: ClassVar[Computed[str]] = computed()
    physical_name: ClassVar[Computed[Any]] = computed()
    """The queue's name."""
