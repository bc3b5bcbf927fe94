"""Resources of declared types as a stack makes them: checked at the line where they are written, recorded in one form."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import unknot
from unknot import aws
from unknot.planner.planning import make_plan
from unknot.planner.services import Services
from unknot.providers.base import ExpandRequest, Mark
from unknot.providers.portable.parts import Parts
from unknot.stacks.address import Address, new_uid
from unknot.stacks.output import Joined
from unknot.stacks.resource import Resource
from unknot.stacks.secret import Secret
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}  # fmt: skip


def recorded(resource: Resource) -> dict[str, Any]:
    """Its inputs as a plan has them."""
    stack = Stack("test", owner="me")
    stack.add(aws.S3Bucket("raw"))
    stack.add(resource)
    definition = stack.definition()
    assert [str(each.summary) for each in stack.diagnostics] == []
    return dict(definition.resources[resource.address].inputs)


def test_wrong_values_become_diagnostics_at_the_line_of_the_call() -> None:
    wrong = aws.S3Bucket("raw", bucket="My", versioning={"Status": "BANANA"})  # type: ignore[arg-type]

    line = sys._getframe().f_lineno - 2
    assert [each.summary for each in wrong.problems] == [
        "`aws.s3_bucket.raw`: `bucket` cannot be `My`",
        "`aws.s3_bucket.raw`: `versioning.Status` cannot be `BANANA`",
    ]
    assert {(each.source.file, each.source.line) for each in wrong.problems if each.source} == {
        (__file__, line)
    }


def test_all_problems_of_all_resources_are_gathered() -> None:
    stack = Stack("test", owner="me")
    stack.add(aws.S3Bucket("a", bucket="A-bucket"))
    stack.add(aws.IamRole("b", assume_role_policy_document="{"))

    assert [each.address for each in stack.diagnostics] == ["aws.s3_bucket.a", "aws.iam_role.b"]


def test_misspelt_and_missing_inputs_are_said_together_with_wrong_values() -> None:
    wrong = aws.IamRole("r", assume_rol_policy={}, max_session_duration=60)  # type: ignore[call-arg]

    said = [each.summary for each in wrong.problems]
    assert "`aws.iam_role.r` lacks the input `assume_role_policy_document`" in said
    assert "`aws.iam_role.r` has no input `assume_rol_policy`" in said
    assert "`aws.iam_role.r`: `max_session_duration` cannot be `60`" in said


def test_mapping_for_embedded_json_is_recorded_as_canonical_text() -> None:
    role = aws.IamRole("r", assume_role_policy_document=TRUST)
    other = aws.IamRole("r", assume_role_policy_document=dict(reversed(TRUST.items())))

    text = recorded(role)["assume_role_policy_document"]
    assert text == json.dumps(TRUST, sort_keys=True, separators=(",", ":"))
    assert recorded(other)["assume_role_policy_document"] == text


def test_text_for_embedded_json_is_recorded_as_it_is() -> None:
    text = json.dumps(TRUST, indent=2)

    assert recorded(aws.IamRole("r", assume_role_policy_document=text))["assume_role_policy_document"] == text


def test_outputs_inside_embedded_json_are_put_in_when_they_are_known() -> None:
    raw = aws.S3Bucket("raw")
    both = [raw.arn, unknot.format("{arn}/*", arn=raw.arn)]
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": both}
    policy = aws.IamPolicy("p", policy_document={"Version": "2012-10-17", "Statement": [statement]})

    assert policy.problems == ()
    assert isinstance(policy.policy_document, Joined)
    reference = {"$ref": ["aws.s3_bucket.raw", "arn"]}
    assert recorded(policy)["policy_document"] == {
        "$join": [
            '{"Statement":[{"Action":"s3:*","Effect":"Allow","Resource":["',
            reference,
            '","',
            reference,
            '/*"]}],"Version":"2012-10-17"}',
        ]
    }


def test_embedded_json_is_checked_around_the_outputs_in_it() -> None:
    raw = aws.S3Bucket("raw")
    statement = {"Effect": "Alow", "Action": "s3:*", "Resource": [raw.arn]}
    policy = aws.IamPolicy("p", policy_document={"Version": "2012-10-17", "Statement": [statement]})

    assert [each.summary for each in policy.problems] == [
        "`aws.iam_policy.p`: `policy_document.Statement[0].Effect` cannot be `Alow`"
    ]


def test_bytes_are_recorded_in_base64() -> None:
    made = aws.S3Object("o", bucket="raw-data", key="k", body=b"\x00\xff")

    assert recorded(made)["body"] == base64.b64encode(b"\x00\xff").decode()


def test_outputs_and_secrets_are_taken_anywhere() -> None:
    raw = aws.S3Bucket("raw")
    made = aws.LambdaFunction(
        "f",
        code={"S3Bucket": raw.physical_name, "S3Key": unknot.format("code/{name}", name=raw.physical_name)},
        role=raw.arn,
        environment={"Variables": {"BUCKET": raw.physical_name, "TOKEN": Secret.env("TOKEN")}},
    )

    assert made.problems == ()
    assert recorded(made)["code"]["S3Bucket"] == {"$ref": ["aws.s3_bucket.raw", "physical_name"]}


@pytest.mark.rule("S1")
def test_canary_in_a_sensitive_input_is_in_no_diagnostic() -> None:
    wrong = aws.Ec2Instance("i", user_data={"canary-123": 1})  # type: ignore[arg-type]

    assert wrong.problems
    assert all("canary" not in each.summary + each.detail for each in wrong.problems)


def test_value_without_a_form_is_left_to_the_stack() -> None:
    stack = Stack("test", owner="me")
    stack.add(aws.S3Bucket("raw", tags={"a": object()}))  # type: ignore[dict-item]

    assert [each.summary for each in stack.diagnostics] == [
        "`aws.s3_bucket.raw`: input `tags` cannot be recorded"
    ]


def test_a_stack_pays_only_for_the_services_that_it_uses() -> None:
    """No SDK, and no other service's module or catalogue."""
    code = """
import sys
from unknot import aws
aws.S3Bucket("raw", bucket="raw-data")
from unknot.providers.declared.catalogue import catalogue
loaded = sorted(name for name in sys.modules if name.startswith("unknot.providers.aws.resources."))
print(loaded, [name for name in ("botocore", "boto3", "google.cloud", "azure.core") if name in sys.modules])
print(catalogue.cache_info().currsize)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["['unknot.providers.aws.resources.s3'] []", "1"]


def test_misspelt_type_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="Did you mean `S3Bucket`"):
        _ = aws.S3Bukcet  # type: ignore[attr-defined]
    assert "S3Bucket" in dir(aws)


def test_own_subclass_gives_defaults_and_is_checked() -> None:
    class Kept(aws.S3Bucket):
        bucket: str = "Kept"

    assert [each.summary for each in Kept("raw").problems] == [
        "`aws.s3_bucket.raw`: `bucket` cannot be `Kept`"
    ]


def test_what_the_catalogue_may_be_behind_on_is_warned_of_once_and_planned(tmp_path: Path) -> None:
    stack = Stack("test", owner="me", target=Target("here", cloud="aws", region="us-east-1"))
    stack.add(aws.Ec2Instance("trainer", image_id="ami-12345678", instance_type="z9.mega"))

    plan = make_plan(
        stack.definition(root=tmp_path), None, Services(project=tmp_path), diagnostics=stack.diagnostics
    )

    assert [(each.severity.value, each.summary) for each in plan.diagnostics] == [
        ("warning", "`aws.ec2_instance.trainer`: `instance_type` cannot be `z9.mega`")
    ]
    assert plan.can_apply
    (change,) = plan.changes
    assert change.inputs == {"image_id": "ami-12345678", "instance_type": "z9.mega"}
    assert change.target == "here"


def test_part_that_is_only_warned_of_keeps_its_inputs() -> None:
    request = ExpandRequest(
        Address("bucket.raw"),
        "bucket",
        {},
        "raw",
        Target("here"),
        "demo",
        "default",
        Mark("lineage", new_uid()),
    )
    parts = Parts(request)

    parts.add(aws.Ec2Instance("raw", image_id="ami-12345678", instance_type="z9.mega"))

    response = parts.response()
    assert [each.severity.value for each in response.diagnostics] == ["warning"]
    assert response.parts[0].inputs == {"image_id": "ami-12345678", "instance_type": "z9.mega"}
