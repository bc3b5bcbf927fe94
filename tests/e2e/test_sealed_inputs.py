"""Canaries are given as text where a service's own model has something sensitive, inside of structures (rule S1)."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from proxy import Answer, Fault, Proxy
from servers import Server

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

CANARY = "canary-5Tq8-given-as-text"
NEXT = "canary-6Ru9-given-next"
FOUND = "canary-8Wv2-put-there-by-hand"
ENCODED = tuple(base64.b64encode(text.encode()).decode() for text in (CANARY, NEXT, FOUND))

STACK = """\
import base64
import os

from unknot import Stack, Target
from unknot import format as join
from unknot import aws

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def stack() -> Stack:
    text = os.environ["GIVEN"]
    s = Stack("demo", owner="team@example.org", target=Target("here", cloud="aws", region="us-east-1", options={"endpoint": os.environ["AWS_ENDPOINT_URL"]}))
    queue = s.add(aws.SqsQueue("jobs"))
    role = s.add(aws.IamRole("role", role_name="sealed-inputs", assume_role_policy_document=TRUST))
    variables = {"DB": text, "URL": join("https://" + text + "@{arn}", arn=queue.arn), "MODE": "fast", "ROLE": role.arn}
    function = s.add(
        aws.LambdaFunction(
            "score",
            function_name="sealed-inputs",
            runtime="python3.12",
            handler="f.handler",
            role=role.arn,
            code={"ZipFile": os.environ["ZIPPED"]},
            environment={"Variables": variables},
        )
    )
    user_data = base64.b64encode(text.encode()).decode()
    s.add(
        aws.Ec2LaunchTemplate(
            "etl",
            launch_template_name="sealed-inputs",
            launch_template_data={"InstanceType": "t3.micro", "UserData": user_data},
        )
    )
    container = {
        "name": "etl",
        "image": "busybox",
        "memory": 128,
        "environment": [{"name": "DB", "value": text}, {"name": "PORT", "value": "5432"}],
    }
    s.add(aws.EcsTaskDefinition("etl", family="sealed-inputs", container_definitions=[container]))
    target = {"Id": "1", "Arn": queue.arn, "RedshiftDataParameters": {"Database": "db", "Sql": f"select '{text}'"}}
    s.add(aws.EventBridgeRule("hourly", rule_name="sealed-inputs", schedule_expression="rate(1 hour)", targets=[target]))
    s.output("function", function.arn)
    return s
