"""Which files of a project a workflow needs: its modules that are imported, and the packages they are in."""

import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

_NOT_OURS = frozenset({"site-packages", "dist-packages", "node_modules", "__pycache__", "__pypackages__"})
"""Folders inside a project that hold other people's code or none."""


def imported_files(root: Path, modules: Iterable[ModuleType] | None = None) -> tuple[Path, ...]:
    """Source files below `root` of the modules that are imported now, with the `__init__.py` of each package.

    Sorted, relative to `root`. Environments, installed packages and hidden folders are not the project's.
    """
    root = root.resolve()
    found: set[Path] = set()
    for module in tuple(modules if modules is not None else sys.modules.values()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.endswith(".py"):
            continue
        path = Path(file).resolve()
        if is_of_project(root, path):
            found.add(path.relative_to(root))
            found.update(_package_files(root, path))
    return tuple(sorted(found))


def import_paths(root: Path) -> tuple[str, ...]:
    """Folders of the project from which modules are imported now, relative to `root`, in their order.

    The root itself is always among them.
    """
    root = root.resolve()
    found: dict[str, None] = {}
    for entry in sys.path:
        path = Path(entry or ".").resolve()
        if path == root or (path.is_dir() and is_of_project(root, path / "module.py")):
            found[path.relative_to(root).as_posix()] = None
    found.setdefault(".", None)
    return tuple(found)


def package_data(root: Path, package: str, patterns: Iterable[str]) -> tuple[Path, ...]:
    """Files of a package of the project that match, relative to `root`: data that a module reads by its path."""
    folder = root.resolve() / package.replace(".", "/")
    return tuple(
        sorted(
            {
                path.relative_to(root.resolve())
                for pattern in patterns
                for path in folder.rglob(pattern)
                if path.is_file() and is_of_project(root.resolve(), path)
            }
        )
    )


def is_of_project(root: Path, path: Path) -> bool:
    """Whether a file below `root` is the user's own: in no environment, installed package or hidden folder."""
    if not path.is_relative_to(root):
        return False
    folders = path.relative_to(root).parts[:-1]
    if any(part in _NOT_OURS or part.startswith(".") for part in folders):
        return False
    return not any((root.joinpath(*folders[:n]) / "pyvenv.cfg").exists() for n in range(1, len(folders) + 1))


def _package_files(root: Path, path: Path) -> set[Path]:
    """The `__init__.py` files above a module, as far as its package goes."""
    found = set()
    folder = path.parent
    while folder != root and (init := folder / "__init__.py").is_file():
        found.add(init.relative_to(root))
        folder = folder.parent
    return found
