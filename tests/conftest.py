"""Options of the whole suite, and the real servers that tests marked `parts` run against.

A test that names one of the servers' fixtures, or has a kind of store that needs one among its parameters, is
marked `parts` by that. Each worker of xdist has servers of its own.
"""

import json
import os
import urllib.request
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import servers
from arm import Arm
from engine_places import Place, Places
from places import SERVERS, new_place
from servers import Server

SERVER_FIXTURES = ("moto_server", "gcs_server", "google_server", "azurite_server", "postgres_server")

RUNNING = pytest.StashKey[list[Server]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes what is generated over what is committed; the difference is read in review."""
    parser.addoption(
        "--update-golden", action="store_true", help="write generated files instead of comparing"
    )
    parser.addoption(
        "--environment",
        default="main",
        help="the environment that this session runs in: its engines are tested",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RUNNING] = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        kinds = getattr(item, "callspec", None)
        values = () if kinds is None else kinds.params.values()
        named = set(SERVER_FIXTURES) & set(getattr(item, "fixturenames", ()))
        if named or any(isinstance(value, str) and value in SERVERS for value in values):
            item.add_marker("parts")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests of an engine with an environment of its own run there, in CI too."""
    marker = item.get_closest_marker("environment")
    if marker is not None and item.config.getoption("--environment") != marker.args[0]:
        pytest.skip(f"runs in the environment `{marker.args[0]}`: make test-{marker.args[0]}")


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
def places() -> Iterator[Places]:
    """The engines that tests of this session have started."""
    with Places() as started:
        yield started


@pytest.fixture(scope="session")
def engine_place(places: Places) -> Callable[[str], Place]:
    """Where an engine can be used, started once. Where it is not installed: skipped, in CI a failure."""

    def place(name: str) -> Place:
        try:
            return places.of(name)
        except servers.PartMissing as missing:
            if os.environ.get("CI"):
                pytest.fail(f"{missing}; in CI this must not be skipped", pytrace=False)
            pytest.skip(f"{missing}")

    return place


@pytest.fixture(scope="session")
def moto_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """AWS. `server.environment` is what a client's process needs to use it."""
    yield from running(request, servers.moto)


@pytest.fixture(scope="session")
def gcs_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Google Cloud Storage."""
    yield from running(request, servers.gcs)


@pytest.fixture(scope="session")
def google_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Google Cloud, as its discovery documents describe it: for services that have no emulator.

    No test may ask it for what does not fit them.
    """
    for server in running(request, servers.google):
        yield server
        with urllib.request.urlopen(f"{server.url}/_/refused", timeout=10) as answer:
            refused = json.load(answer)["refused"]
        assert refused == [], "requests that do not fit the published discovery documents"


@pytest.fixture(scope="session")
def azurite_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Azure Blob, Queue and Table storage."""
    yield from running(request, servers.azurite)


@pytest.fixture(scope="session")
def arm_server() -> Iterator[Arm]:
    """What stands for Azure Resource Manager and Key Vault: see `servers/arm.py`."""
    with Arm() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """PostgreSQL."""
    yield from running(request, servers.postgres)


@pytest.fixture
def new_store_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], str]:
    """The URL of a new, empty store of a kind: memory, local, s3, gs, az, postgresql.

    Whatever a client needs to use it is in the environment until the test ends.
    """

    def make(kind: str) -> str:
        folder: Path = tmp_path_factory.mktemp("place")
        if kind == "memory":
            return f"memory:{folder}"
        if kind == "local":
            return f"file:{folder}/store"
        server: Server = request.getfixturevalue(f"{SERVERS[kind]}_server")
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        return new_place(kind, server)

    return make