"""

ZIPPED = (
    "UEsDBBQAAAAAAAAAIQDQIbg3JgAAACYAAAAEAAAAZi5weWRlZiBoYW5kbGVyKGV2ZW50LCBjb250ZXh0KTogcmV0dXJuIDEKUEsBAhQDFAAAAAAA"
    "AAAhANAhuDcmAAAAJgAAAAQAAAAAAAAAAAAAAIABAAAAAGYucHlQSwUGAAAAAAEAAQAyAAAASAAAAAAA"
)


@pytest.fixture
def world(moto_server: Server, monkeypatch: pytest.MonkeyPatch, write: Write) -> Callable[[str], Any]:
    """Bare clients of the cloud that the stack is on. The ledger has a key."""
    for name, value in {
        **moto_server.environment,
        "GIVEN": CANARY,
        "ZIPPED": ZIPPED,
        "LEDGER_KEY": "00" * 32,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NEXT_KEY", "11" * 32)
    write("stack.py", STACK)
    write("unknot.toml", '[encryption]\nkey = "env:LEDGER_KEY"\n')
    return lambda service: boto3.client(service, region_name="us-east-1", endpoint_url=moto_server.url)


def leaks(project: Path, said: str) -> list[str]:
    """Where a canary is, in files or in what was said."""
    texts = (CANARY, NEXT, FOUND, *(text.rstrip("=")[:-2] for text in ENCODED))

    def places() -> Iterator[tuple[str, bytes]]:
        for file in project.rglob("*"):
            if file.is_file():
                yield str(file.relative_to(project)), file.read_bytes()
        yield "stdout or stderr", said.encode()

    return [name for name, data in places() if any(text.encode() in data for text in texts)]


@pytest.mark.slow
@pytest.mark.rule("S1")
def test_text_given_where_a_service_has_secrets_is_in_no_byte_and_reaches_the_service(
    unknot: Run, project: Path, world: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def do(*command: str, code: int = 0) -> Any:
        answer = unknot(*command)
        said.append(answer.out + answer.err)
        assert answer.code == code, answer
        assert leaks(project, said[-1]) == [], command
        return answer

    def variables() -> Any:
        found = world("lambda").get_function_configuration(FunctionName="sealed-inputs")
        return found["Environment"]["Variables"]

    def look() -> None:
        for command in (
            ["plan", "-v"],
            ["show"],
            ["show", "--json"],
            ["state", "pull"],
            ["graph"],
            ["output"],
        ):
            do(*command)
        do("state", "show", "aws.lambda_function.score", "--json")
        do("state", "history", "--json")

    do("validate")
    do("plan", "--out", "first.plan", "-v")  # there is no ledger yet, and so no data key
    do("review", "first.plan")
    do("show", "first.plan", "--json")
    do("apply", "first.plan", "--same-tree")
    assert variables()["DB"] == CANARY
    assert variables()["URL"].startswith(f"https://{CANARY}@arn:aws:sqs:")
    (container,) = world("ecs").describe_task_definition(taskDefinition="sealed-inputs")["taskDefinition"][
        "containerDefinitions"
    ]
    assert {"name": "DB", "value": CANARY} in container["environment"]
    plan = do("plan", "--json").document
    assert plan["is_empty"], (plan["changes"], plan["drift"])
    recorded = do("state", "pull").out
    assert "given: environment.Variables.DB" in recorded, "what is recorded says what it is, and no more"
    assert do("output", "function", "--raw").out.startswith("arn:aws:lambda:"), (
        "what is no secret is not sealed"
    )
    look()

    # Somebody changes what is beside the secret, and adds another.
    live = world("lambda").get_function_configuration(FunctionName="sealed-inputs")["Environment"][
        "Variables"
    ]
    world("lambda").update_function_configuration(
        FunctionName="sealed-inputs", Environment={"Variables": {**live, "EXTRA": FOUND, "MODE": FOUND}}
    )
    template = world("ec2").describe_launch_templates(LaunchTemplateNames=["sealed-inputs"])[
        "LaunchTemplates"
    ][0]
    world("ec2").create_launch_template_version(
        LaunchTemplateId=template["LaunchTemplateId"],
        LaunchTemplateData={"InstanceType": "t3.large", "UserData": ENCODED[2]},
    )
    world("ec2").modify_launch_template(LaunchTemplateId=template["LaunchTemplateId"], DefaultVersion="2")
    plan = do("plan", "--json").document
    assert {d["address"] for d in plan["drift"]} == {
        "aws.lambda_function.score",
        "aws.ec2_launch_template.etl",
    }
    text = do("plan", "-v").out
    assert '"t3.large" -> "t3.micro"' in text, text
    assert "launch_template_data.UserData: (sensitive) -> (sensitive, another one)" in text, text
    do("apply", "--refresh-only", "--yes")
    look()
    do("apply", "--yes")
    assert variables()["DB"] == CANARY
    assert "EXTRA" not in variables()
    assert do("plan", "--json").document["is_empty"]

    monkeypatch.setenv("GIVEN", NEXT)
    plan = do("plan", "--json", "--out", "next.plan").document
    assert {c["address"]: c["action"] for c in plan["changes"]} == {
        "aws.lambda_function.score": "update",
        "aws.ec2_launch_template.etl": "update",
        "aws.ecs_task_definition.etl": "delete-then-create",
        "aws.events_rule.hourly": "update",
    }
    do("review", "next.plan")
    do("apply", "next.plan", "--same-tree", "--json")
    assert variables()["DB"] == NEXT
    look()

    do("state", "rotate-key", "--to", "env:NEXT_KEY")
    (project / "unknot.toml").write_text('[encryption]\nkey = "env:NEXT_KEY"\n')
    assert do("plan", "--json").document["is_empty"], "a seal is kept when the key is another one"
    function = do("state", "show", "aws.lambda_function.score", "--json").document
    assert "sensitive" in json.dumps(function)
    asked = unknot("state", "show", "aws.lambda_function.score", "--json", "--reveal")
    assert NEXT in asked.out, "whoever has the key and asks for it sees it"
    do("destroy", "--yes")
    do("state", "history", "--json")


@pytest.mark.slow
@pytest.mark.rule("S1")
@pytest.mark.usefixtures("world")
def test_error_of_the_service_does_not_tell_what_was_given(
    unknot: Run, project: Path, moto_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = json.dumps({"Type": "User", "message": f"1 validation error: '{CANARY}' has failed a constraint"})
    refusal = Answer(400, {"x-amzn-ErrorType": "ValidationException"}, said.encode())
    with Proxy(moto_server.url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        proxy.faults.append(Fault(refusal, lambda request: request.path.endswith("/functions")))
        answer = unknot("apply", "--yes")
        ended = unknot("destroy", "--yes")
    assert answer.code == 1, answer
    assert "'***' has failed a constraint" in answer.out + answer.err, answer
    assert leaks(project, answer.out + answer.err + ended.out + ended.err) == []


@pytest.mark.slow
@pytest.mark.rule("S1")
@pytest.mark.usefixtures("world")
def test_without_a_key_it_is_refused_and_says_where(unknot: Run, project: Path) -> None:
    (project / "unknot.toml").unlink()
    answer = unknot("plan")
    assert answer.code == 1, answer
    text = answer.out + answer.err
    assert "`aws.lambda_function.score`: `environment.Variables.DB` and 2 more may be secret" in text, text
    assert "[encryption]" in text
    assert leaks(project, text) == []
