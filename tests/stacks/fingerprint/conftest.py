"""Projects of a few files, written, loaded and fingerprinted in a line."""

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from unknot.stacks.fingerprint import (
    EnvironmentFacts,
    Fingerprint,
    FingerprintChange,
    Project,
    compare,
    fingerprint_function,
)

Files: TypeAlias = str | Mapping[str, str]
"""Path to text; a bare text is `ops.py`."""

LAPTOP = EnvironmentFacts(python="3.11", platform="linux-x86_64", lock="lock-1")


@dataclass
class Workshop:
    """Each project gets a folder of its own, so nothing may depend on where a project is."""

    folder: Path
    count: int = 0

    def write(self, files: Files) -> Path:
        self.count += 1
        root = self.folder / f"project-{self.count}"
        for path, text in _named(files).items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), encoding="utf-8")
        return root

    @contextmanager
    def loaded(self, root: Path, op: str) -> Iterator[Callable[..., object]]:
        """The live function `module:qualname`; its modules are forgotten afterwards."""
        module, _, qualname = op.partition(":")
        before = set(sys.modules)
        sys.path.insert(0, str(root))
        importlib.invalidate_caches()
        try:
            found: object = importlib.import_module(module)
            for name in qualname.split("."):
                found = getattr(found, name)
            assert callable(found)
            yield found
        finally:
            sys.path.remove(str(root))
            for name in set(sys.modules) - before:
                if str(getattr(sys.modules[name], "__file__", None) or root).startswith(str(root)):
                    del sys.modules[name]

    def fingerprint(
        self, files: Files, op: str = "ops:train", environment: EnvironmentFacts = LAPTOP
    ) -> Fingerprint:
        root = self.write(files)
        with self.loaded(root, op) as function:
            return fingerprint_function(function, Project(root), environment=environment)

    def change(self, before: Files, after: Files, op: str = "ops:train") -> FingerprintChange:
        """What `compare` says of an edit; `after` names only the files that it touches."""
        edited = {**_named(before), **_named(after)}
        return compare(self.fingerprint(before, op), self.fingerprint(edited, op))


def _named(files: Files) -> dict[str, str]:
    return {"ops.py": files} if isinstance(files, str) else dict(files)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return Workshop(tmp_path)


@pytest.fixture(scope="session")
def laptop() -> EnvironmentFacts:
    return LAPTOP


@pytest.fixture
def fingerprint(workshop: Workshop) -> Callable[..., Fingerprint]:
    """`fingerprint(files, op="ops:train")`."""
    return workshop.fingerprint


@pytest.fixture
def change(workshop: Workshop) -> Callable[..., FingerprintChange]:
    """`change(before, after, op="ops:train")`."""
    return workshop.change


@pytest.fixture
def write(workshop: Workshop) -> Callable[[Files], Path]:
    """Write a project; returns its root."""
    return workshop.write


@pytest.fixture
def loaded(workshop: Workshop) -> Callable[[Path, str], AbstractContextManager[Callable[..., object]]]:
    """`with loaded(root, "ops:train") as function`."""
    return workshop.loaded
