"""Secret Manager API. Made by `make generate` from providers/gcp/types; not to be edited.

Source: discovery document secretmanager:v1, revision 20261021.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, WriteOnly, computed
from unknot.stacks.secret import Secret

__all__ = [
    "SecretManagerSecret",
    "SecretManagerSecretIamMember",
]


class CustomerManagedEncryption(TypedDict, total=False):
    kmsKeyName: Required[Input[str]]
    """The resource name of the Cloud KMS CryptoKey used to encrypt secret payloads."""


class Automatic(TypedDict, total=False):
    customerManagedEncryption: Given[CustomerManagedEncryption]
    """The customer-managed encryption configuration of the Secret."""


class Replica(TypedDict, total=False):
    customerManagedEncryption: Given[CustomerManagedEncryption]
    """The customer-managed encryption configuration of the User-Managed Replica."""
    location: Input[str]
    """The canonical IDs of the location to replicate data."""


class UserManaged(TypedDict, total=False):
    replicas: Required[Given[Sequence[Given[Replica]]]]
    """The list of Replicas for this Secret."""


class Replication(TypedDict, total=False):
    automatic: Given[Automatic]
    """The Secret will automatically be replicated without any restrictions."""
    userManaged: Given[UserManaged]
    """The Secret will only be replicated into the locations specified."""


SecretSecretType: TypeAlias = Literal[
    "CLOUD_SQL_DB_CREDENTIALS", "ACCESS_KEY", "CERTIFICATE", "OTHER_DB_CREDENTIALS", "OTHER"
]


class Rotation(TypedDict, total=False):
    nextRotationTime: str | datetime | Output[str]
    """Timestamp in UTC at which the Secret is scheduled to rotate."""
    rotationPeriod: Input[str]
    """The Duration between rotation notifications."""


class Topic(TypedDict, total=False):
    name: Input[str]
    """The resource name of the Pub/Sub topic that will be published to, in the following format."""


class SecretManagerSecret(
    DeclaredResource, type="gcp.secretmanager_secret", provider="gcp", resolve_by="mark", timeout_s=60.0
):
    """A secret, and the value of its newest version. A new value is a new version; earlier ones stay as they are."""

    secret_id: Annotated[Input[str] | None, Immutable()] = None
    """This must be unique within the project."""
    value: Annotated[Input[str] | Secret | None, WriteOnly()] = None
    """What is secret, as a reference: `Secret.env(...)` or `Secret.file(...)`."""
    value_version: Input[int] | None = None
    """Raise it to send the value again. With a key of the ledger, another value is noticed without it."""
    replication: Annotated[Given[Replication] | None, Immutable()] = None
    """Where it is kept; everywhere if it is not given: `{'automatic': {}}`."""
    secret_type: Annotated[SecretSecretType | Output[str] | None, Immutable()] = None
    """This defines the type of the secret."""
    ttl: Input[str] | None = None
    """The TTL for the Secret."""
    annotations: Given[Mapping[str, Input[str]]] | None = None
    """Custom metadata about the secret."""
    customer_managed_encryption: Given[CustomerManagedEncryption] | None = None
    """The customer-managed encryption configuration of the regionalized secrets."""
    expire_time: str | datetime | Output[str] | None = None
    """Timestamp in UTC when the Secret is scheduled to expire."""
    rotation: Given[Rotation] | None = None
    """Rotation policy attached to the Secret."""
    topics: Given[Sequence[Given[Topic]]] | None = None
    """A list of up to 10 Pub/Sub topics to which messages are published when control plane operations are called on the secret or its versions."""
    version_aliases: Given[Mapping[str, Input[int]]] | None = None
    """Mapping from version alias to version name."""
    version_destroy_ttl: Input[str] | None = None
    """Secret Version TTL after destruction request This is a part of the Delayed secret version destroy feature."""
    labels: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[Any]] = computed()
    """The secret's own name."""
    resource_name: ClassVar[Computed[str]] = computed()
    """The secret as APIs write it: `projects/PROJECT/secrets/SECRET`."""


class SecretManagerSecretIamMember(
    DeclaredResource,
    type="gcp.secretmanager_secret_iam_member",
    provider="gcp",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A role that somebody has on a secret; others who have it, and bindings with a condition, are left alone."""

    secret: Annotated[Input[str], Immutable()]
    """The output `resource_name` of the secret."""
    role: Annotated[Input[str], Immutable()]
    """What it may do: `roles/storage.objectViewer`, or a role of your own."""
    member: Annotated[Input[str], Immutable()]
    """Who: `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`. The output `member` of a service account is one."""
