"""Buckets that hold something: refused with what to do, or emptied and deleted where the user asks for that."""

import secrets
from pathlib import Path
from typing import Any

import azure_by_hand
import boto3
import google_by_hand
import pytest
from botocore.exceptions import ClientError
from proxy import Proxy
from servers import Server

from unknot import Bucket, Stack, Target, aws, azure, gcp
from unknot.planner.apply import ApplyReport, apply
from unknot.planner.apply.report import StepEnded, StepProgressed, StepStarted
from unknot.planner.archive import bind
from unknot.planner.planning import make_plan
from unknot.planner.services import Services
from unknot.providers.declared import emptying
from unknot.stacks.resource import Resource
from unknot.state.ledger import Ledger
from unknot.state.stores.memory import MemoryStore

REGION = "us-east-1"


class Team:
    """A ledger, and a stack that is applied against it."""

    def __init__(self, project: Path, target: Target) -> None:
        self.target = target
        self.services = Services(project=project)
        self.ledger = Ledger.open(MemoryStore(), "demo/default")
        self.said: list[str] = []

    def up(self, *resources: Resource) -> ApplyReport:
        stack = Stack("demo", owner="team@example.org", target=self.target)
        for resource in resources:
            stack.add(resource)
        plan = make_plan(
            stack.definition(root=self.services.project),
            self.ledger.reader().snapshot() if self.ledger.exists else None,
            self.services,
            diagnostics=stack.diagnostics,
        )
        assert plan.can_apply, [f"{d.summary}: {d.detail}" for d in plan.diagnostics]
        saved = bind(plan, {})
        return apply(saved.plan, saved.hash, self.ledger, self.services, bundles=saved, progress=self._tell)

    def _tell(self, event: StepStarted | StepProgressed | StepEnded) -> None:
        if isinstance(event, StepProgressed):
            self.said.append(event.text)

    def detail(self, report: ApplyReport) -> str:
        assert report.exit_code == 1, report
        return " ".join(step.detail for step in report.steps)


@pytest.fixture
def name() -> str:
    return f"unknot-{secrets.token_hex(4)}"


@pytest.fixture
def on_aws(moto_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    for key, value in moto_server.environment.items():
        monkeypatch.setenv(key, value)
    return Team(tmp_path, Target("here", cloud="aws", region=REGION, options={"endpoint": moto_server.url}))


@pytest.fixture
def s3(on_aws: Team) -> Any:
    """A bare client. The environment is that of `on_aws`."""
    return boto3.client("s3", region_name=REGION, endpoint_url=on_aws.target.options["endpoint"])


@pytest.fixture
def on_gcs(gcs_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    for key, value in gcs_server.environment.items():
        monkeypatch.setenv(key, value)
    return Team(
        tmp_path, Target("here", cloud="gcp", region="europe-west1", options={"endpoint": gcs_server.url})
    )


def there(s3: Any, name: str) -> bool:
    try:
        s3.head_bucket(Bucket=name)
    except ClientError:
        return False
    return True


def filled(s3: Any, name: str, objects: int = 3) -> None:
    """With versions, a marker of a deletion, and an upload that was never finished."""
    for n in range(objects):
        s3.put_object(Bucket=name, Key=f"a/{n}", Body=b"one")
        s3.put_object(Bucket=name, Key=f"a/{n}", Body=b"two")
    s3.delete_object(Bucket=name, Key="a/0")
    s3.create_multipart_upload(Bucket=name, Key="big")


def test_bucket_that_is_not_empty_is_left_alone_with_what_to_do(on_aws: Team, s3: Any, name: str) -> None:
    on_aws.up(aws.S3Bucket("raw", bucket=name))
    s3.put_object(Bucket=name, Key="a", Body=b"")
    said = on_aws.detail(on_aws.up())
    assert f"`{name}` is not empty. It was left alone." in said
    assert "set `force_destroy=True` on it and apply that first" in said
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=name)["Contents"]] == ["a"]
    # As it says: the word is recorded, without touching the bucket, and then holds.
    assert on_aws.up(aws.S3Bucket("raw", bucket=name, force_destroy=True)).exit_code == 0
    assert on_aws.up().exit_code == 0
    assert not there(s3, name)


def test_versions_and_unfinished_uploads_go_too_and_progress_is_told(
    on_aws: Team, s3: Any, name: str
) -> None:
    on_aws.up(aws.S3Bucket("raw", bucket=name, versioning={"Status": "Enabled"}, force_destroy=True))
    filled(s3, name)
    assert on_aws.up().exit_code == 0
    assert not there(s3, name)
    assert on_aws.said[0] == "7 objects deleted"
    assert on_aws.said[-1] == "emptied"


@pytest.mark.slow
def test_many_objects_go_a_thousand_in_a_request(
    on_aws: Team, s3: Any, name: str, moto_server: Server
) -> None:
    with Proxy(moto_server.url) as proxy:
        on_aws.target = Target("here", cloud="aws", region=REGION, options={"endpoint": proxy.url})
        on_aws.up(aws.S3Bucket("raw", bucket=name, force_destroy=True))
        for n in range(1100):
            s3.put_object(Bucket=name, Key=f"{n:05}", Body=b"")
        assert on_aws.up().exit_code == 0
        deletes = [
            request for request in proxy.requests if request.method == "POST" and "delete" in request.path
        ]
    assert len(deletes) == 2
    assert not there(s3, name)


