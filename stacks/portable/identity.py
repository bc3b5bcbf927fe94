"""An identity: who a workflow runs as, and what it may touch, on any cloud."""

from collections.abc import Sequence
from typing import ClassVar

from unknot.stacks.portable.base import Portable
from unknot.stacks.portable.grants import Grant
from unknot.stacks.resource import Computed, computed


class Identity(Portable, type="identity", provider="portable", resolve_by="token"):
    """Who a workflow runs as: `Identity("etl", may=[grants.read(raw), grants.write(clean), grants.use(db)])`.

    It may do what is listed and nothing else.
    """

    may: Sequence[Grant] = ()
    engine: str | None = None
    """Which engine's workers may act as it. Left out: its target's."""
    url: ClassVar[Computed[str]] = computed()
    """What an engine is told to run as."""
