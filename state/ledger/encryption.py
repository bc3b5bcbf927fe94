"""Encryption of a ledger on the client: an envelope of data keys and recipients (rules L6, L7).

Bodies are sealed with AES-GCM under a data key; data keys lie in the store, wrapped for every recipient.
A recipient's key is 32 random bytes that the user keeps and refers to: `env:NAME` or `file:PATH`.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from unknot.stacks.errors import LedgerDamaged, LedgerError, LedgerSealed
from unknot.state.ledger.edge import LedgerStore
from unknot.state.ledger.envelope import Unsound
from unknot.state.ledger.layout import KEYS, data_key_key, data_key_number
from unknot.state.stores.base import PutResult

KEY_BYTES = 32
NO_DATA_KEY = 0
"""In place of a data key's number, in a plan for a ledger that is not there yet."""

_FORMAT = 1
_NONCE_BYTES = 12
"""96 random bits, as NIST SP 800-38D recommends; safe for 2^32 objects under one data key."""


class _Wrapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    recipient: str
    sealed: str


class _DataKeyFile(
    msgspec.Struct, frozen=True, tag="data-key", tag_field="unknot", forbid_unknown_fields=True
):
    format: int
    number: int
    lineage: str
    wrapped: tuple[_Wrapped, ...]


class KeyUnavailable(LedgerError):
    """The reference to a key leads nowhere on this machine."""


class Recipient:
    """A key that the user holds. Its bytes are shown nowhere."""

    __slots__ = ("_secret", "id", "reference")

    def __init__(self, reference: str, secret: bytes) -> None:
        self.reference = reference
        self.id = hashlib.sha256(b"unknot recipient\0" + secret).hexdigest()[:16]
        self._secret = secret

    def __repr__(self) -> str:
        return f"<Recipient {self.reference}>"

    def own(self, lineage: str) -> bytes:
        """A key for what a first plan seals, before its ledger has a data key."""
        return hmac.digest(self._secret, b"unknot plan\0" + lineage.encode(), "sha256")

    def wrap(self, data_key: bytes, associated: bytes) -> bytes:
        return _seal(self._secret, data_key, associated)

    def unwrap(self, sealed: bytes, associated: bytes) -> bytes:
        """Raises Unsound."""
        return _unseal(self._secret, sealed, associated)


