"""The resource types of AWS, declared: one module for each service, with its `TYPES`.

A new service is a new module, called as boto3 calls it; `make generate` finds it.
"""

from collections.abc import Mapping
from typing import Final

from unknot.providers.declared.catalogue import Declarations
from unknot.providers.declared.declaration import Declaration

DECLARATIONS: Final[Mapping[str, Declaration]] = Declarations("aws")
