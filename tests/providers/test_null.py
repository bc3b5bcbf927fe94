"""Nodes: what is recorded is what there is."""

from pathlib import Path
from typing import Any

from unknot.providers.base import UNKNOWN, Context, PlanItem, PlanRequest
from unknot.providers.null import Node, NullProvider
from unknot.stacks.address import Address
from unknot.stacks.target import LAPTOP


def outputs(action: str, value: Any, prior: dict[str, Any] | None = None) -> dict[str, Any]:
    address = Address("null.resource.a")
    item = PlanItem(address, "null.resource", action, None, prior, {"value": value}, ("value",))
    response = NullProvider().plan(PlanRequest(Context(Path(), "line", LAPTOP), (item,)))
    return response.opinions[address].outputs


def test_output_is_predicted_as_far_as_the_value_is_known() -> None:
    assert outputs("create", {"a": [UNKNOWN, 1]}) == {"output": {"a": [UNKNOWN, 1]}}
    assert outputs("create", UNKNOWN) == {}


def test_id_survives_an_update_and_not_a_replacement() -> None:
    prior = {"id": "n1", "output": 1}
    assert outputs("update", 2, prior) == {"id": "n1", "output": 2}
    assert outputs("delete-then-create", 2, prior) == {"output": 2}


def test_changed_triggers_replace() -> None:
    assert Node.type_info.fields["triggers"].immutable
    assert not Node.type_info.fields["value"].immutable
    assert Node.type_info.resolve_by == "token"
