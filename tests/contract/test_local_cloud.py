"""The provider contract, over the types that this machine makes portable ones of."""

from typing import Any

from unknot.providers.base import Context, Provider
from unknot.providers.contract import ProviderContract
from unknot.providers.local_cloud import LocalProvider
from unknot.providers.local_cloud.resources import (
    LocalBucket,
    LocalIdentity,
    LocalQueue,
    LocalSecret,
    LocalTable,
)
from unknot.stacks.secret import Secret


class LocalContract(ProviderContract):
    folder = ""
    sdk = ("pyarrow",)

    def provider(self) -> Provider:
        return LocalProvider()

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "labels": {"team": "données"}}

    def changed(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "labels": {}}

    def refused(self, unique: str) -> dict[str, Any]:
        return {**self.inputs(unique), "physical_name": f"../{unique}"}

    def obstruct(self, context: Context, unique: str) -> None:
        place = context.project / ".unknot" / "local" / self.folder
        place.mkdir(parents=True)
        (place / unique).mkdir()


class TestBucket(LocalContract):
    resource = LocalBucket
    folder = "buckets"


class TestSecret(LocalContract):
    resource = LocalSecret

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "value": Secret.env("NOBODY_READS_THIS")}

    def changed(self, unique: str) -> dict[str, Any]:
        return {**self.inputs(unique), "version": 2}

    def obstruct(self, context: Context, unique: str) -> None:
        place = context.project / ".unknot" / "local" / "secrets"
        place.mkdir(parents=True)
        (place / unique).write_text("a stranger's")


class TestTable(LocalContract):
    resource = LocalTable
    folder = "tables"

    def inputs(self, unique: str) -> dict[str, Any]:
        columns = {
            "flag": "bool",
            "small": "int32",
            "id": "int64",
            "ratio": "float32",
            "mean": "float64",
            "name": "string",
            "raw": "bytes",
            "day": "date",
            "at": "timestamp",
            "price": "decimal(10,2)",
        }
        return {
            "physical_name": unique,
            "columns": columns,
            "partition_by": ["day"],
            "key": ["id"],
            "description": "Línea",
        }

    def changed(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "columns": {"id": "int64", "day": "string"}}


class TestQueue(LocalContract):
    resource = LocalQueue

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "dead_letter": "sqlite:/elsewhere", "max_receives": 3}

    def changed(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "visibility_timeout_s": 5, "retention_s": 60}

    def obstruct(self, context: Context, unique: str) -> None:
        place = context.project / ".unknot" / "local" / "queues"
        place.mkdir(parents=True)
        (place / f"{unique}.sqlite").write_text("a stranger's")


class TestIdentity(LocalContract):
    resource = LocalIdentity

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "may": [{"access": "read", "on": "bucket.raw"}]}

    def changed(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "may": [], "engine": "dask"}

    def obstruct(self, context: Context, unique: str) -> None:
        place = context.project / ".unknot" / "local" / "identities"
        place.mkdir(parents=True)
        (place / f"{unique}.json").write_text("{}")
