"""Single values under a ledger's key: sealed, opened, and told apart without being shown (rule S1).

A sealed value is `{"$sealed": {...}}`, an opaque leaf that plans and ledgers pass on as it is. It says where it
comes from and is bound to that; only a process that has the ledger's key can open it. Who opens one keeps what is
in it to itself.
"""

import base64
import binascii
from typing import TYPE_CHECKING, Any

import msgspec

from unknot.stacks.address import Uid
from unknot.stacks.definition import SEALED
from unknot.stacks.errors import LedgerDamaged, LedgerError
from unknot.state.ledger.envelope import Unsound

if TYPE_CHECKING:
    from unknot.state.ledger.encryption import KeyRing
    from unknot.state.ledger.reader import LedgerReader

STACK = Uid("")
"""In place of a resource's uid: an output of the stack itself."""


class Sealed(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is under `$sealed`. All but `data` and `path` is associated data, so that no value passes for another's."""

    lineage: str
    uid: Uid
    """Of the resource that it is an output of; empty for an output of the stack."""
    generation: int
    field: str
    key: int
    """Number of the data key (rule L7); 0: of a plan for a ledger that had none yet."""
    data: str
    """AES-GCM of the value's JSON, in base64."""
    path: tuple[str | int, ...] = ()
    """Leads to the part that is meant, of a value that has parts."""


class Vault:
    """Seals and opens with the key of one ledger. Safe for threads."""

    def __init__(self, reader: "LedgerReader") -> None:
        self._reader = reader
        self._proposed = ""

    def propose(self, lineage: str) -> None:
        """Seal for a ledger that is not there yet, and is to be begun with this lineage (rule P2)."""
        self._proposed = lineage

    @property
    def lineage(self) -> str:
        """Of the ledger; empty while there is none yet and none is proposed."""
        if self._proposed:
            return self._proposed
        return self._reader.look(lambda folding: folding.lineage) if self._reader.is_read else ""

    def seal(self, value: Any, *, uid: Uid, generation: int, field: str) -> dict[str, Any]:
        """`value` as it may be recorded. Raises LedgerError when the ledger is not encrypted."""
        lineage, key = self._place()
        associated = _associated(lineage, uid, generation, field)
        body = self._ring.seal(key, lineage, msgspec.json.encode(value), associated, use=b"field")
        sealed = Sealed(lineage, uid, generation, field, key, base64.b64encode(body).decode())
        return {SEALED: msgspec.to_builtins(sealed)}

    def open(self, envelope: dict[str, Any]) -> Any:
        """What is in it. Raises LedgerError: another ledger's, sealed for other keys, or changed since."""
        sealed = sealed_in(envelope)
        try:
            body = base64.b64decode(sealed.data, validate=True)
            associated = _associated(sealed.lineage, sealed.uid, sealed.generation, sealed.field)
            value = msgspec.json.decode(
                self._ring.unseal(sealed.key, sealed.lineage, body, associated, use=b"field")
            )
        except (Unsound, binascii.Error, msgspec.DecodeError) as problem:
            raise LedgerDamaged(
                f"the sealed value of `{sealed.field}` does not open",
                detail="It was changed, or was sealed for another place than it names. Make the resource that it "
                "belongs to anew, with `--replace`.",
            ) from problem
        for step in sealed.path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                raise LedgerError(f"the sensitive value `{sealed.field}` has no part `{step}`") from None
        return value

    def mac(self, value: Any, *, uid: Uid, field: str, like: str = "") -> str:
        """`N:HEX`: an HMAC by which the same value is known again, under data key N; the one of `like` if given."""
        lineage, key = self._place()
        number = like.partition(":")[0]
        key = int(number) if number.isdecimal() else key
        named = msgspec.json.encode([lineage, uid, field, value], order="deterministic")
        return f"{key}:{self._ring.mac(key, lineage, named, use=b'compare').hex()}"

    def is_current(self, envelope: dict[str, Any]) -> bool:
        """Whether it was sealed under the data key that is in use now."""
        return sealed_in(envelope).key == self._place()[1]

    def _place(self) -> tuple[str, int]:
        if self._proposed:
            return self._proposed, 0
        lineage, key = self._reader.look(lambda folding: (folding.lineage, folding.key))
        if not key:
            raise LedgerError(
                f"`{self._reader.where}` is not encrypted, so that nothing can be sealed in it",
                detail="Give it a first key with `unknot state rotate-key`.",
            )
        return lineage, key

    @property
    def _ring(self) -> "KeyRing":
        ring = self._reader.keys
        if ring is None:
            raise LedgerError(f"no key of `{self._reader.where}` is at hand")
        return ring


def sealed_in(envelope: dict[str, Any]) -> Sealed:
    """What an envelope says of itself. Raises LedgerDamaged."""
    try:
        return msgspec.convert(envelope[SEALED], Sealed)
    except (KeyError, msgspec.ValidationError) as problem:
        raise LedgerDamaged("a sealed value is not in a form that this unknot reads") from problem


def _associated(lineage: str, uid: Uid, generation: int, field: str) -> bytes:
    return msgspec.json.encode([lineage, uid, generation, field])
