"""The lock of a workflow's requirements: found in the user's own files, resolved with uv, kept by content.

Without uv or a network the lock is what is installed here, which is what the tasks of the local engine use.
No index URL and no credentials are ever kept (rule S1).
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Literal

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.errors import DefinitionError

UV_TIMEOUT_S = 60.0

_CANDIDATES = ("pyproject.toml", "requirements.txt", "requirements.in")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
_OPTION = re.compile(r"^\s*--?[a-z]")
_COMMENT = re.compile(r"(^|\s+)#.*$")


class Lock(msgspec.Struct, frozen=True, omit_defaults=True):
    """Exact versions of what a project requires."""

    text: str
    """One `name==version` a line, sorted; empty if the project states no requirements."""
    hash: str
    """SHA-256 of the text, hex."""
    source: str = ""
    """The file with the requirements, relative to the project."""
    resolved_by: Literal["uv", "installed", "nothing"] = "nothing"
    diagnostics: tuple[Diagnostic, ...] = ()


def lock_requirements(root: Path, cache: Path, file: str | None = None) -> Lock:
    """The lock for the project at `root`; `file` names the requirements if they are not to be found by themselves.

    A resolution is kept in `cache` by the file's content and the interpreter, so it is made once. Raises
    DefinitionError for a file that is missing or cannot be read.
    """
    source = _find(root, file)
    if source is None:
        return Lock("", _hash(""))
    shown = os.path.relpath(source, root)
    return lock_stated(stated_requirements(source), cache, shown, SourceLocation(str(source), 1))


def lock_stated(
    requirements: tuple[str, ...], cache: Path, shown: str, location: SourceLocation | None
) -> Lock:
    """The lock of requirements; `shown` and `location` say where they are stated."""
    if not requirements:
        return Lock("", _hash(""), shown)
    kept = cache / "locks" / f"{_cache_name(requirements)}.lock"
    if kept.is_file():
        text = kept.read_text(encoding="utf-8")
        return Lock(text, _hash(text), shown, "uv")
    resolved, problem = _resolved(requirements)
    if resolved is not None:
        _keep(kept, resolved)
        return Lock(resolved, _hash(resolved), shown, "uv")
    text, missing = installed_lock(requirements)
    note = Diagnostic.note(
        f"`{shown}` was not resolved with uv: {problem}",
        detail="The versions that are installed here are recorded instead.",
        source=location,
    )
    absent = [
        Diagnostic.warning(
            f"`{name}` is required and not installed here",
            detail=f"`{shown}` names it. Install it, or the ops that import it will fail.",
            source=location,
        )
        for name in missing
    ]
    return Lock(text, _hash(text), shown, "installed", (note, *absent))


def stated_requirements(source: Path) -> tuple[str, ...]:
    """The requirements that a file states, without options, comments and credentials. Raises DefinitionError."""
    try:
        text = source.read_text(encoding="utf-8")
        if source.name != "pyproject.toml":
            return _listed(source, text)
        stated = tomllib.loads(text).get("project", {}).get("dependencies", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"the requirements in `{source.name}` cannot be read",
                    detail=f"{error}.",
                    source=SourceLocation(str(source), 1),
                )
            ]
        ) from error
    return tuple(sorted(_checked(source, [(1, line) for line in stated])))


def installed_lock(requirements: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Exact versions of what is installed here of the requirements and all that they need; and what is missing."""
    found: dict[str, str] = {}
    missing: dict[str, None] = {}
    waiting = [(Requirement(line), "") for line in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        if (name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras)))
        try:
            distribution = metadata.distribution(requirement.name)
        except metadata.PackageNotFoundError:
            missing[name] = None
            continue
        found[name] = distribution.version
        for line in distribution.requires or ():
            waiting += [(Requirement(line), wanted) for wanted in ("", *requirement.extras)]
    lines = "".join(f"{name}=={version}\n" for name, version in sorted(found.items()))
    return lines, tuple(missing)


