"""What must not be recorded in clear (rule S1): told at plan time, sealed when recorded, opened only for the call.

Inputs that are secrets are recorded as references to them, sensitive outputs under the ledger's key. Without a key
they are recorded as a mask, nothing can be made of them, and a plan that would is refused.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from unknot.planner.values import MASK, holds_sealed, is_sealed, is_secret
from unknot.providers.base import UNKNOWN
from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import JOIN, REF, SEALED, SECRET, WORKFLOW_TYPE, Desired
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import LedgerError
from unknot.stacks.resource_type import TypeInfo
from unknot.stacks.secret import Secret, SecretUnavailable
from unknot.state.ledger.vault import Vault, sealed_in
from unknot.state.snapshot import ResourceState

GIVEN = "given: "
"""Begins the field that a sealed value names which the stack gives in clear, where it may be secret (`sealing.py`)."""

SHORTEST_GIVEN = 8
"""Of what only may be secret, such as a mode or a level, shorter texts are not looked for in outputs."""

SHORTEST_TEXT = 4
"""A secret shorter than this is looked for as a whole value only: as part of others it says nothing."""

Seal = Callable[[str, Any], Any]
"""From a field and its value to what is recorded for it."""


class Vaults:
    """The ledgers whose sealed values this process can open: its own, and those of stacks that it refers to."""

    def __init__(self, own: Vault | None = None) -> None:
        self.own = own
        self._others: dict[str, Vault] = {}

    def know(self, vault: Vault | None) -> None:
        """Open what another stack's ledger sealed, too."""
        if vault is not None:
            self._others[vault.lineage] = vault

    def open(self, envelope: dict[str, Any]) -> Any:
        """What is sealed in it. Raises LedgerError."""
        lineage = sealed_in(envelope).lineage
        vault = self._others.get(lineage)
        if vault is None and self.own is not None and self.own.lineage == lineage:
            vault = self.own
        if vault is None:
            raise LedgerError(
                f"a sensitive value was sealed by the ledger with lineage `{lineage}`, whose key is not at hand",
                detail="Name that ledger's key in `[encryption]`, behind this one's.",
            )
        return vault.open(envelope)

    def opened(self, value: Any) -> Any:
        """`value` with everything sealed in clear: for the eyes of a provider only. Secrets stay references."""
        if not holds_sealed(value):
            return value
        return self._opened(value, lambda reference: reference)

    def clear(self, values: dict[str, Any], secrets: list[str]) -> dict[str, Any]:
        """What was recorded with everything sealed in clear, and that added to `secrets`.

        What does not open stays sealed: it only tells of what was, and must not stand in the way.
        """
        if not holds_sealed(values):
            return values
        try:
            opened: dict[str, Any] = self._opened(values, lambda reference: reference, secrets)
        except LedgerError:
            return values
        return opened

    def revealed(self, value: Any, secrets: list[str]) -> Any:
        """`value` in clear, secrets too; every text and number that was one is added to `secrets`."""

        def read(reference: dict[str, Any]) -> str:
            return Secret.parse(reference[SECRET]).resolve()

        return self._opened(value, read, secrets) if is_secret(value) else value

    def _opened(
        self, value: Any, read: Callable[[dict[str, Any]], Any], secrets: list[str] | None = None
    ) -> Any:
        if isinstance(value, dict):
            if SEALED in value:
                found = self.open(value)
                if secrets is not None and sealed_in(value).field.startswith(GIVEN):
                    secrets.extend(map(Given, _texts(found)))
                    return found
            elif SECRET in value and len(value) == 1:
                found = read(value)
            elif JOIN in value:
                parts = [self._opened(part, read, secrets) for part in value[JOIN]]
                if any(map(is_secret, parts)):
                    return {JOIN: parts}
                found = "".join(map(str, parts))
            else:
                return {key: self._opened(item, read, secrets) for key, item in value.items()}
            if secrets is not None and not is_secret(found):
                secrets.extend(_texts(found))
            return found
        if isinstance(value, list):
            return [self._opened(item, read, secrets) for item in value]
        return value

    def differ(self, one: Any, other: Any) -> bool:
        """Whether two recorded or planned values stand for different ones. Raises LedgerError."""
        if one == other:
            return False
        if not holds_sealed(one) and not holds_sealed(other):
            return True
        return bool(self.opened(one) != self.opened(other))

    def sealing(self, uid: Uid, generation: int, prior: Mapping[str, Any]) -> Seal:
        """Seals outputs of one object; a value that is as it was keeps its seal, so that nothing looks changed."""

        def seal(field: str, value: Any) -> Any:
            if self.own is None:
                return MASK
            if value is None:
                return None
            before = prior.get(field)
            if before is not None and is_sealed(before) and self._is_still(before, value, uid, generation):
                return before
            return self.own.seal(value, uid=uid, generation=generation, field=field)

        return seal

    def _is_still(self, before: dict[str, Any], value: Any, uid: Uid, generation: int) -> bool:
        assert self.own is not None
        sealed = sealed_in(before)
        if (sealed.lineage, sealed.uid, sealed.generation) != (self.own.lineage, uid, generation):
            return False
        return self.own.is_current(before) and bool(self.own.open(before) == value)

    def adopted(self, value: Any, seal: Seal, field: str) -> Any:
        """`value` with what other ledgers sealed under our own key: what we record, we can always open."""
        if isinstance(value, dict):
            if SEALED in value:
                own = "" if self.own is None else self.own.lineage
                return value if sealed_in(value).lineage == own else seal(field, self.open(value))
            return {key: self.adopted(item, seal, f"{field}.{key}") for key, item in value.items()}
        if isinstance(value, list):
            return [self.adopted(item, seal, f"{field}.{n}") for n, item in enumerate(value)]
        return value

    def macs(
        self, uid: Uid, inputs: Mapping[str, Any], prior: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """By place of a secret by reference, in an input or as a whole: an HMAC of it under our key, by which a change is noticed.

        None for those whose change the user tells by a version, and for those that cannot be read here. With
        `prior`, of the inputs there and under the data keys there.
        """
        if self.own is None:
            return {}
        found: dict[str, str] = {}
        for name, value in _references(inputs):
            if (prior is not None and name not in prior) or inputs.get(f"{name}_version") is not None:
                continue
            try:
                clear = self.revealed(value, [])
            except (SecretUnavailable, ValueError):
                continue
            found[name] = self.own.mac(clear, uid=uid, field=name, like=(prior or {}).get(name, ""))
        return found

    def changed_secrets(self, desired: Desired, prior: ResourceState) -> tuple[str, ...]:
        """Inputs whose reference is as it was, and whose secret is another one."""
        if not prior.macs or self.own is None:
            return ()
        now = self.macs(prior.uid, desired.inputs, prior.macs)
        changed = (place for place, mac in now.items() if mac != prior.macs[place])
        return tuple(dict.fromkeys(place.partition(".")[0] for place in changed))


def kept(
    outputs: Mapping[str, Any], sensitive: Iterable[str], secrets: Iterable[str], seal: Seal
) -> dict[str, Any]:
    """`outputs` as they may be recorded: sealed where declared sensitive, or where they tell one of `secrets`."""
    declared = frozenset(sensitive)
    forms = _Forms(secrets)
    return {
        name: seal(name, value) if name in declared or forms.told_by(value) else value
        for name, value in outputs.items()
    }


def hidden(value: Any) -> Any:
    """`value` with what is sealed in it as unknown: for a provider's opinion, which needs no secrets."""
    if isinstance(value, dict):
        if SEALED in value or (JOIN in value and holds_sealed(value)):
            return UNKNOWN
        return {name: hidden(item) for name, item in value.items()}
    if isinstance(value, list):
        return [hidden(item) for item in value]
    return value


def secret_inputs(info: TypeInfo) -> tuple[str, ...]:
    """The inputs of a type that must be secrets by reference."""
    return tuple(name for name, traits in info.fields.items() if traits.sensitive or traits.write_only)


def clear_secrets(desired: Desired, names: Iterable[str]) -> Iterator[Diagnostic]:
    """A diagnostic for each of the inputs `names` that holds a value in place of a reference to it."""
    for name in names:
        if in_clear(desired.inputs.get(name)):
            yield Diagnostic.error(
                f"`{desired.address}`: `{name}` is given in clear, and would be recorded",
                detail='Give a reference in its place: `Secret.env("NAME")` or `Secret.file(path)`.',
                address=desired.address,
                source=desired.source,
            )


def used_secrets(value: Any, desired: Mapping[Address, Desired]) -> Iterator[str]:
    """Sensitive outputs, as `address.output`, that `value` refers to."""
    if isinstance(value, dict):
        if REF in value:
            address, *path = value[REF]
            source = desired.get(address)
            traits = None if source is None or not path else source.info.computed.get(path[0])
            if traits is not None and traits.sensitive:
                yield f"{address}.{path[0]}"
            return
        for item in value.values():
            yield from used_secrets(item, desired)
    elif isinstance(value, list):
        for item in value:
            yield from used_secrets(item, desired)


def refused_uses(
    desired: Desired, wanted: Mapping[Address, Desired], *, has_key: bool
) -> Iterator[Diagnostic]:
    """Uses of sensitive outputs that nothing can come of."""
    is_workflow = desired.info.type == WORKFLOW_TYPE
    if has_key and not is_workflow:
        return
    for output in used_secrets(desired.inputs, wanted):
        refuse = not_for_workflows if is_workflow else not_kept
        yield refuse(output, f"`{desired.address}`", address=desired.address, source=desired.source)


def not_kept(output: str, by: str, **where: Any) -> Diagnostic:
    """For a use of a sensitive output of a ledger that has no key."""
    return Diagnostic.error(
        f"{by} uses `{output}`, which is sensitive and is not kept without a key",
        detail="Give the ledger a key, and it is recorded sealed: `openssl rand -base64 32` makes one; keep it in an "
        'environment variable and name that in `unknot.toml`, as `key = "env:UNKNOT_KEY"` under `[encryption]`. A '
        "ledger that exists already then takes it with `unknot state rotate-key`. Or let the provider put the value "
        'into a secret store, and refer to that with `Secret.env("NAME")` or `Secret.file(path)`.',
        **where,
    )


def not_for_workflows(output: str, by: str, **where: Any) -> Diagnostic:
    """For a workflow that would be given a sensitive output: its runs have no key of the ledger (rule R1)."""
    return Diagnostic.error(
        f"{by} is given `{output}`, which is sensitive",
        detail="What a workflow is deployed with lies in its target's store in clear, where its runs read it without "
        "the ledger's key. Put the value into a secret store, and give the workflow a reference to that: "
        '`secrets={"NAME": Secret.env("NAME")}`.',
        **where,
    )


def in_clear(value: Any) -> bool:
    """Whether any text or number in it is neither a secret by reference nor another resource's output."""
    if isinstance(value, dict):
        if SECRET in value or REF in value or JOIN in value:
            return False
        return any(in_clear(item) for item in value.values())
    if isinstance(value, list):
        return any(in_clear(item) for item in value)
    return value is not None


def is_given(recorded: Any) -> bool:
    """Whether something secret is in it, and all of that is what the stack gives in clear (`sealing.py`)."""
    if isinstance(recorded, dict):
        if SEALED in recorded:
            return sealed_in(recorded).field.startswith(GIVEN)
        parts = recorded[JOIN] if JOIN in recorded else recorded.values()
        return SECRET not in recorded and _all_given(parts)
    return isinstance(recorded, list) and _all_given(recorded)


def _all_given(parts: Iterable[Any]) -> bool:
    secret = [part for part in parts if is_secret(part)]
    return bool(secret) and all(map(is_given, secret))


def redact(text: str, secrets: Iterable[str]) -> str:
    """`text` without any of the secret values."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret and not (isinstance(secret, Given) and len(secret) < SHORTEST_TEXT):
            text = text.replace(secret, "***")
    return text


class Given(str):
    """What a stack gives in clear where the service says that it may be secret, and that is often none: a mode, a
    region. An output tells it that is the same or its hash, and not every name in which it occurs."""

    __slots__ = ()


class _Forms:
    """The forms in which an output may tell a secret: as it is, in base 64, and as a hash that can be guessed from."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._whole: set[str] = set()
        self._parts: set[str] = set()
        for secret in secrets:
            is_given = isinstance(secret, Given)
            if is_given and len(secret) < SHORTEST_GIVEN:
                continue
            self._whole.add(secret)
            if len(secret) < SHORTEST_TEXT:
                continue
            data = secret.encode()
            digests = [hashlib.new(name, data, usedforsecurity=False) for name in _DIGESTS]
            self._parts |= {
                *(() if is_given else (secret,)),
                base64.b64encode(data).decode(),
                base64.urlsafe_b64encode(data).decode(),
                *(digest.hexdigest() for digest in digests),
                *(base64.b64encode(digest.digest()).decode() for digest in digests),
            }

    def told_by(self, value: Any) -> bool:
        if not self._whole:
            return False
        if isinstance(value, dict):
            return any(self.told_by(item) for pair in value.items() for item in pair)
        if isinstance(value, list | tuple):
            return any(map(self.told_by, value))
        if value is None or isinstance(value, bool):
            return False
        text = str(value)
        return text in self._whole or any(part in text for part in self._parts)


_DIGESTS = ("md5", "sha1", "sha256", "sha512")


def _texts(value: Any) -> Iterator[str]:
    """Everything in an opened value that is a secret by itself."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool) and value != "":
        yield str(value)


def _references(inputs: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Secrets by reference, each with its place: `password`, `environment.Variables.DB`. Not those that a resource keeps,
    which are read where they are used."""
    waiting: list[tuple[str, Any]] = list(inputs.items())
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            if SECRET in value:
                if isinstance(value[SECRET], str):
                    yield place, value
            elif SEALED not in value:
                waiting.extend((f"{place}.{key}", item) for key, item in value.items())
        elif isinstance(value, list):
            waiting.extend((f"{place}.{n}", item) for n, item in enumerate(value))


def without_clear(outputs: Mapping[str, Any], sensitive: Iterable[str]) -> dict[str, Any]:
    """Predicted outputs without sensitive ones in clear: nothing but what was sealed before may be in a plan."""
    secret = frozenset(sensitive)
    return {
        name: UNKNOWN if name in secret and not is_sealed(value) else value for name, value in outputs.items()
    }
