"""What a stack gives in clear where a service's own model has something sensitive (rule S1). The whole way: e2e/."""

import hashlib
from typing import Any

import msgspec
import pytest

from unknot import Secret, aws
from unknot import format as join
from unknot.planner.planning import definition_hash
from unknot.planner.sealing import Sealed, guarded, masker, rebound, sealed
from unknot.planner.secrecy import Given, Vaults, is_given, kept, redact
from unknot.planner.values import is_sealed
from unknot.providers.fake import Thing
from unknot.stacks.address import Address, Uid
from unknot.stacks.diagnostic import Diagnostics
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target
from unknot.state.ledger import Ledger
from unknot.state.ledger.encryption import generate_key
from unknot.state.stores.memory import MemoryStore

CANARY = "CANARY-3a1f"
FUNCTION = Address("aws.lambda_function.score")
pytestmark = pytest.mark.rule("S1")


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setenv("LEDGER_KEY", generate_key())
    return Ledger.open(MemoryStore(), "demo/default", key="env:LEDGER_KEY")


@pytest.fixture
def vaults(ledger: Ledger) -> Vaults:
    ledger.create("1" * 32, "demo", "default")
    ledger.reader().snapshot()
    return Vaults(ledger.vault())


def function(**variables: Any) -> Stack:
    stack = Stack("demo", owner="t@example.org", target=Target("here", cloud="aws", region="us-east-1"))
    queue = stack.add(aws.SqsQueue("jobs"))
    given = {
        name: join("https://" + CANARY + "@{arn}", arn=queue.arn) if value == "JOINED" else value
        for name, value in variables.items()
    }
    stack.add(
        aws.LambdaFunction(
            "score",
            runtime="python3.12",
            handler="f.handler",
            role="arn:aws:iam::123456789012:role/r",
            code={"ZipFile": "UEs="},
            environment={"Variables": given},
        )
    )
    assert not stack.diagnostics.has_errors, list(stack.diagnostics)
    return stack


def seal(stack: Stack, vaults: Vaults, problems: Diagnostics | None = None) -> Sealed:
    return sealed(
        stack.definition().resources, {}, {}, vaults, Diagnostics() if problems is None else problems
    )


def variables_of(found: Sealed) -> Any:
    return found.desired[FUNCTION].inputs["environment"]["Variables"]


