"""The makers of the planner's tests, for properties of whole plans and applies."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def make_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Any]:
    """A ledger and a world of its own for each example."""
    file = Path(__file__).parents[1] / "planner/conftest.py"
    spec = importlib.util.spec_from_file_location("planner_makers", file)
    assert spec is not None
    assert spec.loader is not None
    makers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(makers)
    folder = tmp_path_factory.mktemp("project")
    return lambda: makers.Site(folder)
