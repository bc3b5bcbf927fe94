"""What every declared resource type must do, over its cases: one file for each type in `declared/<cloud>/`.

A case gives inputs, and what a bare client of the cloud's own SDK does to the object by hand; nothing is taken from
the declaration under test. In texts `{unique}` differs from test to test, `{id}` is the object's id, `{X}` a part
of it, and `${name.output}` refers to a resource under `needs`. See docs/guides/add-a-resource-type.md.

    type = "aws.s3_bucket"
    inputs = { bucket = "unknot-{unique}" }
    update = { versioning = { Status = "Enabled" } }     # over `inputs`, in place
    unset = ["versioning"]                               # inputs that are then taken away
    replace = { bucket = "other-{unique}" }              # over `inputs`: the object is made anew
    exists = { call = "s3.head_bucket", params = { Bucket = "{bucket}" } }
    [[drift]]                                            # by hand; `plan` must see it in `field`
    field = "versioning"
    call = "s3.put_bucket_versioning"
    params = { Bucket = "{bucket}", VersioningConfiguration = { Status = "Suspended" } }

    not_written = "no call tells the key"                # why `import --write` refuses it
    secrets = { IT_USER_DATA = "..." }                   # what the references that it writes stand for

What the server on this machine cannot do at all is said by `lacking`; docs/guides/add-a-resource-type.md lists it.
"""

import json
import re
import secrets
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import azure_by_hand
import google_by_hand
import jmespath
import pytest
from servers import Server

from unknot.cli import app
from unknot.planner.apply import ApplyOptions, ApplyReport, apply
from unknot.planner.archive import SavedPlan, bind
from unknot.planner.plan import Mode
from unknot.planner.planning import PlanOptions, make_plan
from unknot.planner.services import Services
from unknot.providers import registry
from unknot.providers.declared.provider import DeclaredProvider
from unknot.stacks.address import Address
from unknot.stacks.output import Output
from unknot.stacks.resource import Resource
from unknot.stacks.secret import Secret
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target
from unknot.state.ledger import Ledger
from unknot.state.ledger.encryption import generate_key
from unknot.state.snapshot import ResourceState
from unknot.state.stores.memory import MemoryStore

FOLDER = Path(__file__).parent / "declared"


