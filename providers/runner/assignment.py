"""What one attempt of one task is told: everything it needs besides the store (D5).

A value that travels to another process or machine as JSON. It names secrets by reference only (rule S1).
"""

from typing import Any

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.graph import GatheredKind, OpSpec, Resources
from unknot.stacks.run import ArtifactRef, TaskRecord


class Assembly(msgspec.Struct, frozen=True, omit_defaults=True):
    """An input that is made of others: a list of artifacts, for instance."""

    items: tuple["Assembly | str", ...]
    """Names among the artifacts, values and times of the assignment, such as `parts[0]`; or what is made of such."""
    kind: GatheredKind = "list"
    keys: tuple[str, ...] = ()
    type: str = ""
    """Of a bundle: `module:qualname` of its class."""


class TaskAssignment(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One attempt of one task."""

    uid: Uid
    address: Address
    run: str
    task: str
    attempt: int
    """Counts from 1."""
    op: OpSpec
    artifacts: dict[str, ArtifactRef] = {}
    """Inputs that are values in a store."""
    values: dict[str, Any] = {}
    """Inputs that are plain values, in the form of `stacks.workflow.literal`."""
    times: dict[str, str] = {}
    """Inputs that are the run's time, RFC 3339."""
    assemblies: dict[str, Assembly] = {}
    """Inputs that are made of those above."""
    origins: dict[str, str] = {}
    """For the record: of values that are elements of an artifact, which one; names are of its own."""
    resources: Resources = Resources()
    """After the deployment's overrides."""
    secrets: dict[str, str] = {}
    """Environment variable to a reference."""
    bundle: str
    """SHA-256 of the packed code."""
    lock: str = ""
    """SHA-256 of the lock whose versions it must run with; empty: whatever the worker has."""
    module: str = ""
    """The workflow's own module, in which serializers may be registered."""
    cache_key: str = ""
    use_cache: bool = True
    """False: what the cache holds under the key is replaced."""
    store: str = ""
    """URL, for a process that has to open the store itself."""
    scratch: str = ""
    """Folder for unpacked bundles and work files; empty for the system's temporary folder."""
    heeds_cancel: bool = False
    """Whether the attempt looks for itself whether its run is to stop: where nobody else can tell it."""
    seal: bool = False
    """Whether this task closes the run if it is the last one: for engines without a coordinator."""


class TaskOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an attempt ended."""

    record: TaskRecord
    traceback: str = ""
    retryable: bool = True
    """False when another attempt would surely end the same way."""
