"""Amazon CloudWatch Logs. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, logs 2014-03-28.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "CloudWatchLogGroup",
]

LogGroupClass: TypeAlias = Literal["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"]


class CloudWatchLogGroup(
    DeclaredResource, type="aws.logs_log_group", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """Log lines that are kept together, for a time."""

    log_group_name: Annotated[Input[str] | None, Immutable()] = None
    """A name for the log group."""
    retention_in_days: Input[int] | None = None
    """Days for which lines are kept; without it, for ever."""
    log_group_class: Annotated[LogGroupClass | Output[str] | None, Immutable()] = None
    """Use this parameter to specify the log group class for this log group. When it is not given: `STANDARD`."""
    kms_key_id: Input[str] | None = None
    """The Amazon Resource Name (ARN) of the KMS key to use when encrypting log data."""
    deletion_protection_enabled: Annotated[Input[bool] | None, Immutable()] = None
    """Use this parameter to enable deletion protection for the new log group."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the log group."""
    resource_arn: ClassVar[Computed[str]] = computed()
    """The ARN without `:*` at its end, for tags and for policies on the group itself."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the log group."""
