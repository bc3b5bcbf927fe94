"""What the generator asks of a cloud's own model of a service. Nothing here is needed to plan or to apply."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from unknot.providers.declared.shapes import Shape


class Operation(msgspec.Struct, frozen=True):
    """One operation as the service's model has it."""

    name: str
    input: str
    """Name of the structure of its parameters; empty: it takes none."""
    output: str
    """Name of the shape of its answer; empty: it gives none."""
    permission: str
    """What a caller must be allowed, in the cloud's own words."""
    token: str = ""
    """The parameter that takes an idempotency token."""
    http: str = ""
    query: tuple[str, ...] = ()
    paging: str = ""


class ServiceModel(Protocol):
    """One service. The names of shapes mean something only to the model that gave them."""

    service: str
    title: str
    """As the cloud calls it: `Amazon Simple Storage Service`."""
    source: str
    """The model's name and version, to be recorded in the catalogue."""

    def operation(self, name: str) -> Operation:
        """Raises KeyError for an operation that the service has not."""
        ...

    def operations(self) -> Iterable[str]:
        """Names of all operations, to tell the nearest of a misspelt one."""
        ...

    def shape(self, name: str) -> Shape:
        """Raises KeyError."""
        ...

    def member_doc(self, shape: str, member: str) -> str:
        """One sentence of the service's documentation on a member of a structure; empty when there is none."""
        ...


class ModelError(Exception):
    """A declaration does not fit the service's model."""
