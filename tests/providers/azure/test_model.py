"""What is read from the SDKs' classes: both generations of management models, and the data plane's methods."""

import pytest

from unknot.providers.azure.model import model
from unknot.providers.azure.operations import operation
from unknot.providers.azure.structures import camel, members, subtypes


def test_members_of_properties_are_parameters_and_read_only_ones_are_not() -> None:
    found = operation("appcontainers", "jobs:begin_create_or_update").members
    assert found["template"].path == ("properties", "template")
    assert found["location"].path == ("location",)
    assert found["jobName"].path == ()
    assert "provisioningState" not in found
    assert "id" not in found


def test_parameter_of_the_url_is_told_apart_from_what_only_answers_tell() -> None:
    assert operation("authorization", "role_assignments:create").members["scope"].path == ()
    assert operation("machinelearningservices", "jobs:create_or_update/CommandJob").members["id"].path == ()


def test_variant_gives_the_members_of_its_kind() -> None:
    plain = operation("machinelearningservices", "jobs:create_or_update").members
    command = operation("machinelearningservices", "jobs:create_or_update/CommandJob").members
    assert "command" in command
    assert "command" not in plain
    with pytest.raises(KeyError):
        operation("machinelearningservices", "jobs:create_or_update/PaintJob")


def test_objects_of_several_kinds_have_the_members_of_all_and_a_choice_of_kinds() -> None:
    found = model("machinelearningservices")
    found.operation("jobs:create_or_update/CommandJob")
    found.shape("jobs:create_or_update/CommandJob parameters")
    shape = found.shape("JobInput")
    assert {"uri", "value", "mode", "jobInputType"} <= shape.members.keys()
    assert "uri_folder" in found.shape(shape.members["jobInputType"]).enum
    assert shape.required == ("jobInputType",)


def test_rules_for_names_come_from_what_builds_the_request() -> None:
    found = model("machinelearningservices")
    shape = found.shape("jobs:create_or_update/CommandJob parameters")
    assert found.shape(shape.members["id"]).pattern == r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}"
    assert found.shape(shape.members["resourceGroupName"]).max == 90


def test_pattern_that_is_not_anchored_is_looked_for_anywhere() -> None:
    import regex

    found = model("machinelearningservices")
    shape = found.shape("jobs:create_or_update/CommandJob parameters")
    pattern = found.shape(shape.members["command"]).pattern
    assert regex.fullmatch(pattern, "python train.py")
    assert not regex.fullmatch(pattern, "---")


@pytest.mark.parametrize(
    ("service", "name", "permission"),
    [
        ("storage", "storage_accounts:begin_create", "Microsoft.Storage/storageAccounts/write"),
        ("storage", "storage_accounts:get_properties", "Microsoft.Storage/storageAccounts/read"),
        ("storage", "storage_accounts:list_keys", "Microsoft.Storage/storageAccounts/listKeys/action"),
        ("storage", "blob_containers:delete_immutability_policy", "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/delete"),
        ("appcontainers", "jobs:begin_delete", "Microsoft.App/jobs/delete"),
        ("authorization", "role_assignments:create", "Microsoft.Authorization/roleAssignments/write"),
        ("resources", "resource_groups:get", "Microsoft.Resources/subscriptions/resourceGroups/read"),
    ],
)  # fmt: skip
def test_permission_is_the_action_of_role_definitions(service: str, name: str, permission: str) -> None:
    assert model(service).operation(name).permission.lower() == permission.lower()


def test_data_plane_takes_what_picks_the_client_and_what_the_method_documents() -> None:
    found = operation("storage", "BlobClient:upload_blob").members
    assert {"account", "container", "blob", "data", "metadata", "standard_blob_tier"} <= found.keys()
    assert found["data"].typed.kind == "blob"
    assert "Cool" in found["standard_blob_tier"].typed.enum
    policies = operation("storage", "ContainerClient:set_container_access_policy").members[
        "signed_identifiers"
    ]
    assert policies.typed.item is not None
    assert {each.name: each.typed.kind for each in members(policies.typed.item.cls)} == {
        "permission": "string",
        "expiry": "timestamp",
        "start": "timestamp",
    }


def test_pages_and_what_goes_on_in_the_background_are_known() -> None:
    assert operation("storage", "BlobServiceClient:list_containers").is_paged
    assert operation("msi", "user_assigned_identities:list_by_subscription").is_paged
    assert operation("keyvault", "SecretClient:begin_delete_secret").is_awaited
    assert not operation("storage", "storage_accounts:update").is_awaited


def test_operation_that_is_not_there_has_near_ones() -> None:
    with pytest.raises(KeyError):
        model("storage").operation("storage_accounts:begin_creat")
    assert "storage_accounts:begin_create" in set(model("storage").operations())
    with pytest.raises(KeyError):
        model("billing")


def test_secrets_are_known_where_the_sdk_forgot_them() -> None:
    found = model("machinelearningservices")
    found.shape("online_endpoints:begin_create_or_update parameters")
    assert found.shape(found.shape("EndpointAuthKeys").members["primaryKey"]).sensitive


def test_value_of_a_secret_is_no_part_of_a_structure() -> None:
    found = model("appcontainers")
    found.shape("jobs:begin_create_or_update parameters")
    found.shape("JobConfiguration")
    assert "value" not in found.shape("Secret").members
    assert "keyVaultUrl" in found.shape("Secret").members


def test_shapes_of_one_name_in_both_planes_are_told_apart() -> None:
    found = model("storage")
    container = found.shape("ContainerClient:create_container parameters")
    account = found.shape("blob_containers:create parameters")
    assert container.members["public_access"] != account.members["publicAccess"]
    assert "blob" in found.shape(container.members["public_access"]).enum
    assert "Blob" in found.shape(account.members["publicAccess"]).enum


def test_names_of_parameters_become_those_of_the_rest_api() -> None:
    assert camel("resource_group_name") == "resourceGroupName"
    assert camel("id") == "id"


def test_kinds_of_an_object_are_found_at_any_depth() -> None:
    from azure.mgmt.machinelearningservices import models

    assert subtypes(models.JobBaseProperties)["Command"] is models.CommandJob
    assert subtypes(models.CommandJob) == {}
