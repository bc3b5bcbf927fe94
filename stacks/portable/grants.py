"""What an identity may do with another resource: `Identity("etl", may=[grants.read(raw), grants.use(db)])`.

Only what every cloud can grant. Nothing here knows how a cloud writes it down.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union

import msgspec

if TYPE_CHECKING:
    from unknot.stacks.portable.base import Portable
    from unknot.stacks.portable.bucket import Bucket
    from unknot.stacks.portable.queue import Queue
    from unknot.stacks.portable.secret import StoredSecret
    from unknot.stacks.portable.table import Table

Access: TypeAlias = Literal["read", "write", "use", "send", "receive"]

ACCESS: dict[str, tuple[Access, ...]] = {
    "bucket": ("read", "write"),
    "table": ("read", "write"),
    "secret": ("use",),
    "queue": ("send", "receive"),
}
"""What can be granted on a resource of each portable type."""


class Grant(msgspec.Struct, frozen=True):
    """One thing that an identity may do with one resource."""

    access: Access
    on: Mapping[str, Any]
    """Address and outputs of the resource."""


def read(what: Union["Bucket", "Table"]) -> Grant:
    """List it and read what is in it."""
    return _grant("read", what)


def write(what: Union["Bucket", "Table"]) -> Grant:
    """Add to it, replace and delete what is in it. Does not include reading."""
    return _grant("write", what)


def use(what: "StoredSecret") -> Grant:
    """Read the secret's value."""
    return _grant("use", what)


def send(what: "Queue") -> Grant:
    """Put messages into it."""
    return _grant("send", what)


def receive(what: "Queue") -> Grant:
    """Take messages out of it, and acknowledge them."""
    return _grant("receive", what)


def _grant(access: Access, what: "Portable") -> Grant:
    """Raises TypeError, which the loader shows at the user's line."""
    kind = getattr(getattr(what, "type_info", None), "type", "")
    if access not in ACCESS.get(kind, ()):
        fitting = " or ".join(f"a {name}" for name, known in ACCESS.items() if access in known)
        raise TypeError(f"`{access}` is granted on {fitting}, not on `{kind or type(what).__qualname__}`")
    return Grant(access, what.standing_for())
