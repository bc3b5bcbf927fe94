"""A bucket: a place for objects, on any cloud."""

from typing import Annotated, ClassVar

from pydantic import Field

from unknot.stacks.output import Input
from unknot.stacks.portable.base import Portable
from unknot.stacks.resource import Computed, computed


class Bucket(Portable, type="bucket", provider="portable", resolve_by="token"):
    """A place for objects: `Bucket("raw", versioning=True)`. Never public: for that, use a cloud's own type.

    A bucket that holds objects is not deleted, unless `force_destroy` says so.
    """

    versioning: Input[bool] = False
    """Keep what is overwritten or deleted."""
    expire_days: Input[Annotated[int, Field(ge=1)]] | None = None
    """Objects are deleted so many days after they were written."""
    retention_days: Input[Annotated[int, Field(ge=1)]] | None = None
    """Objects can be neither deleted nor overwritten for so many days after they were written."""
    encryption_key: Input[str] | None = None
    """A key of the cloud's key service, as that calls it. Left out: the cloud's own key."""
    force_destroy: Input[bool] = False
    """Delete it with all that is in it, earlier versions too. Takes effect when it is recorded: apply it before the bucket
    leaves the stack."""
    url: ClassVar[Computed[str]] = computed()
    """`s3://...`, `gs://...`, `az://...` or `file:/...`: what opens it as a store."""
