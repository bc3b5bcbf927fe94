"""What goes wrong between unknot and Azure: refusals, throttling, lost answers, servers that stop. Answers are recorded ones."""

import itertools
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from arm import Arm
from azure_by_hand import GROUP, SUBSCRIPTION
from proxy import Answer, Fault, Proxy, Request

from unknot import azure
from unknot.providers.azure.client import AzureApi
from unknot.providers.declared.calls import CallFailed, Tally
from unknot.stacks.target import Target

GROUP_ID = {"subscriptionId": SUBSCRIPTION, "resourceGroupName": GROUP}
AZURITE = Target("here", cloud="azure", options={"account": "devstoreaccount1"})


def _arm(status: int, code: str, message: str, **headers: str) -> Answer:
    """As Azure Resource Manager words its errors."""
    return Answer(status, headers, json.dumps({"error": {"code": code, "message": message}}).encode())


def _storage(status: int, code: str, message: str) -> Answer:
    """As Azure Storage words its errors."""
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, {"Content-Type": "application/xml", "x-ms-error-code": code}, body.encode())


EXPIRED = _arm(
    401,
    "ExpiredAuthenticationToken",
    "The access token expiry UTC time '11/25/2026 1:00:00 AM' is earlier than current UTC time.",
)
DENIED = _arm(
    403,
    "AuthorizationFailed",
    "The client 'etl' with object id '1' does not have authorization to perform action "
    "'Microsoft.Resources/subscriptions/resourcegroups/read' over scope '/subscriptions/1'.",
)
THROTTLED = _arm(
    429, "SubscriptionRequestsThrottled", "Number of requests exceeded the limit.", **{"Retry-After": "0"}
)
UNAVAILABLE = _arm(503, "ServerTimeout", "The request timed out.")

STORAGE_EXPIRED = _storage(
    401, "InvalidAuthenticationInfo", "Lifetime validation failed. The token is expired."
)
STORAGE_DENIED = _storage(
    403,
    "AuthorizationPermissionMismatch",
    "This request is not authorized to perform this operation using this permission.",
)
STORAGE_WRONG = _storage(403, "AuthenticationFailed", "Server failed to authenticate the request.")
STORAGE_BUSY = _storage(503, "ServerBusy", "The server is busy.")


def _is(method: str, part: str = "") -> Callable[[Request], bool]:
    return lambda request: request.method == method and part.lower() in request.path.lower()


def _group(api: AzureApi, tally: Tally) -> Any:
    return api.call("resources", "resource_groups:get", GROUP_ID, tally)


@pytest.mark.parametrize("answer", [THROTTLED, UNAVAILABLE], ids=["429", "503"])
def test_passing_faults_of_the_management_plane_are_retried_and_counted(
    answer: Answer, api: AzureApi, arm: Arm, tally: Tally
) -> None:
    arm.faults.append(Fault(answer, times=2))
    assert _group(api, tally)["name"] == GROUP
    assert tally.calls == 3


@pytest.mark.parametrize(
    ("answer", "code", "advice"),
    [
        (EXPIRED, "ExpiredAuthenticationToken", "have expired: log in again"),
        (DENIED, "AuthorizationFailed", "lacks the permission"),
        (_arm(401, "InvalidAuthenticationToken", "The access token is invalid."), "InvalidAuthenticationToken", "does not accept"),
        (_arm(404, "SubscriptionNotFound", "The subscription 'x' could not be found."), "SubscriptionNotFound", "option `subscription`"),
        (_arm(409, "MissingSubscriptionRegistration", "Not registered."), "MissingSubscriptionRegistration", "az provider register"),
    ],
)  # fmt: skip
def test_refusal_of_the_management_plane_is_told_with_what_to_do(
    answer: Answer, code: str, advice: str, api: AzureApi, arm: Arm, tally: Tally
) -> None:
    arm.faults.append(Fault(answer, times=None))
    with pytest.raises(CallFailed) as problem:
        _group(api, tally)
    assert problem.value.code == code
    assert advice in problem.value.detail
    assert not problem.value.retryable
    assert problem.value.operation == "resources.resource_groups.get"


