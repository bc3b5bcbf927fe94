"""Cloud Resource Manager API. Made by `make generate` from providers/gcp/types; not to be edited.

Source: discovery document cloudresourcemanager:v3, revision 20261107.
"""

from typing import Annotated

from unknot.providers.declared.resource import DeclaredResource
from unknot.stacks.output import Input
from unknot.stacks.resource import Immutable

__all__ = [
    "ProjectIamMember",
]


class ProjectIamMember(
    DeclaredResource,
    type="gcp.project_iam_member",
    provider="gcp",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A role that somebody has on the target's project; others who have it, and bindings with a condition, are left alone."""

    role: Annotated[Input[str], Immutable()]
    """What it may do: `roles/storage.objectViewer`, or a role of your own."""
    member: Annotated[Input[str], Immutable()]
    """Who: `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`. The output `member` of a service account is one."""