def _find(root: Path, file: str | None) -> Path | None:
    if file is not None:
        named = root / file
        if named.is_file():
            return named
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"there is no requirements file `{file}`",
                    detail="The setting `requirements` of the project names it.",
                )
            ]
        )
    for folder in (root, *root.parents):
        for name in _CANDIDATES:
            candidate = folder / name
            if candidate.is_file() and (name != "pyproject.toml" or _has_dependencies(candidate)):
                return candidate
        if (folder / ".git").exists():
            return None
    return None


def _has_dependencies(file: Path) -> bool:
    try:
        return "dependencies" in tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return True  # it is reported when it is read


def _listed(source: Path, text: str) -> tuple[str, ...]:
    """Lines of a requirements file, and of those that it includes with `-r`."""
    lines: list[tuple[int, str]] = []
    included: list[str] = []
    for number, line in enumerate(text.replace("\\\n", " ").splitlines(), start=1):
        stated = _COMMENT.sub("", line).strip()
        match = re.fullmatch(r"(?:-r|--requirement)[\s=]+(\S+)", stated)
        if match is not None:
            included.append(match.group(1))
        elif stated and not _OPTION.match(stated):
            lines.append((number, re.split(r"\s--[a-z]", stated)[0].strip()))
    found = _checked(source, lines)
    for name in included:
        if (source.parent / name).resolve() != source.resolve():
            found += stated_requirements(source.parent / name)
    return tuple(sorted(set(found)))


def check_requirements(requirements: Iterable[str], location: SourceLocation | None) -> tuple[str, ...]:
    """Requirements that an op states, sorted. Raises DefinitionError for what is none."""
    file, line = (location.file, location.line) if location is not None else ("", 1)
    return tuple(sorted(_checked(Path(file), [(line, stated) for stated in requirements])))


def _checked(source: Path, lines: list[tuple[int, str]]) -> list[str]:
    found, problems = [], []
    for number, line in lines:
        stated = without_credentials(str(line))
        try:
            Requirement(stated)
        except InvalidRequirement as error:
            problems.append(
                Diagnostic.error(
                    f"`{stated}` is not a requirement",
                    detail=f"{str(error).splitlines()[0]}. Write a name and a version: `pandas>=2`.",
                    source=SourceLocation(str(source), number),
                )
            )
        else:
            found.append(stated)
    if problems:
        raise DefinitionError(problems)
    return found


def _resolved(requirements: tuple[str, ...]) -> tuple[str | None, str]:
    """The text that uv resolves them to, or None and why not."""
    program = find_uv()
    if program is None:
        return None, "uv is not installed (`pip install 'unknot[lock]'`)"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [program, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-emit-index-url"]
    command += ["--no-emit-find-links", "--python-version", version, "--python", sys.executable, "-"]
    try:
        done = subprocess.run(
            command,
            input="\n".join(requirements),
            capture_output=True,
            text=True,
            timeout=UV_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None, "it did not answer"
    if done.returncode != 0:
        # What uv says may name an index with credentials, so it is not repeated.
        return None, "it found no resolution, or there is no network"
    lines = [without_credentials(line) for line in done.stdout.splitlines()]
    kept = sorted(line.strip() for line in lines if line.strip() and not _OPTION.match(line))
    return "".join(f"{line}\n" for line in kept if not line.startswith("#")), ""


def without_credentials(text: str) -> str:
    """The text without user names and passwords in its URLs."""
    return _CREDENTIALS.sub("", text)


def find_uv() -> str | None:
    """The program uv: of this environment, or on the path."""
    try:
        from uv import find_uv_bin
    except ImportError:
        return shutil.which("uv")
    try:
        return str(find_uv_bin())
    except FileNotFoundError:
        return shutil.which("uv")


def _cache_name(requirements: tuple[str, ...]) -> str:
    parts = [*requirements, sys.platform, f"{sys.version_info.major}.{sys.version_info.minor}"]
    return _hash("\n".join(parts))


def _keep(file: Path, text: str) -> None:
    """Keep a resolution; a cache that cannot be written is no reason to fail."""
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
