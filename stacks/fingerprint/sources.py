"""The user's own modules: which files they are, parsed once each.

Modules are found by their files; none is imported. Anybody else's modules are the matter of `installed.py`.
"""

import os
import sys
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

from unknot.stacks.errors import FingerprintError
from unknot.stacks.fingerprint.installed import is_installed
from unknot.stacks.fingerprint.module import UserModule, parse_module

_NOT_SOURCE = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages"})


class Sources:
    """The code under one folder. Keep it for as long as the files do not change: it reads each of them once.

    What is under the root but is installed there (a virtual environment, `site-packages`) or hidden is not the user's own.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self._modules: dict[str, UserModule | None] = {}
        self._bases = [self.root, *self._folders_on_path()]

    def owns(self, file: Path) -> bool:
        """True if the file is one of the user's own modules."""
        try:
            parts = Path(os.path.realpath(file)).relative_to(self.root).parts
        except ValueError:
            return False
        folders = [self.root.joinpath(*parts[:depth]) for depth in range(1, len(parts))]
        return not any(_is_skipped(folder) for folder in folders)

    def module(self, name: str) -> UserModule | None:
        """The user's module of that dotted name; None if it is not one. Raises FingerprintError if it is not Python."""
        if name not in self._modules:
            self._modules[name] = self._find(name)
        return self._modules[name]

    def module_of_file(self, file: Path, dotted: str | None = None) -> UserModule:
        """The module in that file. `dotted` is the name it was imported under, which says where imports start."""
        file = Path(os.path.realpath(file))
        name = self._add_base(file, dotted)
        found = self.module(name)
        if found is None or found.file != file:
            found = self._modules[name] = self._parse(name, file)
        return found

    def add_module(self, name: str, file: Path, source: str) -> UserModule:
        """A module whose source is not in a file of its own: a cell of a notebook."""
        found = self._modules[name] = parse_module(name, file, file.name, source)
        return found

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """All Python files of the user's, in the order of their paths."""
        return tuple(sorted(self._walk(self.root)))

    def module_name(self, file: Path) -> str:
        """The dotted name under which the file would be imported, from the longest folder that imports start from."""
        bases = [base for base in self._bases if file.is_relative_to(base)]
        parts = list(file.relative_to(max(bases, key=lambda base: len(base.parts))).with_suffix("").parts)
        if parts[-1] == "__init__" and len(parts) > 1:
            parts.pop()
        return ".".join(parts)

    def shown(self, file: Path) -> str:
        """The path for messages and plans: relative to the root, with slashes on every platform."""
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else file.name

    def _folders_on_path(self) -> list[Path]:
        entries = [Path(os.path.realpath(entry)) for entry in sys.path if entry]
        found = [
            entry for entry in entries if entry != self.root and entry.is_dir() and self.owns(entry / "_")
        ]
        source = self.root / "src"
        if source not in found and source.is_dir() and not (source / "__init__.py").exists():
            found.append(source)
        return found

    def _add_base(self, file: Path, dotted: str | None) -> str:
        if dotted is None or dotted == "__main__":
            return self.module_name(file)
        parts = dotted.split(".")
        found = list(file.with_suffix("").parts)
        if found[-1] == "__init__":
            found.pop()
        if found[-len(parts) :] != parts:
            return self.module_name(file)
        base = Path(*found[: -len(parts)])
        if base not in self._bases and base.is_relative_to(self.root):
            self._bases.append(base)
            self._modules = {name: module for name, module in self._modules.items() if module is not None}
        return dotted

    def _find(self, name: str) -> UserModule | None:
        if not all(part.isidentifier() for part in name.split(".")):
            return None
        relative = Path(*name.split("."))
        for base in self._bases:
            for file in (base / relative / "__init__.py", base / relative.with_name(f"{relative.name}.py")):
                if file.is_file() and self.owns(file):
                    return self._parse(name, file)
        for base in self._bases:
            folder = base / relative
            if folder.is_dir() and self.owns(folder / "_") and self._is_namespace(name, folder):
                return UserModule(name, folder, self.shown(folder), is_package=True)
        return None

    def _is_namespace(self, name: str, folder: Path) -> bool:
        """A folder without `__init__.py`. An installed package of its name comes first, as it does for Python."""
        top = name.partition(".")[0]
        return not is_installed(top) and any(self._walk(folder))

    def _parse(self, name: str, file: Path) -> UserModule:
        shown = self.shown(file)
        try:
            source = file.read_bytes()
        except OSError as exc:
            raise FingerprintError(
                f"`{shown}` cannot be read: {exc.strerror}", detail="Correct its permissions.", file=shown
            ) from exc
        return parse_module(name, file, shown, source)

    def _walk(self, folder: Path) -> Iterator[Path]:
        for parent, folders, files in os.walk(folder):
            here = Path(parent)
            folders[:] = sorted(each for each in folders if not _is_skipped(here / each))
            yield from (here / each for each in files if each.endswith(".py"))


@cache
def _is_skipped(folder: Path) -> bool:
    return folder.name in _NOT_SOURCE or folder.name.startswith(".") or (folder / "pyvenv.cfg").exists()
