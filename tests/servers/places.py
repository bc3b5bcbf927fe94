"""New, empty places for stores on the servers that run here."""

import http.client
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from servers import AZURITE_ACCOUNT, AZURITE_KEY, Server, environment_of

SERVERS = {"s3": "moto", "gs": "gcs", "az": "azurite", "postgresql": "postgres"}
"""The kinds of stores that need a server, by the scheme of their URLs, and which one."""


def new_place(kind: str, server: Server) -> str:
    """Make a bucket, a container or nothing, and give the URL of a store in it."""
    name = f"unknot-{secrets.token_hex(6)}"
    with environment_of(server):
        match kind:
            case "s3":
                import boto3

                boto3.client("s3").create_bucket(Bucket=name)
                return f"s3://{name}/team/state"
            case "gs":
                from google.cloud import storage

                storage.Client().create_bucket(name)
                return f"gs://{name}/team/state"
            case "az":
                from azure.storage.blob import BlobServiceClient

                text = server.environment["AZURE_STORAGE_CONNECTION_STRING"]
                with BlobServiceClient.from_connection_string(text) as service:
                    service.create_container(name)
                return f"az://{name}/team/state?account={AZURITE_ACCOUNT}"
            case "postgresql":
                return f"{server.url}?prefix=team/state&schema={name}"
    raise ValueError(kind)


def fill(url: str, server: Server, keys: Iterable[str]) -> None:
    """Make an empty object of each key in a bucket or container, faster than a client does."""
    place = urlsplit(url)
    host = urlsplit(server.inner)
    assert host.hostname is not None
    connection = http.client.HTTPConnection(host.hostname, host.port)
    headers, token = {"Content-Length": "0"}, ""
    if place.scheme == "az":
        from azure.storage.blob import ContainerSasPermissions, generate_container_sas

        headers |= {"x-ms-blob-type": "BlockBlob", "x-ms-version": "2021-12-02"}
        token = "?" + generate_container_sas(
            AZURITE_ACCOUNT,
            place.netloc,
            account_key=AZURITE_KEY,
            permission=ContainerSasPermissions(write=True, create=True),
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )
    import tenacity

    # A server under load may end a connection that was kept open: the next request opens another.
    patient = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(ConnectionError),
        stop=tenacity.stop_after_attempt(5),
        reraise=True,
    )
    for key in keys:
        name = quote(f"{place.path.lstrip('/')}/{key}")
        if place.scheme == "gs":
            method = "POST"
            path = f"/upload/storage/v1/b/{place.netloc}/o?uploadType=media&name={quote(name, safe='')}"
        else:
            method, account = "PUT", f"/{AZURITE_ACCOUNT}" if place.scheme == "az" else ""
            path = f"{account}/{place.netloc}/{name}{token}"
        status, text = patient(_asked, connection, method, path, headers)
        if status not in (200, 201):
            raise RuntimeError(f"{key}: {status} {text.decode(errors='replace')}")
    connection.close()


def _asked(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]
) -> tuple[int, bytes]:
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except ConnectionError:
        connection.close()
        raise
