"""Which permissions an identity of AWS lacks, asked of IAM's policy simulator, which does nothing.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html. It is asked for every resource
(`*`): what is allowed on single objects only, or by their own policies, counts as missing.
"""

import re
from collections.abc import Sequence
from typing import Final

from unknot.providers.declared.calls import Api, CallFailed, Tally

_AT_ONCE: Final = 50

_ROLE: Final = re.compile(r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/.+")
_PRINCIPAL: Final = re.compile(r"arn:[\w-]+:iam::\d+:(user|role)/.+")


def missing(api: Api, arn: str, permissions: Sequence[str], tally: Tally) -> tuple[str, ...]:
    """Those of `permissions` that the identity `arn` has not, in their order. Raises CallFailed when it cannot be told."""
    principal = _principal(api, arn, tally)
    lacking: set[str] = set()
    for start in range(0, len(permissions), _AT_ONCE):
        asked = permissions[start : start + _AT_ONCE]
        told: set[str] = set()
        given = {"PolicySourceArn": principal, "ActionNames": list(asked)}
        for page in api.pages("iam", "simulate_principal_policy", given, tally):
            for result in page["EvaluationResults"]:
                told.add(result["EvalActionName"])
                if result["EvalDecision"] != "allowed":
                    lacking.add(result["EvalActionName"])
        if untold := set(asked) - told:
            raise CallFailed("NotSimulated", f"IAM's policy simulator says nothing of `{min(untold)}`")
    return tuple(name for name in permissions if name in lacking)


def _principal(api: Api, arn: str, tally: Tally) -> str:
    """Who has the policies: of an assumed role the role itself, whose path only IAM knows."""
    if _PRINCIPAL.fullmatch(arn):
        return arn
    found = _ROLE.fullmatch(arn)
    if found is None:
        raise CallFailed(
            "NotSimulated", f"IAM's policy simulator knows users and roles only, and this is `{arn}`"
        )
    try:
        return str(api.call("iam", "get_role", {"RoleName": found["role"]}, tally)["Role"]["Arn"])
    except CallFailed as problem:
        if problem.status != 403:
            raise
        # Most roles have no path. Of one that has, the simulator will say that there is no such role.
        return f"arn:{found['partition']}:iam::{found['account']}:role/{found['role']}"
