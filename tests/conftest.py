"""Options of the whole suite, and the real servers that tests marked `parts` run against.

A test that names one of the servers' fixtures is marked `parts` by that. Each worker of xdist has servers of its own.
"""

import os
from collections.abc import Callable, Generator, Iterator

import pytest
import servers
from servers import Server

SERVER_FIXTURES = ("moto_server", "gcs_server", "azurite_server", "postgres_server")

RUNNING = pytest.StashKey[list[Server]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes what is generated over what is committed; the difference is read in review."""
    parser.addoption(
        "--update-golden", action="store_true", help="write generated files instead of comparing"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RUNNING] = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if set(SERVER_FIXTURES) & set(getattr(item, "fixturenames", ())):
            item.add_marker("parts")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failed test what the servers printed last."""
    report = yield
    if report.failed and item.get_closest_marker("parts"):
        for server in item.config.stash[RUNNING]:
            report.sections.append((f"output of {server.name}", server.output()))
    return report


def running(request: pytest.FixtureRequest, start: Callable[[], Server]) -> Iterator[Server]:
    """The server for as long as the session lasts. Where it is not installed: skipped, in CI a failure."""
    try:
        server = start()
    except servers.PartMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"{missing}; in CI this must not be skipped", pytrace=False)
        pytest.skip(f"{missing}")
    with server:
        request.config.stash[RUNNING].append(server)
        yield server
        request.config.stash[RUNNING].remove(server)


@pytest.fixture(scope="session")
def moto_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """AWS. `server.environment` is what a client's process needs to use it."""
    yield from running(request, servers.moto)


@pytest.fixture(scope="session")
def gcs_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Google Cloud Storage."""
    yield from running(request, servers.gcs)


@pytest.fixture(scope="session")
def azurite_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Azure Blob, Queue and Table storage."""
    yield from running(request, servers.azurite)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """PostgreSQL."""
    yield from running(request, servers.postgres)
