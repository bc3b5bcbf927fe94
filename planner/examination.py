"""What `unknot doctor` finds of each target, by asking the providers that the stack uses there. Writes nothing.

What a target is of is not known here: a provider says who it acts as and what it lacks, or that it cannot tell.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

import msgspec

from unknot.planner.services import Services
from unknot.providers.base import Examined, ExamineRequest
from unknot.stacks.definition import Definition
from unknot.stacks.errors import UnknotError
from unknot.state.stores.base import Store, StoreError

Verdict: TypeAlias = Literal["ok", "bad", "cannot tell"]


class StoreFinding(msgspec.Struct, frozen=True):
    """Whether a store can be listed. Writing is never tried."""

    url: str
    """Without credentials."""
    reached: bool
    problem: str = ""


class MissingPermission(msgspec.Struct, frozen=True):
    """A permission that the identity has not."""

    permission: str
    needed_by: tuple[str, ...]
    """Resource types of the stack."""


class ProviderFinding(msgspec.Struct, frozen=True):
    """One provider on one target."""

    provider: str
    types: tuple[str, ...]
    """Resource types of the stack that it makes there."""
    verdict: Verdict
    identity: str | None
    """None: cannot tell."""
    asked: int = 0
    """Permissions that the types need."""
    missing: tuple[MissingPermission, ...] | None = None
    """None: cannot tell."""
    problem: str = ""
    """Why nothing can be done there; empty when nothing speaks against it."""
    reason: str = ""
    """Why something cannot be told."""


class TargetFinding(msgspec.Struct, frozen=True):
    """One target of the stack."""

    name: str
    store: StoreFinding
    providers: tuple[ProviderFinding, ...]

    @property
    def is_well(self) -> bool:
        return self.store.reached and all(each.verdict != "bad" for each in self.providers)


def examine(
    definition: Definition, services: Services, open_store: Callable[[str], Store], lineage: str
) -> tuple[TargetFinding, ...]:
    """Every target that the stack names, sorted. The definition is an expanded one."""
    used: dict[str, dict[str, set[str]]] = {name: {} for name in definition.targets}
    for desired in definition.resources.values():
        types = used.setdefault(desired.target, {}).setdefault(desired.provider, set())
        types.add(desired.info.type)
    return tuple(
        TargetFinding(
            name,
            reach(services.context(lineage, definition.targets, name).target.store, open_store),
            tuple(_providers(definition, services, lineage, name, used[name])),
        )
        for name in sorted(used)
    )


def reach(url: str, open_store: Callable[[str], Store]) -> StoreFinding:
    """List one key of a store."""
    shown = bare(url)
    try:
        store = open_store(url)
        shown = store.url
        next(iter(store.list("", limit=1)), None)
    except StoreError as problem:
        texts = [text.rstrip(".") for text in (problem.summary, problem.detail) if text]
        return StoreFinding(shown, False, ". ".join(texts).replace(url, shown))
    return StoreFinding(shown, True)


def bare(url: str) -> str:
    """A store's URL without what may be a credential: user, password and query."""
    return re.sub(r"//[^/@]*@", "//", url).partition("?")[0]


def _providers(
    definition: Definition, services: Services, lineage: str, target: str, used: dict[str, set[str]]
) -> Iterator[ProviderFinding]:
    context = services.context(lineage, definition.targets, target)
    for name in sorted(used):
        types = tuple(sorted(used[name]))
        try:
            provider = services.provider(name)
        except UnknotError as problem:
            yield ProviderFinding(name, types, "bad", None, problem=str(problem))
            continue
        if not isinstance(provider, Examined):
            continue  # it acts as whoever runs unknot, and needs nobody's leave
        found = provider.examine(ExamineRequest(context, types))
        missing = found.missing
        verdict: Verdict = "ok"
        if found.problem or missing:
            verdict = "bad"
        elif missing is None or not found.identity:
            verdict = "cannot tell"
        yield ProviderFinding(
            name,
            types,
            verdict,
            found.identity or None,
            found.asked,
            None if missing is None else tuple(MissingPermission(p, by) for p, by in missing.items()),
            found.problem,
            found.reason,
        )
