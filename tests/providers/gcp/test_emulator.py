"""Against fake-gcs-server, an emulator that others made: what is sent is understood, and Google's own SDK sees it.

What it does not keep (labels, places, classes, lifecycle, policies, notifications) is tested on the server that
holds requests against the discovery documents. See docs/guides/google-cloud.md.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from proxy import Answer, Fault, Proxy, Request
from servers import Server

from unknot.planner.apply import ApplyReport
from unknot.planner.plan import Plan
from unknot.providers.gcp import client
from unknot.providers.gcp import resources as gcp
from unknot.stacks.resource import Resource
from unknot.stacks.target import Target

UNAVAILABLE = Answer(
    503,
    {"Content-Type": "application/json"},
    json.dumps({"error": {"code": 503, "message": "later"}}).encode(),
)


class Team(Protocol):
    """The fixture of that name."""

    unique: str

    def plan(self, *resources: Resource) -> tuple[Plan, Any]: ...
    def apply(self, *resources: Resource) -> ApplyReport: ...
    def changes(self, *resources: Resource) -> Mapping[str, str]: ...


@pytest.fixture
def proxy(gcs_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Before the emulator, in the place of the one before the schema server."""
    monkeypatch.setattr(client, "RETRY_FIRST_S", 0.001)
    monkeypatch.setattr(client, "RETRY_LONGEST_S", 0.001)
    with Proxy(gcs_server.url) as found:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", found.url)
        yield found


@pytest.fixture
def target(proxy: Proxy) -> Target:
    """Reached by STORAGE_EMULATOR_HOST only, as Google's own SDKs reach it."""
    return Target("here", cloud="gcp", region="us-central1", options={"project": "testing"})


@pytest.fixture
def sdk(gcs_server: Server) -> Iterator[storage.Client]:
    options = {"api_endpoint": gcs_server.url}
    with storage.Client("testing", AnonymousCredentials(), client_options=options) as found:  # type: ignore[no-untyped-call]
        yield found


def _lake(team: Team, target: Target, **conf: Any) -> list[Resource]:
    name = f"raw-{team.unique}"
    bucket = gcp.StorageBucket("raw", target=target, bucket_name=name, versioning={"enabled": True})
    given = {"content": b'{"a": 1}', "content_type": "application/json", "cache_control": "no-cache", **conf}
    conf_file = gcp.StorageObject(
        "conf",
        target=target,
        bucket=bucket.physical_name,
        object_name="conf/a b.json",
        metadata={"team": "data"},
        **given,
    )
    return [bucket, conf_file]


def test_googles_sdk_sees_what_was_applied(team: Team, target: Target, sdk: storage.Client) -> None:
    assert team.apply(*_lake(team, target)).exit_code == 0
    bucket = sdk.get_bucket(f"raw-{team.unique}")
    assert bucket.versioning_enabled
    blob = bucket.get_blob("conf/a b.json")
    assert blob is not None
    assert blob.download_as_bytes() == b'{"a": 1}'
    assert (blob.content_type, blob.cache_control) == ("application/json", "no-cache")
    assert blob.metadata["team"] == "data"
    assert team.changes(*_lake(team, target)) == {}
    assert team.apply(*_lake(team, target, content=b'{"a": 2}')).exit_code == 0
    assert bucket.blob("conf/a b.json").download_as_bytes() == b'{"a": 2}'
    assert team.apply().exit_code == 0
    assert sdk.lookup_bucket(f"raw-{team.unique}") is None


@pytest.mark.rule("A3")
def test_upload_whose_answer_was_lost_is_found_by_its_mark(
    team: Team, target: Target, proxy: Proxy, sdk: storage.Client
) -> None:
    def uploads(request: Request) -> bool:
        return request.path.startswith("/upload/")

    proxy.faults.append(Fault("lose", matches=uploads))
    team.apply(*_lake(team, target))
    assert team.apply(*_lake(team, target)).exit_code == 0
    assert team.changes(*_lake(team, target)) == {}
    sent = [request for request in proxy.requests if uploads(request)]
    assert all("ifGenerationMatch=0" in request.path for request in sent)
    team.apply()


def test_somebody_elses_object_of_that_name_is_not_written_over(
    team: Team, target: Target, sdk: storage.Client
) -> None:
    bucket, conf_file = _lake(team, target)
    assert team.apply(bucket).exit_code == 0
    theirs = sdk.bucket(f"raw-{team.unique}").blob("conf/a b.json")
    theirs.upload_from_string("theirs")
    report = team.apply(bucket, conf_file)
    assert report.exit_code == 1
    assert theirs.download_as_text() == "theirs"


def test_every_third_call_unavailable_is_seen_through(team: Team, target: Target, proxy: Proxy) -> None:
    proxy.faults.append(Fault(UNAVAILABLE, times=None, every=3))
    assert team.apply(*_lake(team, target)).exit_code == 0
    assert team.changes(*_lake(team, target)) == {}
    assert team.apply().exit_code == 0


def test_apply_that_the_emulator_stopped_in_the_middle_of_is_gone_on_with(
    team: Team, target: Target, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RETRY_S", 0.01)

    def uploads(request: Request) -> bool:
        return request.path.startswith("/upload/")

    proxy.faults.append(Fault("drop", matches=uploads, times=None))
    assert team.apply(*_lake(team, target)).exit_code == 1
    proxy.faults.clear()
    assert team.apply(*_lake(team, target)).exit_code == 0
    assert team.changes(*_lake(team, target)) == {}
    team.apply()
