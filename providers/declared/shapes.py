"""The shapes of values that an API takes and gives, in one form for every service model that they are read from.

A `Catalogue` is generated from a cloud's own model (botocore's, Google's discovery documents, Azure's SDK models),
committed, and read when planning: what is wanted is checked against it with no SDK and no network.
"""

from typing import Any, Literal, TypeAlias

import msgspec

from unknot.stacks.resource_type import TypeInfo

Kind: TypeAlias = Literal[
    "string", "integer", "number", "boolean", "blob", "timestamp", "list", "map", "structure", "any"
]


class Shape(msgspec.Struct, frozen=True, omit_defaults=True):
    """One shape. Other shapes are named, since shapes may contain themselves."""

    kind: Kind
    doc: str = ""
    """One sentence, of the service's own documentation."""
    enum: tuple[str, ...] = ()
    """The only values, where the API knows them all."""
    pattern: str = ""
    """A regular expression that the whole text matches, in the dialect of the `regex` library."""
    open: bool = False
    """`enum` is long, and the API adds to it often: another value is only warned of."""
    min: float | None = None
    max: float | None = None
    """Least and greatest value of a number; length of text, list, map or blob (in characters, entries, bytes)."""
    members: dict[str, str] = {}
    """Of a structure: API name to name of the shape."""
    required: tuple[str, ...] = ()
    one_of: bool = False
    """A structure of which exactly one member is set."""
    item: str = ""
    """Name of the shape of a list's entries, or of a map's values."""
    key: str = ""
    """Name of the shape of a map's keys."""
    format: str = ""
    """What the text holds beyond its characters: a name of `formats.FORMATS` (`arn`, `policy`, `json`, ...)."""
    sensitive: bool = False


class InputShape(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input of a resource type."""

    member: str
    """Its name in the API; empty for one that only unknot knows."""
    shape: str
    doc: str = ""
    required: bool = False
    unordered: bool = False
    """A list whose order means nothing."""
    default: Any = None
    """What the API makes of it when it is not given; None: not known, or none."""


class TypeShape(msgspec.Struct, frozen=True, omit_defaults=True):
    """One resource type, as it is generated from its declaration and the service's model."""

    info: TypeInfo
    class_name: str
    doc: str
    inputs: dict[str, InputShape]
    outputs: dict[str, str]
    """Name to one sentence."""
    permissions: dict[str, tuple[str, ...]] = {}
    """Verb (`create`, `read`, ...) to the permissions that its calls need, in the cloud's own words."""


class OperationShape(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one operation takes, for a cloud whose SDK keeps no model of it that a program could ask."""

    members: tuple[str, ...]
    """Names of its parameters, sorted."""
    token: str = ""
    """The parameter that takes an idempotency token."""
    http: str = ""
    """Method and URL: `GET https://storage.googleapis.com/storage/v1/b/{bucket}`; empty: the SDK knows. Of what is put
    together from two requests, both."""
    query: tuple[str, ...] = ()
    """Parameters that go into the query; those that are neither there nor in the path are the body."""
    paging: str = ""
    """The parameter that takes the page to go on with; empty: the answer has one page, or the SDK knows."""


class Catalogue(msgspec.Struct, frozen=True, omit_defaults=True):
    """The types of one service and every shape that they use."""

    service: str
    source: str
    """What it was generated from: the model's name and version."""
    types: dict[str, TypeShape]
    shapes: dict[str, Shape]
    operations: dict[str, OperationShape] = {}
    """Those that the types' declarations call."""
