"""AWS Identity and Access Management: roles, policies, what ties them together, and instance profiles."""

from typing import Final

from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
)

_NOT_THERE: Final = ("NoSuchEntity",)

ROLE: Final = Declaration(
    type="aws.iam_role",
    service="iam",
    doc="Who a workload runs as.",
    create=Call("create_role"),
    identity=Identity("{RoleName}", {"RoleName": "input.role_name"}),
    read=Reading(Call("get_role"), result="Role", absent=_NOT_THERE),
    listing=(
        Listing(
            Call("get_account_authorization_details", params={"Filter": "['Role']"}),
            items="RoleDetailList",
            keys={"RoleName": "RoleName"},
            fields=("role_name", "path", "assume_role_policy_document", "permissions_boundary"),
            outputs=("*",),
            tags=True,
        ),
        Listing(
            Call("list_roles"),
            items="Roles",
            keys={"RoleName": "RoleName"},
            fields=(
                "role_name",
                "path",
                "assume_role_policy_document",
                "description",
                "max_session_duration",
            ),
            outputs=("*",),
        ),
    ),
    update=(
        Call("update_role"),
        Call(
            "update_assume_role_policy",
            params={"PolicyDocument": "text(input.assume_role_policy_document)"},
        ),
    ),
    delete=Call("delete_role"),
    only=(
        "RoleName",
        "Path",
        "AssumeRolePolicyDocument",
        "Description",
        "MaxSessionDuration",
        "PermissionsBoundary",
    ),
    fields=(
        Field("role_name", physical_name=True),
        Field("path", default="/"),
        Field("description", default=""),
        Field("max_session_duration", default=3600),
        Field(
            "permissions_boundary",
            format="arn",
            read="PermissionsBoundary.PermissionsBoundaryArn",
        ),
    ),
    aspects=(
        Aspect(
            ("permissions_boundary",),
            put=Call("put_role_permissions_boundary"),
            reading=None,
            unset=Call("delete_role_permissions_boundary"),
            at_create=True,
        ),
    ),
    lasting=(
        "arn",
        "unique_id",
    ),
    outputs={"arn": "Arn", "physical_name": "RoleName", "unique_id": "RoleId"},
    tags=Tags(
        add=Call("tag_role", params={"Tags": "added"}),
        remove=Call("untag_role", params={"TagKeys": "removed"}),
    ),
)

ROLE_POLICY: Final = Declaration(
    type="aws.iam_role_policy",
    service="iam",
    doc="A policy that is part of one role, and goes with it.",
    create=Call("put_role_policy"),
    identity=Identity(
        "{RoleName}/{PolicyName}", {"RoleName": "input.role_name", "PolicyName": "input.policy_name"}
    ),
    read=Reading(Call("get_role_policy"), absent=_NOT_THERE),
    update=(Call("put_role_policy"),),
    delete=Call("delete_role_policy"),
    fields=(
        Field("policy_name", physical_name=True),
        Field("policy_document", format="identity_policy"),
    ),
    outputs={"physical_name": "PolicyName"},
    alike=True,
    resolve_by="unique-name-with-proof",
)

POLICY: Final = Declaration(
    type="aws.iam_policy",
    service="iam",
    doc="A policy that can be attached to many roles.",
    create=Call("create_policy"),
    identity=Identity("{PolicyArn}", {"PolicyArn": "created.Policy.Arn"}),
    read=Reading(Call("get_policy"), result="Policy", absent=_NOT_THERE),
    listing=(
        Listing(
            Call("list_policies", params={"Scope": "'Local'"}),
            items="Policies",
            keys={"PolicyArn": "Arn"},
            fields=("policy_name", "path"),
            outputs=("*",),
        ),
    ),
    delete=Call("delete_policy"),
    fields=(
        Field("policy_name", physical_name=True),
        Field("path", default="/"),
        Field("policy_document", format="identity_policy", read="Document"),
    ),
    aspects=(
        Aspect(
            ("policy_document",),
            put=Call(
                "create_policy_version",
                params={"PolicyDocument": "text(input.policy_document)", "SetAsDefault": "`true`"},
            ),
            reading=Reading(
                Call("get_policy_version", params={"VersionId": "output.default_version"}),
                result="PolicyVersion",
                absent=_NOT_THERE,
            ),
            at_create=True,
        ),
    ),
    lasting=("arn",),
    outputs={"arn": "Arn", "physical_name": "PolicyName", "default_version": "DefaultVersionId"},
    tags=Tags(
        add=Call("tag_policy", params={"Tags": "added"}),
        remove=Call("untag_policy", params={"TagKeys": "removed"}),
    ),
)

ATTACHMENT: Final = Declaration(
    type="aws.iam_role_policy_attachment",
    service="iam",
    doc="Ties a policy to a role.",
    create=Call("attach_role_policy"),
    identity=Identity(
        "{RoleName}/{PolicyArn}", {"RoleName": "input.role_name", "PolicyArn": "input.policy_arn"}
    ),
    read=Reading(
        Call("list_attached_role_policies"),
        result="where(AttachedPolicies, 'PolicyArn', key.PolicyArn)[0]",
        absent=_NOT_THERE,
    ),
    delete=Call("detach_role_policy"),
    alike=True,
    resolve_by="unique-name-with-proof",
)

INSTANCE_PROFILE: Final = Declaration(
    type="aws.iam_instance_profile",
    service="iam",
    doc="Gives a role to an EC2 instance.",
    create=Call("create_instance_profile"),
    identity=Identity("{InstanceProfileName}", {"InstanceProfileName": "input.instance_profile_name"}),
    read=Reading(Call("get_instance_profile"), result="InstanceProfile", absent=_NOT_THERE),
    listing=(
        Listing(
            Call("list_instance_profiles"),
            items="InstanceProfiles",
            keys={"InstanceProfileName": "InstanceProfileName"},
            fields=("*",),
            outputs=("*",),
        ),
    ),
    before_delete=(
        Call(
            "remove_role_from_instance_profile",
            params={"RoleName": "input.role"},
            when="input.role != `null`",
            ignore=_NOT_THERE,
        ),
    ),
    delete=Call("delete_instance_profile"),
    fields=(
        Field("instance_profile_name", physical_name=True),
        Field("path", default="/"),
        Field("role", shape="add_role_to_instance_profile.RoleName", read="Roles[0].RoleName"),
    ),
    aspects=(
        Aspect(
            ("role",),
            put=Call("add_role_to_instance_profile", params={"RoleName": "input.role"}),
            reading=None,
            unset=Call("remove_role_from_instance_profile", params={"RoleName": "prior.role"}),
            before_put=(
                Call(
                    "remove_role_from_instance_profile",
                    params={"RoleName": "prior.role"},
                    when="prior.role != `null` && input.role != `null`",
                    ignore=_NOT_THERE,
                ),
            ),
        ),
    ),
    lasting=(
        "arn",
        "unique_id",
    ),
    outputs={"arn": "Arn", "physical_name": "InstanceProfileName", "unique_id": "InstanceProfileId"},
    tags=Tags(
        add=Call("tag_instance_profile", params={"Tags": "added"}),
        remove=Call("untag_instance_profile", params={"TagKeys": "removed"}),
    ),
)

TYPES: Final = (ROLE, ROLE_POLICY, POLICY, ATTACHMENT, INSTANCE_PROFILE)
