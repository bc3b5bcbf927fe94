"""What an object carries beside its bytes, and what becomes of that in another place.

Each place says with `Traits` what it can keep. What it cannot is carried in another form where one exists, so that
a way back restores it, and is named as a loss where none does.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from email.header import decode_header
from typing import Literal, NamedTuple, TypeAlias

import msgspec

HEADERS = ("content_type", "content_encoding", "content_disposition", "content_language", "cache_control")

TAG = "unknot-tag-"
"""Prefix of the metadata that stands for a tag where there are none."""

Form: TypeAlias = Literal["carried", "lost"]


class Attributes(msgspec.Struct, frozen=True, omit_defaults=True):
    """Headers, metadata, tags and permissions of an object."""

    content_type: str = ""
    content_encoding: str = ""
    content_disposition: str = ""
    content_language: str = ""
    cache_control: str = ""
    metadata: Mapping[str, str] = {}
    tags: Mapping[str, str] = {}
    mode: int | None = None
    """Permission bits of a file."""


class Traits(msgspec.Struct, frozen=True):
    """Which attributes a place keeps."""

    headers: bool = True
    tags: bool = False
    modes: bool = False
    metadata_names: Literal["any", "lower", "identifier"] = "any"
    """`lower`: HTTP headers that lose their case (S3). `identifier`: those of C# (Azure)."""
    metadata_ascii: bool = False
    """Values must be ASCII, since they are sent as headers."""
    metadata_bytes_max: int = 8192
    tags_max: int = 10


class Loss(NamedTuple):
    """Something of one object that a place does not keep as it is."""

    what: str
    """Such as `metadata` or `permission bits`."""
    form: Form
    """`carried` in another form, so that a way back restores it, or `lost`."""
    detail: str


MODE = "unknot-mode"
"""Name of the metadata that stands for permission bits."""


USUAL_MODES = frozenset({0o644, 0o664})
"""Of a file that nobody has thought about: not worth carrying."""


def fit(attributes: Attributes, traits: Traits) -> tuple[Attributes, tuple[Loss, ...]]:
    """The attributes as a place with these traits can keep them, and what is not kept as it was."""
    given = restored(attributes)
    losses: list[Loss] = []
    metadata = dict(given.metadata)
    tags, mode = given.tags, given.mode
    if tags and not traits.tags:
        metadata |= {TAG + name: value for name, value in tags.items()}
        losses.append(Loss("tags", "carried", f"as metadata `{TAG}NAME`"))
        tags = {}
    elif len(tags) > traits.tags_max:
        kept = dict(sorted(tags.items())[: traits.tags_max])
        losses.append(Loss("tags", "lost", f"at most {traits.tags_max} are kept"))
        tags = kept
    if mode in USUAL_MODES and not traits.modes:
        mode = None
    elif mode is not None and not traits.modes:
        metadata[MODE] = f"{mode:o}"
        losses.append(Loss("permission bits", "carried", f"as metadata `{MODE}`"))
        mode = None
    written = dict(_named(metadata, traits, losses))
    size = sum(len(name.encode()) + len(value.encode()) for name, value in written.items())
    if size > traits.metadata_bytes_max:
        losses.append(
            Loss("metadata", "lost", f"{size} bytes of it, and at most {traits.metadata_bytes_max} are kept")
        )
        while size > traits.metadata_bytes_max:
            name, value = max(written.items(), key=lambda pair: (len(pair[1]), pair[0]))
            size -= len(name.encode()) + len(value.encode())
            del written[name]
    headers = {name: getattr(given, name) for name in HEADERS}
    if not traits.headers and any(headers.values()):
        losses.append(Loss("content type and headers", "lost", "this place keeps none"))
        headers = {}
    if not traits.headers and written:
        losses.append(Loss("metadata", "lost", "this place keeps none"))
        written = {}
    if traits.metadata_ascii:
        for name, value in headers.items():
            if not value.isascii():
                losses.append(Loss(name.replace("_", " "), "lost", "it is not ASCII"))
                headers[name] = ""
    return Attributes(metadata=written, tags=tags, mode=mode, **headers), tuple(losses)


def restored(attributes: Attributes) -> Attributes:
    """What was carried in another form, in its own form again."""
    if not attributes.metadata:
        return attributes
    metadata, tags, mode = {}, dict(attributes.tags), attributes.mode
    for written, value in attributes.metadata.items():
        name = _unescaped(written)
        text = _decoded(value)
        if name.startswith(TAG):
            tags[name.removeprefix(TAG)] = text
        elif name == MODE and mode is None and re.fullmatch(r"[0-7]{1,4}", text):
            mode = int(text, 8)
        else:
            metadata[name] = text
    return msgspec.structs.replace(attributes, metadata=metadata, tags=tags, mode=mode)


def _named(metadata: Mapping[str, str], traits: Traits, losses: list[Loss]) -> Iterator[tuple[str, str]]:
    taken: set[str] = set()
    for name, value in sorted(metadata.items()):
        written = name
        if traits.metadata_names == "identifier" or (
            traits.metadata_names == "lower" and not re.fullmatch(r"[!#$%&'*+.^_`|~0-9a-zA-Z-]+", name)
        ):
            written = _escaped(name)
        if written != name:
            losses.append(Loss("metadata", "carried", f"the name `{name}` as `{written}`"))
        if traits.metadata_names != "any":
            if written != written.lower():
                losses.append(Loss("metadata", "lost", f"upper case in the name `{name}`"))
                written = written.lower()
            if written in taken:
                losses.append(Loss("metadata", "lost", f"`{name}`, which differs from another by case only"))
                continue
        taken.add(written)
        if traits.metadata_ascii and not _is_plain(value):
            losses.append(Loss("metadata", "carried", f"the value of `{name}` in RFC 2047's form"))
            yield written, f"=?utf-8?b?{base64.b64encode(value.encode()).decode()}?="
        else:
            yield written, value


def _is_plain(value: str) -> bool:
    return value.isascii() and value.isprintable() and value == value.strip() and "=?" not in value


def _decoded(value: str) -> str:
    if not (value.startswith("=?") and value.endswith("?=")):
        return value
    try:
        return "".join(
            part if isinstance(part, str) else part.decode(charset or "ascii")
            for part, charset in decode_header(value)
        )
    except (LookupError, UnicodeDecodeError, ValueError):
        return value


def _escaped(name: str) -> str:
    """An identifier of C# that tells the name: what it may not hold is `_xHHHH_`, as in XML's names."""
    text = re.sub(r"_(?=x[0-9a-f]{4,6}_)|[^0-9A-Za-z_]", lambda m: f"_x{ord(m.group()):04x}_", name)
    return f"_x{ord(text[0]):04x}_{text[1:]}" if text[:1].isdigit() else text


def _unescaped(name: str) -> str:
    return re.sub(r"_x([0-9a-f]{4,6})_", lambda m: chr(int(m.group(1), 16)), name)
