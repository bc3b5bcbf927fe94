"""Which operations of Azure's official SDKs there are, by name, and what each is given.

    storage_accounts:begin_create           a method of a group of operations of a management client
    jobs:create_or_update/CommandJob        the same, of one of the kinds that its body may be of
    ContainerClient:set_container_metadata  a method of a client of the data plane

A management operation's parameters are those of its URL, and the members of its body, with those of the body's
`properties` beside the others. A data operation's are what picks its client (`account`, `container`) and the method's.
"""

import functools
import inspect
import sys
import threading
import typing
import warnings
from collections.abc import Container, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import msgspec

from unknot.providers.azure.structures import (
    TEXT,
    Member,
    camel,
    is_structure,
    members,
    parameters,
    subtypes,
    typed_of,
)

SUBSCRIPTION: Final = "subscriptionId"
"""A parameter of every management operation."""


class Management(msgspec.Struct, frozen=True):
    """The management client of one service."""

    title: str
    module: str
    client: str


class Data(msgspec.Struct, frozen=True):
    """A client of the data plane."""

    module: str
    parent: str
    """The client that is connected to."""
    pick: tuple[str, ...]
    """Parameters that pick the account or vault, and what is in it."""
    child: str = ""
    """The parent's method that gives the client; empty: it is the parent."""


MANAGEMENT: Final[Mapping[str, Management]] = {
    "appcontainers": Management("Azure Container Apps", "azure.mgmt.appcontainers", "ContainerAppsAPIClient"),
    "authorization": Management(
        "Azure role-based access control", "azure.mgmt.authorization", "AuthorizationManagementClient"
    ),
    "keyvault": Management("Azure Key Vault", "azure.mgmt.keyvault", "KeyVaultManagementClient"),
    "machinelearningservices": Management(
        "Azure Machine Learning", "azure.mgmt.machinelearningservices", "MachineLearningServicesMgmtClient"
    ),
    "msi": Management("Azure managed identities", "azure.mgmt.msi", "ManagedServiceIdentityClient"),
    "resources": Management(
        "Azure Resource Manager", "azure.mgmt.resource.resources", "ResourceManagementClient"
    ),
    "storage": Management("Azure Storage", "azure.mgmt.storage", "StorageManagementClient"),
}

EXTRAS: Final[Mapping[str, str]] = {"machinelearningservices": "azure-ml"}
"""Services whose package is in another extra than `azure`."""

_BLOB: Final = ("azure.storage.blob", "BlobServiceClient")
_QUEUE: Final = ("azure.storage.queue", "QueueServiceClient")
_TABLE: Final = ("azure.data.tables", "TableServiceClient")

DATA: Final[Mapping[str, Mapping[str, Data]]] = {
    "keyvault": {"SecretClient": Data("azure.keyvault.secrets", "SecretClient", ("vault",))},
    "storage": {
        "BlobServiceClient": Data(*_BLOB, ("account",)),
        "ContainerClient": Data(*_BLOB, ("account", "container"), "get_container_client"),
        "BlobClient": Data(*_BLOB, ("account", "container", "blob"), "get_blob_client"),
        "QueueServiceClient": Data(*_QUEUE, ("account",)),
        "QueueClient": Data(*_QUEUE, ("account", "queue"), "get_queue_client"),
        "TableServiceClient": Data(*_TABLE, ("account",)),
        "TableClient": Data(*_TABLE, ("account", "table_name"), "get_table_client"),
    },
}


class Operation(msgspec.Struct, frozen=True):
    """One operation."""

    service: str
    name: str
    group: str
    method: str
    function: Any
    members: Mapping[str, Member]
    """Its parameters by name. Those with a `path` are in the body."""
    answer: Any
    """The class of its answer, or of the entries of it; None: it has none that is told."""
    variant: str = ""
    """The class that the `properties` are of, where they may be of several."""
    body: str = ""
    """The parameter of the method that takes the body; empty: it has none."""
    is_paged: bool = False
    is_awaited: bool = False
    """It goes on in the background."""
    data: Data | None = None
    """None: of the management plane."""


@functools.cache
def operation(service: str, name: str) -> Operation:
    """Raises KeyError for one that the SDK has not."""
    group, _, rest = name.partition(":")
    method, _, variant = rest.partition("/")
    data = DATA.get(service, {}).get(group)
    function = getattr(group_class(service, group), method, None)
    if function is None or method.startswith("_"):
        raise KeyError(name)
    return (
        _managed(service, name, group, method, variant, function)
        if data is None
        else _of_data(service, name, group, method, function, data)
    )


def names(service: str) -> list[str]:
    """Names of all operations of a service."""
    found: list[str] = []
    groups = [each for each in dir(_unconnected(service)) if not each.startswith("_")]
    for group in [*groups, *DATA.get(service, {})]:
        try:
            cls = group_class(service, group)
        except KeyError:
            continue
        found += [f"{group}:{each}" for each in vars(cls) if not each.startswith("_")]
    return sorted(found)


_IMPORTING: Final = threading.Lock()


