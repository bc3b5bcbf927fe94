"""Who a target's credentials are of and what they lack: asked of the cloud, never guessed."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from unknot.providers.aws.permissions import missing
from unknot.providers.azure.credentials import Static, identity
from unknot.providers.base import Context, Examined, ExamineRequest
from unknot.providers.declared.calls import Api, CallFailed, Tally
from unknot.providers.declared.examination import examine, permissions
from unknot.providers.registry import provider
from unknot.stacks.errors import ProviderError
from unknot.stacks.target import Target

ASSUMED = "arn:aws:sts::123456789012:assumed-role/deploy/session"
ROLE = "arn:aws:iam::123456789012:role/team/deploy"


class Iam:
    """IAM with one role, and what it is allowed."""

    threads = 1
    place: Mapping[str, Any] = {}

    def __init__(self, allowed: set[str], *, reads_roles: bool = True, simulates: bool = True) -> None:
        self.allowed = allowed
        self.reads_roles = reads_roles
        self.simulates = simulates
        self.sources: list[str] = []

    def takes(self, service: str, operation: str) -> frozenset[str]:
        return frozenset()

    def tokens(self, service: str, operation: str) -> tuple[str, ...]:
        return ()

    def call(self, service: str, operation: str, parameters: Mapping[str, Any], tally: Tally) -> Any:
        assert (service, operation) == ("iam", "get_role")
        if not self.reads_roles:
            raise CallFailed("AccessDenied", "no", status=403, operation="iam:get_role")
        return {"Role": {"Arn": ROLE}}

    def pages(
        self, service: str, operation: str, parameters: Mapping[str, Any], tally: Tally
    ) -> Iterator[Any]:
        assert (service, operation) == ("iam", "simulate_principal_policy")
        self.sources.append(parameters["PolicySourceArn"])
        if not self.simulates:
            raise CallFailed("AccessDenied", "may not ask", status=403, operation="iam:simulate")
        for name in parameters["ActionNames"]:
            decision = "allowed" if name in self.allowed else "implicitDeny"
            yield {"EvaluationResults": [{"EvalActionName": name, "EvalDecision": decision}]}

    def whoami(self, tally: Tally) -> str:
        return ASSUMED

    def lacking(self, wanted: tuple[str, ...], tally: Tally) -> tuple[str, ...]:
        return missing(self, ASSUMED, wanted, tally)


def _request(tmp_path: Path, *types: str) -> ExamineRequest:
    return ExamineRequest(Context(tmp_path, "lineage", Target("here", cloud="aws")), types)


def test_policies_of_an_assumed_role_are_those_of_the_role() -> None:
    iam = Iam({"s3:GetObject"})
    assert missing(iam, ASSUMED, ["s3:GetObject", "s3:PutObject"], Tally()) == ("s3:PutObject",)
    assert iam.sources == [ROLE]


def test_role_that_may_not_be_read_is_asked_for_without_its_path() -> None:
    iam = Iam(set(), reads_roles=False)
    assert missing(iam, ASSUMED, ["s3:PutObject"], Tally()) == ("s3:PutObject",)
    assert iam.sources == ["arn:aws:iam::123456789012:role/deploy"]


def test_root_is_not_simulated() -> None:
    with pytest.raises(CallFailed, match="users and roles only"):
        missing(Iam(set()), "arn:aws:iam::123456789012:root", ["s3:PutObject"], Tally())


def test_every_permission_of_many_is_asked_for() -> None:
    iam, names = Iam({f"s3:P{number}" for number in range(119)}), [f"s3:P{number}" for number in range(120)]
    assert missing(iam, ROLE, names, Tally()) == ("s3:P119",)
    assert len(iam.sources) == 3


def test_missing_permissions_have_the_types_that_need_them(tmp_path: Path) -> None:
    wanted = permissions(("aws.s3_bucket", "aws.s3_object"))
    iam = Iam(set(wanted) - {"s3:PutObject"})
    found = examine(lambda _: iam, "aws", _request(tmp_path, "aws.s3_bucket", "aws.s3_object"))
    assert found.identity == ASSUMED
    assert found.asked == len(wanted)
    assert found.missing == {"s3:PutObject": ("aws.s3_object",)}


def test_simulator_that_refuses_is_no_missing_permission(tmp_path: Path) -> None:
    found = examine(lambda _: Iam(set(), simulates=False), "aws", _request(tmp_path, "aws.s3_bucket"))
    assert (found.missing, found.problem) == (None, "")
    assert "may not ask" in found.reason


def test_target_without_credentials_is_a_problem(tmp_path: Path) -> None:
    def refused(context: Context) -> Api:
        raise ProviderError("there are no credentials", detail="Log in.")

    found = examine(refused, "aws", _request(tmp_path, "aws.s3_bucket"))
    assert (found.problem, found.missing) == ("there are no credentials. Log in", None)


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"upn": "ann@example.org", "oid": "1"}, "ann@example.org"),
        ({"appid": "2", "oid": "1"}, "application 2"),
        ({}, ""),
        ([], ""),
    ],
)
def test_identity_on_azure_is_what_the_token_claims(claims: object, told: str) -> None:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert identity(Static(f"head.{body}.signature")) == told


def test_token_that_tells_nothing_is_not_guessed_of() -> None:
    assert identity(Static("opaque")) == ""
    assert identity(Static("a.%%%.c")) == ""


@pytest.mark.parametrize("name", ["aws", "gcp", "azure"])
def test_providers_of_clouds_can_be_examined(name: str) -> None:
    assert isinstance(provider(name), Examined)


def test_providers_of_this_machine_have_nothing_to_examine() -> None:
    assert not isinstance(provider("null"), Examined)
