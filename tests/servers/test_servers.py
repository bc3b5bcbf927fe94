"""The servers that tests run against start, answer, and can be started again after a kill."""

import psycopg
import pytest
import servers
from servers import Server


def test_each_server_gives_its_clients_what_they_need(
    moto_server: Server, gcs_server: Server, azurite_server: Server, postgres_server: Server
) -> None:
    assert moto_server.environment["AWS_ENDPOINT_URL"] == moto_server.url
    assert gcs_server.environment["STORAGE_EMULATOR_HOST"] == gcs_server.url
    assert azurite_server.url in azurite_server.environment["AZURE_STORAGE_CONNECTION_STRING"]
    password = postgres_server.environment["PGPASSWORD"]
    assert password not in postgres_server.url
    with psycopg.connect(postgres_server.url, password=password) as connection:
        assert connection.execute("select current_user").fetchone() == ("unknot",)


@pytest.mark.parts
def test_killed_server_starts_again_where_it_was() -> None:
    with servers.gcs() as server:
        server.kill()
        assert not servers._answers(f"{server.url}/storage/v1/b")
        server.start()
        assert servers._answers(f"{server.url}/storage/v1/b")
    assert not server.folder.exists()
    assert not servers._answers(f"{server.url}/storage/v1/b")
    assert not servers._answers(f"{server.inner}/storage/v1/b")