def test_emptying_that_runs_out_of_time_says_so_and_goes_on_with_the_next_apply(
    on_aws: Team, s3: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_aws.up(aws.S3Bucket("raw", bucket=name, force_destroy=True))
    for n in range(3):
        s3.put_object(Bucket=name, Key=str(n), Body=b"")
    with monkeypatch.context() as patch:
        patch.setattr(emptying, "_MARGIN_S", 10_000.0)
        said = on_aws.detail(on_aws.up())
    assert f"`{name}` is not empty yet: 3 objects are deleted" in said
    assert there(s3, name)
    assert on_aws.up().exit_code == 0
    assert not there(s3, name)


def test_objects_under_retention_are_named_and_nothing_is_said_to_be_done(
    on_aws: Team, s3: Any, name: str
) -> None:
    bucket = aws.S3Bucket(
        "raw",
        bucket=name,
        versioning={"Status": "Enabled"},
        object_lock={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}},
        },
        force_destroy=True,
    )
    on_aws.up(bucket)
    s3.put_object(Bucket=name, Key="kept", Body=b"")
    said = on_aws.detail(on_aws.up())
    assert f"`{name}` cannot be emptied: 1 of its objects are not to be deleted" in said, said
    assert "kept AccessDenied" in said
    assert there(s3, name)


def test_bucket_that_is_gone_already_is_deleted(on_aws: Team, s3: Any, name: str) -> None:
    on_aws.up(aws.S3Bucket("raw", bucket=name, force_destroy=True))
    s3.delete_bucket(Bucket=name)
    assert on_aws.up().exit_code == 0


def test_lock_of_a_bucket_is_changed_in_place_and_its_rule_taken_away(
    on_aws: Team, s3: Any, name: str
) -> None:
    def wanted(days: int | None) -> Bucket:
        return Bucket("raw", physical_name=name, retention_days=days)

    def rule() -> Any:
        found = s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]
        kept = found.get("Rule", {}).get("DefaultRetention")
        return kept and (kept["Mode"], kept["Days"])

    on_aws.up(wanted(3))
    assert rule() == ("GOVERNANCE", 3)
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert [step.action for step in on_aws.up(wanted(5)).steps] == ["update", "update"]
    assert rule() == ("GOVERNANCE", 5)
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    assert on_aws.up(wanted(5)).exit_code == 0, "it is drift, and is mended"
    assert rule() == ("GOVERNANCE", 5)
    assert on_aws.up(wanted(None)).exit_code == 0
    assert rule() is None
    assert on_aws.up().exit_code == 0


# Google Cloud Storage


def test_bucket_of_google_that_is_not_empty_is_left_alone_or_emptied(on_gcs: Team, name: str) -> None:
    on_gcs.up(gcp.StorageBucket("raw", bucket_name=name, versioning={"enabled": True}))
    for n in range(3):
        for body in ("one", "two"):
            google_by_hand.call(
                "storage.objects.insert", {"bucket": name, "name": f"a/{n}", "media": body, "body": {}}
            )
    said = on_gcs.detail(on_gcs.up())
    assert f"`{name}` is not empty. It was left alone." in said, said
    assert (
        on_gcs.up(
            gcp.StorageBucket("raw", bucket_name=name, versioning={"enabled": True}, force_destroy=True)
        ).exit_code
        == 0
    )
    report = on_gcs.up()
    assert report.exit_code == 0, report
    assert on_gcs.said[-1] == "emptied"
    with pytest.raises(Exception, match=r"404|not found|Not Found"):
        google_by_hand.call("storage.buckets.get", {"bucket": name})


# Azure and this machine delete what a bucket holds with it: what is asked is whether they may.


def test_container_of_azure_is_left_alone_or_deleted_with_what_it_holds(
    azurite_server: Server, arm_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for server in (azurite_server, arm_server):
        for key, value in server.environment.items():
            monkeypatch.setenv(key, value)
    options = {"endpoint": arm_server.url, **azure_by_hand.options()}
    team = Team(tmp_path, Target("here", cloud="azure", region="westeurope", options=options))
    team.up(azure.StorageContainer("raw", container=name))
    azure_by_hand.call("BlobClient.upload_blob", {"container": name, "blob": "a", "data": "x"})
    said = team.detail(team.up())
    assert "is not empty: it holds `a`. It was left alone." in said, said
    assert "set `force_destroy=True`" in said
    assert team.up(azure.StorageContainer("raw", container=name, force_destroy=True)).exit_code == 0
    assert team.up().exit_code == 0


def test_folder_is_left_alone_or_deleted_with_what_it_holds(tmp_path: Path, name: str) -> None:
    team = Team(tmp_path, Target("here"))
    team.up(Bucket("raw", physical_name=name))
    (folder,) = tmp_path.rglob(name)
    (folder / "a").write_text("x")
    assert "set `force_destroy=True` on it and apply that first" in team.detail(team.up())
    assert (folder / "a").exists()
    assert team.up(Bucket("raw", physical_name=name, force_destroy=True)).exit_code == 0
    assert team.up().exit_code == 0
    assert not folder.exists()


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_portable_bucket_asks_its_cloud_for_it(cloud: str, request: pytest.FixtureRequest, name: str) -> None:
    team: Team = request.getfixturevalue("on_aws" if cloud == "aws" else "on_gcs")
    team.up(Bucket("raw", physical_name=name, force_destroy=True))
    if cloud == "aws":
        request.getfixturevalue("s3").put_object(Bucket=name, Key="a", Body=b"")
    else:
        google_by_hand.call("storage.objects.insert", {"bucket": name, "name": "a", "media": "x", "body": {}})
    report = team.up()
    assert report.exit_code == 0, report
    assert team.said[-1] == "emptied"
