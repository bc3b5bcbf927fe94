"""What goes wrong between unknot and AWS while a stack is applied: nothing is lost, and nothing made twice."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

import pytest
import servers
from proxy import Answer, Fault, Proxy, Request

from unknot import aws
from unknot.planner.apply import ApplyReport
from unknot.planner.plan import Plan
from unknot.stacks.resource import Resource
from unknot.stacks.target import Target

pytestmark = [pytest.mark.parts, pytest.mark.slow]

TRUST: Any = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
IMAGE = "ami-12c6146b"
"""One of those that moto knows."""


class Team(Protocol):
    """The fixture of that name."""

    unique: str
    target: Target

    def plan(self, *resources: Resource) -> tuple[Plan, Any]: ...
    def apply(self, *resources: Resource) -> ApplyReport: ...
    def changes(self, *resources: Resource) -> Mapping[str, str]: ...


def refused(status: int, code: str, message: str) -> Callable[[Request], Answer]:
    """As each protocol of AWS says it."""

    def answer(request: Request) -> Answer:
        if any(name.lower() == "x-amz-target" for name in request.headers):
            body = json.dumps({"__type": code, "message": message})
            return Answer(min(status, 400), {"Content-Type": "application/x-amz-json-1.0"}, body.encode())
        error = f"<Code>{code}</Code><Message>{message}</Message>"
        is_s3 = request.method in ("GET", "PUT", "HEAD", "DELETE")
        text = (
            f"<Error>{error}</Error>" if is_s3 else f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
        )
        return Answer(status, {"Content-Type": "text/xml"}, text.encode())

    return answer


class Refusing(Fault):
    """Answers in the request's own protocol."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        self._made = refused(status, code, message)
        super().__init__(Answer(status), **more)

    def strikes(self, request: Request) -> bool:
        if not super().strikes(request):
            return False
        self.answer = self._made(request)
        return True


def bucket(team: Team, name: str = "raw", **more: Any) -> Resource:
    return aws.S3Bucket(name, target=team.target, bucket=f"{name}-{team.unique}", **more)


def queue(team: Team, name: str = "jobs") -> Resource:
    return aws.SqsQueue(name, target=team.target, queue_name=f"{name}-{team.unique}")


def role(team: Team, name: str = "etl") -> Resource:
    return aws.IamRole(
        name, target=team.target, role_name=f"{name}-{team.unique}", assume_role_policy_document=TRUST
    )


def table(team: Team) -> Resource:
    return aws.DynamoDbTable(
        "seen",
        target=team.target,
        table_name=f"seen-{team.unique}",
        attribute_definitions=[{"AttributeName": "id", "AttributeType": "S"}],
        key_schema=[{"AttributeName": "id", "KeyType": "HASH"}],
        billing_mode="PAY_PER_REQUEST",
    )


def topic(team: Team) -> Resource:
    return aws.SnsTopic("told", target=team.target, topic_name=f"told-{team.unique}")


def machine(team: Team) -> Resource:
    return aws.Ec2Instance("worker", target=team.target, image_id=IMAGE, instance_type="t3.micro")


def template(team: Team) -> Resource:
    return aws.Ec2LaunchTemplate(
        "workers",
        target=team.target,
        launch_template_name=f"workers-{team.unique}",
        launch_template_data={"ImageId": IMAGE},
    )


def count(client: Any, team: Team, kind: str) -> int:
    """How many objects of this test's there are, whoever made them."""
    match kind:
        case "bucket":
            names = [b["Name"] for b in client("s3").list_buckets()["Buckets"]]
        case "queue":
            names = client("sqs").list_queues().get("QueueUrls", [])
        case "role":
            names = [r["RoleName"] for r in client("iam").list_roles(MaxItems=1000)["Roles"]]
        case "table":
            names = client("dynamodb").list_tables()["TableNames"]
        case "topic":
            names = [t["TopicArn"] for t in client("sns").list_topics()["Topics"]]
        case "template":
            found = client("ec2").describe_launch_templates()["LaunchTemplates"]
            names = [t["LaunchTemplateName"] for t in found]
        case _:
            raise ValueError(kind)
    return sum(team.unique in name for name in names)


