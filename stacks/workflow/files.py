"""Files of the project that an op needs besides Python modules: they travel in the bundle."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from unknot.stacks.graph import Code, CommandCode, NotebookCode


def with_project_files(code: Code, root: Path) -> Code:
    """A command with the words of it that are files of the project; other code as it is."""
    if not isinstance(code, CommandCode):
        return code
    found = tuple(
        dict.fromkeys(word for word in code.argv if _is_inside(word, root) and (root / word).is_file())
    )
    return msgspec.structs.replace(code, files=found)


def missing_files(code: Code, declared: Sequence[str], root: Path) -> Iterator[tuple[str, str]]:
    """What is wrong and what to do, for each file that cannot travel."""
    named = (*declared, code.path) if isinstance(code, NotebookCode) else tuple(declared)
    for name in named:
        if not _is_inside(name, root):
            yield f"`{name}` is not a file of the project", f"Name it relative to `{root}`, and inside it."
        elif not (root / name).exists():
            yield f"the file `{name}` does not exist", f"Looked in `{root}`."


def _is_inside(name: str, root: Path) -> bool:
    if not name or Path(name).is_absolute():
        return False
    return ".." not in Path(name).parts and (root / name).resolve().is_relative_to(root.resolve())
