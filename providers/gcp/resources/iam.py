"""Identity and Access Management (IAM) API. Made by `make generate` from providers/gcp/types; not to be edited.

Source: discovery document iam:v1, revision 20261023.
"""

from typing import Annotated, Any, ClassVar

from unknot.providers.declared.resource import DeclaredResource
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "ServiceAccount",
    "ServiceAccountIamMember",
]


class ServiceAccount(
    DeclaredResource,
    type="gcp.service_account",
    provider="gcp",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """Who a workload runs as."""

    account_id: Annotated[Input[str] | None, Immutable()] = None
    """The account id that is used to generate the service account email address and a stable unique id."""
    display_name: Input[str] | None = None
    """A user-specified, human-readable name for the service account. When it is not given: ``."""
    description: Input[str] | None = None
    """A user-specified, human-readable description of the service account. When it is not given: ``."""
    disabled: Input[bool] | None = None
    """It can neither be used nor impersonated. When it is not given: `False`."""
    physical_name: ClassVar[Computed[Any]] = computed()
    """The account's id."""
    resource_name: ClassVar[Computed[str]] = computed()
    """The account as APIs write it: `projects/PROJECT/serviceAccounts/EMAIL`."""
    email: ClassVar[Computed[str]] = computed()
    """The email address of the service account."""
    unique_id: ClassVar[Computed[str]] = computed()
    """The unique, stable numeric ID for the service account."""
    member: ClassVar[Computed[str]] = computed()
    """The account as a member of an IAM policy."""


class ServiceAccountIamMember(
    DeclaredResource,
    type="gcp.service_account_iam_member",
    provider="gcp",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A role that somebody has on a service account; others who have it, and bindings with a condition, are left alone."""

    service_account: Annotated[Input[str], Immutable()]
    """The output `resource_name` of the service account."""
    role: Annotated[Input[str], Immutable()]
    """What it may do: `roles/storage.objectViewer`, or a role of your own."""
    member: Annotated[Input[str], Immutable()]
    """Who: `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`. The output `member` of a service account is one."""
