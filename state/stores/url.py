"""URLs of stores in buckets and databases: the parts, and the parameters that each kind knows."""

import difflib
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

from unknot.state.stores.base import KeyRefused, StoreError, check_key


class StoreUrl(NamedTuple):
    """`scheme://bucket/prefix?parameters`."""

    bucket: str
    prefix: str
    """Empty, or ending in `/`."""
    parameters: Mapping[str, str]

    def text(self, scheme: str) -> str:
        """The URL again, in its shortest form."""
        place = f"{scheme}://{self.bucket}/{self.prefix}".rstrip("/")
        return place + query(self.parameters)


def parse_store_url(url: str, parameters: Mapping[str, str]) -> StoreUrl:
    """Take a URL apart. `parameters` are the known ones, each with what it is for. Raises StoreError."""
    parts = urlsplit(url)
    shape = f"Write `{parts.scheme}://BUCKET/PREFIX`."
    if not parts.netloc:
        raise StoreError(f"`{url}` names no bucket", detail=shape)
    if "@" in parts.netloc:
        raise StoreError(
            f"the URL of the store in `{parts.netloc.rpartition('@')[2]}` names a user",
            detail="Credentials come from the environment or from files of the cloud's own tools, never from a "
            f"URL. {shape}",
        )
    if parts.fragment:
        raise StoreError(f"`{url}` has a fragment (`#`)", detail=shape)
    return StoreUrl(parts.netloc, check_place(url, parts.path), read_query(url, parts.query, parameters))


def check_place(url: str, path: str) -> str:
    """A prefix from a URL, ending in `/` unless empty. Raises StoreError."""
    prefix = path.strip("/")
    if not prefix:
        return ""
    try:
        check_key(prefix)
    except KeyRefused as refused:
        raise StoreError(
            f"`{url}` is no URL of a store: {refused.summary}", detail="Write a prefix such as `team/state`."
        ) from refused
    return f"{prefix}/"


def read_query(url: str, text: str, known: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a URL. Raises StoreError for an unknown one, or one given twice or without a value."""
    found: dict[str, str] = {}
    listing = ", ".join(f"`{name}` ({what})" for name, what in known.items())
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean `{near[0]}`? " if near else ""
            # The value is not shown: it may be a password or a token.
            raise StoreError(
                f"`{url.partition('?')[0]}` has the unknown parameter `{name}`",
                detail=f"{hint}Known are {listing}.",
            )
        if name in found or not value:
            raise StoreError(
                f"the parameter `{name}` of `{url}` needs one value", detail=f"Known are {listing}."
            )
        found[name] = value
    return found


def query(parameters: Mapping[str, str]) -> str:
    """`?name=value&...`, or nothing."""
    if not parameters:
        return ""
    return "?" + "&".join(f"{name}={quote(value, safe='/:.@')}" for name, value in sorted(parameters.items()))


def place_of(url: str, key: str) -> str:
    """The URL of a key in a store, for messages."""
    place, mark, parameters = url.partition("?")
    return f"{place.rstrip('/')}/{key}".rstrip("/") + mark + parameters
