"""What moto lacks of AWS, through botocore's Stubber: every request is held to the service model, and to what a test says.

Answers are made of the service model: a description tells, of what a create was given, the members that the model
gives the description, and whatever else the model requires. What a test adds, and the words of errors, are the
API's own, with their source. Nothing is taken from the declaration under test.
"""

import datetime
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.model import Shape
from botocore.stub import Stubber

from unknot.providers.aws.client import AwsApi
from unknot.providers.aws.types import DECLARATIONS
from unknot.providers.base import (
    Context,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    ImportRequest,
    LiveObject,
    Mark,
    ReadItem,
    ReadRequest,
    UpdateRequest,
)
from unknot.providers.declared.provider import DeclaredProvider
from unknot.stacks.address import Address, Uid
from unknot.stacks.target import Target

MARK = Mark("l" * 32, Uid("u" * 20))
MARKS = [{"Key": "unknot:lineage", "Value": MARK.lineage}, {"Key": "unknot:uid", "Value": MARK.uid}]
MARK_MAP = {entry["Key"]: entry["Value"] for entry in MARKS}
TEAM = {"Key": "team", "Value": "ml"}
ROLE = "arn:aws:iam::123456789012:role/r"
SAGEMAKER = "arn:aws:sagemaker:us-east-1:123456789012"
TIMEOUT_S = 20.0


class Account:
    """The provider at a cloud that answers as a test says, in that order."""

    def __init__(self, project: Path) -> None:
        target = Target("here", cloud="aws", region="us-east-1")
        self._api = AwsApi(target)
        self._stubs: dict[str, Stubber] = {}
        self._context = Context(project, MARK.lineage, target)
        self._provider = DeclaredProvider("aws", lambda: DECLARATIONS, lambda: self)
        self._given: dict[str, Any] = {}

    def api(self, context: Context) -> AwsApi:
        """Of `Cloud`."""
        assert context is self._context
        return self._api

    def close(self) -> None:
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()

    # what is asked of the cloud, in order

    def expect(self, call: str, params: Mapping[str, Any], **answer: Any) -> None:
        """A request with exactly these parameters."""
        service, _, operation = call.partition(".")
        self._stub(service).add_response(operation, self._told(service, operation, answer), dict(params))

    def refuse(self, call: str, params: Mapping[str, Any], code: str, message: str) -> None:
        service, _, operation = call.partition(".")
        self._stub(service).add_client_error(
            operation,
            service_error_code=code,
            service_message=message,
            http_status_code=400,
            expected_params=dict(params),
        )

    def describe(self, call: str, params: Mapping[str, Any], given: Mapping[str, Any], **more: Any) -> None:
        """A description of what was made of `given`: of it, the members that the model gives the answer."""
        service, _, operation = call.partition(".")
        output = self._model(service, operation).output_shape
        self.expect(call, params, **{name: given[name] for name in output.members if name in given} | more)

    def describe_in(
        self, member: str, call: str, params: Mapping[str, Any], given: Mapping[str, Any], **more: Any
    ) -> None:
        """The same for an answer that has the description in one member."""
        service, _, operation = call.partition(".")
        inside = self._model(service, operation).output_shape.members[member]
        told = {name: given[name] for name in inside.members if name in given} | more
        self.expect(call, params, **{member: told})

    def _told(self, service: str, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
        output = self._model(service, operation).output_shape
        return answer if output is None else _complete(output, answer)

    def _model(self, service: str, operation: str) -> Any:
        client = self._api.client(service)
        return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])

    def _stub(self, service: str) -> Stubber:
        if service not in self._stubs:
            self._stubs[service] = Stubber(self._api.client(service))
            self._stubs[service].activate()
        return self._stubs[service]

    # what unknot does

    def create(self, type_: str, inputs: dict[str, Any]) -> CreateResponse:
        address = Address(f"{type_}.it")
        return self._provider.create(
            CreateRequest(self._context, address, type_, inputs, "t" * 32, MARK, 1, TIMEOUT_S)
        )

    def read(self, type_: str, id_: str, inputs: dict[str, Any]) -> LiveObject | None:
        address = Address(f"{type_}.it")
        found = self._provider.read_many(ReadRequest(self._context, (ReadItem(address, type_, id_, inputs),)))
        assert not found.diagnostics, found.diagnostics
        return found.objects[address]

    def update(self, type_: str, id_: str, prior: dict[str, Any], inputs: dict[str, Any]) -> None:
        address = Address(f"{type_}.it")
        self._provider.update(
            UpdateRequest(self._context, address, type_, id_, prior, inputs, "t" * 32, MARK, 1, TIMEOUT_S)
        )

    def adopt(self, type_: str, id_: str) -> LiveObject:
        address = Address(f"{type_}.it")
        found = self._provider.import_(
            ImportRequest(self._context, address, type_, id_, MARK, adopt=True)
        ).object
        assert found is not None
        return found

    def delete(self, type_: str, id_: str, inputs: dict[str, Any]) -> None:
        address = Address(f"{type_}.it")
        self._provider.delete(DeleteRequest(self._context, address, type_, id_, inputs, {}, MARK, TIMEOUT_S))