class KeyRing:
    """The recipients that this process can act for, and the data keys of one ledger. Safe for threads."""

    def __init__(
        self,
        edge: LedgerStore,
        recipients: Sequence[Recipient],
        earlier: Sequence[Recipient] = (),
        unavailable: Sequence[str] = (),
    ) -> None:
        """Data keys are wrapped for `recipients`; `earlier` ones only open what was wrapped for them before.

        `unavailable` are references of earlier ones that lead nowhere here, for messages.
        """
        self.recipients = tuple(recipients)
        self.earlier = tuple(earlier)
        self._unavailable = tuple(unavailable)
        self._edge = edge
        self._data_keys: dict[int, bytes] = {}
        self._lock = threading.Lock()

    @classmethod
    def of(cls, edge: LedgerStore, references: str | Iterable[str], earlier: Iterable[str] = ()) -> "KeyRing":
        """The ring of `references`, each `env:NAME` or `file:PATH`. Raises LedgerError.

        Keys from before a rotation may be gone from this machine; those of `earlier` that are take no part.
        """
        texts = [references] if isinstance(references, str) else list(references)
        kept: list[Recipient] = []
        unavailable: list[str] = []
        for text in earlier:
            try:
                kept.append(read_recipient(text))
            except KeyUnavailable:
                unavailable.append(text)
        return cls(edge, [read_recipient(text) for text in texts], kept, unavailable)

    def seal(
        self, number: int, lineage: str, body: bytes, associated: bytes, *, use: bytes = b"seal"
    ) -> bytes:
        """Under data key `number`; `NO_DATA_KEY`: under the first recipient's own."""
        return _seal(_derived(self._key(number, lineage), use), body, associated)

    def unseal(
        self, number: int, lineage: str, body: bytes, associated: bytes, *, use: bytes = b"seal"
    ) -> bytes:
        """What was sealed so. Raises Unsound, LedgerError."""
        if number != NO_DATA_KEY:
            return _unseal(_derived(self._data_key(number, lineage), use), body, associated)
        for recipient in (*self.recipients, *self.earlier):
            with contextlib.suppress(Unsound):
                return _unseal(_derived(recipient.own(lineage), use), body, associated)
        raise Unsound("was sealed for other keys, or changed since")

    def mac(self, number: int, lineage: str, digest: bytes, *, use: bytes = b"mac") -> bytes:
        key = _derived(self._key(number, lineage), use)
        return hmac.digest(key, digest, "sha256")

    def mint(self, lineage: str) -> int:
        """Make a data key under the next free number, durably, and give the number."""
        data_key = secrets.token_bytes(KEY_BYTES)
        numbers = [named[0] for key in self._edge.list(KEYS) if (named := data_key_number(key))]
        number = max(numbers, default=0) + 1
        while not self._put(number, 0, lineage, data_key):
            number += 1
        with self._lock:
            self._data_keys[number] = data_key
        return number

    def rewrap(self, lineage: str, to: "KeyRing") -> None:
        """Wrap every data key of the ledger for the recipients of `to`, as further objects.

        Raises LedgerError for one that does not open: what is under it would be lost to who has only the new keys.
        """
        names = [named for key in self._edge.list(KEYS) if (named := data_key_number(key))]
        for number in sorted({number for number, _ in names}):
            wrapping = max(w for n, w in names if n == number) + 1
            if not self._belongs(number, lineage):
                # Minted by a first plan of another lineage, which lost the race: nothing is under it.
                continue
            data_key = self._data_key(number, lineage)
            while not to._put(number, wrapping, lineage, data_key):
                wrapping += 1

    def _belongs(self, number: int, lineage: str) -> bool:
        try:
            file = msgspec.json.decode(self._edge.get(data_key_key(number)) or b"", type=_DataKeyFile)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return True  # reading it says what is wrong
        return file.lineage == lineage

    def _put(self, number: int, wrapping: int, lineage: str, data_key: bytes) -> bool:
        path = data_key_key(number, wrapping)
        associated = _associated(lineage, path)
        wrapped = tuple(
            _Wrapped(r.id, base64.b64encode(r.wrap(data_key, associated)).decode()) for r in self.recipients
        )
        data = msgspec.json.encode(_DataKeyFile(_FORMAT, number, lineage, wrapped))
        return self._edge.put(path, data) is PutResult.CREATED or self._edge.get(path) == data

    def _key(self, number: int, lineage: str) -> bytes:
        return self.recipients[0].own(lineage) if number == NO_DATA_KEY else self._data_key(number, lineage)

    def _data_key(self, number: int, lineage: str) -> bytes:
        with self._lock:
            known = self._data_keys.get(number)
        if known is None:
            known = self._read_data_key(number, lineage)
            with self._lock:
                self._data_keys[number] = known
        return known

    def _read_data_key(self, number: int, lineage: str) -> bytes:
        paths = [path for path in self._edge.list(data_key_key(number)) if data_key_number(path)]
        if not paths:
            raise LedgerDamaged(
                f"`{self._edge.where(data_key_key(number))}` is missing: what was sealed with it cannot be read",
                detail="Bring that object back from the bucket's earlier versions or a backup.",
            )
        for path in reversed(paths):
            data = self._edge.get(path)
            try:
                file = msgspec.json.decode(data or b"", type=_DataKeyFile)
                if (file.format, file.number, file.lineage) != (_FORMAT, number, lineage):
                    raise Unsound("is not the data key that its name says")
                for wrapped in file.wrapped:
                    for recipient in (*self.recipients, *self.earlier):
                        if wrapped.recipient == recipient.id:
                            sealed = base64.b64decode(wrapped.sealed, validate=True)
                            return recipient.unwrap(sealed, _associated(lineage, path))
            except (msgspec.MsgspecError, UnicodeDecodeError, binascii.Error, Unsound) as error:
                if path == paths[0]:
                    raise LedgerDamaged(
                        f"`{self._edge.where(path)}` was changed: it no longer opens",
                        detail="Bring that object back from the bucket's earlier versions or a backup.",
                    ) from error
        given = " or ".join(f"`{r.reference}`" for r in (*self.recipients, *self.earlier))
        missing = ", ".join(f"`{reference}`" for reference in self._unavailable)
        raise LedgerSealed(
            f"{given} does not open this ledger: it was encrypted for other keys",
            detail="Use the key that the ledger was created with or was last re-wrapped for."
            + (f" Not at hand here: {missing}." if missing else ""),
        )


def generate_key() -> str:
    """A new recipient's key, as text to be kept in a secret store."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read_recipient(reference: str) -> Recipient:
    """The key that `env:NAME` or `file:PATH` refers to. Raises LedgerError; no message shows the key."""
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        text = os.environ.get(name)
        if text is None:
            raise KeyUnavailable(
                f"the ledger's key is in the environment variable `{name}`, which is not set",
                detail="Set it to the key's text, or correct the reference.",
            )
    elif kind == "file" and name:
        try:
            text = Path(name).expanduser().read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise KeyUnavailable(f"the ledger's key file `{name}` cannot be read: {error}") from error
    else:
        raise LedgerError(
            "the reference to the ledger's key is of no known kind",
            detail="Write `env:NAME` or `file:PATH`, never the key itself.",
        )
    secret = _parse(text.strip())
    if secret is None:
        raise LedgerError(
            f"what `{reference}` refers to is not a ledger key",
            detail=f"A key is {KEY_BYTES} random bytes in base64 or hex, for example from "
            "`openssl rand -base64 32`.",
        )
    return Recipient(reference, secret)


def _parse(text: str) -> bytes | None:
    try:
        if len(text) == 2 * KEY_BYTES:
            return bytes.fromhex(text)
        secret = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except ValueError:
        return None
    return secret if len(secret) == KEY_BYTES else None


def _associated(lineage: str, path: str) -> bytes:
    return msgspec.json.encode([lineage, path])


def _derived(data_key: bytes, use: bytes) -> bytes:
    """A key for one use only, so that sealing and signing never share one."""
    return hmac.digest(data_key, b"unknot ledger " + use, "sha256")


def _seal(key: bytes, body: bytes, associated: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, body, associated)


def _unseal(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)
    except (InvalidTag, ValueError) as error:
        raise Unsound("does not open: it was sealed for another place or changed since") from error
