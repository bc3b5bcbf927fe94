"""What every command begins with: the project, its ledger, services, and other stacks' ledgers."""

import contextlib
import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from unknot.planner.diff import OtherStack
from unknot.planner.services import Services
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import DefinitionError, LedgerError, LedgerSealed, UnknotError
from unknot.stacks.loading import Loaded, load
from unknot.stacks.project import DEFAULT_ENVIRONMENT, Project, find_project
from unknot.state.ledger import Ledger
from unknot.state.snapshot import Snapshot
from unknot.state.stores.base import Store
from unknot.state.stores.opening import open_store

if TYPE_CHECKING:
    from unknot.state.stores.counting import CountingStore


class Session:
    """One command's view of one project in one environment."""

    def __init__(self, environment: str | None = None, start: Path | None = None) -> None:
        self.environment = environment or os.environ.get("UNKNOT_ENV") or DEFAULT_ENVIRONMENT
        self.project: Project = find_project(start or Path.cwd())
        self._ledgers: dict[str, Ledger] = {}

    def load(self, variables: Mapping[str, str] | None = None, files: tuple[Path, ...] = ()) -> Loaded:
        """The user's stack. Raises DefinitionError."""
        loaded = load(
            self.project, environment=self.environment, variables=variables or {}, variable_files=files
        )
        self._remember(loaded.definition.stack)
        return loaded

    def stack_name(self) -> str:
        """The stack's name, without running the user's code when it was seen before."""
        memo = self._memo
        if memo.is_file() and memo.stat().st_mtime_ns >= self.project.stack_file.stat().st_mtime_ns:
            return memo.read_text().strip()
        try:
            return self.load().definition.stack
        except UnknotError:
            if memo.is_file():  # what is recorded can be read while the stack is being mended
                return memo.read_text().strip()
            raise

    @functools.cached_property
    def backend(self) -> Store:
        """The store that holds the ledgers."""
        return open_store(self.project.config.backend, self.project.root)

    def count_calls(self) -> "CountingStore":
        """Count calls to the backend from here on."""
        from unknot.state.stores.counting import CountingStore

        counting = CountingStore(self.backend)
        self.backend = counting
        return counting

    def ledger(self, stack: str | None = None, environment: str | None = None) -> Ledger:
        """The ledger of a stack; this project's and environment's when left out."""
        prefix = f"{stack or self.stack_name()}/{environment or self.environment}"
        if prefix not in self._ledgers:
            self._ledgers[prefix] = self.ledger_in(self.backend, prefix)
        return self._ledgers[prefix]

    def ledger_in(self, store: Store, prefix: str) -> Ledger:
        """A ledger in any store, with the project's keys."""
        keys = self.project.keys
        return Ledger.open(
            store,
            prefix,
            key=keys[0] if keys else None,
            earlier_keys=keys[1:],
            cache_dir=self.project.memory,
        )

    def snapshot(self, stack: str | None = None, at: int | None = None) -> Snapshot | None:
        """What is recorded; None when there is no ledger yet."""
        ledger = self.ledger(stack)
        return ledger.reader().snapshot(at) if ledger.exists else None

    def recorded(self, at: int | None = None) -> Snapshot:
        """What is recorded. Raises when there is nothing."""
        found = self.snapshot(at=at)
        if found is None:
            raise NothingRecorded(
                f"nothing is recorded for `{self.stack_name()}` in the environment `{self.environment}`",
                detail="Run `unknot apply` first, or choose another environment with `--env`.",
            )
        return found

    @functools.cached_property
    def services(self) -> Services:
        """Providers, engines and other ledgers."""
        return Services(project=self.project.root, other_stack=self._other_stack)

    def _other_stack(self, name: str) -> OtherStack | None:
        stack, _, environment = name.partition("/")
        ledger = self.ledger(stack, environment or self.environment)
        if not ledger.exists:
            raise DefinitionError(
                [
                    Diagnostic.error(
                        f"there is no ledger of the stack `{name}`",
                        detail=f"Looked in `{self.backend.url}`. Apply that stack first, or correct its name.",
                    )
                ]
            )
        try:
            snapshot = ledger.reader().snapshot()
        except LedgerError as problem:
            raise _unreadable(name, problem) from problem
        return OtherStack(snapshot.outputs, snapshot.output_serials, snapshot.lineage, ledger.vault())

    @property
    def _memo(self) -> Path:
        return self.project.cache / f"stack-{self.project.stack_file.stem}"

    def _remember(self, stack: str) -> None:
        memo = self._memo
        with contextlib.suppress(OSError):  # only a convenience: a read-only checkout can be planned too
            if memo.is_file() and memo.read_text().strip() == stack:
                os.utime(memo)
                return
            memo.parent.mkdir(parents=True, exist_ok=True)
            memo.write_text(stack + "\n")


def _unreadable(stack: str, problem: LedgerError) -> DefinitionError:
    detail = f"{problem.summary}. {problem.detail}".rstrip()
    if isinstance(problem, LedgerSealed):
        detail += " Its key can be named behind this project's own: `key = [...]` under `[encryption]`."
    return DefinitionError(
        [Diagnostic.error(f"outputs of the stack `{stack}` cannot be read", detail=detail)]
    )


class NothingRecorded(UnknotError):
    """The ledger is empty."""
