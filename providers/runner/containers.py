"""Run an op that is a command in a container image, with the container runtime that is installed here."""

import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from unknot.providers.runner.commands import ended_badly, filled, output_files, shown, written
from unknot.providers.runner.limits import memory_bytes
from unknot.providers.runner.produced import CodeFailed, Produced
from unknot.providers.runner.workspace import Workspace
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import ContainerCode, OpSpec, Resources

RUNTIMES = ("docker", "podman")

_DOCKER_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock")


@functools.cache
def runtime() -> str | None:
    """The path of a container runtime that can be used here; None if there is none.

    Docker counts only if its daemon's socket is there, or `DOCKER_HOST` names another.
    """
    for name in RUNTIMES:
        found = shutil.which(name)
        if found is None:
            continue
        if name == "docker" and not os.environ.get("DOCKER_HOST"):
            rootless = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / "docker.sock"
            if not any(Path(socket).exists() for socket in (*_DOCKER_SOCKETS, rootless)):
                continue
        return found
    return None


def run_container(
    code: ContainerCode,
    op: OpSpec,
    inputs: dict[str, Any],
    place: Workspace,
    resources: Resources,
    secrets: tuple[str, ...],
) -> dict[str, Produced]:
    """Run the image with the attempt's folders mounted at their own paths. Raises CodeFailed or EngineError."""
    program = runtime()
    if program is None:
        raise EngineError(
            f"op `{op.name}` needs a container runtime, and none can be used here",
            detail=f"Install one of {', '.join(RUNTIMES)} and start its daemon, or deploy the workflow on a target "
            "that runs containers.",
        )
    outputs = output_files(op, place.outputs)
    values = {**shown(inputs), **{name: str(file.path) for name, file in outputs.items()}}
    argv = [program, "run", "--rm", "--init", "--workdir", str(place.work)]
    for folder in (place.work, place.inputs, place.outputs):
        argv += ["--volume", f"{folder}:{folder}"]
    argv += ["--user", f"{os.getuid()}:{os.getgid()}"]
    for name in secrets:
        argv += ["--env", name]  # by name: the value must not show in the list of processes
    if resources.cpu is not None:
        argv += ["--cpus", f"{resources.cpu:g}"]
    if (limit := memory_bytes(resources)) is not None:
        argv += ["--memory", str(limit)]
    argv += [code.image, *filled(code.argv, values, op)]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise CodeFailed(ended_badly(code.image, done.returncode))
    return written(op, outputs)
