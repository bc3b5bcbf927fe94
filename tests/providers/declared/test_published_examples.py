"""Requests that AWS publishes as examples are right: what is checked when planning refuses none of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from unknot.providers.declared.catalogue import catalogue, declaration, index
from unknot.providers.declared.validation import check

PLACEHOLDERS = ("<", "HappyFace.jpg")
"""In examples where text that is left to the reader stands, or the name of a file for its content."""


def examples(service: str) -> dict[str, list[dict[str, Any]]]:
    """Operation to the inputs of its published examples."""
    try:
        raw = Loader().load_service_model(service, "examples-1")
    except UnknownServiceError:
        return {}
    return {xform_name(name): [each.get("input") or {} for each in given] for name, given in raw["examples"].items()}  # fmt: skip


def published(service: str) -> Iterator[tuple[str, str, str, Any]]:
    """Type, member, shape and value of each input in an example of an operation that makes or changes objects."""
    found = examples(service)
    for type_name in (name for name, home in index("aws").items() if home == service):
        declared = declaration(type_name)
        members = {
            each.member: each.shape for each in catalogue("aws", service).types[type_name].inputs.values()
        }
        calls = (*((declared.create,) if declared.create else ()), *declared.update)
        for call in calls:
            for example in found.get(call.operation, []):
                for member, value in example.items():
                    if member in members and not any(mark in str(value) for mark in PLACEHOLDERS):
                        yield type_name, member, members[member], value


SERVICES = sorted(set(index("aws").values()))


@pytest.mark.parametrize("service", SERVICES)
def test_published_example_is_right(service: str) -> None:
    for type_name, member, shape, value in published(service):
        assert [(type_name, member, each) for each in check(value, shape, catalogue("aws", service))] == []


def test_there_are_examples() -> None:
    assert sum(1 for service in SERVICES for _ in published(service)) > 100
