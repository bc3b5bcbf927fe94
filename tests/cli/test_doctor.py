"""`unknot doctor`: who unknot is on each target, what can be reached, what is missing, and what cannot be told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import jsonschema
import pytest
from servers import Server

from unknot.cli.documents import schemas
from unknot.planner.examination import bare
from unknot.providers import registry
from unknot.providers.base import ExamineRequest, ExamineResponse
from unknot.providers.fake import FakeProvider

STACK = """\
from unknot import Stack, Target, aws


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org", target=Target("prod", cloud="aws", region="us-east-1", options={options}))
    s.add(aws.S3Bucket("raw"))
    return s
"""


class Examinee(FakeProvider):
    """A cloud that answers what it was told to."""

    def __init__(self, answer: ExamineResponse) -> None:
        super().__init__("aws")
        self.answer = answer
        self.asked: list[ExamineRequest] = []

    def examine(self, request: ExamineRequest) -> ExamineResponse:
        self.asked.append(request)
        return self.answer


def _examined(unknot: Callable[..., Any], answer: ExamineResponse, *arguments: str) -> tuple[Any, Examinee]:
    examinee = Examinee(answer)
    with registry.using(examinee):
        return unknot("doctor", *arguments), examinee


def test_local_target_is_reached_and_nothing_is_written(
    unknot: Callable[..., Any], write_stack: Callable[..., None], project: Path
) -> None:
    write_stack()
    answer = unknot("doctor")
    assert answer.code == 0, answer.err
    assert "backend\n  + store file:" in answer.out
    assert "target laptop\n  + store file:" in answer.out
    assert not (project / ".unknot" / "store").exists()
    assert not (project / ".unknot" / "ledger").exists()


def test_store_that_is_no_store_is_said_and_exits_with_1(
    unknot: Callable[..., Any], write_stack: Callable[..., None]
) -> None:
    write_stack(
        "from unknot import Stack, Target\n\n\ndef stack() -> Stack:\n"
        '    return Stack("demo", owner="t@example.org", target=Target("far", store="nowhere://user:pw@host/x"))\n'
    )
    answer = unknot("doctor")
    assert answer.code == 1
    assert "x store nowhere://host/x cannot be reached" in answer.out
    assert "pw" not in answer.out + answer.err


def test_missing_permission_is_named_with_the_types_that_need_it(
    unknot: Callable[..., Any], write_stack: Callable[..., None]
) -> None:
    write_stack(STACK.replace("{options}", "{}"))
    told = ExamineResponse(
        "arn:aws:iam::1:user/ann", missing={"s3:CreateBucket": ("aws.s3_bucket",)}, asked=9
    )
    answer, examinee = _examined(unknot, told)
    assert answer.code == 1, answer.err
    assert "+ aws as arn:aws:iam::1:user/ann" in answer.out
    assert "      s3:CreateBucket  (for aws.s3_bucket)" in answer.out
    assert [(each.context.target.name, each.types) for each in examinee.asked] == [
        ("prod", ("aws.s3_bucket",))
    ]


def test_what_cannot_be_told_is_no_failure(
    unknot: Callable[..., Any], write_stack: Callable[..., None]
) -> None:
    write_stack(STACK.replace("{options}", "{}"))
    answer, _ = _examined(unknot, ExamineResponse("ann", asked=9, reason="the simulator is off"))
    assert answer.code == 0
    assert "? aws needs 9 permissions, cannot tell which are missing: the simulator is off" in answer.out


def test_credentials_of_no_use_are_a_failure(
    unknot: Callable[..., Any], write_stack: Callable[..., None]
) -> None:
    write_stack(STACK.replace("{options}", "{}"))
    answer, _ = _examined(unknot, ExamineResponse(problem="they have expired", asked=9))
    assert answer.code == 1
    assert "x aws: they have expired" in answer.out


def test_document_is_valid(unknot: Callable[..., Any], write_stack: Callable[..., None]) -> None:
    write_stack(STACK.replace("{options}", "{}"))
    told = ExamineResponse("ann", missing={"s3:CreateBucket": ("aws.s3_bucket",)}, asked=9)
    answer, _ = _examined(unknot, told, "--json")
    jsonschema.validate(answer.document, schemas()["doctor"])
    assert answer.code == 1
    assert answer.document["well"] is False
    (found,) = answer.document["targets"][0]["providers"]
    assert (found["verdict"], found["identity"]) == ("bad", "ann")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@host/db?password=x", "postgresql://host/db"),
        ("s3://bucket/prefix", "s3://bucket/prefix"),
        ("file:.unknot/store", "file:.unknot/store"),
    ],
)
def test_credentials_in_urls_are_not_shown(url: str, shown: str) -> None:
    assert bare(url) == shown


@pytest.mark.parts
def test_identity_is_told_where_permissions_cannot_be(
    unknot: Callable[..., Any],
    write_stack: Callable[..., None],
    moto_server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in moto_server.environment.items():
        monkeypatch.setenv(name, value)
    write_stack(STACK.replace("{options}", json.dumps({"endpoint": moto_server.url})))
    answer = unknot("doctor")
    assert answer.code == 0, answer.out + answer.err
    assert "+ aws as arn:aws:sts::123456789012:user/moto" in answer.out
    assert "cannot tell which are missing: IAM's policy simulator knows users and roles only" in answer.out
    assert moto_server.environment["AWS_SECRET_ACCESS_KEY"] not in answer.out.split()


@pytest.mark.parts
def test_simulator_that_does_not_answer_is_no_missing_permission(
    unknot: Callable[..., Any],
    write_stack: Callable[..., None],
    moto_server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in moto_server.environment.items():
        monkeypatch.setenv(name, value)
    role = boto3.client("iam", region_name="us-east-1").create_role(
        RoleName="deploy", Path="/team/", AssumeRolePolicyDocument="{}"
    )["Role"]["Arn"]
    options = {"endpoint": moto_server.url, "role_arn": role, "retry_mode": "standard"}
    write_stack(STACK.replace("{options}", json.dumps(options)))
    answer = unknot("doctor")
    assert answer.code == 0, answer.out + answer.err
    assert "+ aws as arn:aws:sts::123456789012:assumed-role/deploy/unknot" in answer.out
    assert "cannot tell which are missing" in answer.out
