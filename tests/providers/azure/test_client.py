"""Calls over the wire: pages, operations in the background, where bodies' members go, who the caller is."""

from typing import Any

import pytest
from arm import Arm
from azure_by_hand import GROUP, SUBSCRIPTION
from proxy import Answer, Fault

from unknot import azure
from unknot.providers.azure import credentials, following
from unknot.providers.azure.client import AzureApi
from unknot.providers.declared.calls import CallFailed, Tally
from unknot.stacks.errors import ProviderError
from unknot.stacks.target import Target

PLACE = {"subscriptionId": SUBSCRIPTION, "resourceGroupName": GROUP}
ACCOUNT = {
    **PLACE,
    "accountName": "lake",
    "location": "westeurope",
    "kind": "StorageV2",
    "sku": {"name": "Standard_LRS"},
}
KEY = "c2VjcmV0"


def test_all_pages_are_fetched_as_they_are_asked_for(api: AzureApi, arm: Arm, tally: Tally) -> None:
    for number in range(5):
        made = {**PLACE, "resourceName": f"i-{number}", "location": "westeurope"}
        api.call("msi", "user_assigned_identities:create_or_update", made, Tally())
    pages = api.pages(
        "msi", "user_assigned_identities:list_by_subscription", {"subscriptionId": SUBSCRIPTION}, tally
    )
    assert [each["name"] for each in next(pages)["value"]] == ["i-0", "i-1", "i-2"]
    assert tally.calls == 1
    assert [each["name"] for page in pages for each in page["value"]] == ["i-3", "i-4"]
    assert tally.calls == 2


def test_operation_in_the_background_is_followed_and_counted(api: AzureApi, arm: Arm, tally: Tally) -> None:
    made = api.call("storage", "storage_accounts:begin_create", ACCOUNT, tally)
    assert made["provisioningState"] == "Succeeded"
    assert tally.calls == len(arm.requests) >= 3


