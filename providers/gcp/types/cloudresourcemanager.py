"""Resource Manager: who may do what in the target's project."""

from typing import Final

from unknot.providers.gcp.bindings import iam_member

PROJECT_IAM_MEMBER: Final = iam_member(
    "gcp.project_iam_member",
    "cloudresourcemanager.projects",
    None,
    key="resource",
    value="join('/', ['projects', place.project])",
    what="the target's project",
    class_name="ProjectIamMember",
)

TYPES: Final = (PROJECT_IAM_MEMBER,)
