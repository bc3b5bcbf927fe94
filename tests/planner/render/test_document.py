import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import msgspec
import pytest

from unknot.planner.apply.report import ApplyReport, StepReport
from unknot.planner.plan import Change, Plan
from unknot.planner.render.document import (
    diagnostics_document,
    plan_document,
    report_document,
    schemas,
)
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic, SourceLocation

ROOT = Path(__file__).parents[3]
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*/plan.json"))


@pytest.mark.parametrize("name", sorted(schemas()))
def test_published_schema_is_what_is_generated(name: str, request: pytest.FixtureRequest) -> None:
    file = ROOT / "docs" / "schemas" / f"{name}.json"
    generated = json.dumps(schemas()[name], indent=2) + "\n"
    if request.config.getoption("--update-golden"):
        file.write_text(generated, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == generated


@pytest.mark.stake(7)
@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.parent.name)
def test_plan_document_is_valid_against_its_schema(file: Path) -> None:
    plan = msgspec.json.decode(file.read_bytes(), type=Plan)
    document = json.loads(plan_document(plan))
    jsonschema.Draft202012Validator(schemas()["plan"]).validate(document)
    assert all(change["reason"] for change in document["changes"])


def test_other_documents_are_valid_against_their_schemas() -> None:
    found = Diagnostic.error("bad", detail="do", source=SourceLocation("stack.py", 1))
    report = ApplyReport(
        "s", "dev", 3, steps=(StepReport(Address("bucket.a"), "create", "done"),), diagnostics=(found,)
    )
    jsonschema.Draft202012Validator(schemas()["report"]).validate(json.loads(report_document(report)))
    document = json.loads(diagnostics_document([found]))
    jsonschema.Draft202012Validator(schemas()["diagnostics"]).validate(document)
    assert document["errors"] == 1


def test_schema_refuses_a_document_of_another_version(
    change: Callable[..., Change], plan_of: Callable[..., Plan]
) -> None:
    document = json.loads(plan_document(plan_of(change("bucket.a")))) | {"version": 2}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schemas()["plan"]).validate(document)


@pytest.mark.rule("S1")
@pytest.mark.stake(17)
def test_no_rendering_holds_what_is_made_of_a_sensitive_output() -> None:
    """The case `sensitive` has a canary in a field and in an output that refer to a sensitive output."""
    folder = ROOT / "tests" / "golden" / "sensitive"
    assert b"canary" in (folder / "plan.json").read_bytes()
    for name in ("plan.txt", "review.md", "plan.pretty.json"):
        assert b"canary" not in (folder / name).read_bytes()
