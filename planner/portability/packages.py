"""Locked packages that have no wheel for the workers' platform and Python: asked of the index through uv, once for a lock."""

import hashlib
import os
import re
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from unknot.planner.portability.workload import Workload
from unknot.providers.engine import Abilities
from unknot.stacks.bundle.requirements import find_uv
from unknot.stacks.diagnostic import Diagnostic
from unknot.state.stores.files import replacing

TIMEOUT_S = 60.0
"""For uv to ask about a whole lock."""

_LINUX = re.compile(r"(manylinux(?:_\d+_\d+|\d+)|linux)_(x86_64|aarch64)")
_MAC = re.compile(r"macosx_\d+_\d+_(x86_64|arm64)")
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")


class Lacking(msgspec.Struct, frozen=True):
    """Lines of a lock that have no wheel for a platform."""

    there: tuple[str, ...] = ()
    """But one for this machine."""
    anywhere: tuple[str, ...] = ()
    """Nor for this machine: what is built from its source wherever it is installed."""


def without_wheels(work: Workload, abilities: Abilities, cache: Path) -> Iterator[Diagnostic]:
    """An error for each package that can be had here and not there, a warning for what must be built there."""
    platform = uv_platform(abilities.platform)
    if not platform or not work.inputs.get("lock") or abilities.platform == own_platform():
        return
    packed = work.contents.about.python
    python = packed if abilities.makes_environments else abilities.python or packed
    for lock in (work.contents.lock, *work.contents.op_locks.values()):
        lacking, why = lacking_wheels(lock, platform, python, cache)
        if why:
            yield Diagnostic.note(
                f"whether all packages can be had on `{work.target.name}` could not be told: {why}",
                address=work.address,
                source=work.source,
            )
        for line in lacking.there:
            yield Diagnostic.error(
                f"`{line}` has no wheel for {abilities.platform} and Python {python}",
                detail=f"The workers of `{work.target.name}` are of that kind. Lock another version or package, or choose "
                "another target.",
                address=work.address,
                source=work.source,
            )
        for line in lacking.anywhere:
            yield Diagnostic.warning(
                f"`{line}` has no wheel: it is built on the workers of `{work.target.name}`",
                detail="That takes a compiler there, unless it is Python alone.",
                address=work.address,
                source=work.source,
            )


def own_platform() -> str:
    """Of this machine, as engines tell theirs."""
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def uv_platform(tag: str) -> str:
    """A platform tag of a wheel in uv's words (`--python-platform`); empty for one that uv has none for."""
    linux = _LINUX.fullmatch(tag)
    if linux is not None:
        name = "unknown-linux-gnu" if linux[1] in ("linux", "manylinux1", "manylinux2010") else linux[1]
        return f"{linux[2]}-{name}"
    mac = _MAC.fullmatch(tag)
    if mac is not None:
        return f"{'aarch64' if mac[1] == 'arm64' else mac[1]}-apple-darwin"
    return "windows" if tag == "win_amd64" else ""


def lacking_wheels(lock: str, platform: str, python: str, cache: Path) -> tuple[Lacking, str]:
    """What has no wheel, and why that is not known. `platform` and `python` are uv's words."""
    key = hashlib.sha256(f"{platform}\0{python}\0{lock}".encode()).hexdigest()[:32]
    kept = cache / "wheels" / f"{key}.json"
    try:
        return msgspec.json.decode(kept.read_bytes(), type=Lacking), ""
    except (OSError, msgspec.DecodeError):
        pass
    uv = find_uv()
    if uv is None:
        return Lacking(), "uv is not installed (`pip install 'unknot[lock]'`)"
    try:
        lines = _refused(uv, [line for line in lock.splitlines() if _PIN.match(line)], platform, python)
        anywhere = _refused(uv, lines, "", python)
    except _NoAnswer:
        return Lacking(), "uv did not answer"
    found = Lacking(tuple(line for line in lines if line not in anywhere), tuple(anywhere))
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with replacing(kept) as file:
            file.write(msgspec.json.encode(found))
    except OSError:
        pass  # it is asked again
    return found, ""


class _NoAnswer(Exception):
    """uv said something else than which packages have no wheel."""


def _refused(uv: str, lines: list[str], platform: str, python: str) -> list[str]:
    """Those without a wheel. uv names them in one message or one after the other. Raises _NoAnswer."""
    refused: list[str] = []
    while lines:
        problem = _problem(uv, lines, platform, python)
        if problem is None:
            break
        named = [line for line in lines if re.search(rf"\b{re.escape(_name(line))}\b", problem)]
        if not named:
            raise _NoAnswer
        refused += named
        lines = [line for line in lines if line not in named]
    return refused


def _problem(uv: str, lines: list[str], platform: str, python: str) -> str | None:
    """What uv says against these lines; None if nothing."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "lock.txt"
        wanted.write_text("\n".join(lines))
        command = [uv, "pip", "compile", "--quiet", "--no-deps", "--only-binary", ":all:", "--no-header"]
        command += [
            "--python-version",
            python,
            *(["--python-platform", platform] if platform else []),
            str(wanted),
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, env=os.environ
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
    return done.stderr if done.returncode else None


def _name(line: str) -> str:
    match = _PIN.match(line)
    return match[1] if match is not None else line