def _complete(shape: Any, value: Any) -> Any:
    """`value` with every member that the model requires and nobody gave."""
    if shape.type_name == "structure" and isinstance(value, dict):
        required = {name: _least(shape.members[name]) for name in shape.required_members if name not in value}
        return required | {name: _complete(shape.members[name], entry) for name, entry in value.items()}
    if shape.type_name == "list":
        return [_complete(shape.member, entry) for entry in value]
    return value


def _least(shape: Shape) -> Any:
    """The least that the model takes for a value of a shape."""
    made: Any = shape
    match made.type_name:
        case "structure":
            return _complete(made, {})
        case "list":
            return [_least(made.member)] * int(made.metadata.get("min", 0))
        case "map":
            return {}
        case "timestamp":
            return datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC)
        case "boolean":
            return False
        case "string":
            return made.enum[0] if made.enum else "x" * int(made.metadata.get("min", 1))
        case _:
            return made.metadata.get("min", 0)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    found = Account(tmp_path)
    yield found
    found.close()


# SageMaker's jobs. A job that is not there: https://github.com/aws/aws-sdk/issues/165 (training) and moto's own source.

TRAINING = {
    "TrainingJobName": "fit",
    "RoleArn": ROLE,
    "AlgorithmSpecification": {
        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/t:1",
        "TrainingInputMode": "File",
    },
    "OutputDataConfig": {"S3OutputPath": "s3://models/out"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "HyperParameters": {"depth": "3"},
}
PROCESSING = {
    "ProcessingJobName": "prep",
    "RoleArn": ROLE,
    "AppSpecification": {
        "ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/p:1",
        "ContainerEntrypoint": ["python", "p.py"],
    },
    "ProcessingResources": {
        "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
    },
}
JOBS = [
    pytest.param("training", TRAINING, "Requested resource not found.", id="training_job"),
    pytest.param(
        "processing", PROCESSING, "Could not find requested job with name: prep", id="processing_job"
    ),
]


def snake(given: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs of a stack for parameters of a create whose names are their own in snake case."""
    return {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_"): v
        for name, v in given.items()
    }


@pytest.mark.parametrize(("kind", "given", "absent"), JOBS)
def test_job_of_sagemaker_is_made_read_tagged_and_stopped(
    account: Account, kind: str, given: dict[str, Any], absent: str
) -> None:
    type_, (name_member, name) = f"aws.sagemaker_{kind}_job", next(iter(given.items()))
    one, arn = {name_member: name}, f"{SAGEMAKER}:{kind}-job/{name}"
    status, arn_member = f"{kind.capitalize()}JobStatus", f"{kind.capitalize()}JobArn"
    running = {arn_member: arn, status: "InProgress"}
    inputs = snake(given) | {"tags": {"team": "ml"}}

    account.refuse(f"sagemaker.describe_{kind}_job", one, "ValidationException", absent)
    account.expect(f"sagemaker.create_{kind}_job", given | {"Tags": [TEAM, *MARKS]}, **{arn_member: arn})
    account.describe(f"sagemaker.describe_{kind}_job", one, given, **running)
    made = account.create(type_, inputs)
    assert (made.id, made.outputs["arn"], made.outputs["status"]) == (name, arn, "InProgress")

    account.describe(f"sagemaker.describe_{kind}_job", one, given, **running)
    account.expect("sagemaker.list_tags", {"ResourceArn": arn}, Tags=[TEAM, *MARKS])
    live = account.read(type_, name, inputs)
    assert live is not None
    assert (live.inputs, live.mark) == (inputs, MARK), "what was made is told as it was given"

    account.describe(f"sagemaker.describe_{kind}_job", one, given, **running)
    account.expect("sagemaker.add_tags", {"ResourceArn": arn, "Tags": [{"Key": "team", "Value": "data"}]})
    account.describe(f"sagemaker.describe_{kind}_job", one, given, **running)
    account.update(type_, name, inputs, inputs | {"tags": {"team": "data"}})

    account.expect(f"sagemaker.stop_{kind}_job", one)
    account.delete(type_, name, inputs)
    account.describe(f"sagemaker.describe_{kind}_job", one, given, **(running | {status: "Stopped"}))
    assert account.read(type_, name, inputs) is None, "SageMaker keeps jobs that were stopped"


@pytest.mark.parametrize(("kind", "given", "absent"), JOBS)
def test_job_that_has_ended_or_is_gone_is_deleted(
    account: Account, kind: str, given: dict[str, Any], absent: str
) -> None:
    name_member, name = next(iter(given.items()))
    for said in ("The request was rejected because the job is in status Completed.", absent):
        account.refuse(f"sagemaker.stop_{kind}_job", {name_member: name}, "ValidationException", said)
        account.delete(f"aws.sagemaker_{kind}_job", name, snake(given))
    account.refuse(f"sagemaker.describe_{kind}_job", {name_member: name}, "ValidationException", absent)
    assert account.read(f"aws.sagemaker_{kind}_job", name, snake(given)) is None


FEATURES = {
    "FeatureGroupName": "flights",
    "RecordIdentifierFeatureName": "flight",
    "EventTimeFeatureName": "at",
    "FeatureDefinitions": [
        {"FeatureName": "flight", "FeatureType": "String"},
        {"FeatureName": "at", "FeatureType": "Fractional"},
    ],
    "OnlineStoreConfig": {"EnableOnlineStore": True, "TtlDuration": {"Unit": "Hours", "Value": 1}},
    "RoleArn": ROLE,
}


def test_feature_group_is_made_waited_for_changed_in_place_and_deleted(account: Account) -> None:
    type_, one, arn = (
        "aws.sagemaker_feature_group",
        {"FeatureGroupName": "flights"},
        f"{SAGEMAKER}:feature-group/flights",
    )
    inputs = snake(FEATURES) | {"tags": {"team": "ml"}}
    describe = "sagemaker.describe_feature_group"
    # The model has `ResourceNotFound` among the errors of the operation.
    account.refuse(
        describe, one, "ResourceNotFound", "Resource Not Found: Amazon SageMaker can't find a FeatureGroup"
    )
    account.expect("sagemaker.create_feature_group", FEATURES | {"Tags": [TEAM, *MARKS]}, FeatureGroupArn=arn)
    account.describe(describe, one, FEATURES, FeatureGroupArn=arn, FeatureGroupStatus="Creating")
    account.describe(describe, one, FEATURES, FeatureGroupArn=arn, FeatureGroupStatus="Created")
    account.describe(describe, one, FEATURES, FeatureGroupArn=arn, FeatureGroupStatus="Created")
    made = account.create(type_, inputs)
    assert made.outputs == {"arn": arn, "physical_name": "flights", "status": "Created"}

    # UpdateFeatureGroup takes a shape of its own, without `EnableOnlineStore`: the Stubber refuses anything else.
    longer = {"EnableOnlineStore": True, "TtlDuration": {"Unit": "Days", "Value": 1}}
    account.expect(
        "sagemaker.update_feature_group",
        one | {"OnlineStoreConfig": {"TtlDuration": {"Unit": "Days", "Value": 1}}},
        FeatureGroupArn=arn,
    )
    for _ in range(3):
        account.describe(describe, one, FEATURES, FeatureGroupArn=arn, FeatureGroupStatus="Created")
    account.update(type_, "flights", inputs, inputs | {"online_store_config": longer})

    account.expect("sagemaker.delete_feature_group", one)
    account.describe(describe, one, FEATURES, FeatureGroupArn=arn, FeatureGroupStatus="Deleting")
    account.refuse(
        describe, one, "ResourceNotFound", "Resource Not Found: Amazon SageMaker can't find a FeatureGroup"
    )
    account.delete(type_, "flights", inputs)


def test_endpoint_is_given_another_configuration_and_waited_for(account: Account) -> None:
    one, arn = {"EndpointName": "score"}, f"{SAGEMAKER}:endpoint/score"
    now, then = {**one, "EndpointConfigName": "one"}, {**one, "EndpointConfigName": "two"}
    inputs = {"endpoint_name": "score", "endpoint_config_name": "one"}
    describe = "sagemaker.describe_endpoint"
    account.describe(describe, one, then, EndpointArn=arn, EndpointStatus="InService")
    found = account.read("aws.sagemaker_endpoint", "score", inputs)
    assert found is not None
    assert found.inputs["endpoint_config_name"] == "two", "a configuration that was changed by hand is drift"

    account.expect("sagemaker.update_endpoint", now, EndpointArn=arn)
    account.describe(describe, one, now, EndpointArn=arn, EndpointStatus="Updating")
    for _ in range(3):
        account.describe(describe, one, now, EndpointArn=arn, EndpointStatus="InService")
    account.update("aws.sagemaker_endpoint", "score", {**inputs, "endpoint_config_name": "two"}, inputs)


# Glue

GLUE_JOB = {
    "Name": "clean",
    "Role": ROLE,
    "Command": {"Name": "glueetl", "ScriptLocation": "s3://code/job.py", "PythonVersion": "3"},
    "MaxRetries": 1,
    "DefaultArguments": {"--day": "monday"},
}


def test_job_of_glue_is_updated_as_a_whole(account: Account) -> None:
    """UpdateJob overwrites the whole definition: https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateJob.html"""
    inputs = {
        "job_name": "clean",
        "role": ROLE,
        "command": GLUE_JOB["Command"],
        "max_retries": 1,
        "default_arguments": {"--day": "monday"},
    }
    account.describe_in("Job", "glue.get_job", {"JobName": "clean"}, GLUE_JOB, MaxRetries=3)
    live = account.read("aws.glue_job", "clean", inputs)
    assert live is not None
    assert live.inputs == inputs | {"max_retries": 3}, "drift"

    whole = {name: value for name, value in GLUE_JOB.items() if name != "Name"}
    account.expect(
        "glue.update_job", {"JobName": "clean", "JobUpdate": whole | {"Timeout": 60}}, JobName="clean"
    )
    account.describe_in("Job", "glue.get_job", {"JobName": "clean"}, GLUE_JOB, Timeout=60)
    account.update("aws.glue_job", "clean", inputs | {"max_retries": 3}, inputs | {"timeout": 60})


def test_crawler_of_glue_is_updated(account: Account) -> None:
    crawler = {
        "Name": "raw",
        "Role": "r",
        "DatabaseName": "raw",
        "Targets": {"S3Targets": [{"Path": "s3://lake/f/"}]},
    }
    inputs = {"crawler_name": "raw", "role": "r", "database_name": "raw", "targets": crawler["Targets"]}
    told = {"State": "READY", "Schedule": {"ScheduleExpression": "cron(15 12 * * ? *)", "State": "SCHEDULED"}}
    scheduled = inputs | {"schedule": "cron(0 6 * * ? *)"}
    account.describe_in("Crawler", "glue.get_crawler", {"Name": "raw"}, crawler, **told)
    live = account.read("aws.glue_crawler", "raw", scheduled)
    assert live is not None
    assert live.inputs == inputs | {"schedule": "cron(15 12 * * ? *)"}, (
        "a schedule is told in another form than it is given"
    )

    account.expect("glue.update_crawler", crawler | {"Schedule": "cron(0 6 * * ? *)"})
    account.describe_in("Crawler", "glue.get_crawler", {"Name": "raw"}, crawler, **told)
    account.update("aws.glue_crawler", "raw", live.inputs, scheduled)


# Athena: https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfigurationUpdates.html


def test_configuration_of_a_work_group_is_updated_and_what_is_taken_away_is_removed(account: Account) -> None:
    limit = 10_000_000
    prior = {
        "work_group_name": "science",
        "configuration": {
            "ResultConfiguration": {
                "OutputLocation": "s3://results/a/",
                "ExpectedBucketOwner": "123456789012",
            },
            "BytesScannedCutoffPerQuery": limit,
            "EnforceWorkGroupConfiguration": True,
        },
    }
    wanted = {
        "work_group_name": "science",
        "configuration": {
            "ResultConfiguration": {"OutputLocation": "s3://results/b/"},
            "EnforceWorkGroupConfiguration": True,
        },
    }
    account.expect(
        "athena.update_work_group",
        {
            "WorkGroup": "science",
            "ConfigurationUpdates": {
                "EnforceWorkGroupConfiguration": True,
                "ResultConfigurationUpdates": {
                    "OutputLocation": "s3://results/b/",
                    "RemoveExpectedBucketOwner": True,
                },
                "RemoveBytesScannedCutoffPerQuery": True,
            },
        },
    )
    account.expect(
        "athena.get_work_group",
        {"WorkGroup": "science"},
        WorkGroup={"Name": "science", "State": "ENABLED", "Configuration": wanted["configuration"]},
    )
    account.update("aws.athena_work_group", "science", prior, wanted)


def test_work_group_is_disabled_and_described_and_drift_is_seen(account: Account) -> None:
    prior = {"work_group_name": "science", "description": "a", "state": "ENABLED"}
    account.expect(
        "athena.get_work_group",
        {"WorkGroup": "science"},
        WorkGroup={"Name": "science", "State": "DISABLED", "Description": "b"},
    )
    live = account.read("aws.athena_work_group", "science", prior)
    assert live is not None
    assert live.inputs == {"work_group_name": "science", "description": "b", "state": "DISABLED"}
    account.expect("athena.update_work_group", {"WorkGroup": "science", "Description": "a"})
    account.expect("athena.update_work_group", {"WorkGroup": "science", "State": "ENABLED"})
    account.expect(
        "athena.get_work_group", {"WorkGroup": "science"}, WorkGroup={"Name": "science", "State": "ENABLED"}
    )
    account.update("aws.athena_work_group", "science", live.inputs, prior)


# EMR Serverless


def test_application_of_emr_serverless_is_imported_and_marked(account: Account) -> None:
    arn = "arn:aws:emr-serverless:us-east-1:123456789012:/applications/00f1"
    told = {
        "applicationId": "00f1",
        "name": "etl",
        "arn": arn,
        "releaseLabel": "emr-6.6.0",
        "type": "Spark",
        "state": "STARTED",
        "tags": {"team": "ml"},
        "maximumCapacity": {"cpu": "16 vCPU", "memory": "64 GB"},
    }
    for _ in range(2):  # for what it is, and for its ARN
        account.expect("emr-serverless.get_application", {"applicationId": "00f1"}, application=told)
    account.expect("emr-serverless.tag_resource", {"resourceArn": arn, "tags": MARK_MAP})
    found = account.adopt("aws.emrserverless_application", "00f1")
    assert found.inputs == {
        "application_name": "etl",
        "release_label": "emr-6.6.0",
        "type": "SPARK",
        "tags": {"team": "ml"},
        "maximum_capacity": {"cpu": "16 vCPU", "memory": "64 GB"},
    }


STUBBED = {
    "aws.athena_work_group",
    "aws.emrserverless_application",
    "aws.glue_crawler",
    "aws.glue_job",
    "aws.sagemaker_endpoint",
    "aws.sagemaker_feature_group",
    "aws.sagemaker_processing_job",
    "aws.sagemaker_training_job",
}
"""What is tested here."""


def test_what_cases_say_that_moto_lacks_is_tested_here() -> None:
    cases = [
        tomllib.loads(path.read_text())
        for path in (Path(__file__).parent / "declared" / "aws").glob("*.toml")
    ]
    reasons = ("lacking", "no_update", "no_drift", "no_import")
    lacking = {case["type"] for case in cases if any("moto" in str(case.get(name, "")) for name in reasons)}
    assert lacking == STUBBED
