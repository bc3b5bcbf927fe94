"""How the names of an API become names in Python."""

import functools
import keyword
import re
from typing import Final

_PLURAL: Final = re.compile(r"([A-Z]{2,})s(?=$|[A-Z])")
_WORD: Final = re.compile(r"(.)([A-Z][a-z]+)")
_EDGE: Final = re.compile(r"([a-z0-9])([A-Z])")


def snake(name: str) -> str:
    """`MaxSessionDuration` as `max_session_duration`, `LayerARNs` as `layer_arns`."""
    name = name.replace("IPv", "Ipv").replace("vCpu", "Vcpu").replace("vCPU", "Vcpu")
    name = _PLURAL.sub(lambda found: f"{found[1].capitalize()}s", name)
    return re.sub(r"[^a-z0-9]+", "_", _EDGE.sub(r"\1_\2", _WORD.sub(r"\1_\2", name)).lower()).strip("_")


def pascal(name: str) -> str:
    """`s3_bucket` as `S3Bucket`, `roleNameType` as `RoleNameType`."""
    return "".join(part[0].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name) if part)


def noun(type_name: str) -> str:
    """What an object of a type is called: of `aws.sqs_queue`, `queue`."""
    plain = type_name.partition(".")[2]
    return plain.partition("_")[2] or plain


def input_name(member: str, type_name: str) -> str:
    """The input of an API's member, told apart from what every resource has: a queue's `Name` is `queue_name`."""
    name = snake(member)
    if name in _taken():
        return f"{noun(type_name)}_{name}"
    return f"{name}_" if keyword.iskeyword(name) or not name.isidentifier() else name


def is_taken(name: str) -> bool:
    """Whether every resource has something of that name."""
    return name in _taken()


@functools.cache
def _taken() -> frozenset[str]:
    from unknot.stacks.resource import Resource

    return frozenset({*dir(Resource), *Resource.model_fields, *Resource.__annotations__})
