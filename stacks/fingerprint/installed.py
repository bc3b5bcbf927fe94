"""Modules that are not the user's: of the standard library, or of an installed distribution with its version.

None of them is imported to find this out.
"""

import importlib.metadata
import importlib.util
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from unknot.stacks.fingerprint.encoding import part_digest


def is_standard(name: str) -> bool:
    """True for a module of the standard library, by its first name."""
    return name in sys.stdlib_module_names


@cache
def is_installed(name: str) -> bool:
    """True if the first name of a module is a standard or an installed package with code of its own."""
    return is_standard(name) or name in distributions()


@cache
def distributions() -> Mapping[str, list[str]]:
    """First names of modules to the distributions that bring them."""
    return importlib.metadata.packages_distributions()


@cache
def requirement_digests(top: str) -> tuple[tuple[str, str], ...]:
    """What is pinned for an installed module, by its first name: pairs of distribution and `name==version`.

    A distribution installed from a folder keeps its version while its code changes, so its files count instead.
    """
    found: list[tuple[str, str]] = []
    for name in sorted(set(_names_of_distributions(top))):
        distribution = importlib.metadata.distribution(name)
        pinned = f"{name}=={distribution.version}"
        if _is_from_folder(distribution):
            pinned = f"{pinned}+{_code_digest(top)}"
        found.append((name, pinned))
    if not found and (code := _code_digest(top)):
        found.append((top, f"{top}+{code}"))
    return tuple(found)


def _names_of_distributions(top: str) -> list[str]:
    """Most modules have the name of their distribution: reading the file list of that one spares reading all."""
    try:
        distribution = importlib.metadata.distribution(top)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return distributions().get(top, [])
    own = (f"{top}/__init__.py", f"{top}.py")
    if any(file.as_posix() in own for file in distribution.files or ()):
        return [distribution.name]
    return distributions().get(top, [])


def _is_from_folder(distribution: importlib.metadata.Distribution) -> bool:
    """PEP 610: `direct_url.json` says where a distribution came from, if not from an index."""
    text = distribution.read_text("direct_url.json")
    try:
        return text is not None and "dir_info" in json.loads(text)
    except ValueError:
        return False


def _code_digest(top: str) -> str:
    """Over the files of an importable module that no version stands for; empty if it cannot be found."""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return ""
    if spec is None or (spec.origin is None and not spec.submodule_search_locations):
        return ""
    files: list[Path] = []
    for location in spec.submodule_search_locations or ():
        files += sorted(Path(location).rglob("*.py"))
    if not spec.submodule_search_locations and spec.origin is not None:
        files.append(Path(spec.origin))
    existing = [file for file in files if file.is_file()]
    return part_digest(*(chunk for file in existing for chunk in (file.name.encode(), file.read_bytes())))
