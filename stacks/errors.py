"""The exceptions of unknot, one small tree; the exit code is on the class.

    UnknotError                   1
    ├── DefinitionError           1   the user's stack cannot be read: carries diagnostics
    ├── FingerprintError          1   a function's code cannot be read or is not Python
    ├── LedgerError               1
    │   ├── LedgerDamaged         1   bytes that do not fit the chain, a missing segment, a foreign file
    │   ├── LedgerFormatTooNew    1   written by a newer unknot
    │   ├── LedgerReplaced        1   shorter than, or different from, the ledger seen before (rule L6)
    │   ├── LedgerSealed          1   encrypted for keys that are not at hand
    │   ├── LedgerMovedAway       1   it goes on in another store: says where
    │   ├── LeaseHeld             1   somebody else holds the lease: says who
    │   └── LeaseLost             1   fenced or past its own deadline: the writer must stop (rules L3, L4)
    ├── PlanError                 1
    │   ├── PlanUnreadable        1   truncated, tampered with, another version
    │   └── PlanRefused           1   another lineage, finished before, expired, not the reviewed hash
    ├── ProviderError             1   the world said no; the provider wraps its SDK's errors in this
    ├── EngineError               1   a run could not be started, followed or stopped
    └── MissingExtra              1   an optional library is not installed: says how to install it

What the user can mend is a Diagnostic and is gathered; an exception is for what stops the command.
"""

from collections.abc import Sequence
from typing import ClassVar

from unknot.stacks.diagnostic import Diagnostic, SourceLocation


class UnknotError(Exception):
    """Base of all errors that unknot raises on purpose. `str()` of it is fit to be shown to a user."""

    exit_code: ClassVar[int] = 1

    def __init__(self, summary: str, *, detail: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail

    def diagnostics(self) -> Sequence[Diagnostic]:
        """What to show for this error."""
        return (Diagnostic.error(self.summary, detail=self.detail),)


class DefinitionError(UnknotError):
    """The user's definition has problems; all that could be found in one pass are in `diagnostics()`."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics[0].summary if diagnostics else "the stack cannot be read")
        self._diagnostics = tuple(diagnostics)

    def diagnostics(self) -> Sequence[Diagnostic]:
        return self._diagnostics


class FingerprintError(UnknotError):
    """What a function's behaviour depends on cannot be found out from its source."""

    def __init__(self, summary: str, *, detail: str = "", file: str = "", line: int = 1) -> None:
        super().__init__(summary, detail=detail)
        self.source = SourceLocation(file, line) if file else None

    def diagnostics(self) -> Sequence[Diagnostic]:
        return (Diagnostic.error(self.summary, detail=self.detail, source=self.source),)


class LedgerError(UnknotError):
    """The ledger cannot be used as it is."""


class LedgerDamaged(LedgerError):
    """A file of the ledger is missing, foreign, or its bytes do not fit the hash chain."""


class LedgerFormatTooNew(LedgerError):
    """The ledger was written by a newer version of unknot."""


class LedgerReplaced(LedgerError):
    """The ledger is shorter than, or differs from, the one this client saw before (rule L6)."""


class LedgerSealed(LedgerError):
    """The ledger is encrypted for keys that are not at hand."""


class LedgerMovedAway(LedgerError):
    """The ledger goes on in another store."""

    def __init__(self, where: str, to: str) -> None:
        super().__init__(
            f"the ledger was moved from `{where}` to `{to}`",
            detail=f'Set `backend = "{to}"` in unknot.toml, or take that change from your repository. If the move was '
            f"interrupted, finish it with `unknot state migrate {to}`.",
        )


class LeaseHeld(LedgerError):
    """Another operation holds the lease."""


class LeaseLost(LedgerError):
    """This writer's lease was ended by another, or its own deadline passed: it must stop."""


class PlanError(UnknotError):
    """A saved plan cannot be used."""


class PlanUnreadable(PlanError):
    """The plan file is truncated, was changed, or comes from another version."""


class PlanRefused(PlanError):
    """The plan is sound but must not be applied: stale, finished, expired or not the reviewed one."""


class ProviderError(UnknotError):
    """A provider could not do what it was asked."""

    def __init__(self, summary: str, *, detail: str = "", retryable: bool = False) -> None:
        super().__init__(summary, detail=detail)
        self.retryable = retryable
        """True for throttling and passing faults: the same call may succeed later."""


class EngineError(UnknotError):
    """An engine could not start, follow or stop a run."""


class MissingExtra(UnknotError):
    """An optional library is not installed."""

    def __init__(self, library: str, *, extra: str, needed_for: str) -> None:
        super().__init__(
            f"`{library}` is needed for {needed_for} and is not installed",
            detail=f"Install it with: pip install 'unknot[{extra}]'",
        )