def test_text_is_sealed_and_what_stands_for_a_value_is_left(
    vaults: Vaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB", "x")
    found = seal(function(PLAIN=CANARY, REFERENCE=Secret.env("DB"), URL="JOINED", EMPTY=""), vaults)
    variables = variables_of(found)
    assert CANARY not in repr(found)
    assert vaults.opened(variables["PLAIN"]) == CANARY
    assert variables["REFERENCE"] == {"$secret": "env:DB"}
    assert variables["EMPTY"] == ""
    text, reference = variables["URL"]["$join"]
    assert (vaults.opened(text), reference) == (f"https://{CANARY}@", {"$ref": ["aws.sqs_queue.jobs", "arn"]})
    assert found.desired[FUNCTION].inputs["code"] == {"ZipFile": "UEs="}, "code is no secret by being code"
    assert found.uids.keys() == {FUNCTION}, "what is sealed is bound to the object's own uid"


def test_name_of_an_entry_is_shown_as_the_key_of_a_mapping_is() -> None:
    containers = [{"name": "etl", "environment": [{"name": "DB", "value": CANARY}]}]
    found = guarded("aws.ecs_task_definition", {"container_definitions": containers}, {}, masker)
    assert found["container_definitions"] == [
        {"name": "etl", "environment": [{"name": "DB", "value": "(sensitive)"}]}
    ]


def test_nothing_is_touched_of_a_type_that_has_nothing_sensitive() -> None:
    inputs = {"queue_name": CANARY}
    assert guarded("aws.sqs_queue", inputs, {}, masker) is inputs
    assert guarded("file.document", inputs, {}, masker) is inputs


def test_without_a_key_each_resource_is_refused_once_and_masked() -> None:
    problems = Diagnostics()
    found = seal(function(ONE=CANARY, TWO=CANARY, URL="JOINED"), Vaults(), problems)
    (problem,) = problems
    assert problem.is_error
    assert problem.summary == (
        "`aws.lambda_function.score`: `environment.Variables.ONE` and 2 more may be secret, is given in clear, and "
        "would be recorded"
    )
    assert CANARY not in repr(found) + repr(problem)


def test_first_plan_seals_for_a_ledger_that_is_not_there_and_is_bound_to_its_key_when_it_is(
    make_site: Any, ledger: Ledger
) -> None:
    proposed = ledger.vault()
    assert proposed is not None
    proposed.propose("2" * 32)
    before = variables_of(seal(function(PLAIN=CANARY), Vaults(proposed)))["PLAIN"]
    assert before["$sealed"]["key"] == 0
    ledger.create("2" * 32, "demo", "default")
    ledger.reader().snapshot()
    vaults = Vaults(ledger.vault())
    assert vaults.opened(before) == CANARY
    plan = make_site().plan(Thing("a")).plan
    inputs = {"environment": {"Variables": {"PLAIN": before}}}
    change = msgspec.structs.replace(plan.changes[0], inputs=inputs)
    bound = rebound(msgspec.structs.replace(plan, changes=(change,)), vaults)
    after = bound.changes[0].inputs["environment"]["Variables"]["PLAIN"]
    assert (after["$sealed"]["key"], vaults.opened(after)) == (1, CANARY)
    assert after["$sealed"]["uid"] == before["$sealed"]["uid"]


def test_value_that_is_often_no_secret_does_not_seal_every_name_in_which_it_occurs() -> None:
    texts = [Given("us-east-1"), Given("fast"), Given(CANARY)]
    outputs = {
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:fast",
        "echo": CANARY,
        "hash": hashlib.sha256(CANARY.encode()).hexdigest(),
        "mode": "fast",
    }
    found = kept(outputs, (), texts, lambda _field, _value: "SEALED")
    assert found == {"arn": outputs["arn"], "echo": "SEALED", "hash": "SEALED", "mode": "fast"}
    assert redact(f"no 1 for {CANARY}", [Given("1"), Given(CANARY)]) == "no 1 for ***"


def test_hash_of_what_is_wanted_tells_nobody_without_the_key_what_was_given(ledger: Ledger) -> None:
    definition = function(PLAIN=CANARY).definition()
    vault = ledger.vault()
    assert vault is not None
    vault.propose("3" * 32)
    keyed = definition_hash(definition, vault)
    assert keyed == definition_hash(definition, vault, keyed)
    assert definition_hash(definition) not in keyed
    other = definition_hash(function(PLAIN="other").definition(), vault, keyed)
    assert other != keyed


def test_secret_by_reference_inside_of_a_structure_is_sent_again_when_it_is_another(
    make_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_KEY", generate_key())
    monkeypatch.setenv("DB", "one")
    site = make_site(key="env:LEDGER_KEY")
    wanted = Thing("a", value=[{"db": Secret.env("DB")}])
    site.up(wanted)
    assert site.plan(wanted).plan.is_empty
    monkeypatch.setenv("DB", "another")
    (change,) = site.plan(wanted).plan.changes
    assert [(field.path, field.sensitive) for field in change.fields] == [("value", True)]
    site.up(wanted)
    assert site.object("a").inputs["value"] == [{"db": "another"}]
    assert site.plan(wanted).plan.is_empty


def test_only_what_the_stack_gives_in_clear_is_compared_with_the_world(vaults: Vaults) -> None:
    assert vaults.own is not None
    given = vaults.own.seal("x", uid=Uid("u"), generation=0, field="given: environment.Variables.A")
    output = vaults.own.seal("x", uid=Uid("u"), generation=1, field="secret_key")
    assert is_sealed(given)
    assert is_given({"Variables": {"A": given, "B": "clear"}})
    assert not is_given({"Variables": {"A": given, "B": output}})
    assert not is_given({"Variables": {"A": given, "B": {"$secret": "env:X"}}})
    assert not is_given({"Variables": {"B": "clear"}})