def test_fault_that_does_not_pass_is_told_after_the_last_try(api: AzureApi, arm: Arm, tally: Tally) -> None:
    arm.faults.append(Fault(UNAVAILABLE, times=None))
    with pytest.raises(CallFailed) as problem:
        _group(api, tally)
    assert problem.value.status == 503
    assert problem.value.retryable
    assert tally.calls == 6


def test_subscription_that_is_not_found_is_no_sign_that_objects_are_gone(
    team: Any, target: Target, arm: Arm
) -> None:
    identity = azure.UserAssignedIdentity("etl", target=target, identity_name="etl")
    assert team.apply(identity).exit_code == 0
    arm.faults.append(Fault(_arm(404, "SubscriptionNotFound", "Not found."), times=None))
    plan = team.plan(identity)
    assert plan.drift == ()
    assert any("cannot be read" in diagnostic.summary for diagnostic in plan.diagnostics)


@pytest.mark.rule("A3")
def test_account_whose_answer_was_lost_is_not_made_twice(team: Any, target: Target, arm: Arm) -> None:
    account = azure.StorageAccount("lake", target=target, sku={"name": "Standard_LRS"})
    arm.faults.append(Fault("lose", matches=_is("PUT", "storageAccounts"), times=2))
    report = team.apply(account)
    assert report.exit_code == 0, team.problems(report)
    made = [key for key in arm.resources if "storageaccounts" in key]
    assert len(made) == 1
    assert team.plan(account).drift == ()


def test_operation_that_fails_in_the_background_tells_why(team: Any, target: Target, arm: Arm) -> None:
    failed = {
        "status": "Failed",
        "error": {"code": "QuotaExceeded", "message": "No more cores in westeurope."},
    }
    arm.faults.append(
        Fault(Answer(200, {}, json.dumps(failed).encode()), matches=_is("GET", "/operations/"), times=None)
    )
    vault = azure.KeyVault(
        "keys",
        target=target,
        sku={"family": "A", "name": "standard"},
        tenant_id="11111111-2222-4333-8444-555555555555",
    )
    report = team.apply(vault)
    assert report.exit_code != 0
    assert "No more cores in westeurope" in team.problems(report)


@pytest.mark.rule("A1")
def test_server_that_is_gone_in_the_middle_of_an_apply_leaves_nothing_double(
    team: Any, target: Target, arm: Arm
) -> None:
    identities = [
        azure.UserAssignedIdentity(f"i{number}", target=target, identity_name=f"identity-{number}")
        for number in range(6)
    ]
    puts = itertools.count(1)
    gone = threading.Event()

    def from_the_third_on(request: Request) -> bool:
        if request.method == "PUT" and next(puts) == 3:
            gone.set()
        return gone.is_set()

    arm.faults.append(Fault("drop", matches=from_the_third_on, times=None))
    report = team.apply(*identities)
    assert report.exit_code != 0
    assert gone.is_set()
    arm.faults.clear()
    report = team.apply(*identities)
    assert report.exit_code == 0, team.problems(report)
    assert len([key for key in arm.resources if "userassignedidentities" in key]) == 6
    plan = team.plan(*identities)
    assert plan.drift == ()
    assert {change.action.value for change in plan.changes} <= {"no-op"}


@pytest.mark.parametrize("answer", [THROTTLED, UNAVAILABLE, "drop"], ids=["429", "503", "no answer"])
def test_every_third_call_that_fails_is_made_good(team: Any, target: Target, arm: Arm, answer: Any) -> None:
    failed: set[tuple[str, str]] = set()
    numbers = itertools.count(1)

    def third(request: Request) -> bool:
        """Of the calls, not of the requests: or, with calls in parallel, one call might fail any number of times."""
        call = request.method, request.path
        if call in failed:
            failed.remove(call)
            return False
        if next(numbers) % 3 == 0:
            failed.add(call)
            return True
        return False

    arm.faults.append(Fault(answer, matches=third, times=None))
    identities = [
        azure.UserAssignedIdentity(f"i{number}", target=target, identity_name=f"identity-{number}")
        for number in range(6)
    ]
    report = team.apply(*identities)
    assert report.exit_code == 0, team.problems(report)
    assert len([key for key in arm.resources if "userassignedidentities" in key]) == 6
    assert team.plan(*identities).drift == ()


