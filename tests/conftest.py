"""Options of the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes what is generated over what is committed; the difference is read in review."""
    parser.addoption(
        "--update-golden", action="store_true", help="write generated files instead of comparing"
    )
