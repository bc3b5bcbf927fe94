"""Makers of the requests that a provider gets."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unknot.providers.base import Context, CreateRequest, DeleteRequest, FindRequest, Mark, UpdateRequest
from unknot.stacks.address import Address, Uid
from unknot.stacks.target import LAPTOP


class Asking:
    """Requests for one address, in one project."""

    def __init__(self, project: Path, address: str = "file.document.note") -> None:
        self.context = Context(project, "line", LAPTOP)
        self.address = Address(address)
        self.type = address.rpartition(".")[0]
        self.mark = Mark("line", Uid("u1"))

    def create(self, token: str = "t1", mark: Mark | None = None, **inputs: Any) -> CreateRequest:
        return CreateRequest(self.context, self.address, self.type, inputs, token, mark or self.mark, 1, 20.0)

    def update(self, object_id: str, mark: Mark | None = None, **inputs: Any) -> UpdateRequest:
        return UpdateRequest(
            self.context, self.address, self.type, object_id, {}, inputs, "t1", mark or self.mark, 1, 20.0
        )

    def delete(self, object_id: str, mark: Mark | None = None) -> DeleteRequest:
        return DeleteRequest(
            self.context, self.address, self.type, object_id, {}, {}, mark or self.mark, 20.0
        )

    def find(self, token: str = "t1", **inputs: Any) -> FindRequest:
        return FindRequest(self.context, self.address, self.type, inputs, token, self.mark)


@pytest.fixture
def asking(tmp_path: Path) -> Callable[[str], Asking]:
    return lambda address: Asking(tmp_path, address)
