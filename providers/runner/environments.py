"""Environments of their own for tasks whose requirements the worker does not have: made with uv, kept by what is in them.

An environment holds the lock's exact versions, unknot as the worker has it, and what unknot needs besides. It is made
once on a machine, however many tasks ask for it at once.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import unknot
from unknot.providers.runner.assignment import TaskAssignment
from unknot.providers.runner.environment import python_version, versions
from unknot.providers.runner.workspace import scratch_of, unpacked
from unknot.stacks.bundle.archive import lock_file
from unknot.stacks.bundle.requirements import find_uv, without_credentials
from unknot.stacks.errors import EngineError
from unknot.state.stores.base import Store
from unknot.version import VERSION

MAKE_TIMEOUT_S = 1800.0
"""For uv to fetch and install all of an environment."""

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;]+)")
_EXTRAS = {"s3": "aws", "gs": "gcp", "az": "azure", "postgresql": "postgres"}
"""Scheme of a store's URL to the extra that opens it."""


def interpreter_of(assignment: TaskAssignment, store: Store) -> str:
    """The interpreter for an attempt: the worker's own where it has what is locked, else that of a made environment.

    Raises EngineError if it cannot be made, or if the worker's Python is not the one that the code was packed for and
    no lock says what else there must be.
    """
    scratch = scratch_of(assignment)
    root, about = unpacked(store, assignment.bundle, scratch / "bundles")
    here = python_version().rpartition(".")[0]
    if not assignment.lock:
        if about.python != here:
            raise EngineError(
                f"the worker has Python {python_version()}, and the workflow was packed for Python {about.python}",
                detail="Give the workers that version, or let the target make environments: its option "
                '`environment="locked"`.',
            )
        return sys.executable
    file = lock_file(root, assignment.lock)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise EngineError(
            f"the bundle `{assignment.bundle[:12]}` lacks the lock `{assignment.lock[:12]}`",
            detail="Apply the stack again.",
        ) from error
    if about.python == here and not missing(text):
        return sys.executable
    extra = _EXTRAS.get(assignment.store.partition(":")[0], "")
    return str(environment(text, about.python, scratch / "environments", extra=extra) / "bin" / "python")


def missing(lock: str) -> list[str]:
    """Lines of a lock that this interpreter's environment does not have as they are."""
    installed = versions()
    found = []
    for line in lock.splitlines():
        match = _PIN.match(line)
        if match is None or installed.get(canonicalize_name(match[1])) != match[2]:
            found.append(line)
    return found


def environment(lock: str, python: str, folder: Path, *, extra: str = "") -> Path:
    """The folder of the environment with what is locked, made if there is none. Raises EngineError."""
    about = f"{lock}\0{python}\0{VERSION}\0{sys.platform}\0{extra}\0{_stamp()}"
    made = folder / hashlib.sha256(about.encode()).hexdigest()[:20]
    if (made / ".complete").exists():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / f"{made.name}.lock"):
        if not (made / ".complete").exists():
            shutil.rmtree(made, ignore_errors=True)
            _make(lock, python, made, extra)
            (made / ".complete").touch()
    return made


def _make(lock: str, python: str, made: Path, extra: str) -> None:
    uv = find_uv()
    if uv is None:
        raise EngineError(
            "the worker lacks what the workflow is locked to, and has no uv to make an environment of it",
            detail=f"Install uv there (`pip install 'unknot[lock]'`), or these: {', '.join(missing(lock)[:10])}.",
        )
    own = python == python_version().rpartition(".")[0]
    _run(uv, "venv", "--quiet", "--python", sys.executable if own else python, str(made))
    with tempfile.TemporaryDirectory() as work:
        wanted = Path(work) / "requirements.txt"
        wanted.write_text("".join(f"{line}\n" for line in [*lock.splitlines(), *_needs(lock, extra)]))
        target = str(made / "bin" / "python")
        _run(uv, "pip", "install", "--quiet", "--python", target, "--requirement", str(wanted))
    place = _site_packages(made)
    _copy_unknot(place)


def _needs(lock: str, extra: str) -> list[str]:
    """What unknot needs, besides what is locked: a lock's version holds where both name a distribution."""
    locked = {canonicalize_name(match[1]) for line in lock.splitlines() if (match := _PIN.match(line))}
    needs = []
    for line in metadata.requires("unknot") or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is not None and not any(marker.evaluate({"extra": name}) for name in ("", extra)):
            continue
        requirement.marker = None
        if canonicalize_name(requirement.name) not in locked:
            needs.append(str(requirement))
    return needs


def _copy_unknot(place: Path) -> None:
    """This very unknot, so that the two always speak the same language, wherever it was installed from."""
    package = Path(unknot.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, place / "unknot", ignore=ignored)  # follows links: of a checkout, its folders
    info = place / f"unknot-{VERSION}.dist-info"
    info.mkdir()
    distribution = metadata.distribution("unknot")
    for name in ("METADATA", "entry_points.txt"):
        text = distribution.read_text(name)
        if text is not None:
            (info / name).write_text(text, encoding="utf-8")


def _site_packages(made: Path) -> Path:
    return next((made / "lib").glob("python*/site-packages"))


def _stamp() -> str:
    """Changes whenever the files of this unknot do: of a checkout that is being worked on, at every edit."""
    package = Path(unknot.__file__).parent
    newest = 0
    for folder, _, files in os.walk(package, followlinks=True):
        if not folder.endswith("__pycache__"):
            for name in files:
                newest = max(newest, (Path(folder) / name).stat().st_mtime_ns)
    return str(newest)


def _run(uv: str, *arguments: str) -> None:
    command = (uv, *arguments)
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=MAKE_TIMEOUT_S, check=False, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(
            "the environment of a task cannot be made: uv did not end", detail=str(error)
        ) from error
    if done.returncode != 0:
        said = without_credentials(done.stderr.strip())[-2000:]
        raise EngineError("the environment of a task cannot be made with uv", detail=said)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
