"""AWS Secrets Manager. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, secretsmanager 2017-10-17.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, WriteOnly, computed
from unknot.stacks.secret import Secret

__all__ = [
    "SecretsManagerSecret",
]


class ReplicaRegionType(TypedDict, total=False):
    Region: Input[str]
    """A Region code."""
    KmsKeyId: Input[str]
    """The ARN, key ID, or alias of the KMS key to encrypt the secret."""


class SecretsManagerSecret(
    DeclaredResource, type="aws.secretsmanager_secret", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """A secret value, kept encrypted and given to those who may read it."""

    secret_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the new secret."""
    secret_string: Annotated[Input[str] | Secret | None, WriteOnly()] = None
    """The value, as a reference: `Secret.env(...)` or `Secret.file(...)`."""
    secret_binary: Annotated[Given[str | bytes] | Secret | None, WriteOnly()] = None
    """The value as bytes in base64, as a reference."""
    value_version: Input[int] | None = None
    """Raise it to send the value again. With a key of the ledger, another value is noticed without it."""
    add_replica_regions: Annotated[Given[Sequence[Given[ReplicaRegionType]]] | None, Immutable()] = None
    """A list of Regions and KMS keys to replicate secrets."""
    recovery_window_in_days: Annotated[Input[int] | None, Immutable()] = None
    """Days for which a deleted secret can be restored, 7 to 30; 0: it is gone at once. Without it, 30."""
    resource_policy: Given[str | Mapping[str, Any]] | None = None
    """Who may read the secret, as a resource policy."""
    description: Input[str] | None = None
    """The description of the secret."""
    kms_key_id: Input[str] | None = None
    """The ARN, key ID, or alias of the KMS key that Secrets Manager uses to encrypt the secret value in the secret."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The ARN of the secret."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the secret."""
