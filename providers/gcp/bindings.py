"""Declarations of one member of an IAM policy, for whatever has one: made, read and taken away as `iam.py` tells."""

from typing import Final

from unknot.providers.declared.declaration import Call, Declaration, Field, Identity, Reading

_ROLE: Final = Field(
    "role",
    format="gcp_role",
    doc="What it may do: `roles/storage.objectViewer`, or a role of your own.",
)
_MEMBER: Final = Field(
    "member",
    format="gcp_member",
    doc="Who: `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`. The output `member` of a service account is one.",
)


def iam_member(
    type_: str, operations: str, resource: Field | None, *, key: str, value: str, what: str, class_name: str
) -> Declaration:
    """A member of the policy of one thing.

    `operations`: what they begin with (`storage.buckets`); `resource`: the input that says of which thing, if it is
    not the project; `key`: the operations' parameter for it; `value`: the expression that gives it.
    """
    return Declaration(
        type=type_,
        service=operations.partition(".")[0],
        doc=f"A role that somebody has on {what}; others who have it, and bindings with a condition, are left alone.",
        create=Call(f"{operations}.addIamMember", params={key: value}),
        identity=Identity(
            f"{{{key}}} {{role}} {{member}}", {key: value, "role": "input.role", "member": "input.member"}
        ),
        read=Reading(Call(f"{operations}.getIamMember"), gone="!member", absent=("404",)),
        delete=Call(f"{operations}.removeIamMember"),
        fields=(*((resource,) if resource is not None else ()), _ROLE, _MEMBER),
        permissions={
            f"{operations}.addIamMember": (f"{_permission(operations)}.setIamPolicy",),
        },
        # A service account that was just made is not known everywhere yet.
        transient=("400:does not exist",),
        alike=True,
        resolve_by="unique-name-with-proof",
        timeout_s=60.0,
        class_name=class_name,
    )


def _permission(operations: str) -> str:
    service, *_, resource = operations.split(".")
    return f"{'resourcemanager' if service == 'cloudresourcemanager' else service}.{resource}"
