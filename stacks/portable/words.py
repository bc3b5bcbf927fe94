"""What the planner and the clouds agree on about portable types, as plain data. Imports no model."""

from typing import Final

PORTABLE: Final = "portable"
"""Name of the provider of all portable types: it binds their outputs to those of their parts."""

PARTS: Final = "parts"
"""The input that expansion adds: output of the portable resource to an expression over its parts."""

PHYSICAL_NAME: Final = "physical_name"
"""The input that says what the object is called in the world."""

MAY: Final = "may"
"""The input of an identity that lists its grants."""

HERE: Final = "local"
"""The cloud of targets that name none: this machine."""
