"""A queue of messages, on any cloud."""

from typing import Annotated, ClassVar

from pydantic import Field

from unknot.stacks.output import Input
from unknot.stacks.portable.base import Portable
from unknot.stacks.resource import Computed, computed


class Queue(Portable, type="queue", provider="portable", resolve_by="token"):
    """Messages that are delivered at least once, in no order: `Queue("jobs", visibility_timeout_s=60)`."""

    visibility_timeout_s: Input[Annotated[int, Field(ge=1)]] | None = None
    """A message that was received and not acknowledged is delivered again after so many seconds; left out: 30."""
    retention_s: Input[Annotated[int, Field(ge=60)]] | None = None
    """A message that nobody acknowledged is dropped after so many seconds; left out: four days."""
    dead_letter: "Queue | None" = None
    """Where messages go that were received `max_receives` times and never acknowledged."""
    max_receives: Input[Annotated[int, Field(ge=1)]] | None = None
    """With `dead_letter`; left out: 5."""
    url: ClassVar[Computed[str]] = computed()
    """What a client of the cloud opens."""
