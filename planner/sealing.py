"""What a stack gives in clear where the service's own model has something sensitive: sealed before anything sees it.

A secret by reference stays one, what refers to outputs stays a reference. Inputs that are sensitive as a whole are
not looked at here: text in clear is refused there (`secrecy.py`).
"""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any, Final, TypeAlias

import msgspec

from unknot.planner.plan import Plan
from unknot.planner.secrecy import GIVEN, Vaults
from unknot.planner.values import MASK, holds_sealed
from unknot.providers.classes import Path, holding_sensitive, sensitive_places
from unknot.stacks.address import Address, Uid, new_uid
from unknot.stacks.definition import JOIN, REF, SEALED, SECRET, Desired
from unknot.stacks.diagnostic import Diagnostic, Diagnostics
from unknot.stacks.errors import LedgerError
from unknot.state.ledger.encryption import NO_DATA_KEY
from unknot.state.ledger.vault import sealed_in
from unknot.state.snapshot import ResourceState

Put: TypeAlias = Callable[[Path, Any, Any], Any]
"""What stands in the place of a value in clear: given its path, itself, and what is recorded in that place."""

_NAMES: Final = frozenset({"name", "Name", "key", "Key"})
_VALUES: Final = frozenset({"value", "Value"})


class Sealed(msgspec.Struct, frozen=True):
    """What is wanted, fit to be compared, shown and recorded."""

    desired: Mapping[Address, Desired]
    uids: dict[Address, Uid]
    """Minted for addresses that are not recorded yet: what is sealed is bound to them."""


def sealed(
    desired: Mapping[Address, Desired],
    prior: Mapping[Address, ResourceState],
    uids: Mapping[Address, Uid],
    vaults: Vaults,
    diagnostics: Diagnostics,
) -> Sealed:
    """What is wanted, with what may be secret in it sealed. What cannot be, for want of a key, is a diagnostic."""
    found, minted = dict(desired), dict(uids)
    for address, each in desired.items():
        if not (names := holding_sensitive(each.info.type) & each.inputs.keys()):
            continue
        if vaults.own is None:
            diagnostics.extend(_refused(each, names))
            found[address] = msgspec.structs.replace(
                each, inputs=guarded(each.info.type, each.inputs, {}, masker, names)
            )
            continue
        state = prior.get(address)
        uid = minted.get(address) or (new_uid() if state is None else state.uid)
        recorded = {} if state is None else state.inputs
        inputs = guarded(each.info.type, each.inputs, recorded, sealer(vaults, uid), names)
        if inputs is not each.inputs:
            found[address] = msgspec.structs.replace(each, inputs=inputs)
            if state is None:
                minted[address] = uid
    return Sealed(found, minted)


def sealer(vaults: Vaults, uid: Uid, *, live: bool = False) -> Put:
    """Seals under our own key. What is as it was keeps its seal, so that nothing looks changed; no key: a mask.

    Of what is `live`, that is left in clear which is recorded so: an output that is not sensitive.
    """

    def put(path: Path, value: Any, recorded: Any) -> Any:
        if live and recorded == value:
            return value
        if vaults.own is None:
            return MASK
        if holds_sealed(recorded):
            try:
                if vaults.opened(recorded) == value:
                    return recorded
            except LedgerError:
                pass  # then it is sealed anew
        return vaults.own.seal(value, uid=uid, generation=0, field=GIVEN + ".".join(map(str, path)))

    return put


def masker(_path: Path, _value: Any, _recorded: Any) -> str:
    """For comparing what is around of something sensitive."""
    return MASK


def guarded(
    type_name: str,
    inputs: Mapping[str, Any],
    recorded: Mapping[str, Any],
    put: Put,
    names: Set[str] | None = None,
) -> dict[str, Any]:
    """Inputs with `put` in the place of everything in clear that may be secret; `inputs` itself if there is nothing."""
    found: dict[str, Any] = {}
    for name in holding_sensitive(type_name) & inputs.keys() if names is None else names:
        value = inputs[name]
        places = {path for path, _ in sensitive_places(type_name, name, value)}
        if places:
            guard = _Guard(places, put, (name,))
            found[name] = guard.walk(value, recorded.get(name), ())
    changed = any(found[name] != inputs[name] for name in found)
    return {**inputs, **found} if changed or not isinstance(inputs, dict) else inputs


class _Guard:
    """One walk over the value of one input."""

    def __init__(self, places: Set[Path], put: Put, at: Path) -> None:
        self._places = places
        self._put = put
        self._at = at

    def walk(self, value: Any, recorded: Any, path: Path, inside: bool = False) -> Any:
        inside = inside or path in self._places
        match value:
            case dict() if SECRET in value or REF in value or SEALED in value:
                return value
            case dict() if JOIN in value:
                parts = value[JOIN] if inside else ()
                before = recorded[JOIN] if isinstance(recorded, dict) and JOIN in recorded else ()
                made = [self.walk(part, _at(before, n), (*path, n), inside) for n, part in enumerate(parts)]
                return {JOIN: made} if made else value
            case dict():
                # Of an entry of names and values, the name is shown as the key of a map is.
                named = _NAMES if inside and _VALUES & value.keys() else frozenset()
                return {
                    key: item if key in named else self.walk(item, _at(recorded, key), (*path, key), inside)
                    for key, item in value.items()
                }
            case list():
                return [self.walk(item, _at(recorded, n), (*path, n), inside) for n, item in enumerate(value)]
            case None | bool() | "":
                return value
            case _:
                return self._put((*self._at, *path), value, recorded) if inside and path else value


def _at(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _refused(desired: Desired, names: Set[str]) -> Iterator[Diagnostic]:
    places: list[str] = []

    def note(path: Path, value: Any, _recorded: Any) -> Any:
        places.append(".".join(map(str, path)))
        return value

    guarded(desired.info.type, desired.inputs, {}, note, names)
    if places:
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield Diagnostic.error(
            f"`{desired.address}`: `{places[0]}`{more} may be secret, is given in clear, and would be recorded",
            detail="Its service says that what stands there is sensitive. Give the ledger a key, under which it is "
            "sealed (`[encryption]` in `unknot.toml`; `openssl rand -base64 32` makes one), or give a reference in its "
            'place: `Secret.env("NAME")`.',
            address=desired.address,
            source=desired.source,
        )


def rebound(plan: Plan, vaults: Vaults) -> Plan:
    """A first plan with what it seals under the data key that its ledger has by now. Raises LedgerError."""
    if not plan.first or vaults.own is None:
        return plan
    own = vaults.own

    def anew(value: Any) -> Any:
        if isinstance(value, dict):
            if SEALED in value:
                about = sealed_in(value)
                if about.key != NO_DATA_KEY:
                    return value
                return own.seal(own.open(value), uid=about.uid, generation=0, field=about.field)
            return {key: anew(item) for key, item in value.items()}
        return [anew(item) for item in value] if isinstance(value, list) else value

    changes = tuple(
        msgspec.structs.replace(
            change,
            inputs=anew(change.inputs),
            resolved=None if change.resolved is None else anew(change.resolved),
        )
        if holds_sealed(change.inputs)
        else change
        for change in plan.changes
    )
    return msgspec.structs.replace(plan, changes=changes)
