"""AWS Identity and Access Management. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, iam 2010-05-08.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "IamInstanceProfile",
    "IamPolicy",
    "IamRole",
    "IamRolePolicy",
    "IamRolePolicyAttachment",
]


class IamInstanceProfile(
    DeclaredResource, type="aws.iam_instance_profile", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """Gives a role to an EC2 instance."""

    instance_profile_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the instance profile to create."""
    path: Annotated[Input[str] | None, Immutable()] = None
    """The path to the instance profile. When it is not given: `/`."""
    role: Input[str] | None = None
    """The name of the role to add."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) specifying the instance profile."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name identifying the instance profile."""
    unique_id: ClassVar[Computed[str]] = computed()
    """The stable and unique string identifying the instance profile."""


class IamPolicy(DeclaredResource, type="aws.iam_policy", provider="aws", resolve_by="mark", timeout_s=60.0):
    """A policy that can be attached to many roles."""

    policy_document: Given[str | Mapping[str, Any]]
    """The JSON policy document that you want to use as the content for the new policy."""
    policy_name: Annotated[Input[str] | None, Immutable()] = None
    """The friendly name of the policy."""
    path: Annotated[Input[str] | None, Immutable()] = None
    """The path for the policy. When it is not given: `/`."""
    description: Annotated[Input[str] | None, Immutable()] = None
    """A friendly description of the policy."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN)."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The friendly name (not ARN) identifying the policy."""
    default_version: ClassVar[Computed[str]] = computed()
    """The identifier for the version of the policy that is set as the default version."""


class IamRole(DeclaredResource, type="aws.iam_role", provider="aws", resolve_by="mark", timeout_s=60.0):
    """Who a workload runs as."""

    assume_role_policy_document: Given[str | Mapping[str, Any]]
    """The trust relationship policy document that grants an entity permission to assume the role."""
    role_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the role to create."""
    path: Annotated[Input[str] | None, Immutable()] = None
    """The path to the role. When it is not given: `/`."""
    description: Input[str] | None = None
    """A description of the role. When it is not given: ``."""
    max_session_duration: Input[int] | None = None
    """The maximum session duration (in seconds) that you want to set for the specified role. When it is not given: `3600`."""
    permissions_boundary: Input[str] | None = None
    """The ARN of the managed policy that is used to set the permissions boundary for the role."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) specifying the role."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The friendly name that identifies the role."""
    unique_id: ClassVar[Computed[str]] = computed()
    """The stable and unique string identifying the role."""


class IamRolePolicy(
    DeclaredResource,
    type="aws.iam_role_policy",
    provider="aws",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A policy that is part of one role, and goes with it."""

    policy_document: Given[str | Mapping[str, Any]]
    """The policy document."""
    role_name: Annotated[Input[str], Immutable()]
    """The name of the role to associate the policy with."""
    policy_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the policy document."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the policy."""


class IamRolePolicyAttachment(
    DeclaredResource,
    type="aws.iam_role_policy_attachment",
    provider="aws",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """Ties a policy to a role."""

    role_name: Annotated[Input[str], Immutable()]
    """The name (friendly name, not ARN) of the role to attach the policy to."""
    policy_arn: Annotated[Input[str], Immutable()]
    """The Amazon Resource Name (ARN) of the IAM policy you want to attach."""
