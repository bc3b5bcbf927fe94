"""The canonical encoding of a syntax tree: equal bytes for equal meaning, on every supported interpreter.

It never uses `ast.dump`, `repr` or `marshal`, whose output varies with the interpreter. What is left out of a tree
(docstrings, annotations) is decided in `normal.py`, not here.
"""

import ast
import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeAlias

FINGERPRINT_VERSION = 1
"""Of the encoding and of the rules for what is reached. Raise it with any change that alters a digest."""

_SKIPPED_FIELDS = frozenset({"ctx", "type_comment", "type_ignores", "kind"})
"""Implied by the position in the tree, or without meaning when the code runs."""

_PART_DIGEST_LENGTH = 32
"""Hex digits: 128 bits are enough to tell the parts of one project apart, and ledgers hold many of them."""

_Tree: TypeAlias = "ast.AST | Sequence[ast.AST | None]"


def encode(tree: _Tree) -> bytes:
    """The bytes that stand for the tree. Deep trees are fine: nothing here recurses."""
    out: list[bytes] = []
    pending: list[object] = [tree]
    while pending:
        item = pending.pop()
        if type(item) is _Raw:
            out.append(item)
        elif isinstance(item, ast.AST):
            pending.extend(reversed(_expand(item)))
        elif isinstance(item, (list, tuple)):
            pending.append(_CLOSE_LIST)
            pending.extend(reversed(item))
            pending.append(_OPEN_LIST)
        else:
            out.append(_scalar(item))
    return b"".join(out)


def encode_value(value: object) -> bytes | None:
    """The bytes of a plain value (numbers, text, and containers of them); None for anything else."""
    if type(value) in (list, tuple) and isinstance(value, (list, tuple)):
        return _container(type(value).__name__, value, in_order=True)
    if type(value) in (set, frozenset) and isinstance(value, (set, frozenset)):
        return _container(type(value).__name__, value, in_order=False)
    if type(value) is dict:
        return _container("dict", (part for pair in value.items() for part in pair), in_order=True)
    if value is None or type(value) in (bool, int, float, complex, str, bytes, type(...)):
        return _scalar(value)
    return None


def part_digest(*chunks: bytes) -> str:
    """A digest for one part; the chunks cannot run into each other."""
    return _digest(chunks).hexdigest()[:_PART_DIGEST_LENGTH]


def whole_digest(parts: Iterable[tuple[str, str]]) -> str:
    """The digest over the names and digests of all parts, whatever their order, and over the version."""
    lines = [text.encode() for pair in sorted(parts) for text in pair]
    return _digest([b"unknot fingerprint", str(FINGERPRINT_VERSION).encode(), *lines]).hexdigest()


def _digest(chunks: Iterable[bytes]) -> "hashlib._Hash":
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(len(chunk).to_bytes(8, "big"))
        digest.update(chunk)
    return digest


class _Raw(bytes):
    """Bytes that are already encoded."""


_OPEN_LIST, _CLOSE_LIST, _CLOSE_NODE = _Raw(b"["), _Raw(b"]"), _Raw(b")")


def _expand(node: ast.AST) -> list[object]:
    """A node as a flat sequence of raw bytes and children. Absent fields leave nothing behind, so that a
    field which a later interpreter adds changes no digest as long as it is empty."""
    if isinstance(node, ast.JoinedStr):
        return _joined(node)
    items: list[object] = [_Raw(b"(" + type(node).__name__.encode())]
    for field in node._fields:
        if field in _SKIPPED_FIELDS:
            continue
        value: object = getattr(node, field, None)
        if isinstance(node, ast.Constant):
            items += [_Raw(b" value="), _Raw(_scalar(value))]
            continue
        if value is None or (isinstance(value, list) and not value):
            continue
        if field == "format_spec" and isinstance(value, ast.JoinedStr) and not _merged(value):
            continue
        items += [_Raw(b" " + field.encode() + b"="), value]
    items.append(_CLOSE_NODE)
    return items


def _joined(node: ast.JoinedStr) -> list[object]:
    """An f-string. Interpreters differ in how they cut its constant text, so neighbours are joined first."""
    return [_Raw(b"(JoinedStr values="), _merged(node), _CLOSE_NODE]


def _merged(node: ast.JoinedStr) -> list[ast.expr]:
    merged: list[ast.expr] = []
    for value in node.values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            last = merged[-1] if merged else None
            if isinstance(last, ast.Constant) and isinstance(last.value, str):
                merged[-1] = ast.Constant(last.value + value.value)
            elif value.value:
                merged.append(value)
        else:
            merged.append(value)
    return merged


def _scalar(value: object) -> bytes:
    match value:
        case None:
            return b"N"
        case True:
            return b"T"
        case False:
            return b"F"
        case str():
            data = value.encode("utf-8", "surrogatepass")
            return b"s%d:%b" % (len(data), data)
        case bytes():
            return b"b%d:%b" % (len(value), value)
        case int():
            return b"i%b;" % hex(value).encode()
        case float():
            return b"f%b;" % value.hex().encode()
        case complex():
            return b"c%b,%b;" % (value.real.hex().encode(), value.imag.hex().encode())
        case _ if value is ...:
            return b"E"
        case _:
            raise TypeError(f"a syntax tree cannot hold a {type(value).__name__}")


def _container(kind: str, items: Iterable[object], *, in_order: bool) -> bytes | None:
    encoded: list[bytes] = []
    for item in items:
        data = encode_value(item)
        if data is None:
            return None
        encoded.append(b"%d:%b" % (len(data), data))
    if not in_order:
        encoded.sort()
    return b"(%b %b)" % (kind.encode(), b"".join(encoded))
