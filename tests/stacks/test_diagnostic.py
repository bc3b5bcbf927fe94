"""Diagnostics are data, kept in the order in which they were found."""

import msgspec

from unknot.stacks.diagnostic import Diagnostic, Diagnostics, SourceLocation
from unknot.stacks.errors import DefinitionError, MissingExtra


def test_only_errors_are_errors() -> None:
    assert not Diagnostics([Diagnostic.note("n"), Diagnostic.warning("w")]).has_errors
    found = Diagnostics([Diagnostic.note("n"), Diagnostic.warning("w")])
    found.add(Diagnostic.error("e"))
    assert found.has_errors
    assert [d.summary for d in found] == ["n", "w", "e"]
    assert [d.summary for d in found.errors()] == ["e"]


def test_diagnostic_survives_json() -> None:
    given = Diagnostic.error("s", detail="d", address="a.b", source=SourceLocation("f.py", 3))
    assert msgspec.json.decode(msgspec.json.encode(given), type=Diagnostic) == given
    assert str(given.source) == "f.py:3"


def test_places_under_a_folder_are_told_from_there() -> None:
    found = Diagnostic.error(
        "`/home/me/project/data.csv` is gone",
        detail="Defined at /home/me/project/stack.py:3, not in /home/me/projects.",
        source=SourceLocation("/home/me/project/stack.py", 3),
    )
    assert found.under("/home/me/project") == Diagnostic.error(
        "`data.csv` is gone",
        detail="Defined at stack.py:3, not in /home/me/projects.",
        source=SourceLocation("stack.py", 3),
    )
    assert found.under("/elsewhere") is found


def test_errors_carry_all_their_diagnostics() -> None:
    problem = DefinitionError([Diagnostic.error("first"), Diagnostic.error("second")])
    assert str(problem) == "first"
    assert [d.summary for d in problem.diagnostics()] == ["first", "second"]


def test_missing_extra_says_how_to_install_it() -> None:
    assert "pip install 'unknot[hcl]'" in MissingExtra("x", extra="hcl", needed_for="y").detail
