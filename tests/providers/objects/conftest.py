"""New, empty places of each kind."""

from collections.abc import Callable

import pytest

from unknot.providers.objects import Place, open_place


@pytest.fixture
def new_place(new_store_url: Callable[[str], str]) -> Callable[[str], Place]:
    """Of a kind: local, s3, gs, az."""
    return lambda kind: open_place(new_store_url(kind))


@pytest.fixture(params=["local", "s3", "gs", "az"])
def place(request: pytest.FixtureRequest, new_place: Callable[[str], Place]) -> Place:
    return new_place(request.param)
