"""Where an attempt works: the unpacked bundle on the import path, and a folder of its own that is gone afterwards.

A bundle is unpacked once per scratch folder and shared; the working folder holds copies of its data files, so
that what one task writes there no other sees.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unknot.providers.runner import layout
from unknot.providers.runner.assignment import TaskAssignment
from unknot.stacks.bundle.archive import CODE, About, BundleUnreadable, read_about, unpack
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import PythonCode
from unknot.state.stores.base import Store


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders of one attempt."""

    code: Path
    """The user's files as packed; shared, so never written to."""
    imports: tuple[Path, ...]
    """Folders of `code` from which modules are imported."""
    work: Path
    """The current folder of the task."""
    inputs: Path
    outputs: Path


@contextlib.contextmanager
def workspace(assignment: TaskAssignment, store: Store) -> Iterator[Workspace]:
    """Unpack the bundle, make the folders, enter the working folder; remove it at the end."""
    scratch = scratch_of(assignment)
    root, about = unpacked(store, assignment.bundle, scratch / "bundles")
    code = root / CODE
    imports = tuple((code / path).resolve() for path in about.paths)
    attempts = scratch / "attempts"
    attempts.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=attempts, ignore_cleanup_errors=True) as made:
        folder = Path(made)
        place = Workspace(code, imports, folder / "work", folder / "inputs", folder / "outputs")
        for needed in (place.work, place.inputs, place.outputs):
            needed.mkdir()
        _copy_files(code, place.work, sources=not isinstance(assignment.op.code, PythonCode))
        with _entered(place):
            yield place


def scratch_of(assignment: TaskAssignment) -> Path:
    """The folder for what attempts share on their machine: unpacked bundles, environments."""
    return Path(assignment.scratch) if assignment.scratch else Path(tempfile.gettempdir()) / "unknot"


def unpacked(store: Store, sha256: str, folder: Path) -> tuple[Path, About]:
    """The folder with the unpacked bundle, made if need be. Raises EngineError or BundleUnreadable."""
    root = folder / sha256
    if not root.is_dir():
        data = store.get(layout.bundle_key(sha256))
        if data is None:
            raise EngineError(
                f"the bundle `{sha256[:12]}` is not in `{store.url}`",
                detail="The workflow was undeployed, or the store was cleared. Apply the stack again.",
            )
        import hashlib

        if hashlib.sha256(data).hexdigest() != sha256:
            raise BundleUnreadable(
                f"the bundle `{sha256[:12]}` in `{store.url}` is damaged",
                detail="Its bytes do not have the hash that it is named by. Delete it and apply the stack again.",
            )
        unpack(data, root)
    return root, read_about(root)


def _copy_files(code: Path, work: Path, *, sources: bool) -> None:
    """Data files for the current folder; source files too, for commands and notebooks."""
    if not code.is_dir():
        return
    for file in code.rglob("*"):
        if not file.is_file() or "__pycache__" in file.parts or (file.suffix == ".py" and not sources):
            continue
        copy = work / file.relative_to(code)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)


@contextlib.contextmanager
def _entered(place: Workspace) -> Iterator[None]:
    before, path = Path.cwd(), sys.path[:]
    os.chdir(place.work)
    sys.path[:0] = [str(folder) for folder in place.imports]
    try:
        yield
    finally:
        sys.path[:] = path
        os.chdir(before)
