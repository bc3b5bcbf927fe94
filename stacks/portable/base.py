"""What all portable types have in common: a name in the world, labels, and outputs bound to what a cloud makes."""

from collections.abc import Mapping
from typing import Any, ClassVar

from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Resource, computed


class Portable(Resource):
    """Something that every cloud can have. It is made of provider types, which it owns and which the plan shows.

    Where it is made is its target's cloud. A target without one is this machine.
    """

    physical_name: str | None = None
    """What it is called in the world. Left out: made of stack, environment and name, once, and then kept."""
    labels: Input[Mapping[str, str]] | None = None
    full_name: ClassVar[Computed[str]] = computed()
    """Its name in the world."""
    id: ClassVar[Computed[str]] = computed()
    """What the cloud's own tools and policies know it by."""

    def standing_for(self) -> Mapping[str, Any]:
        """Its address and its outputs."""
        outputs = {name: Output[Any](self.address, (name,)) for name in self.type_info.computed}
        return {"address": self.address, **outputs}
