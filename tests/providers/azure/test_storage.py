"""What containers and blobs need beyond one call: immutability from the management plane, bulk reads, content by its digest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import azure_by_hand
import pytest
from arm import Arm
from proxy import Answer, Fault, Proxy
from servers import Server

from unknot import azure
from unknot.providers.azure.client import AzureApi
from unknot.providers.base import Context, ReadItem, ReadRequest
from unknot.providers.declared.calls import Tally
from unknot.providers.registry import provider
from unknot.stacks.address import Address
from unknot.stacks.target import Target

pytestmark = pytest.mark.parts

POLICY = (
    f"/subscriptions/{azure_by_hand.SUBSCRIPTION}/resourceGroups/team/providers/Microsoft.Storage/storageAccounts/"
    "devstoreaccount1/blobServices/default/containers/{name}/immutabilityPolicies/default"
)


@pytest.fixture
def both(arm: Arm, azurite_server: Server, monkeypatch: pytest.MonkeyPatch) -> Target:
    """Blobs on azurite, the management plane on its stand-in."""
    for name, value in azurite_server.environment.items():
        monkeypatch.setenv(name, value)
    return Target("here", cloud="azure", region="westeurope", options=azure_by_hand.options())


def test_immutability_of_a_container_is_set_changed_and_taken_away(team: Any, both: Target, arm: Arm) -> None:
    def box(days: int | None) -> azure.StorageContainer:
        return azure.StorageContainer("kept", target=both, container="kept", immutability_days=days)

    policy = POLICY.format(name="kept").lower()
    report = team.apply(box(7))
    assert report.exit_code == 0, team.problems(report)
    assert arm.resources[policy]["properties"]["immutabilityPeriodSinceCreationInDays"] == 7
    assert team.plan(box(7)).drift == ()
    arm.resources[policy]["properties"]["immutabilityPeriodSinceCreationInDays"] = 1
    [drift] = team.plan(box(7)).drift
    assert [field.path for field in drift.fields] == ["immutability_days"]
    assert team.apply(box(30)).exit_code == 0
    assert arm.resources[policy]["properties"]["immutabilityPeriodSinceCreationInDays"] == 30
    assert team.apply(box(None)).exit_code == 0
    assert policy not in arm.resources
    assert team.apply().exit_code == 0


def test_fifty_containers_are_read_with_one_call_and_drift_in_any_is_found(
    team: Any, storage: Callable[[str], Proxy], tmp_path: Path, tally: Tally
) -> None:
    proxy = storage("Blob")
    target = Target("here", cloud="azure")
    boxes = [
        azure.StorageContainer(
            f"b{number}", target=target, container=f"bulk-{number}", metadata={"team": "data"}
        )
        for number in range(50)
    ]
    assert team.apply(*boxes).exit_code == 0
    changed = {"account": "devstoreaccount1", "container": "bulk-17", "metadata": {"team": "someone"}}
    AzureApi(target).call("storage", "ContainerClient:set_container_metadata", changed, tally)
    proxy.requests.clear()
    plan = team.plan(*boxes)
    assert [drift.address for drift in plan.drift] == ["azure.storage_container.b17"]
    assert len(proxy.requests) == 1
    assert team.apply().exit_code == 0


def test_calls_that_a_read_made_are_told(storage: Callable[[str], Proxy], tmp_path: Path) -> None:
    proxy = storage("Blob")
    item = ReadItem(
        Address("azure.storage_container.gone"), "azure.storage_container", "devstoreaccount1/gone", {}
    )
    context = Context(project=tmp_path, lineage="x", target=Target("here", cloud="azure"))
    response = provider("azure").read_many(ReadRequest(context, (item,)))
    assert response.objects == {item.address: None}
    assert response.calls == len(proxy.requests) == 1


def test_blob_of_bytes_is_compared_by_its_digest_and_never_downloaded(
    team: Any, storage: Callable[[str], Proxy]
) -> None:
    proxy = storage("Blob")
    target = Target("here", cloud="azure")
    box = azure.StorageContainer("box", target=target, container="digest-box")
    blob = azure.StorageBlob(
        "model", target=target, container=box.physical_name, blob="m.bin", content=bytes(range(256))
    )
    assert team.apply(box, blob).exit_code == 0
    proxy.requests.clear()
    assert team.plan(box, blob).drift == ()
    assert all(
        request.method == "HEAD" or "comp=list" in request.path
        for request in proxy.requests
        if "m.bin" in request.path
    )
    assert team.apply().exit_code == 0


def test_container_that_holds_blobs_is_not_deleted(
    team: Any, storage: Callable[[str], Proxy], tally: Tally
) -> None:
    storage("Blob")
    target = Target("here", cloud="azure")
    box = azure.StorageContainer("box", target=target, container="full-box")
    assert team.apply(box).exit_code == 0
    blob = {"account": "devstoreaccount1", "container": "full-box", "blob": "a.txt"}
    AzureApi(target).call("storage", "BlobClient:upload_blob", {**blob, "data": "YQ=="}, tally)
    report = team.apply()
    assert report.exit_code != 0
    assert "is not empty: it holds `a.txt`" in team.problems(report)
    AzureApi(target).call("storage", "BlobClient:delete_blob", blob, tally)
    assert team.apply().exit_code == 0


def test_name_of_a_container_that_is_being_deleted_is_waited_for(
    team: Any, storage: Callable[[str], Proxy]
) -> None:
    proxy = storage("Blob")
    body = (
        b"<Error><Code>ContainerBeingDeleted</Code><Message>The container is being deleted.</Message></Error>"
    )
    headers = {"Content-Type": "application/xml", "x-ms-error-code": "ContainerBeingDeleted"}
    proxy.faults.append(Fault(Answer(409, headers, body), matches=lambda request: request.method == "PUT"))
    report = team.apply(
        azure.StorageContainer("box", target=Target("here", cloud="azure"), container="slow-box")
    )
    assert report.exit_code == 0, team.problems(report)
    assert team.apply().exit_code == 0