def test_operation_that_takes_longer_is_left_to_the_types_own_wait(
    team: Any, target: Target, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LIMIT_S", 0.0)
    api, account = (
        AzureApi(target),
        {name: ACCOUNT[name] for name in ("subscriptionId", "resourceGroupName", "accountName")},
    )
    assert api.call("storage", "storage_accounts:begin_create", ACCOUNT, Tally()) is None
    there = api.call("storage", "storage_accounts:get_properties", account, Tally())
    assert there["provisioningState"] == "Creating"


def test_members_of_properties_go_where_the_api_has_them(api: AzureApi, arm: Arm, tally: Tally) -> None:
    account = {**ACCOUNT, "allowBlobPublicAccess": False, "tags": {"team": "data"}}
    api.call("storage", "storage_accounts:begin_create", account, tally)
    [made] = [each for key, each in arm.resources.items() if "storageaccounts" in key]
    assert made["properties"]["allowBlobPublicAccess"] is False
    assert made["tags"] == {"team": "data"}
    assert "allowBlobPublicAccess" not in made


def test_answer_has_members_of_properties_beside_the_others(api: AzureApi, tally: Tally) -> None:
    api.call("storage", "storage_accounts:begin_create", ACCOUNT, tally)
    names = {name: ACCOUNT[name] for name in ("subscriptionId", "resourceGroupName", "accountName")}
    found = api.call("storage", "storage_accounts:get_properties", names, tally)
    assert found["name"] == "lake"
    assert found["accessTier"] == "Hot"
    assert "properties" not in found


def test_operation_that_the_sdk_has_not_is_told(api: AzureApi, tally: Tally) -> None:
    with pytest.raises(CallFailed, match="has no operation"):
        api.call("storage", "storage_accounts:paint", {}, tally)


def test_request_that_the_server_does_not_know_is_refused(api: AzureApi, arm: Arm, tally: Tally) -> None:
    """The stand-in holds bodies to the SDK's models, or this suite would prove little."""
    with pytest.raises(CallFailed) as problem:
        api.call(
            "storage", "storage_accounts:begin_create", {**ACCOUNT, "sku": {"nmae": "Standard_LRS"}}, tally
        )
    assert problem.value.code == "InvalidRequestContent"
    missing = {name: value for name, value in ACCOUNT.items() if name != "location"}
    with pytest.raises(CallFailed, match="location"):
        api.call("storage", "storage_accounts:begin_create", missing, tally)


# who the caller is


def test_token_is_given_by_reference_and_never_in_clear(target: Target) -> None:
    clear = Target("here", cloud="azure", options={**target.options, "token": "eyJ0eXAi.canary"})
    with pytest.raises(ProviderError) as problem:
        AzureApi(clear).call("resources", "resource_groups:get", PLACE, Tally())
    assert "canary" not in f"{problem.value.summary}{problem.value.detail}"
    assert "env:NAME" in str(problem.value.detail)


def test_token_that_is_refused_is_told(target: Target, arm: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNKNOT_TEST_TOKEN", "another")
    with pytest.raises(CallFailed) as problem:
        AzureApi(target).call("resources", "resource_groups:get", PLACE, Tally())
    assert problem.value.status == 401
    assert "does not accept these credentials" in problem.value.detail


def test_managed_identity_and_tenant_are_those_of_the_target() -> None:
    asked: list[dict[str, Any]] = []

    class Inner:
        def get_token(self, *scopes: str, **options: Any) -> str:
            asked.append(options)
            return "token"

    assert credentials.InTenant(Inner(), "ours").get_token("scope") == "token"
    assert asked == [{"tenant_id": "ours"}]
    from azure.identity import DefaultAzureCredential

    made = credentials.credential(Target("here", cloud="azure", options={"client_id": SUBSCRIPTION}))
    assert isinstance(made, DefaultAzureCredential)


def test_connection_string_is_used_for_its_own_account_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", f"AccountName=lake;AccountKey={KEY}")
    monkeypatch.delenv("AZURE_STORAGE_KEY", raising=False)
    monkeypatch.delenv("AZURE_STORAGE_SAS_TOKEN", raising=False)
    target = Target("here", cloud="azure")
    assert credentials.account_of(target) == "lake"
    assert credentials.storage(target, "lake", "chain").connection_string
    assert credentials.storage(target, "other", "chain") == credentials.Storage("", "chain")


def test_key_of_an_account_is_given_by_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    from azure.core.credentials import AzureNamedKeyCredential

    monkeypatch.delenv("AZURE_STORAGE_CONNECTION_STRING", raising=False)
    monkeypatch.setenv("LAKE_KEY", KEY)
    target = Target("here", cloud="azure", options={"account": "lake", "account_key": "env:LAKE_KEY"})
    found = credentials.storage(target, "lake", None).credential
    assert isinstance(found, AzureNamedKeyCredential)
    assert found.named_key == ("lake", KEY)


def test_no_credentials_are_told_with_how_to_log_in(
    target: Target, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    from azure.core.exceptions import ClientAuthenticationError

    class Nobody:
        def get_token(self, *scopes: str, **options: Any) -> Any:
            raise ClientAuthenticationError("DefaultAzureCredential failed to retrieve a token.")

    api = AzureApi(target)
    api.__dict__["_credential"] = Nobody()
    with pytest.raises(CallFailed) as problem:
        api.call("resources", "resource_groups:get", PLACE, tally)
    assert "az login" in problem.value.detail
    assert not problem.value.retryable


def test_secret_that_a_vault_asks_for_twice_is_sent_once(api: AzureApi, arm: Arm, tally: Tally) -> None:
    """A vault answers the first request with a challenge; the value goes with the second only."""
    api.call("keyvault", "SecretClient:set_secret", {"vault": "lab", "name": "db", "value": "x"}, tally)
    assert len(arm.vaults.secrets["lab", "db"]) == 1
    found = api.call("keyvault", "SecretClient:get_secret", {"vault": "lab", "name": "db"}, tally)
    assert found["vault"] == "lab"
    assert found["properties"]["name"] == "db"


def test_listing_that_fails_falls_back_to_reading_one_by_one(team: Any, target: Target, arm: Arm) -> None:
    identities = [
        azure.UserAssignedIdentity(f"i{n}", target=target, identity_name=f"identity-{n}") for n in range(3)
    ]
    assert team.apply(*identities).exit_code == 0
    refused = Answer(403, {}, b'{"error": {"code": "AuthorizationFailed", "message": "no list"}}')
    arm.faults.append(
        Fault(refused, matches=lambda request: "resourceGroups" not in request.path, times=None)
    )
    assert team.plan(*identities).drift == ()


def test_resource_group_and_account_that_hold_something_are_not_deleted(
    team: Any, target: Target, arm: Arm
) -> None:
    group = azure.ResourceGroup("lab", target=target, group_name="lab")
    account = azure.StorageAccount(
        "lake",
        target=target,
        account_name="lake",
        sku={"name": "Standard_LRS"},
        resource_group_name=group.physical_name,
    )
    assert team.apply(group, account).exit_code == 0
    arm.containers["lake"] = [{"name": "raw"}]
    report = team.apply(group)
    assert report.exit_code != 0
    assert "is not empty: it holds `raw`" in team.problems(report)
    arm.containers.clear()
    by_hand = {**PLACE, "resourceGroupName": "lab", "resourceName": "other", "location": "westeurope"}
    AzureApi(target).call("msi", "user_assigned_identities:create_or_update", by_hand, Tally())
    report = team.apply()
    assert report.exit_code != 0
    assert "userAssignedIdentities/other`" in team.problems(report)
    del by_hand["location"]
    AzureApi(target).call("msi", "user_assigned_identities:delete", by_hand, Tally())
    assert team.apply().exit_code == 0
    assert [key for key in arm.resources if "/lab" in key] == []


def test_listing_that_does_not_know_of_new_objects_yet_is_no_sign_that_they_are_gone(
    team: Any, target: Target, arm: Arm
) -> None:
    identities = [
        azure.UserAssignedIdentity(f"i{n}", target=target, identity_name=f"identity-{n}") for n in range(3)
    ]
    assert team.apply(*identities).exit_code == 0
    empty = Answer(200, {}, b'{"value": []}')
    arm.faults.append(Fault(empty, matches=lambda request: "resourceGroups" not in request.path, times=None))
    assert team.plan(*identities).drift == ()
