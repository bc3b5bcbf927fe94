"""Small makers of plans."""

from collections.abc import Callable

import pytest

from unknot.planner.plan import Action, Change, FieldChange, Plan, ReadSet
from unknot.stacks.address import Address, Uid, type_of


def _change(address: str, action: Action = Action.CREATE, *fields: FieldChange, reason: str = "") -> Change:
    named = Address(address)
    return Change(
        named,
        Uid("u" * 12),
        action,
        type_of(named),
        "file",
        "laptop",
        ReadSet(),
        fields=fields,
        reason=reason,
    )


def _plan(*changes: Change) -> Plan:
    return Plan(
        "flights", "dev", "7f" * 16, False, 12, "c0ffee", "2026-11-24T10:00:00+00:00", changes=changes
    )


@pytest.fixture(scope="session")
def change() -> Callable[..., Change]:
    return _change


@pytest.fixture(scope="session")
def plan_of() -> Callable[..., Plan]:
    return _plan
