"""Two fingerprints compared: verdicts, reasons and what a plan says."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec
import pytest

from unknot.stacks.fingerprint import (
    CodePart,
    EnvironmentFacts,
    Fingerprint,
    compare,
    describe,
    is_wide,
)

pytestmark = pytest.mark.rule("F2")

Make: TypeAlias = Callable[..., Fingerprint]

CODE = "def train(): return 1"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("python", "3.12", "Python changed from 3.11 to 3.12"),
        ("platform", "darwin-arm64", "platform changed from linux-x86_64 to darwin-arm64"),
        ("lock", "lock-2", "requirement lock changed"),
    ],
)
def test_change_of_the_environment_is_named(
    fingerprint: Make, laptop: EnvironmentFacts, field: str, value: str, sentence: str
) -> None:
    other = msgspec.structs.replace(laptop, **{field: value})
    found = compare(fingerprint(CODE), fingerprint(CODE, environment=other))
    assert found.verdict == "changed"
    assert found.reason == sentence


def test_change_of_the_format_is_neither_equal_nor_different(fingerprint: Make) -> None:
    desired = fingerprint(CODE)
    for digest in (desired.digest, "another"):
        prior = msgspec.structs.replace(desired, version=desired.version - 1, digest=digest)
        found = compare(prior, desired)
        assert found.verdict == "cannot-tell"
        assert found.reason == "fingerprint format changed from 0 to 1"


def test_change_of_a_requirement_names_both_versions() -> None:
    prior = Fingerprint("a", 1, (CodePart("requirement:numpy", "numpy==1.26", "", 0),))
    desired = Fingerprint("b", 1, (CodePart("requirement:numpy", "numpy==2.0", "", 0),))
    assert compare(prior, desired).reason == "requirement `numpy` changed from numpy==1.26 to numpy==2.0"


def test_digests_that_differ_without_a_part_are_a_change() -> None:
    found = compare(Fingerprint("a", 1), Fingerprint("b", 1))
    assert found.verdict == "changed"
    assert found.reason == "the fingerprint changed"


def test_comparison_survives_a_recording(fingerprint: Make) -> None:
    prior = fingerprint(CODE)
    recorded = msgspec.json.decode(msgspec.json.encode(prior), type=Fingerprint)
    assert compare(recorded, prior).verdict == "unchanged"


def test_facts_are_of_this_interpreter() -> None:
    facts = EnvironmentFacts.current(lock="x")
    assert facts.python.startswith("3.")
    assert facts.lock == "x"
    assert facts == EnvironmentFacts.current(lock="x")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("features:clean", "`clean` (features.py:12)"),
        ("features:*.clean", "`clean` (features.py:12)"),
        ("features:<import>", "what `features.py` does on import (line 12)"),
        ("features:*.<import>", "what `features.py` does on import (line 12)"),
        ("features.py:*", "`features.py`"),
        ("requirement:numpy", "requirement `numpy`"),
        ("file:data/x.csv", "`data/x.csv`"),
        ("notebook:cell 2", "`cell 2` (features.py:12)"),
        ("lock", "requirement lock"),
    ],
)
def test_part_is_named_for_people(name: str, shown: str) -> None:
    part = CodePart(name, "d", "features.py", 12)
    assert describe(part) == shown
    assert is_wide(part) is ("*" in name)
