"""Published schemas are those of the types, and what commands print is valid against them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from unknot.cli.documents import schemas

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_published_schema_is_that_of_the_types(name: str, request: pytest.FixtureRequest) -> None:
    file = FOLDER / f"{name}.json"
    wanted = json.dumps(schemas()[name], indent=2, sort_keys=True) + "\n"
    if request.config.getoption("--update-golden"):
        file.write_text(wanted)
    assert file.read_text() == wanted


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("validate", "--no-retrace", "--json"), "validation"),
        (("state", "list", "--json"), "state"),
        (("state", "show", "null.resource.first", "--json"), "resource"),
        (("state", "history", "--json"), "history"),
        (("gc", "--json"), "garbage"),
        (("plan", "--json"), "plan"),
        (("apply", "--yes", "--json"), "report"),
    ],
)
def test_documents_are_valid(
    unknot: Callable[..., Any], write_stack: Callable[..., None], arguments: tuple[str, ...], name: str
) -> None:
    write_stack()
    unknot("apply", "--yes")
    write_stack(value="later")
    document = unknot(*arguments).document
    jsonschema.validate(document, json.loads((FOLDER / f"{name}.json").read_text()))
    assert document["version"] == 1
