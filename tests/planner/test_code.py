"""Policies and conditions come from the plan's bundle, never from the working tree (rule P1)."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from unknot.planner.code import FunctionMissing, from_bundle
from unknot.providers.fake import Thing
from unknot.stacks.errors import PlanRefused, PlanUnreadable

RULES = """\
from rules_of import limits

def allowed(plan):
    return len(plan.changes) <= limits.MOST

def named(inputs, outputs):
    return outputs["echo"] == limits.NAME
"""

Write = Callable[[int, str], ModuleType]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write the user's modules and import them, as loading a stack does."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(most: int, name: str) -> ModuleType:
        (tmp_path / "rules.py").write_text(RULES)
        (tmp_path / "rules_of").mkdir(exist_ok=True)
        (tmp_path / "rules_of/__init__.py").touch()
        (tmp_path / "rules_of/limits.py").write_text(f"MOST = {most}\nNAME = {name!r}\n")
        for module in ("rules", "rules_of", "rules_of.limits"):
            sys.modules.pop(module, None)
        importlib.invalidate_caches()
        return importlib.import_module("rules")

    yield make
    for module in ("rules", "rules_of", "rules_of.limits"):
        sys.modules.pop(module, None)


def stack(site: Any, rules: ModuleType) -> Any:
    made = site.stack(Thing("a", value="x"))
    made.policy(rules.allowed)
    made.postcondition("fake.thing.a", rules.named, "must be named")
    return made


@pytest.mark.rule("P1")
def test_apply_judges_by_what_was_packed(site: Any, write: Write) -> None:
    saved = site.plan(stack=stack(site, write(1, "x")))
    assert saved.plan.code in saved.bundles
    later = write(0, "y")
    report = site.apply(saved)
    assert report.exit_code == 0, report.steps
    assert sys.modules["rules"] is later
    assert vars(sys.modules["rules_of.limits"])["NAME"] == "y"


@pytest.mark.rule("P1")
def test_laxer_rules_in_the_tree_do_not_let_a_plan_through(site: Any, write: Write) -> None:
    saved = site.plan(stack=stack(site, write(0, "x")), overrides={})
    write(9, "x")
    with pytest.raises(PlanRefused, match="allowed"):
        site.apply(saved)


def test_plan_whose_code_is_not_at_hand_is_refused(site: Any, write: Write) -> None:
    saved = site.plan(stack=stack(site, write(1, "x")))
    with pytest.raises(PlanUnreadable):
        site.apply(type(saved)(saved.plan, saved.hash, saved.about, {}))


def test_unknot_itself_is_never_taken_from_a_bundle(site: Any, write: Write) -> None:
    saved = site.plan(stack=stack(site, write(1, "x")))
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "unknot"}
    with from_bundle(saved.bundles[saved.plan.code]) as load:
        assert load("rules", "allowed")(saved.plan)
        with pytest.raises(FunctionMissing):
            load("rules", "nothing")
    assert all(sys.modules[name] is module for name, module in before.items())
