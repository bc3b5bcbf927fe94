"""Every rule and every table stake has a test that carries its number. Found by reading the test files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

RULES = (
    *(f"L{n}" for n in range(1, 8)),
    *(f"A{n}" for n in range(1, 6)),
    *("P1", "P2", "R1", "R2", "R3", "F1", "F2", "N1", "S1"),
)
STAKES = tuple(str(n) for n in range(1, 26))

LATER: dict[str, str] = {
    "20": "provider plugins with schemas and versions: third-party packages come with their own issue",
}
"""Stakes without a test for now, with the reason."""


def markers() -> Iterator[tuple[str, str]]:
    """Each `pytest.mark.rule(...)` and `pytest.mark.stake(...)` in the tests, with its argument."""
    for file in Path(__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Attribute)
                and node.func.value.attr == "mark"
            ):
                for argument in node.args:
                    if isinstance(argument, ast.Constant):
                        yield node.func.attr, str(argument.value)


FOUND = frozenset(markers())


@pytest.mark.parametrize("rule", RULES)
def test_rule_has_its_test(rule: str) -> None:
    assert ("rule", rule) in FOUND, f"no test carries @pytest.mark.rule({rule!r})"


@pytest.mark.parametrize("stake", [s for s in STAKES if s not in LATER])
def test_stake_has_its_test(stake: str) -> None:
    assert ("stake", stake) in FOUND, f"no test carries @pytest.mark.stake({stake})"


def test_no_marker_names_what_is_not_there() -> None:
    assert {n for kind, n in FOUND if kind == "rule"} <= set(RULES)
    assert {n for kind, n in FOUND if kind == "stake"} <= set(STAKES)


def test_what_is_left_for_later_is_not_there_yet() -> None:
    assert not {stake for stake in LATER if ("stake", stake) in FOUND}
