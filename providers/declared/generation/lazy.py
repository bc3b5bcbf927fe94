"""The package of a cloud's classes: each name leads to its service's module, which is imported when it is first used."""

from collections.abc import Iterable
from typing import Final

from unknot.providers.declared.catalogue import module_name
from unknot.providers.declared.generation.pieces import Service

LINE: Final = 110
"""Of pyproject.toml."""


def import_line(module: str, names: Iterable[str], indent: int = 0) -> str:
    """One import in the house's formatting: with a line for each name where they do not fit on one."""
    listed = list(names)
    line = f"from {module} import {', '.join(listed)}"
    if indent + len(line) <= LINE:
        return line
    space = " " * indent
    return f"from {module} import (\n" + "".join(f"{space}    {name},\n" for name in listed) + f"{space})"


def package(provider: str, title: str, services: Iterable[Service]) -> str:
    """The text of `resources/__init__.py`."""
    homes = {
        each.shape.class_name: module_name(service.service)
        for service in services
        for each in service.types.values()
    }
    root = f"unknot.providers.{provider}.resources"
    by_home: dict[str, list[str]] = {}
    for name, home in sorted(homes.items()):
        by_home.setdefault(home, []).append(name)
    imports = "\n".join(
        f"    {import_line(f'{root}.{home}', names, 4)}" for home, names in sorted(by_home.items())
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


if not TYPE_CHECKING:  # or every name would seem to be there

    def __getattr__(name):
        home = _HOMES.get(name)
        if home is None:
            from unknot.stacks.diagnostic import nearest

            raise AttributeError(f"`{provider}` has no resource type `{{name}}`. {{nearest(name, _HOMES)}}".rstrip())
        from importlib import import_module

        found = getattr(import_module(f"{{__name__}}.{{home}}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({{*globals(), *_HOMES}})
'''
