"""A secret that the stack keeps on a target. References to secrets, and the name `Secret`, are in `stacks/secret.py`."""

from typing import Annotated, ClassVar

from pydantic import Field

from unknot.stacks.output import Input
from unknot.stacks.portable.base import Portable
from unknot.stacks.resource import Computed, WriteOnly, computed
from unknot.stacks.secret import Secret


class StoredSecret(Portable, Secret, type="secret", provider="portable", resolve_by="token"):
    """What `Secret("db", value=Secret.env("DB_URL"))` makes. Its value is sent to the cloud and recorded nowhere."""

    value: Annotated[Input[str] | Secret | None, WriteOnly()] = None
    """By reference. Left out: the secret is made empty, or keeps the value that was put into it by hand."""
    version: Input[Annotated[int, Field(ge=1)]] = 1
    """Raise it to have the value sent again."""
    reference: ClassVar[Computed[str]] = computed()
    """Where a task reads it, as `KIND:NAME`."""
