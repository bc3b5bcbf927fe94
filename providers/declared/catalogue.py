"""The committed catalogue of a cloud's resource types, read when planning: one file for each service, once."""

import functools
import keyword
from collections.abc import Iterator, Mapping
from importlib import import_module, resources
from typing import Final

import msgspec

from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.shapes import Catalogue, TypeShape
from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import UnknotError

INDEX: Final = "index"
"""File of the catalogue that tells the service of each type."""


class UnknownType(UnknotError):
    """No declaration makes a resource type of that name."""


@functools.cache
def index(provider: str) -> dict[str, str]:
    """Every declared type of a cloud, and the service that it belongs to."""
    return msgspec.json.decode(_read(provider, INDEX), type=dict[str, str])


@functools.cache
def catalogue(provider: str, service: str) -> Catalogue:
    """The types of one service and their shapes. Raises FileNotFoundError for a service that has none."""
    return msgspec.json.decode(_read(provider, service), type=Catalogue)


def catalogue_of(type_name: str) -> Catalogue:
    """The catalogue that a type (`aws.s3_bucket`) is in. Raises UnknownType."""
    return catalogue(_provider(type_name), service_of(type_name))


def type_shape(type_name: str) -> TypeShape:
    """What was generated for a type. Raises UnknownType."""
    return catalogue_of(type_name).types[type_name]


@functools.cache
def declaration(type_name: str) -> Declaration:
    """How a type is made, read, changed and deleted. Raises UnknownType."""
    declared = import_module(
        f"unknot.providers.{_provider(type_name)}.types.{module_name(service_of(type_name))}"
    )
    found: tuple[Declaration, ...] = declared.TYPES
    return next(each for each in found if each.type == type_name)


class Declarations(Mapping[str, Declaration]):
    """The declarations of a cloud by type; the module of a service is imported when a type of it is asked for."""

    def __init__(self, provider: str) -> None:
        self._provider = provider

    def __getitem__(self, type_name: str) -> Declaration:
        if type_name not in index(self._provider):
            raise KeyError(type_name)
        return declaration(type_name)

    def __iter__(self) -> Iterator[str]:
        return iter(index(self._provider))

    def __len__(self) -> int:
        return len(index(self._provider))


def service_of(type_name: str) -> str:
    """The service of a type. Raises UnknownType, with the nearest name."""
    provider = _provider(type_name)
    try:
        return index(provider)[type_name]
    except KeyError:
        raise UnknownType(
            f"`{provider}` has no resource type `{type_name}`",
            detail=nearest(type_name, index(provider)) + "The types are listed in the reference.",
        ) from None


def module_name(service: str) -> str:
    """The name of a service as a Python module: `emr-serverless` is `emr_serverless`, `lambda` is `lambda_`."""
    name = service.replace("-", "_").replace(".", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


def _provider(type_name: str) -> str:
    return type_name.partition(".")[0]


def _read(provider: str, name: str) -> bytes:
    folder = resources.files("unknot.providers") / provider / "catalogue"
    return (folder / f"{name}.json").read_bytes()