def sdk(module: str) -> ModuleType:
    """A module of the SDK. What Python has to say of its source when it is first compiled is for its authors."""
    if (found := sys.modules.get(module)) is not None:
        return found
    # Filters of warnings are the process's: two threads that change them would not put them back as they were.
    with _IMPORTING, warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        return import_module(module)


@functools.cache
def group_class(service: str, group: str) -> Any:
    """The class whose methods are a group's operations. Raises KeyError."""
    data = DATA.get(service, {}).get(group)
    if data is not None:
        return getattr(sdk(data.module), group)
    try:
        found = type(getattr(_unconnected(service), group))
    except (AttributeError, ValueError):
        raise KeyError(group) from None
    if not found.__name__.endswith("Operations"):
        raise KeyError(group)
    return found


@functools.cache
def _unconnected(service: str) -> Any:
    """A management client that is asked for its operations only: making one reaches no network."""
    where = MANAGEMENT[service]
    cls = getattr(sdk(where.module), where.client)
    return cls(_Nobody(), "00000000-0000-0000-0000-000000000000")


class _Nobody:
    def get_token(self, *scopes: str, **options: Any) -> Any:
        raise AssertionError("no request is made with this client")


# the management plane

_OF_THE_SDK: Final = frozenset({"content_type", "polling", "cls", "return"})


def _managed(service: str, name: str, group: str, method: str, variant: str, function: Any) -> Operation:
    hints = typing.get_type_hints(function)
    answer = hints.get("return")
    found = {SUBSCRIPTION: Member(SUBSCRIPTION, "subscription_id", TEXT, required=True)}
    body: dict[str, Member] = {}
    body_parameter = ""
    for parameter, each in inspect.signature(function).parameters.items():
        if parameter in _OF_THE_SDK or parameter == "self" or each.kind is inspect.Parameter.VAR_KEYWORD:
            continue
        hint = hints.get(parameter, Any)
        cls = _body_class(hint)
        if cls is not None:
            body_parameter, body = parameter, flattened(cls, variant)
            continue
        needed = each.default is inspect.Parameter.empty
        found[camel(parameter)] = Member(camel(parameter), parameter, typed_of(hint), required=needed)
    for name_, member in body.items():
        if member.visible - {"read"}:
            key = name_ if name_ not in found else camel(f"body_{name_}")
            found[key] = msgspec.structs.replace(member, name=key)
    return Operation(
        service,
        name,
        group,
        method,
        function,
        found,
        _answer_class(answer),
        variant,
        body=body_parameter,
        is_paged=_is_paged(answer),
        is_awaited=method.startswith("begin_"),
    )


def _body_class(hint: Any) -> Any:
    alternatives = typing.get_args(hint) if typing.get_origin(hint) is typing.Union else (hint,)
    return next((each for each in alternatives if is_structure(each)), None)


def flattened(cls: Any, variant: str = "") -> dict[str, Member]:
    """Members of an object, with those of its `properties` in their place; of two with one name, the inner has a longer one."""
    found: dict[str, Member] = {}
    inner: list[Member] = []
    for member in members(cls):
        if member.path == ("properties",) and member.typed.kind == "structure":
            inner += [
                msgspec.structs.replace(
                    each, path=("properties", *each.path), required=each.required and member.required
                )
                for each in members(_variant(member.typed.cls, variant))
            ]
        elif len(member.path) > 1:
            inner.append(member)
        else:
            found[member.name] = member
    for member in inner:
        name = _inner_name(member.name, found)
        found[name] = msgspec.structs.replace(member, name=name)
    return found


def flat(document: Any, cls: Any) -> Any:
    """An answer in the same form."""
    if not isinstance(document, Mapping) or not isinstance(document.get("properties"), Mapping):
        return document
    outer = {member.name for member in members(cls) if len(member.path) == 1} - {"properties"}
    found = {name: value for name, value in document.items() if name != "properties"}
    for name, value in document["properties"].items():
        found[_inner_name(name, outer)] = value
    return found


def _inner_name(name: str, outer: Container[str]) -> str:
    return name if name not in outer else camel(f"properties_{name}")


def _variant(cls: Any, name: str) -> Any:
    if not name:
        return cls
    for each in subtypes(cls).values():
        if each.__name__ == name:
            return each
    raise KeyError(name)


def _answer_class(hint: Any) -> Any:
    if typing.get_origin(hint) is not None:
        return next(
            (found for each in typing.get_args(hint) if (found := _answer_class(each)) is not None), None
        )
    return hint if is_structure(hint) else None


def _is_paged(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    return origin is not None and origin.__name__ in ("ItemPaged", "Iterable")


# the data plane


def _of_data(service: str, name: str, group: str, method: str, function: Any, data: Data) -> Operation:
    found = {each: Member(each, each, TEXT, required=True) for each in data.pick}
    for member in parameters(function, group_class(service, group)):
        found.setdefault(member.name, member)
    hint = inspect.signature(function).return_annotation
    return Operation(
        service,
        name,
        group,
        method,
        function,
        found,
        None,
        is_paged="Paged" in str(hint),
        is_awaited=method.startswith("begin_"),
        data=data,
    )
