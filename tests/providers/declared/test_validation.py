"""What `check` says of values, over a small catalogue."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unknot.providers.base import UNKNOWN
from unknot.providers.declared.problem import Problem
from unknot.providers.declared.shapes import Catalogue, Shape
from unknot.providers.declared.validation import check

SHAPES = {
    "text": Shape("string", min=2, max=5, pattern=r"[\p{L}-]+"),
    "status": Shape("string", enum=("Enabled", "Disabled")),
    "machine": Shape("string", enum=tuple(f"m{n}" for n in range(100)), open=True),
    "count": Shape("integer", min=1, max=10),
    "ratio": Shape("number", min=0.5),
    "flag": Shape("boolean"),
    "bytes": Shape("blob", max=3),
    "time": Shape("timestamp"),
    "secret": Shape("string", min=8, enum=(), pattern="[a-z]+", sensitive=True),
    "choice": Shape("string", enum=("one", "two"), sensitive=True),
    "policy": Shape("string", format="policy"),
    "secret policy": Shape("string", format="policy", sensitive=True),
    "arn": Shape("string", format="arn"),
    "destination": Shape("string", format="arn", pattern=r"arn:.+|kafka://.+|"),
    "list": Shape("list", item="status", min=1, max=2),
    "map": Shape("map", key="text", item="count", max=2),
    "tree": Shape("structure", members={"Name": "text", "Children": "trees", "ExpirationDays": "count"}, required=("Name",)),
    "trees": Shape("list", item="tree"),
    "union": Shape("structure", members={"A": "count", "B": "count"}, one_of=True),
    "slow": Shape("string", pattern="(a|aa)+"),
    "any": Shape("any"),
    "secrets": Shape("map", key="text", item="status", sensitive=True),
    "secret tree": Shape("structure", members={"Tree": "tree", "Mode": "status"}, sensitive=True),
}  # fmt: skip

CATALOGUE = Catalogue(service="test", source="", types={}, shapes=SHAPES)


def found(shape: str, value: Any) -> list[Problem]:
    return list(check(value, shape, CATALOGUE))


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ("text", "äöü"),
        ("status", "Enabled"),
        ("count", 10),
        ("count", 3.0),
        ("ratio", 7),
        ("flag", False),
        ("bytes", "YWJj"),
        ("time", "2026-11-25T12:00:00Z"),
        ("time", "2026-11-25"),
        ("time", 1764072000),
        ("list", ["Enabled"]),
        ("map", {"ab": 1}),
        ("tree", {"Name": "ab", "Children": [{"Name": "cd", "Children": []}]}),
        ("union", {"A": 1}),
        ("union", {"A": 1, "B": None}),
        ("arn", ""),
        ("destination", "kafka://topic"),
        ("any", {"whatever": [1]}),
        ("policy", '{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'),
    ],
)
def test_right_value_has_no_problem(shape: str, value: Any) -> None:
    assert found(shape, value) == []


@pytest.mark.parametrize(
    ("shape", "value", "path", "said"),
    [
        ("text", "a", "", "has 1 characters. It must have from 2 to 5"),
        ("text", "a1b", "", "It must match `[\\p{L}-]+`"),
        ("text", "ab\n", "", "It must match"),
        ("text", 7, "", "is not text. What was given is a number"),
        ("status", "enabled", "", "Did you mean `Enabled`?"),
        ("status", "BANANA", "", "It is one of: Enabled, Disabled."),
        ("count", 11, "", "from 1 to 10"),
        ("count", 1.5, "", "is not a whole number"),
        ("count", True, "", "is not a whole number"),
        ("ratio", 0.25, "", "at least 0.5"),
        ("flag", "true", "", "is not true or false"),
        ("bytes", "YWJjZA==", "", "has 4 bytes"),
        ("bytes", "not base64!", "", "bytes in base64"),
        ("time", "tomorrow", "", "ISO 8601"),
        ("time", True, "", "ISO 8601"),
        ("list", "Enabled", "", "is not a list"),
        ("list", [], "", "from 1 to 2 entries"),
        ("list", ["Enabled", "Enabld"], "[1]", "Did you mean `Enabled`?"),
        ("map", {"a1": 1}, "", "has the key `a1`, which cannot be"),
        ("map", {"ab": 11}, ".ab", "from 1 to 10"),
        ("tree", {}, "", "lacks `Name`"),
        ("tree", {"Name": None}, "", "lacks `Name`"),
        ("tree", {"Name": "ab", "Childen": []}, "", "has no `Childen`. Did you mean `Children`?"),
        ("tree", {"Name": "ab", "expiration_days": 1}, "", "Did you mean `ExpirationDays`?"),
        ("tree", {"Name": "ab", "Children": [{"Name": "cd"}, {"Name": "x"}]}, ".Children[1].Name", "has 1 characters"),
        ("tree", [1], "", "is not a mapping"),
        ("union", {}, "", "has none of its members. It has exactly one of: A, B."),
        ("union", {"A": 1, "B": 2}, "", "has `A`, `B`"),
        ("arn", "role", "", "begin with `arn:`"),
        ("policy", '{"Statement": [{"Effect": "Alow"}]}', ".Statement[0].Effect", "Did you mean `Allow`?"),
        ("policy", {"Statement": [{"Effect": "Alow"}]}, ".Statement[0].Effect", "Did you mean `Allow`?"),
        ("policy", '{"Statement":\n [}', "", "is not JSON. Line 2, column 3"),
    ],
)  # fmt: skip
def test_wrong_value_is_said_at_its_place(shape: str, value: Any, path: str, said: str) -> None:
    problems = found(shape, value)

    assert [each.path for each in problems if said in each.message] == [path], problems


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "value",
    [
        None,
        UNKNOWN,
        f"prefix-{UNKNOWN}",
        {"$ref": ["aws.s3_bucket.raw", "arn"]},
        {"$ref": ["", "arn"], "stack": "base/prod"},
        {"$join": ["a-", {"$ref": ["aws.s3_bucket.raw", "arn"]}]},
        {"$secret": "env:TOKEN"},
        {"$published": ["workflow.train", "value"]},
    ],
)
def test_what_is_not_known_yet_is_passed_over(shape: str, value: Any) -> None:
    if not (isinstance(value, str) and SHAPES[shape].kind not in ("string", "any")):
        assert found(shape, value) == []


def test_what_is_not_known_inside_a_value_is_passed_over() -> None:
    reference = {"$ref": ["aws.s3_bucket.raw", "arn"]}

    assert found("tree", {"Name": reference, "Children": [{"Name": UNKNOWN}, reference]}) == []
    assert found("list", [reference]) == []


@pytest.mark.parametrize(("shape", "value"), [("secret", "Xsecret9"), ("choice", "hunter2"), ("secret policy", '{"Statement": "hunter2"}')])  # fmt: skip
@pytest.mark.rule("S1")
def test_sensitive_value_is_never_shown(shape: str, value: str) -> None:
    problems = found(shape, value)

    assert problems
    assert all(value not in each.message and "hunter2" not in each.message for each in problems)


def test_enumeration_that_the_service_adds_to_is_only_warned_of() -> None:
    assert [each.certain for each in found("machine", "m100")] == [False]
    assert [each.certain for each in found("status", "m100")] == [True]


def test_pattern_without_an_end_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unknot.providers.declared.validation.PATTERN_TIMEOUT_S", 0.01)

    assert found("slow", "a" * 90 + "c") == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.sampled_from(["Name", "Children", "A"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(shape=st.sampled_from(sorted(SHAPES)), value=JSON)
def test_no_value_is_too_odd_to_be_judged(shape: str, value: Any) -> None:
    for each in found(shape, value):
        assert each.what
        assert each.path == "" or each.path[0] in ".["


@pytest.mark.rule("S1")
@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ("secrets", {"MODE": "hunter2-canary"}),
        ("secret tree", {"Mode": "hunter2-canary"}),
        ("secret tree", {"Tree": {"Name": "hunter2-canary"}}),
        ("secret tree", {"Tree": {"Name": "ok", "Children": [{"Name": "hunter2-canary"}]}}),
    ],
)
def test_value_inside_of_something_sensitive_is_not_shown(shape: str, value: Any) -> None:
    (problem,) = check(value, shape, CATALOGUE)
    assert "hunter2" not in f"{problem.what} {problem.allowed}"
