"""The resource types of Google Cloud, declared: one module for each service, with its `TYPES`.

A new service is a new module, called as Google's discovery document is (`storage`, `aiplatform`); `make generate`
finds it. What a label is called in a declaration's `tags` is what Google calls labels.
"""

from collections.abc import Mapping
from typing import Final

from unknot.providers.declared.catalogue import Declarations
from unknot.providers.declared.declaration import Declaration

DECLARATIONS: Final[Mapping[str, Declaration]] = Declarations("gcp")