MAKERS = {
    "bucket": bucket, "queue": queue, "role": role, "table": table, "topic": topic, "template": template,
}  # fmt: skip


def many(team: Team) -> list[Resource]:
    return [make(team, f"{make.__name__}{n}") for make in (bucket, queue, role) for n in range(10)]


def test_throttling_on_every_third_call_only_takes_longer(team: Team, proxy: Proxy, client: Any) -> None:
    fault = Refusing(503, "SlowDown", "Reduce your request rate.", every=3, times=None)
    proxy.faults.append(fault)
    report = team.apply(*many(team))
    assert report.exit_code == 0, [step.detail for step in report.steps if step.outcome != "done"]
    assert fault.hits >= 15
    proxy.faults.clear()
    assert team.changes(*many(team)) == {}
    assert [count(client, team, kind) for kind in ("bucket", "queue", "role")] == [10, 10, 10]


@pytest.mark.rule("A3")
@pytest.mark.parametrize("kind", list(MAKERS))
def test_response_lost_after_the_object_was_made_makes_no_second_one(
    team: Team, proxy: Proxy, client: Any, kind: str
) -> None:
    make: Callable[[Team], Resource] = MAKERS[kind]
    lost = Fault("lose", matches=lambda request: request.method in ("POST", "PUT"))
    proxy.faults.append(lost)
    team.apply(make(team))
    assert lost.hits == 1
    report = team.apply(make(team))
    assert report.exit_code == 0, [step.detail for step in report.steps if step.outcome != "done"]
    assert team.changes(make(team)) == {}
    assert count(client, team, kind) == 1


@pytest.mark.rule("A3")
def test_machine_whose_start_was_not_answered_is_asked_for_by_the_same_token(
    team: Team, proxy: Proxy
) -> None:
    """moto starts a second one for the same token, as EC2 does not: what counts is that the token is one."""
    proxy.faults.append(Fault("lose", matches=lambda request: b"RunInstances" in request.body))
    report = team.apply(machine(team))
    assert report.exit_code == 0, [step.detail for step in report.steps if step.outcome != "done"]
    asked = [parse_qs(r.body.decode()) for r in proxy.requests if b"RunInstances" in r.body]
    tokens = {form["ClientToken"][0] for form in asked}
    assert (len(asked), len(tokens)) == (2, 1)


@pytest.mark.rule("A3")
def test_server_that_goes_away_in_the_middle_leaves_nothing_that_the_next_apply_does_not_know(
    team: Team, proxy: Proxy, client: Any
) -> None:
    seen = 0

    def later(_request: Request) -> bool:
        nonlocal seen
        seen += 1
        return seen > 25

    proxy.faults.append(Fault("drop", matches=later, times=None))
    report = team.apply(*many(team))
    outcomes = [step.outcome for step in report.steps]
    assert report.exit_code == 1
    assert "failed" in outcomes
    proxy.faults.clear()

    assert team.apply(*many(team)).exit_code == 0
    assert team.changes(*many(team)) == {}
    assert [count(client, team, kind) for kind in ("bucket", "queue", "role")] == [10, 10, 10]


