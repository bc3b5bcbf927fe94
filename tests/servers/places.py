"""New, empty places for stores on the servers that run here."""

import secrets

from servers import AZURITE_ACCOUNT, Server, environment_of

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
