"""The resource types of Azure, declared: one module for each service, with its `TYPES`.

A new service is a new module, and a line in `operations.py`; `make generate` finds it.
"""

from collections.abc import Mapping
from typing import Final

from unknot.providers.declared.catalogue import Declarations
from unknot.providers.declared.declaration import Declaration

DECLARATIONS: Final[Mapping[str, Declaration]] = Declarations("azure")
