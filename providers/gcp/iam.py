"""One member of an IAM policy: made, read and taken away by reading a policy and writing it back with its etag.

Google's APIs know whole policies only. `addIamMember`, `getIamMember` and `removeIamMember` of this module are put
together from `getIamPolicy` and `setIamPolicy`, as https://cloud.google.com/iam/docs/policies#etag tells: a policy
that changed in between is refused, and read again. Bindings with a condition are left alone.
"""

from collections.abc import Mapping
from typing import Any, Final

MEMBER_OPERATIONS: Final = ("addIamMember", "getIamMember", "removeIamMember")

_BETWEEN: Final = " ; "


def member_http(reading: str, setting: str) -> str:
    """Both requests of an operation on one member, in the form of `OperationShape.http`."""
    return f"{reading}{_BETWEEN}{setting}"


def policy_http(http: str) -> tuple[str, str]:
    """The request that reads the policy, and the one that sets it."""
    reading, _, setting = http.partition(_BETWEEN)
    return reading, setting


def is_member_operation(operation: str) -> bool:
    return operation.endswith(MEMBER_OPERATIONS)


def has_member(policy: Mapping[str, Any], role: str, member: str) -> bool:
    return any(member in binding.get("members", ()) for binding in _unconditional(policy, role))


def with_member(policy: Mapping[str, Any], role: str, member: str) -> dict[str, Any]:
    """The policy in which `member` has `role`."""
    bindings = list(policy.get("bindings", ()))
    for place, binding in enumerate(bindings):
        if binding.get("role") == role and not binding.get("condition"):
            bindings[place] = {**binding, "members": sorted({*binding.get("members", ()), member})}
            return {**policy, "bindings": bindings}
    return {**policy, "bindings": [*bindings, {"role": role, "members": [member]}]}


def without_member(policy: Mapping[str, Any], role: str, member: str) -> dict[str, Any]:
    """The policy in which `member` has `role` no more; a binding that nobody is left in is taken out."""
    bindings = []
    for binding in policy.get("bindings", ()):
        if binding.get("role") == role and not binding.get("condition"):
            members = [each for each in binding.get("members", ()) if each != member]
            if not members:
                continue
            binding = {**binding, "members": members}
        bindings.append(binding)
    return {**policy, "bindings": bindings}


def _unconditional(policy: Mapping[str, Any], role: str) -> list[Mapping[str, Any]]:
    return [
        binding
        for binding in policy.get("bindings", ())
        if binding.get("role") == role and not binding.get("condition")
    ]
