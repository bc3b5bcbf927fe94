"""Resource types of the fake: a few that look like real ones, and one for each way of settling a crash (rule A3)."""

from typing import Annotated, Any, ClassVar, Final

from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, Resource, Sensitive, WriteOnly, computed
from unknot.stacks.resource_type import TypeInfo
from unknot.stacks.secret import Secret


class Bucket(Resource, type="fake.bucket", provider="fake"):
    """Something to keep data in."""

    region: Annotated[Input[str], Immutable()] = "eu-1"
    versioning: Input[bool] = False
    labels: Input[dict[str, str]] | None = None
    url: ClassVar[Computed[str]] = computed()


class Job(Resource, type="fake.job", provider="fake"):
    """Something that runs, and needs something."""

    needs: Input[str] | None = None
    size: Input[int] = 1
    endpoint: ClassVar[Computed[str]] = computed()


class Thing(Resource, type="fake.thing", provider="fake"):
    """An input of each kind, and an output of each kind."""

    value: Any = None
    kind: Annotated[Input[str], Immutable()] = "plain"
    password: Annotated[Input[str] | Secret | None, Sensitive()] = None
    key: Annotated[Input[str] | Secret | None, WriteOnly()] = None
    key_version: Input[int] | None = None
    """Raise it to have the write-only `key` sent again."""
    echo: ClassVar[Computed[Any]] = computed()
    url: ClassVar[Computed[str]] = computed()
    secret_key: ClassVar[Computed[str]] = computed(sensitive=True)


class Tokened(Thing, type="fake.token", provider="fake", resolve_by="token"):
    """Its world remembers the client token of each create."""


class Marked(Thing, type="fake.mark", provider="fake", resolve_by="mark"):
    """Its world keeps our mark on each object."""


class Unique(Thing, type="fake.unique", provider="fake", resolve_by="unique-name-with-proof"):
    """Its world knows one object of each name, and whose it is."""

    physical_name: Annotated[Input[str], Immutable()]


class Blind(Thing, type="fake.blind", provider="fake", resolve_by="none"):
    """Its world makes one more object at each create, and cannot find any by what was asked for."""


TYPES: Final[dict[str, TypeInfo]] = {
    model.type_info.type: model.type_info for model in (Bucket, Job, Thing, Tokened, Marked, Unique, Blind)
}