def test_objects_deleted_and_changed_by_hand_are_drift_and_come_back(team: Team, client: Any) -> None:
    wanted = (bucket(team, tags={"team": "ml"}), queue(team))
    assert team.apply(*wanted).exit_code == 0
    url = client("sqs").get_queue_url(QueueName=f"jobs-{team.unique}")["QueueUrl"]
    client("sqs").delete_queue(QueueUrl=url)
    tags = client("s3").get_bucket_tagging(Bucket=f"raw-{team.unique}")["TagSet"]
    tags = [tag if tag["Key"] != "team" else {"Key": "team", "Value": "nobody"} for tag in tags]
    client("s3").put_bucket_tagging(Bucket=f"raw-{team.unique}", Tagging={"TagSet": tags})

    plan, _ = team.plan(bucket(team, tags={"team": "ml"}), queue(team))
    assert {d.address: d.gone for d in plan.drift} == {"aws.s3_bucket.raw": False, "aws.sqs_queue.jobs": True}
    assert team.apply(bucket(team, tags={"team": "ml"}), queue(team)).exit_code == 0
    assert team.changes(bucket(team, tags={"team": "ml"}), queue(team)) == {}


def test_bucket_that_somebody_else_made_is_not_taken(team: Team, client: Any) -> None:
    where = {"LocationConstraint": "eu-west-1"}
    client("s3").create_bucket(Bucket=f"raw-{team.unique}", CreateBucketConfiguration=where)
    report = team.apply(bucket(team))
    assert report.exit_code == 1
    [step] = report.steps
    assert f"`unknot import aws.s3_bucket.raw raw-{team.unique}`" in step.detail, step.detail


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (400, "ExpiredToken", "expired"),
        (403, "RequestTimeTooSkewed", "clock"),
        (403, "AccessDenied", "s3:CreateBucket"),
        (403, "InvalidAccessKeyId", "credentials"),
    ],
)
def test_refusal_is_told_with_what_to_do_about_it(
    team: Team, proxy: Proxy, client: Any, status: int, code: str, says: str
) -> None:
    proxy.faults.append(Refusing(status, code, "No.", times=None, matches=lambda r: r.method == "PUT"))
    report = team.apply(bucket(team))
    assert report.exit_code == 1
    [step] = report.steps
    assert says in step.detail, step.detail
    proxy.faults.clear()
    assert team.apply(bucket(team)).exit_code == 0
    assert count(client, team, "bucket") == 1


def test_credentials_that_are_missing_are_said_to_be(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    report = team.apply(bucket(team))
    assert report.exit_code == 1
    assert "credentials" in report.steps[0].detail


class TestWhereIamIsEnforced:
    """moto refuses what no policy allows, from a number of calls on."""

    @pytest.fixture
    def key(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
        """The server's URL, and a key of a user who may make buckets and may not tag them."""
        import boto3

        with servers.moto({"INITIAL_NO_AUTH_ACTION_COUNT": "3"}) as server:
            for name, value in server.environment.items():
                monkeypatch.setenv(name, value)
            iam = boto3.Session().client("iam", region_name="us-east-1", endpoint_url=server.url)
            iam.create_user(UserName="ci")
            allowed = [
                "s3:CreateBucket",
                "s3:ListBucket",
                "s3:HeadBucket",
                "s3:ListAllMyBuckets",
                "s3:Get*",
                "s3:PutBucketPublicAccessBlock",
            ]
            policy = {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": allowed, "Resource": "*"}],
            }
            iam.put_user_policy(UserName="ci", PolicyName="some", PolicyDocument=json.dumps(policy))
            made = iam.create_access_key(UserName="ci")["AccessKey"]
            yield server.url, made

    def test_permission_that_is_missing_is_named(
        self,
        key: tuple[str, Any],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        made_team: Callable[[Path, Target], Team],
    ) -> None:
        import boto3
        from botocore.exceptions import ClientError

        url, made = key
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", made["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"])
        with pytest.raises(ClientError, match="AccessDenied"):  # that it refuses at all
            # A session of its own: the default one keeps the credentials that it began with.
            boto3.Session().client("iam", region_name="us-east-1", endpoint_url=url).list_roles()

        target = Target("here", cloud="aws", region="eu-west-1", options={"endpoint": url})
        team = made_team(tmp_path, target)
        report = team.apply(bucket(team))
        assert report.exit_code == 1
        assert "s3:PutBucketTagging" in report.steps[0].detail, report.steps[0].detail
