"""Formats take what the clouds take, and say of the rest what would be right."""

import json
from typing import Any

import pytest

from unknot.providers.declared.formats import FORMATS
from unknot.providers.declared.problem import Problem

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}


def found(name: str, value: Any) -> list[Problem]:
    return list(FORMATS[name].check(value))


def policy(**changes: Any) -> dict[str, Any]:
    statement = {key: value for key, value in {**ALLOW, **changes}.items() if value is not None}
    return {"Version": "2012-10-17", "Statement": [statement]}


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


END = {"Type": "Pass", "End": True}

RIGHT: list[tuple[str, Any]] = [
    ("arn", "arn:aws:s3:::bucket/key"),
    ("arn", "arn:aws:iam::123456789012:role/path/reader"),
    ("arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ("arn", "arn:aws-cn:lambda:cn-north-1:123456789012:function:f:1"),
    ("arn", "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:queue"),
    ("region", "eu-west-1"),
    ("gcp_location", "europe-west1"),
    ("gcp_location", "EU"),
    ("azure_location", "West Europe"),
    ("bucket_name", "my.bucket-1"),
    ("bucket_name", "a" * 63),
    ("gcs_bucket_name", "my_bucket.example.com"),
    ("azure_container_name", "$root"),
    ("azure_container_name", "a-b-1"),
    ("azure_storage_account_name", "abc123"),
    ("azure_vault_name", "my-vault"),
    ("cidr", "10.0.0.0/16"),
    ("cidr", "2001:db8::/32"),
    ("cidr", "0.0.0.0/0"),
    ("image", "python"),
    ("image", "python:3.12-slim"),
    ("image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1"),
    ("image", "localhost:5000/app@sha256:" + "a" * 64),
    ("schedule_expression", "rate(1 day)"),
    ("schedule_expression", "rate(5 minutes)"),
    ("schedule_expression", "cron(0/15 8-17 ? * MON-FRI *)"),
    ("schedule_expression", "cron(0 0 L * ? 2026)"),
    ("schedule_expression", "cron(0 12 ? * 2#1 *)"),
    ("scheduler_expression", "at(2026-11-25T12:00:00)"),
    ("unix_cron", "*/5 0-6 1,15 * 7"),
    ("policy", policy()),
    ("policy", {"Statement": ALLOW}),
    ("identity_policy", policy(Action=["s3:*", "*"], Resource="*")),
    ("identity_policy", policy(Condition={"ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a"]}})),
    ("resource_policy", policy(Principal="*")),
    ("resource_policy", policy(Principal={"AWS": ["123456789012", "arn:aws:iam::123456789012:root"]})),
    ("trust_policy", {"Version": "2012-10-17", "Statement": [TRUST]}),
    ("identity_policy", policy(Resource=[{"$ref": ["aws.s3_bucket.raw", "arn"]}])),
    ("state_machine", machine(a=END)),
    ("state_machine", machine(a={"Type": "Pass", "Next": "b"}, b={"Type": "Succeed"})),
    (
        "state_machine",
        machine(
            a={"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "b"}], "Default": "c"},
            b={"Type": "Wait", "Seconds": 1, "Next": "c"},
            c={"Type": "Map", "ItemProcessor": machine(d=END), "Next": "e"},
            e={"Type": "Parallel", "Branches": [machine(f=END)], "Next": "g", "Catch": [{"ErrorEquals": ["x"], "Next": "h"}]},
            g={"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True},
            h={"Type": "Fail", "Error": "x"},
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), RIGHT, ids=[f"{n}-{name}" for n, (name, _) in enumerate(RIGHT)])
def test_what_the_cloud_takes_is_right(name: str, value: Any) -> None:
    assert found(name, value) == []


WRONG: list[tuple[str, Any, str, str]] = [
    ("arn", "my-role", "", "does not begin with `arn:`"),
    ("arn", "arn:aws:iam", "", "ends too early"),
    ("arn", "arn:awz:s3:::b", "", "Did you mean `aws`?"),
    ("arn", "arn:aws:S3:::b", "", "in lower case"),
    ("arn", "arn:aws:sqs:eu-wset-1:123456789012:q", "", "Did you mean `eu-west-1`?"),
    ("arn", "arn:aws-cn:sqs:eu-west-1:123456789012:q", "", "cn-north-1"),
    ("arn", "arn:aws:iam::1234:role/r", "", "twelve digits"),
    ("region", "eu-wset-1", "", "Did you mean `eu-west-1`?"),
    ("gcp_location", "europe-wst1", "", "Did you mean `europe-west1`?"),
    ("azure_location", "westeuropa", "", "Did you mean `westeurope`?"),
    ("bucket_name", "ab", "", "3 to 63"),
    ("bucket_name", "My-bucket", "", "has `M`"),
    ("bucket_name", "-bucket", "", "begins and ends"),
    ("bucket_name", "a..b", "", "side by side"),
    ("bucket_name", "10.0.0.1", "", "IP address"),
    ("bucket_name", "xn--bucket", "", "`xn--` are reserved"),
    ("bucket_name", "sthree-x", "", "`sthree-` are reserved"),
    ("bucket_name", "x-s3alias", "", "`-s3alias` are reserved"),
    ("gcs_bucket_name", "google-bucket", "", "reserved"),
    ("gcs_bucket_name", "Bucket", "", "has `B`"),
    ("azure_container_name", "a--b", "", "single hyphens"),
    ("azure_storage_account_name", "my-account", "", "letters and digits"),
    ("azure_vault_name", "1vault", "", "begins with a letter"),
    ("azure_resource_group_name", "group.", "", "full stop"),
    ("cidr", "10.0.0.1/16", "", "`10.0.0.0/16`"),
    ("cidr", "10.0.0.0", "", "length is missing"),
    ("cidr", "10.0.0/8", "", "address and a length"),
    ("image", "Python:3", "", "lower case"),
    ("image", "python:3 12", "", "repository:tag"),
    ("schedule_expression", "rate(1 minutes)", "", "`rate(1 minute)`"),
    ("schedule_expression", "rate(5 minute)", "", "`rate(5 minutes)`"),
    ("schedule_expression", "rate(0 days)", "", "from 1 on"),
    ("schedule_expression", "cron(0 12 * * *)", "", "six fields, this has 5"),
    ("schedule_expression", "cron(0 12 * * * *)", "", "one is `?`"),
    ("schedule_expression", "cron(61 12 * * ? *)", "", "0 to 59"),
    ("schedule_expression", "at(2026-11-25T12:00:00)", "", "one of the forms"),
    ("schedule_expression", "every day", "", "one of the forms"),
    ("scheduler_expression", "at(tomorrow)", "", "without a time zone"),
    ("unix_cron", "0 12 * *", "", "five fields, this has 4"),
    ("unix_cron", "0 24 * * *", "", "0 to 23"),
    ("policy", [], "", "JSON object"),
    ("policy", {"Version": "2012-10-17"}, "", "list of objects"),
    ("policy", {"Version": "2012", "Statement": [ALLOW]}, ".Version", "`2012-10-17`"),
    ("policy", {"Statment": [ALLOW]}, "", "Did you mean `Statement`?"),
    ("policy", policy(Effect="Alow"), ".Statement[0].Effect", "Did you mean `Allow`?"),
    ("policy", policy(Effect=None), ".Statement[0]", "`Allow` or `Deny`"),
    ("policy", policy(Action=None), ".Statement[0]", "`Action` or `NotAction`"),
    ("policy", policy(NotAction="s3:*"), ".Statement[0]", "one of the two"),
    ("policy", policy(Action=["s3:GetObject", "GetObject"]), ".Statement[0].Action[1]", "`service:Action`"),
    ("policy", policy(Resource="bucket/*"), ".Statement[0].Resource", "A resource is an ARN"),
    ("policy", policy(Actions="s3:*"), ".Statement[0]", "Did you mean `Action"),
    ("policy", policy(Condition={"StringEqual": {}}), ".Statement[0].Condition", "Did you mean `StringEquals`?"),
    ("policy", policy(Principal={"Aws": "*"}), ".Statement[0].Principal", "Did you mean `AWS`?"),
    ("policy", policy(Principal={"AWS": "1234"}), ".Statement[0].Principal.AWS", "12 digits"),
    ("policy", policy(Principal={"Service": ["lambda"]}), ".Statement[0].Principal.Service[0]", "lambda.amazonaws.com"),
    ("identity_policy", policy(Principal="*"), ".Statement[0].Principal", "Leave `Principal` out"),
    ("identity_policy", policy(Resource=None), ".Statement[0]", "`Resource` or `NotResource`"),
    ("identity_policy", policy(Sid="a b"), ".Statement[0].Sid", "letters and digits"),
    ("resource_policy", policy(), ".Statement[0]", "`Principal` or `NotPrincipal`"),
    ("trust_policy", {"Statement": [{**TRUST, "Resource": "*"}]}, ".Statement[0].Resource", "Leave `Resource` out"),
    ("policy", {"Statement": [{**ALLOW, "Sid": "a"}, {**ALLOW, "Sid": "a"}]}, ".Statement[1].Sid", "of its own"),
    ("state_machine", {"States": {"a": END}}, "", "one of: `a`"),
    ("state_machine", {"StartAt": "a"}, "", "name of a state"),
    ("state_machine", {"StartAt": "aa", "States": {"aaa": END}}, ".StartAt", "Did you mean `aaa`?"),
    ("state_machine", machine(a={"Type": "Tsk"}), ".States.a.Type", "Did you mean `Task`?"),
    ("state_machine", machine(a={"Type": "Pass"}), ".States.a", "`End: true`"),
    ("state_machine", machine(a={"Type": "Pass", "Next": "bb"}, bbb=END), ".States.a.Next", "Did you mean `bbb`?"),
    ("state_machine", machine(a={**END, "Nxt": "b"}), ".States.a", "Did you mean `Next`?"),
    ("state_machine", machine(a=END, b=END), ".States.b", "Nothing goes on to it"),
    ("state_machine", machine(a={"Type": "Task", "End": True}), ".States.a", "ARN of what the task calls"),
    ("state_machine", machine(a={"Type": "Wait", "End": True}), ".States.a", "`Seconds`"),
    ("state_machine", machine(a={"Type": "Map", "ItemProcessor": {"StartAt": "x", "States": {"y": END}}, "End": True}),
     ".States.a.ItemProcessor.StartAt", "States: `y`"),
    ("state_machine", machine(a={"Type": "Choice", "Choices": [{"Next": "z"}]}), ".States.a.Choices[0].Next", "States: `a`"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "path", "said"), WRONG, ids=[f"{n}-{row[0]}" for n, row in enumerate(WRONG)]
)
def test_what_the_cloud_refuses_is_said_with_what_would_be_right(
    name: str, value: Any, path: str, said: str
) -> None:
    problems = found(name, value)

    assert any(each.path == path and said in each.message for each in problems), problems


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.is_document])
@pytest.mark.parametrize(
    "value", [None, 1, "text", [], [1], {}, {"Statement": 1}, {"States": [1]}, {"Statement": [1]}]
)
def test_no_document_is_too_odd_to_be_judged(name: str, value: Any) -> None:
    for each in found(name, json.loads(json.dumps(value))):
        assert each.what
