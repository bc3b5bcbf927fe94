"""One planted violation of each kind in each service, found when a stack is read: no network, no SDK."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from unknot.providers.azure import resources as azure
from unknot.stacks.resource import Resource
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
TARGET = Target("prod", cloud="azure", region="westeurope", options={"subscription": SUBSCRIPTION, "resource_group": "team", "account": "lake", "vault": "keys", "workspace": "lab"})  # fmt: skip
ENVIRONMENT = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/team/providers/Microsoft.App/managedEnvironments/main"
)
ROLE = "/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
CONFIGURATION = {"triggerType": "Manual", "replicaTimeout": 60}
TEMPLATE = {"containers": [{"name": "etl", "image": "example.org/etl:1"}]}
JOB = {"environment_id": ENVIRONMENT, "configuration": CONFIGURATION, "template": TEMPLATE}
SKU: Any = {"name": "Standard_LRS"}
VAULT = {"sku": {"family": "A", "name": "standard"}, "tenant_id": SUBSCRIPTION}
COMMAND = {"command": "python train.py", "environment_id": "azureml:sklearn:1"}


@pytest.mark.parametrize(
    ("made", "inputs", "path", "wanted"),
    [
        # storage, data plane: name, value, member, kind of a value
        (azure.StorageContainer, {"container": "Raw_Data"}, "container", "lower case"),
        (azure.StorageContainer, {"container": "a"}, "container", "3 to 63"),
        (azure.StorageContainer, {"account": "My-Account"}, "account", "3 to 24"),
        (azure.StorageContainer, {"public_access": "everybody"}, "public_access", "container"),
        (azure.StorageContainer, {"access_policies": {"r": {"permissions": "r"}}}, "access_policies.r", "permission"),
        (azure.StorageContainer, {"access_policies": {"r": {"expiry": "tomorrow"}}}, "access_policies.r.expiry", ""),
        (azure.StorageContainer, {"immutability_days": "long"}, "immutability_days", ""),
        (azure.StorageContainer, {"metadata": {"team": 3}}, "metadata.team", ""),
        (azure.StorageContainer, {"metadata": {"cost-centre": "42"}}, "metadata", "match"),
        (azure.StorageQueue, {"metadata": {"team": "Straße"}}, "metadata.team", "match"),
        (azure.StorageBlob, {"container": "raw", "content": b"", "blob": "a//b"}, "blob", "1,024"),
        (azure.StorageBlob, {"container": "raw", "content": b"", "tier": "Lukewarm"}, "tier", "Cool"),
        (azure.StorageBlob, {"container": "raw", "content": b"", "content_settings": {"type": "text/plain"}}, "content_settings", "content_type"),
        (azure.StorageQueue, {"queue": "jobs--night"}, "queue", "single hyphens"),
        (azure.StorageTable, {"table_name": "1st"}, "table_name", "begins with a letter"),
        # storage, management plane: name, value, value deep inside, number where truth is wanted, place
        (azure.StorageAccount, {"sku": SKU, "account_name": "my-lake"}, "account_name", "lower case letters and digits"),
        (azure.StorageAccount, {"sku": {"name": "Standard_BANANA"}}, "sku.name", "Standard_LRS"),
        (azure.StorageAccount, {"sku": SKU, "network_acls": {"defaultAction": "Maybe"}}, "network_acls.defaultAction", "Deny"),
        (azure.StorageAccount, {"sku": SKU, "network_acls": {}}, "network_acls", "defaultAction"),
        (azure.StorageAccount, {"sku": SKU, "is_hns_enabled": "yes"}, "is_hns_enabled", ""),
        (azure.StorageAccount, {"sku": SKU, "location": "westeurop"}, "location", "westeurope"),
        # resource groups and identities: name, value
        (azure.ResourceGroup, {"group_name": "team."}, "group_name", "full stop"),
        (azure.UserAssignedIdentity, {"identity_name": "a b"}, "identity_name", "3 to 128"),
        (azure.UserAssignedIdentity, {"isolation_scope": "Global"}, "isolation_scope", "Regional"),
        (azure.ResourceGroup, {"tags": {"cost/centre": "42"}}, "tags", "match"),
        (azure.ResourceGroup, {"tags": {"team": "x" * 257}}, "tags.team", "256"),
        # Container Apps: name, resource id, value, what is missing, number
        (azure.ContainerAppJob, {**JOB, "job_name": "Nightly"}, "job_name", "lower case"),
        (azure.ContainerAppJob, {**JOB, "environment_id": "main"}, "environment_id", "/subscriptions/"),
        (azure.ContainerAppJob, {**JOB, "configuration": {"triggerType": "Sometimes", "replicaTimeout": 1}}, "configuration.triggerType", "Schedule"),
        (azure.ContainerAppJob, {**JOB, "configuration": {"triggerType": "Manual"}}, "configuration", "replicaTimeout"),
        (azure.ContainerAppJob, {**JOB, "configuration": {**CONFIGURATION, "secrets": [{"name": "db", "value": "x"}]}}, "configuration.secrets[0]", "keyVaultUrl"),
        (azure.ContainerAppJob, {**JOB, "template": {"containers": [{"resources": {"cpu": "half"}}]}}, "template.containers[0].resources.cpu", ""),
        # machine learning: pattern, length, value, value that tells kinds apart, what is missing
        (azure.MlCommandJob, {**COMMAND, "job_name": "-train"}, "job_name", "match"),
        (azure.MlCommandJob, {**COMMAND, "command": ""}, "command", ""),
        (azure.MlCommandJob, {**COMMAND, "inputs": {"a": {"jobInputType": "banana"}}}, "inputs.a.jobInputType", "uri_folder"),
        (azure.MlCommandJob, {**COMMAND, "inputs": {"a": {"value": "1"}}}, "inputs.a", "jobInputType"),
        (azure.MlCommandJob, {**COMMAND, "workspace_name": "a"}, "workspace_name", "match"),
        (azure.MlOnlineEndpoint, {"auth_mode": "Password"}, "auth_mode", "AADToken"),
        (azure.MlOnlineEndpoint, {"auth_mode": "Key", "traffic": {"blue": "all"}}, "traffic.blue", ""),
        # role assignments: resource id, name
        (azure.RoleAssignment, {"scope": "raw", "role_definition_id": ROLE, "principal_id": "p"}, "scope", "/subscriptions/"),
        (azure.RoleAssignment, {"scope": ENVIRONMENT, "role_definition_id": "Reader", "principal_id": "p"}, "role_definition_id", "roleDefinitions"),
        (azure.RoleAssignment, {"scope": ENVIRONMENT, "role_definition_id": ROLE, "principal_id": "p", "assignment_name": "etl"}, "assignment_name", "UUID"),
        # Key Vault: name, value, time
        (azure.KeyVault, {**VAULT, "vault_name": "-keys"}, "vault_name", "begins with a letter"),
        (azure.KeyVault, {**VAULT, "sku": {"family": "A", "name": "gold"}}, "sku.name", "premium"),
        (azure.KeyVault, {**VAULT, "tenant_id": "ours"}, "tenant_id", "UUID"),
        (azure.KeyVaultSecret, {"value": "x", "secret_name": "db_url"}, "secret_name", "letters, digits"),
        (azure.KeyVaultSecret, {"value": "x", "expires_on": "soon"}, "expires_on", ""),
    ],
)  # fmt: skip
def test_planted_violation_is_found_with_where_it_is(
    made: type[Resource], inputs: dict[str, Any], path: str, wanted: str
) -> None:
    stack = Stack("demo", owner="team@example.org")
    resource = stack.add(made("it", target=TARGET, **inputs))
    found = [f"{each.summary} {each.detail}" for each in stack.diagnostics if each.is_error]
    assert found, "nothing was found"
    assert any(f"`{path}`" in text and wanted in text for text in found), found
    assert all(each.source is not None for each in stack.diagnostics)
    assert resource.address.endswith(".it")


@pytest.mark.parametrize(
    ("options", "region", "wanted"),
    [
        ({"subscription": "production"}, "westeurope", "has the subscription `production`"),
        ({"subscription": SUBSCRIPTION, "account": "My_Lake"}, "westeurope", "has the account `My_Lake`"),
        ({"subscription": SUBSCRIPTION}, "westeurop", "has the region `westeurop`"),
        ({"subscription": SUBSCRIPTION}, "westeurope", "names no resource group"),
        ({"resource_group": "team"}, "westeurope", "names no subscription"),
        ({"subscription": SUBSCRIPTION, "resource_group": "team"}, None, "names no location"),
    ],
)
def test_target_that_does_not_say_where_is_found_when_planning(
    team: Any, monkeypatch: pytest.MonkeyPatch, options: dict[str, str], region: str | None, wanted: str
) -> None:
    monkeypatch.delenv("AZURE_SUBSCRIPTION_ID", raising=False)
    target = Target("prod", cloud="azure", region=region, options=options)
    plan = team.plan(azure.StorageAccount("lake", target=target, sku=SKU))
    assert not plan.can_apply
    assert any(wanted in diagnostic.summary for diagnostic in plan.diagnostics), plan.diagnostics


def test_resource_that_says_where_it_is_needs_nothing_of_its_target(
    team: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", SUBSCRIPTION)
    account = azure.StorageAccount(
        "lake",
        target=Target("prod", cloud="azure"),
        sku=SKU,
        resource_group_name="other",
        location="northeurope",
    )
    assert team.plan(account).can_apply


def test_types_are_read_and_checked_without_an_sdk() -> None:
    code = (
        "import sys\n"
        "from unknot import Stack, Target, azure\n"
        "s = Stack('demo', owner='a@example.org')\n"
        "s.add(azure.StorageContainer('raw', target=Target('t', cloud='azure'), container='raw'))\n"
        "print([m for m in sys.modules if m == 'azure' or m.startswith('azure.')])\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_guide_shows_a_stack_that_can_be_planned(team: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_URL", "x")
    guide = Path(__file__).parents[3] / "docs" / "guides" / "azure.md"
    code = guide.read_text().partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(compile(code, str(guide), "exec"), names)
    stack = names["stack"]
    assert not list(stack.diagnostics)
    plan = team.planned(stack)
    assert plan.can_apply, [f"{each.summary}: {each.detail}" for each in plan.diagnostics]
    assert len(plan.changes) == 5