class Case:
    """One file of `declared/`, with its texts filled in for one test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cloud = path.parent.name
        self.data: dict[str, Any] = tomllib.loads(path.read_text())
        self.type: str = self.data["type"]
        self.unique = secrets.token_hex(4)

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.data.get(name, default)


CASES = sorted(FOLDER.glob("*/*.toml"))


def ids(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


class Account:
    """A ledger, and a cloud on this machine."""

    def __init__(self, project: Path, target: Target) -> None:
        self.target = target
        self.services = Services(project=project)
        self.store = MemoryStore()
        # With a key, as what services call sensitive is only recorded under one.
        self.ledger = Ledger.open(self.store, "demo/default", key="env:CONTRACT_LEDGER_KEY")

    def stack(self, case: Case, inputs: Mapping[str, Any] | None) -> Stack:
        """The resources that the case needs, and the one under test; without it when `inputs` is None."""
        stack = Stack("demo", owner="team@example.org")
        made: dict[str, Resource] = {}
        for need in case.get("needs", ()):
            values = self.filled(need.get("inputs", {}), case, made)
            made[need["name"]] = stack.add(_class(need["type"])(need["name"], target=self.target, **values))
        if inputs is not None:
            stack.add(_class(case.type)("it", target=self.target, **self.filled(inputs, case, made)))
        assert not stack.diagnostics.has_errors, [f"{d.summary}: {d.detail}" for d in stack.diagnostics]
        return stack

    def filled(self, value: Any, case: Case, made: Mapping[str, Resource] | None = None) -> Any:
        match value:
            case {"$secret": str() as reference}:
                return Secret.parse(reference)
            case dict():
                return {key: self.filled(entry, case, made) for key, entry in value.items()}
            case list():
                return [self.filled(entry, case, made) for entry in value]
            case str():
                if made is not None and (found := re.fullmatch(r"\$\{(\w+)\.(\w+)\}", value)):
                    output: Output[Any] = getattr(made[found[1]], found[2])
                    return output
                return self.text(value, case)
            case _:
                return value

    def text(self, value: str, case: Case) -> str:
        known = {"unique": case.unique}
        state = self.recorded(case)
        if state is not None and state.current is not None:
            kind = _kind(case.type)
            known |= {"id": state.current.id, **(kind.keys(state.current.id) or {})}
            known |= {k: v for k, v in state.outputs.items() if isinstance(v, str)}
            known |= {k: v for k, v in state.resolved_inputs.items() if isinstance(v, str)}
        snapshot = self.ledger.reader().snapshot() if self.ledger.exists else None
        for need in case.get("needs", ()):
            needed = (
                None
                if snapshot is None
                else snapshot.resources.get(Address(f"{need['type']}.{need['name']}"))
            )
            if needed is not None:
                known |= {f"${{{need['name']}.{k}}}"[2:-1]: v for k, v in needed.outputs.items()}
        for name, text in known.items():
            value = value.replace("${" + name + "}", str(text)).replace("{" + name + "}", str(text))
        return value

    def plan(self, stack: Stack, mode: Mode = "normal") -> SavedPlan:
        definition = stack.definition(root=self.services.project)
        plan = make_plan(
            definition,
            self.ledger.reader().snapshot() if self.ledger.exists else None,
            self.services,
            options=PlanOptions(mode=mode),
            diagnostics=stack.diagnostics,
            vault=self.ledger.vault(),
        )
        assert plan.can_apply or not [d for d in plan.diagnostics if d.is_error], [
            f"{d.summary}: {d.detail}" for d in plan.diagnostics
        ]
        return bind(plan, definition.bundles)

    def apply(self, saved: SavedPlan) -> ApplyReport:
        report = apply(
            saved.plan, saved.hash, self.ledger, self.services, options=ApplyOptions(), bundles=saved
        )
        assert report.exit_code == 0, [(step.address, step.outcome, step.detail) for step in report.steps]
        return report

    def up(self, stack: Stack) -> None:
        self.apply(self.plan(stack))

    def recorded(self, case: Case) -> ResourceState | None:
        if not self.ledger.exists:
            return None
        return self.ledger.reader().snapshot().resources.get(Address(f"{case.type}.it"))

    def actions(self, stack: Stack) -> dict[str, str]:
        """What a plan with refresh would do. Drift counts."""
        plan = self.plan(stack).plan
        assert plan.drift == (), [(d.address, d.fields) for d in plan.drift]
        return {c.address: c.action.value for c in plan.changes if c.action.value != "no-op"}

    def by_hand(self, case: Case, call: str, params: Mapping[str, Any]) -> Any:
        """What a person does with the SDK, past unknot."""
        return CLIENTS[case.cloud](call, self.filled(dict(params), case))

    def there(self, case: Case, filled: Mapping[str, Any]) -> bool:
        """Whether the object exists, in the words of the SDK. Its parameters were filled in while it did."""
        try:
            answer = CLIENTS[case.cloud](filled["call"], filled["params"])
        except Exception as problem:
            names = {base.__name__ for base in type(problem).__mro__}
            if names & {"ClientError", "HttpError"} or "NotFound" in type(problem).__name__:
                return False
            raise
        return bool(jmespath.search(filled.get("when", "`true`"), answer))


def _aws(call: str, params: dict[str, Any]) -> Any:
    import boto3

    service, _, operation = call.partition(".")
    return getattr(boto3.client(service), operation)(**params)


CLIENTS = {"aws": _aws, "azure": azure_by_hand.call, "gcp": google_by_hand.call}


def _kind(type_: str) -> Any:
    provider = registry.provider(type_.partition(".")[0])
    assert isinstance(provider, DeclaredProvider)
    return provider.kind(type_)


def _class(type_: str) -> type[Resource]:
    import importlib

    resources = importlib.import_module(f"unknot.providers.{type_.partition('.')[0]}.resources")
    found: type[Resource] = getattr(resources, _kind(type_).type.class_name)
    return found


SERVERS = {
    "aws": ("moto_server",),
    "azure": ("azurite_server", "arm_server"),
    "gcp": ("google_server",),
}
"""Fixtures of a cloud's servers, unless the case names others. The target's endpoint is that of the last one."""

REGIONS = {"aws": "us-east-1", "azure": "westeurope", "gcp": "europe-west1"}


@pytest.fixture
def account(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A fresh ledger at the cloud of the case."""
    case = Case(request.getfixturevalue("path"))
    if lacking := case.get("lacking"):
        pytest.skip(lacking)
    cloud = case.cloud
    servers: list[Server] = [request.getfixturevalue(name) for name in case.get("servers", SERVERS[cloud])]
    for server in servers:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("CONTRACT_LEDGER_KEY", generate_key())
    region = REGIONS[cloud]
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    # Another server than the test before may have had, in another worker.
    options = {"endpoint": servers[-1].url}
    if cloud == "azure":
        options |= azure_by_hand.options()
    return Account(tmp_path, Target("here", cloud=cloud, region=region, options=options))


