"""Amazon Simple Notification Service. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, sns 2010-03-31.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "SnsTopic",
]


class SnsTopic(DeclaredResource, type="aws.sns_topic", provider="aws", resolve_by="mark", timeout_s=60.0):
    """Sends each message to all who subscribe."""

    topic_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the topic you want to create."""
    fifo_topic: Annotated[Input[bool] | None, Immutable()] = None
    """Keep the order of messages; the name then ends in `.fifo`."""
    display_name: Input[str] | None = None
    """The sender's name in messages to phones. When it is not given: ``."""
    policy: Given[str | Mapping[str, Any]] | None = None
    """Who may publish and subscribe, as a resource policy."""
    delivery_policy: Given[str | Mapping[str, Any]] | None = None
    """How often HTTP deliveries are tried again."""
    kms_master_key_id: Input[str] | None = None
    """The KMS key that encrypts messages. When it is not given: ``."""
    data_protection_policy: Annotated[Given[str | Mapping[str, Any]] | None, Immutable()] = None
    """The body of the policy document you want to use for this topic."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    physical_name: ClassVar[Computed[Any]] = computed()
    """The topic's name."""
