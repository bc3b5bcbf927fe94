"""The resource types of the provider `local`: what portable types are made of on this machine.

Each is under the folder that the target's option `root` names, `.unknot/local` of the project when it names none.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, Resource, WriteOnly, computed
from unknot.stacks.secret import Secret


class _Local(Resource):
    """Something kept in a file or folder."""

    physical_name: Annotated[Input[str], Immutable()]
    """Of its file or folder."""
    labels: Input[Mapping[str, str]] | None = None
    path: ClassVar[Computed[str]] = computed()
    """Absolute."""
    url: ClassVar[Computed[str]] = computed()


class LocalBucket(_Local, type="local.bucket", provider="local", resolve_by="mark"):
    """A folder. Deleted only when it is empty."""

    force_destroy: Input[bool] = False
    """Delete it with the files in it."""


class LocalSecret(_Local, type="local.secret", provider="local", resolve_by="mark"):
    """A file that only its owner can read."""

    value: Annotated[Input[str] | Secret | None, WriteOnly()] = None
    """Left out: what is in the file stays, or it is made empty."""
    version: Input[int] = 1


class LocalTable(_Local, type="local.table", provider="local", resolve_by="mark"):
    """A folder of Parquet files, with the schema in `_common_metadata`, where readers of Parquet look for one.

    What is in a folder of its own is deleted with it; what is in a bucket stays.
    """

    columns: Input[Mapping[str, str]]
    partition_by: Input[Sequence[str]] | None = None
    key: Input[Sequence[str]] | None = None
    description: Input[str] | None = None
    location: Annotated[Input[str] | None, Immutable()] = None
    """URL of the folder, `file:/...`; left out: one of its own."""


class LocalQueue(_Local, type="local.queue", provider="local", resolve_by="mark"):
    """A queue in an SQLite database: see `queue.py` for what puts and receives."""

    visibility_timeout_s: Input[int] = 30
    retention_s: Input[int] = 345600
    dead_letter: Input[str] | None = None
    """URL of another queue."""
    max_receives: Input[int] | None = None


class LocalIdentity(_Local, type="local.identity", provider="local", resolve_by="mark"):
    """A file that says what somebody may do. Nothing on this machine asks it."""

    may: Input[Sequence[Mapping[str, Any]]] | None = None
    engine: Input[str] | None = None