every_case = pytest.mark.parametrize(
    "path", [pytest.param(path, marks=pytest.mark.parts, id=ids(path)) for path in CASES]
)


@every_case
def test_object_is_made_left_alone_changed_in_place_and_deleted(path: Path, account: Account) -> None:
    case = Case(path)
    inputs = case["inputs"]
    wanted = account.stack(case, inputs)
    account.up(wanted)
    exists = account.filled(case["exists"], case)
    assert account.there(case, exists), "the SDK does not find what was made"
    assert account.actions(account.stack(case, inputs)) == {}, "a second plan has nothing to do"
    if "update" in case.data:
        before = account.recorded(case)
        inputs = {**inputs, **case["update"]}
        assert account.actions(account.stack(case, inputs)) == {f"{case.type}.it": "update"}
        account.up(account.stack(case, inputs))
        after = account.recorded(case)
        assert before is not None
        assert after is not None
        assert before.current is not None
        assert after.current is not None
        assert after.current.id == before.current.id
        assert account.actions(account.stack(case, inputs)) == {}, "after an update there is nothing to do"
    else:
        assert case.get("no_update"), "a case without an update says why in `no_update`"
    if unset := case.get("unset"):
        inputs = {name: value for name, value in inputs.items() if name not in unset}
        account.up(account.stack(case, inputs))
        assert account.actions(account.stack(case, inputs)) == {}
    account.up(account.stack(case, None))
    assert not account.there(case, exists), "the SDK still finds what was deleted"


@every_case
def test_what_cannot_be_changed_is_replaced(path: Path, account: Account) -> None:
    case = Case(path)
    if "replace" not in case.data:
        pytest.skip(case["no_replace"])
    account.up(account.stack(case, case["inputs"]))
    stack = account.stack(case, {**case["inputs"], **case["replace"]})
    assert account.actions(stack) == {f"{case.type}.it": "delete-then-create"}
    account.up(account.stack(case, {**case["inputs"], **case["replace"]}))
    assert account.actions(account.stack(case, {**case["inputs"], **case["replace"]})) == {}
    account.up(account.stack(case, None))


@every_case
def test_change_by_hand_is_drift_and_is_mended(path: Path, account: Account) -> None:
    case = Case(path)
    inputs = {**case["inputs"], **case.get("update", {})}
    account.up(account.stack(case, inputs))
    if not case.get("drift"):
        assert case.get("no_drift"), "a case without drift says why in `no_drift`"
    for change in case.get("drift", ()):
        for step in (change, *([change["then"]] if "then" in change else [])):
            account.by_hand(case, step["call"], step["params"])
        plan = account.plan(account.stack(case, inputs)).plan
        found = {
            field.path for drift in plan.drift if drift.address == f"{case.type}.it" for field in drift.fields
        }
        assert change["field"] in found, f"{change['call']} was not seen"
        account.up(account.stack(case, inputs))
        assert account.actions(account.stack(case, inputs)) == {}, f"{change['field']} was not mended"
    account.up(account.stack(case, None))


