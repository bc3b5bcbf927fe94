"""A copy of an example that a test may change."""

import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def flights(tmp_path: Path) -> Path:
    """The project `examples/flights`, without what tools and runs left in it."""
    folder = tmp_path / "flights"
    shutil.copytree(EXAMPLES / "flights", folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return folder