def test_identity_of_another_is_left_alone(team: Any, target: Target, arm: Arm) -> None:
    foreign = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/etl"
    arm.resources[foreign.lower()] = {
        "id": foreign, "name": "etl", "location": "westeurope", "properties": {}, "tags": {"team": "other"},
    }  # fmt: skip
    report = team.apply(azure.UserAssignedIdentity("etl", target=target, identity_name="etl"))
    assert report.exit_code != 0
    assert "is not ours" in team.problems(report)
    assert arm.resources[foreign.lower()]["tags"] == {"team": "other"}


# the data plane, on azurite


@pytest.mark.parts
@pytest.mark.parametrize("fault", [STORAGE_BUSY, "drop"], ids=["503", "no answer"])
def test_passing_faults_of_storage_are_retried_and_counted(
    fault: Any, storage: Callable[[str], Proxy], tally: Tally
) -> None:
    proxy = storage("Blob")
    proxy.faults.append(Fault(fault, times=2))
    pages = AzureApi(AZURITE).pages(
        "storage", "BlobServiceClient:list_containers", {"account": "devstoreaccount1"}, tally
    )
    assert "value" in next(pages)
    assert tally.calls == 3 == len(proxy.requests)


@pytest.mark.parts
@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (STORAGE_EXPIRED, "have expired"),
        (STORAGE_DENIED, "lacks the permission"),
        (STORAGE_WRONG, "does not accept these credentials"),
    ],
)
def test_refusal_of_storage_is_told_with_what_to_do(
    answer: Answer, advice: str, storage: Callable[[str], Proxy], tally: Tally
) -> None:
    storage("Blob").faults.append(Fault(answer, times=None))
    with pytest.raises(CallFailed) as problem:
        AzureApi(AZURITE).call(
            "storage",
            "ContainerClient:get_container_properties",
            {"account": "devstoreaccount1", "container": "raw"},
            tally,
        )
    assert advice in problem.value.detail
    assert not problem.value.retryable


@pytest.mark.parts
@pytest.mark.rule("A3")
@pytest.mark.parametrize(
    ("service", "build"),
    [
        ("Blob", lambda: azure.StorageContainer("lost", target=AZURITE)),
        ("Queue", lambda: azure.StorageQueue("lost", target=AZURITE)),
    ],
    ids=["container", "queue"],
)
def test_what_was_made_before_its_answer_was_lost_is_taken_as_made(
    service: str, build: Callable[[], Any], team: Any, storage: Callable[[str], Proxy]
) -> None:
    storage(service).faults.append(Fault("lose", matches=_is("PUT"), times=1))
    report = team.apply(build())
    assert report.exit_code == 0, team.problems(report)
    assert {change.action.value for change in team.plan(build()).changes} <= {"no-op"}
    assert team.apply().exit_code == 0


@pytest.mark.parts
@pytest.mark.rule("A3")
def test_table_whose_answer_was_lost_is_ours_by_its_name_when_apply_is_repeated(
    team: Any, storage: Callable[[str], Proxy]
) -> None:
    """The SDK does not repeat a POST, and a table bears no mark: its name is made of what nobody else has."""
    proxy = storage("Table")
    proxy.faults.append(Fault("lose", matches=_is("POST", "Tables"), times=1))
    table = azure.StorageTable("lost", target=AZURITE)
    assert team.apply(table).exit_code != 0
    assert team.apply(table).exit_code == 0
    assert {change.action.value for change in team.plan(table).changes} <= {"no-op"}
    assert len([request for request in proxy.requests if request.method == "POST"]) == 1
    assert team.apply().exit_code == 0


@pytest.mark.parts
def test_container_of_another_is_left_alone(team: Any, storage: Callable[[str], Proxy], tally: Tally) -> None:
    storage("Blob")
    name = {"account": "devstoreaccount1", "container": "somebody-elses"}
    AzureApi(AZURITE).call("storage", "ContainerClient:create_container", name, tally)
    report = team.apply(azure.StorageContainer("raw", target=AZURITE, container="somebody-elses"))
    assert report.exit_code != 0
    assert "is not ours" in team.problems(report)
    assert "unknot import" in team.problems(report)
