"""The outer form of every object of a ledger: a header line, a body, and a line of digests.

    {"unknot":"segment","format":1,"lineage":...,"serial":5,"previous":...,"nonce":...,...}
    <body: JSON lines, or AES-GCM ciphertext when the header names a data key>
    sha256:<of all before this line> [hmac-sha256:<of that digest, under the data key>]

The header line's first two fields and the last line keep their form in every format to come. What bodies
mean is not known here.
"""

import hashlib
import hmac
import secrets
from typing import Literal, Protocol

import msgspec

from unknot.stacks.errors import LedgerFormatTooNew, LedgerSealed
from unknot.state.snapshot import Serial

FORMAT = 1
"""Of what this version writes. Older ones are upgraded when read, newer ones refused."""

NOTHING_BEFORE = "0" * 64
"""The previous hash of the first segment."""

_DIGEST = b"\nsha256:"
_MAC = b" hmac-sha256:"
_PLAIN_END = len(_DIGEST) + 64 + 1
_SEALED_END = _PLAIN_END + len(_MAC) + 64


class Unsound(Exception):
    """The bytes are not what a ledger's object must be. `reason` completes "`<file>` ...".

    The reader makes LedgerDamaged, or a diagnostic, of it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Header(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The first line."""

    unknot: Literal["segment", "checkpoint", "late"]
    format: int
    lineage: str
    serial: Serial
    previous: str
    """Hash of the segment before; of a checkpoint, of the segment that it includes last."""
    nonce: str
    """Random, so that two writers' bytes always differ (rule L1)."""
    lease: str = ""
    epoch: int = 0
    key: int = 0
    """Number of the data key that the body is sealed with; 0: not sealed."""
    n: int = 0
    """Of a late result: its number among those of its lease."""


class Sealing(Protocol):
    """What encryption offers to this module."""

    def seal(self, number: int, lineage: str, body: bytes, associated: bytes) -> bytes: ...

    def unseal(self, number: int, lineage: str, body: bytes, associated: bytes) -> bytes:
        """Raises Unsound if the body was not sealed with this key and this associated data."""
        ...

    def mac(self, number: int, lineage: str, digest: bytes) -> bytes: ...


class Opened(msgspec.Struct, frozen=True):
    """An object whose digests were found right."""

    header: Header
    body: bytes
    hash: str


_encode_header = msgspec.json.Encoder().encode
_decode_header = msgspec.json.Decoder(Header).decode
_decode_format = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def new_nonce() -> str:
    return secrets.token_hex(12)


def pack(header: Header, body: bytes, path: str, sealing: Sealing | None) -> tuple[bytes, str]:
    """The object's bytes and its hash. `path` is its key below the ledger's prefix."""
    if header.key:
        assert sealing is not None
        body = sealing.seal(header.key, header.lineage, body, _associated(header, path))
    line = _encode_header(header)
    digest = hashlib.sha256(line)
    digest.update(b"\n")
    digest.update(body)
    hash_ = digest.hexdigest()
    parts = [line, b"\n", body, _DIGEST, hash_.encode()]
    if header.key:
        assert sealing is not None
        parts += [_MAC, sealing.mac(header.key, header.lineage, digest.digest()).hex().encode()]
    parts.append(b"\n")
    return b"".join(parts), hash_


def unpack(data: bytes, path: str, sealing: Sealing | None) -> Opened:
    """Check the digests and open the body. Raises Unsound, LedgerError."""
    content, hash_, mac = _split(data)
    line_end = data.find(b"\n", 0, len(content))
    line = data[: max(line_end, 0)]
    try:
        described = _decode_format(line)
        version = msgspec.json.decode(described["format"], type=int)
    except (msgspec.MsgspecError, KeyError, UnicodeDecodeError) as error:
        raise Unsound("does not begin with a ledger's header") from error
    if version > FORMAT:
        raise LedgerFormatTooNew(
            f"the ledger is in format {version}, and this unknot reads up to {FORMAT}",
            detail="It was written by a newer unknot. Upgrade this one to the version that the team uses.",
        )
    try:
        header = _decode_header(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unsound("has a header that cannot be read") from error
    if (mac is not None) != bool(header.key):
        raise Unsound("has a last line that does not fit its header")
    body = bytes(content[line_end + 1 :])
    if mac is not None:
        if sealing is None:
            raise LedgerSealed(
                "the ledger is encrypted, and no key was given",
                detail='Name the key in `unknot.toml`: `key = "env:NAME"` or `"file:PATH"` under `[encryption]`.',
            )
        expected = sealing.mac(header.key, header.lineage, bytes.fromhex(hash_)).hex().encode()
        if not hmac.compare_digest(expected, mac):
            raise Unsound("does not bear the ledger key's signature (HMAC): it was written by somebody else")
        body = sealing.unseal(header.key, header.lineage, body, _associated(header, path))
    return Opened(header, body, hash_)


def _split(data: bytes) -> tuple[memoryview, str, bytes | None]:
    """What the digest covers, the digest, and the HMAC if there is one. Raises Unsound."""
    view = memoryview(data)
    for length, sealed in ((_PLAIN_END, False), (_SEALED_END, True)):
        end = data[-length:]
        if len(data) > length and end.startswith(_DIGEST) and end.endswith(b"\n"):
            content = view[:-length]
            written = end[len(_DIGEST) : len(_DIGEST) + 64]
            hash_ = hashlib.sha256(content).hexdigest()
            if written != hash_.encode():
                raise Unsound("does not fit its own checksum: its bytes were changed")
            if not sealed:
                return content, hash_, None
            if end[_PLAIN_END - 1 : _PLAIN_END - 1 + len(_MAC)] != _MAC:
                raise Unsound("has a damaged last line")
            return content, hash_, end[-65:-1]
    raise Unsound("is cut off, or is not a ledger's file")


def _associated(header: Header, path: str) -> bytes:
    """Binds a sealed body to its place (rule L7)."""
    return msgspec.json.encode([header.lineage, path, header.previous])