@every_case
def test_object_that_is_gone_is_made_again(path: Path, account: Account) -> None:
    case = Case(path)
    account.up(account.stack(case, case["inputs"]))
    if "vanish" not in case.data:
        pytest.skip("the case does not say how to take it away by hand")
    account.by_hand(case, case["vanish"]["call"], case["vanish"]["params"])
    plan = account.plan(account.stack(case, case["inputs"])).plan
    assert [drift.address for drift in plan.drift] == [f"{case.type}.it"]
    account.up(account.stack(case, case["inputs"]))
    assert account.actions(account.stack(case, case["inputs"])) == {}
    account.up(account.stack(case, None))


@every_case
def test_object_of_another_stack_is_left_alone_and_imported_on_request(
    path: Path, account: Account, tmp_path: Path
) -> None:
    case = Case(path)
    if why := case.get("no_import"):
        pytest.skip(why)
    inputs = {**case["inputs"], **case.get("update", {})}
    account.up(account.stack(case, inputs))
    state = account.recorded(case)
    assert state is not None
    assert state.current is not None
    newcomer = Account(tmp_path, account.target)
    stack = newcomer.stack(case, None)
    for need in case.get("needs", ()):
        there = account.ledger.reader().snapshot().resources[Address(f"{need['type']}.{need['name']}")]
        assert there.current is not None
        stack.import_(there.address, id=there.current.id)
    newcomer.up(stack)
    stack = newcomer.stack(case, inputs)
    stack.import_(f"{case.type}.it", id=state.current.id)
    plan = newcomer.plan(stack).plan
    imported = next(change for change in plan.changes if change.address == f"{case.type}.it")
    assert imported.action.value == "import"
    hidden = set(case.get("not_imported", ()))
    assert {field.path for field in imported.fields} <= hidden, "the import sees something else than was set"
    newcomer.up(stack)
    assert newcomer.actions(newcomer.stack(case, inputs)) == {}
    newcomer.up(newcomer.stack(case, None))


@every_case
def test_import_writes_python_that_plans_without_a_change(
    path: Path,
    account: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = Case(path)
    if why := case.get("no_import"):
        pytest.skip(why)
    wanted = {**case["inputs"], **case.get("update", {})}
    account.up(account.stack(case, wanted))
    state = account.recorded(case)
    assert state is not None
    assert state.current is not None
    project = tmp_path / "written"
    project.mkdir()
    monkeypatch.chdir(project)
    (project / "unknot.toml").write_text('[encryption]\nkey = "env:CONTRACT_LEDGER_KEY"\n')
    stack = (
        "from unknot import Stack, Target\n\n"
        f"here = Target('here', cloud={case.cloud!r}, region={account.target.region!r}, "
        f"options={dict(account.target.options)!r})\n"
        "stack = Stack('written', owner='team@example.org', target=here)\n"
    )
    (project / "stack.py").write_text(stack)
    address = f"{case.type}.it"

    def unknot(*command: str, code: int = 0) -> str:
        sys.modules.pop("imported", None)
        found = app.run([*command])
        said = capsys.readouterr()
        assert found == code, (command, said.out + said.err)
        return said.out

    if "not_written" in case.data:
        unknot("import", address, state.current.id, "--write", code=1)
        assert not (project / "imported.py").exists()
        return
    unknot("import", address, state.current.id, "--write")
    text = (project / "imported.py").read_text()
    for name in re.findall(r'Secret\.env\(\s*"(\w+)"', text):
        monkeypatch.setenv(name, account.text(case["secrets"][name], case))
    (project / "stack.py").write_text(f"{stack}import imported\n\nimported.add_to(stack)\n")
    unknot("import", address, state.current.id, "--yes")
    plan = json.loads(unknot("plan", "--json"))
    assert plan["is_empty"], (text, plan["changes"], plan["drift"])


def test_every_type_that_is_made_has_a_case() -> None:
    from unknot.providers.aws.types import DECLARATIONS as AWS
    from unknot.providers.azure.types import DECLARATIONS as AZURE
    from unknot.providers.gcp.types import DECLARATIONS as GCP

    declared = [*AWS.values(), *AZURE.values(), *GCP.values()]
    covered = {tomllib.loads(path.read_text())["type"] for path in CASES}
    assert {each.type for each in declared if each.create is not None} == covered
