"""The provider contract, over every provider that ships."""

import secrets
from pathlib import Path
from typing import Any

import msgspec
import pytest

from unknot.providers.base import (
    Context,
    CreateRequest,
    CreateResponse,
    Provider,
    ReadRequest,
    ReadResponse,
)
from unknot.providers.contract import ProviderContract
from unknot.providers.fake import Blind, Bucket, FakeProvider, Marked, Tokened, Unique
from unknot.providers.file import Document, FileProvider
from unknot.providers.null import Node, NullProvider
from unknot.providers.portable import PortableProvider
from unknot.stacks.portable.bucket import Bucket as PortableBucket
from unknot.stacks.target import Target

_FAKE = FakeProvider()


class TestNull(ProviderContract):
    resource = Node
    keeps_objects = False

    def provider(self) -> Provider:
        return NullProvider()

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"value": {"unique": unique, "numbers": [1, 2.5, None]}, "triggers": {"a": "1"}}

    def changed(self, unique: str) -> dict[str, Any]:
        return {"value": "other", "triggers": {"a": "1"}}


class TestPortable(ProviderContract):
    resource = PortableBucket
    keeps_objects = False

    def provider(self) -> Provider:
        return PortableProvider()

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "labels": {"team": "données"}}

    def changed(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "versioning": True}


class TestFile(ProviderContract):
    resource = Document

    def provider(self) -> Provider:
        return FileProvider()

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"path": f"notes/{unique}.txt", "content": "línea\r\n", "mode": "640"}

    def changed(self, unique: str) -> dict[str, Any]:
        return {**self.inputs(unique), "content": "", "mode": "0600"}

    def refused(self, unique: str) -> dict[str, Any]:
        return {**self.inputs(unique), "path": "x" * 300}

    def obstruct(self, context: Context, unique: str) -> None:
        path = context.project / str(self.inputs(unique)["path"])
        path.parent.mkdir(exist_ok=True)
        path.write_text("a stranger's")


class FakeContract(ProviderContract):
    def provider(self) -> Provider:
        return _FAKE

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"value": unique, "password": "p", "key": "k"}

    def changed(self, unique: str) -> dict[str, Any]:
        return {"value": [unique], "password": "q", "key_version": 2}


class TestFakeToken(FakeContract):
    resource = Tokened


class TestFakeMark(FakeContract):
    resource = Marked


class TestFakeBlind(FakeContract):
    resource = Blind


class TestFakeUnique(FakeContract):
    resource = Unique

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "value": 1}

    def changed(self, unique: str) -> dict[str, Any]:
        return {"physical_name": unique, "value": 2}

    def refused(self, unique: str) -> dict[str, Any]:
        _FAKE.world.put("fake.unique", f"taken-{unique}", physical_name=f"taken-{unique}")
        return {"physical_name": f"taken-{unique}"}

    def obstruct(self, context: Context, unique: str) -> None:
        other = self._case(context.project)
        _FAKE.world_of(context).put(
            "fake.unique", f"in-the-way-{unique}", mark=other.mark, physical_name=unique
        )


class TestFakeInAFile(FakeContract):
    """A world that other processes see."""

    resource = Bucket

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"region": "eu-1", "labels": {"unique": unique}}

    def changed(self, unique: str) -> dict[str, Any]:
        return {"region": "eu-1", "versioning": True}

    def target(self) -> Target:
        return Target("elsewhere", options={"world": "world.jsonl"})


class Forgetful(FakeProvider):
    """Breaks one promise: it makes an object at every call."""

    def create(self, request: CreateRequest) -> CreateResponse:
        return super().create(msgspec.structs.replace(request, token=secrets.token_hex(8)))


class Imprecise(FakeProvider):
    """Breaks another: what it reads is not what was asked for."""

    def read_many(self, request: ReadRequest) -> ReadResponse:
        usual = super().read_many(request)
        return msgspec.structs.replace(
            usual,
            objects={
                address: live and msgspec.structs.replace(live, inputs={"value": "other"})
                for address, live in usual.objects.items()
            },
        )


def test_contract_catches_a_create_that_is_not_repeatable(tmp_path: Path) -> None:
    class Broken(FakeContract):
        resource = Marked

        def provider(self) -> Provider:
            return broken

    broken = Forgetful()
    with pytest.raises(AssertionError, match="same token"):
        Broken().test_repeated_create_makes_no_second_object(tmp_path)
    with pytest.raises(AssertionError, match="second time"):
        Broken().test_find_after_create_gives_the_object_with_our_mark(tmp_path)


def test_contract_catches_an_input_that_reads_otherwise(tmp_path: Path) -> None:
    class Broken(FakeContract):
        resource = Marked

        def provider(self) -> Provider:
            return broken

    broken = Imprecise()
    with pytest.raises(AssertionError, match="show drift"):
        Broken().test_created_object_reads_as_it_was_asked_for(tmp_path)
