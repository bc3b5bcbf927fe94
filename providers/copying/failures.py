"""What stops a copy, beside what a place refuses (`providers.objects.failures`).

ProviderError
└── CopyError           the copy cannot go on
    ├── CopyRefused     what the survey found: nothing was copied
    ├── CopyTaken       another process goes on with this copy
    └── CopyDamaged     its journal or manifest is not what was written
"""

from collections.abc import Sequence

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import ProviderError


class CopyError(ProviderError):
    """A copy cannot go on. What it has done is kept: it goes on from there."""


class CopyRefused(CopyError):
    """There is what the target would not take; each is in `diagnostics()`. Nothing was copied."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics[0].summary, detail=diagnostics[0].detail)
        self._diagnostics = tuple(diagnostics)

    def diagnostics(self) -> Sequence[Diagnostic]:
        return self._diagnostics


class CopyTaken(CopyError):
    """Another process has taken up this copy: this one must stop."""


class CopyDamaged(CopyError):
    """The journal or the manifest does not fit the hashes that were recorded."""
