"""The package of a cloud's classes: each name leads to its service's module, which is imported when it is first used."""

from collections.abc import Iterable

from unknot.providers.declared.catalogue import module_name
from unknot.providers.declared.generation.pieces import Service


def package(provider: str, title: str, services: Iterable[Service]) -> str:
    """The text of `resources/__init__.py`."""
    homes = {
        each.shape.class_name: module_name(service.service)
        for service in services
        for each in service.types.values()
    }
    root = f"unknot.providers.{provider}.resources"
    imports = "\n".join(
        f"    from {root}.{home} import {name}"
        for name, home in sorted(homes.items(), key=lambda e: (e[1], e[0]))
    )
    table = "\n".join(f'    "{name}": "{home}",' for name, home in sorted(homes.items()))
    exported = "\n".join(f'    "{name}",' for name in sorted(homes))
    return f'''"""Resource types of {title}: `from unknot import {provider}`, then `{provider}.{min(homes, default="Name")}(...)`.

Made by `make generate`; not to be edited. Each name is imported with its service's module when it is first used
(PEP 562), so that a stack pays only for the services that it uses.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
{imports or "    pass"}

_HOMES = {{
{table}
}}

__all__ = [
{exported}
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        from unknot.stacks.diagnostic import nearest

        raise AttributeError(f"`{provider}` has no resource type `{{name}}`. {{nearest(name, _HOMES)}}".rstrip())
    from importlib import import_module

    found: object = getattr(import_module(f"{{__name__}}.{{home}}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({{*globals(), *_HOMES}})
'''
