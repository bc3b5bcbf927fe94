"""Fingerprints of what is not a Python function: files that a command needs, and notebooks."""

import ast
import json
from collections.abc import Iterable
from pathlib import Path

from unknot.stacks.errors import FingerprintError
from unknot.stacks.fingerprint.encoding import FINGERPRINT_VERSION, encode, part_digest, whole_digest
from unknot.stacks.fingerprint.normal import Keep, normalise_all
from unknot.stacks.graph import CodePart, Fingerprint


def of_parts(parts: Iterable[CodePart], widened: tuple[str, ...] = ()) -> Fingerprint:
    """A fingerprint over the parts, in the order of their names."""
    ordered = tuple(sorted(parts, key=lambda part: part.name))
    digest = whole_digest((part.name, part.digest) for part in ordered)
    return Fingerprint(digest, FINGERPRINT_VERSION, ordered, widened)


def fingerprint_files(paths: Iterable[Path], root: Path) -> Fingerprint:
    """By content, each under its path from the root. A folder stands for all files in it, hidden ones left out.

    Raises FingerprintError if one is missing or outside of the root.
    """
    parts: dict[str, CodePart] = {}
    for path in paths:
        given = path if path.is_absolute() else root / path
        for file in files_at(given, root):
            shown = _shown(file, root)
            try:
                digest = part_digest(file.read_bytes())
            except OSError as exc:
                raise _unreadable(file, root, exc.strerror or str(exc)) from exc
            parts[shown] = CodePart(f"file:{shown}", digest, shown, 1)
    return of_parts(parts.values())


def fingerprint_notebook(path: Path) -> Fingerprint:
    """By its code cells, each normalised as other Python code is; text, outputs and execution counts do not count.

    A cell with IPython's own syntax (`%time`, `!pip`) counts as it is written. Raises FingerprintError.
    """
    try:
        document = json.loads(path.read_bytes())
        cells = [_source(cell) for cell in document["cells"] if cell["cell_type"] == "code"]
    except OSError as exc:
        raise _unreadable(path, path.parent, exc.strerror or str(exc)) from exc
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise FingerprintError(
            f"`{path.name}` is not a notebook of format 4",
            detail="Open it in Jupyter and save it again.",
            file=path.name,
        ) from exc
    encoded = [code for code in (_cell(text) for text in cells) if code]
    parts = [
        CodePart(f"notebook:cell {number}", part_digest(code), path.name, number)
        for number, code in enumerate(encoded, start=1)
    ]
    return of_parts(parts)


def _source(cell: dict[str, object]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(str(line) for line in source)  # type: ignore[attr-defined]


def _cell(text: str) -> bytes:
    """Empty if the cell holds no code."""
    keep = Keep(dropped=lambda _: False, transparent=lambda _: False)
    try:
        statements = normalise_all(ast.parse(text).body, keep)
    except (SyntaxError, ValueError):
        return b"text " + "\n".join(line.rstrip() for line in text.strip().splitlines()).encode()
    return encode(statements) if statements else b""


def files_at(path: Path, root: Path) -> list[Path]:
    """The file, or all files of a folder but hidden ones. Raises FingerprintError for what is not there."""
    if path.is_dir():
        inner = sorted(each for each in path.rglob("*") if each.is_file())
        return [each for each in inner if not any(_is_hidden(part) for part in each.relative_to(path).parts)]
    if not path.is_file():
        raise _unreadable(path, root, "there is no such file")
    return [path]


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part == "__pycache__"


def _shown(file: Path, root: Path) -> str:
    try:
        return file.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        raise FingerprintError(
            f"`{file}` is outside of the project", detail=f"Move it below `{root}`, or name a file there."
        ) from None


def _unreadable(path: Path, root: Path, why: str) -> FingerprintError:
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    return FingerprintError(
        f"`{shown}` cannot be read: {why}", detail="Correct the path in the op that declares it."
    )
