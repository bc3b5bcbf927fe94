"""From a store's URL to the store: `memory:NAME`, `file:PATH`, a plain path, and schemes of other packages.

Which kinds of store exist is a table here plus the entry points `unknot.stores`; each is imported when used.
"""

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias, cast

from unknot.state.stores.base import Store, StoreError

Opener: TypeAlias = Callable[[str], Store]
"""Takes the whole URL."""

ENTRY_POINTS = "unknot.stores"

BUILT_IN: dict[str, str] = {
    "az": "unknot.state.stores.azure:open_azure",
    "file": "unknot.state.stores.opening:open_local",
    "gs": "unknot.state.stores.gcs:open_gcs",
    "memory": "unknot.state.stores.opening:open_memory",
    "postgres": "unknot.state.stores.postgres:open_postgres",
    "postgresql": "unknot.state.stores.postgres:open_postgres",
    "s3": "unknot.state.stores.s3:open_s3",
}
"""Scheme to `module:function` of an Opener."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):")


def open_store(url: str | Path, root: Path | None = None) -> Store:
    """The store at `url`; a text without a scheme is a folder. Raises StoreError, with the known schemes.

    A relative folder is under `root`, or under the current folder when that is left out.
    """
    text = str(url)
    if not text:
        raise StoreError("a store's URL must not be empty", detail="Give a folder, or `file:PATH`.")
    match = _SCHEME.match(text)
    if match is None or isinstance(url, Path):
        return open_local(f"file:{text if root is None else root / text}")
    if root is not None and match.group(1) == "file" and not text.startswith("file:/"):
        return open_local(f"file:{root / text.removeprefix('file:')}")
    return _opener(match.group(1))(text)


def open_local(url: str) -> Store:
    """`file:PATH` or `file:///PATH`."""
    from unknot.state.stores.local import LocalStore

    path = url.removeprefix("file:")
    if path.startswith("//"):
        from urllib.parse import unquote, urlsplit

        parts = urlsplit(url)
        if parts.netloc not in ("", "localhost"):
            raise StoreError(
                f"`{url}` names the host `{parts.netloc}`, and a file store is on this machine",
                detail="Write `file:PATH` or `file:///PATH`.",
            )
        path = unquote(parts.path)
    if not path:
        raise StoreError(f"`{url}` names no folder", detail="Write `file:PATH`.")
    return LocalStore(path)


def open_memory(url: str) -> Store:
    """`memory:NAME`; without a name, a store of its own."""
    from unknot.state.stores.memory import MemoryStore

    return MemoryStore(url.removeprefix("memory:"))


def _opener(scheme: str) -> Opener:
    if scheme in BUILT_IN:
        module, _, function = BUILT_IN[scheme].partition(":")
        return cast("Opener", getattr(importlib.import_module(module), function))
    from importlib.metadata import entry_points  # slow to load, and needed for foreign schemes only

    added = {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}
    if scheme in added:
        return cast("Opener", added[scheme].load())
    known = ", ".join(f"`{name}:`" for name in sorted({*BUILT_IN, *added}))
    raise StoreError(f"there is no kind of store called `{scheme}:`", detail=f"Known here: {known}.")
