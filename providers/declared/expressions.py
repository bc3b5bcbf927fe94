"""JMESPath with the few functions that cloud APIs make necessary; each expression is compiled once."""

import base64
import functools
from typing import Any

import msgspec


def evaluate(expression: str, document: Any) -> Any:
    """The value of `expression` over `document`; None where it leads nowhere. Raises ValueError for a wrong one."""
    import jmespath.exceptions

    try:
        compiled, options = _compiled(expression)
        return compiled.search(document, options)
    except jmespath.exceptions.JMESPathTypeError:
        return None  # a function over something that is not there
    except jmespath.exceptions.JMESPathError as problem:
        raise ValueError(f"`{expression}`: {problem}") from problem


@functools.cache
def _compiled(expression: str) -> tuple[Any, Any]:
    import jmespath

    return jmespath.compile(expression), _options()


@functools.cache
def _options() -> Any:
    import jmespath
    from jmespath import functions

    signature = functions.signature

    class Functions(functions.Functions):  # type: ignore[misc]
        """Beyond the standard ones. See docs/guides/add-a-resource-type.md."""

        @signature({"types": ["object", "null"]}, {"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
        def _func_tag_list(
            self, tags: dict[str, str] | None, key: str, value: str
        ) -> list[dict[str, str]] | None:
            """`{"a": "1"}` as `[{"Key": "a", "Value": "1"}]`, sorted."""
            return None if not tags else [{key: name, value: tags[name]} for name in sorted(tags)]

        @signature({"types": ["array", "null"]}, {"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
        def _func_tag_map(
            self, tags: list[dict[str, str]] | None, key: str, value: str
        ) -> dict[str, str] | None:
            """The other way."""
            return None if tags is None else {tag[key]: tag.get(value, "") for tag in tags}

        @signature({"types": ["string", "object", "array", "null"]})  # type: ignore[untyped-decorator]
        def _func_parse(self, text: Any) -> Any:
            """The value of JSON text; what is no text is given back."""
            return msgspec.json.decode(text) if isinstance(text, str) else text

        @signature({"types": []})  # type: ignore[untyped-decorator]
        def _func_text(self, value: Any) -> str | None:
            """Canonical JSON text of a value; text is given back."""
            if value is None or isinstance(value, str):
                return value
            return msgspec.json.encode(value, order="sorted").decode()

        @signature({"types": ["object", "null"]})  # type: ignore[untyped-decorator]
        def _func_strings(self, value: dict[str, Any] | None) -> dict[str, str] | None:
            """A mapping with every value as text, for APIs that take attributes as text; nulls are left out."""
            if value is None:
                return None
            return {k: _as_text(v) for k, v in value.items() if v is not None} or None

        @signature({"types": ["string", "null"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
        def _func_split(self, text: str | None, separator: str) -> list[str] | None:
            return None if text is None else text.split(separator)

        @signature({"types": ["object", "null"]}, {"types": ["array-string"]})  # type: ignore[untyped-decorator]
        def _func_omit(self, value: dict[str, Any] | None, names: list[str]) -> dict[str, Any] | None:
            """A mapping without some of its keys."""
            return None if value is None else {k: v for k, v in value.items() if k not in names}

        @signature({"types": ["array-string", "array", "null"]})  # type: ignore[untyped-decorator]
        def _func_nulls(self, names: list[str] | None) -> dict[str, None]:
            """A mapping of names to null, for what is to go out of a mapping that is merged."""
            return dict.fromkeys(names or ())

        @signature({"types": ["string", "null"]})  # type: ignore[untyped-decorator]
        def _func_base64(self, text: str | None) -> str | None:
            return None if text is None else base64.b64encode(text.encode()).decode()

        @signature({"types": ["array", "null"]}, {"types": ["string"]}, {"types": []})  # type: ignore[untyped-decorator]
        def _func_where(self, entries: list[dict[str, Any]] | None, member: str, value: Any) -> list[Any]:
            """Entries whose member has that value, which may come from outside of the list."""
            return [entry for entry in entries or () if entry.get(member) == value]

        @signature({"types": ["object", "null"]})  # type: ignore[untyped-decorator]
        def _func_query(self, value: dict[str, str] | None) -> str | None:
            """A mapping as the query of a URL: the form in which some headers take tags."""
            from urllib.parse import urlencode

            return urlencode(value) if value else None

    return jmespath.Options(custom_functions=Functions())


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return msgspec.json.encode(value, order="sorted").decode()
    return str(value)
