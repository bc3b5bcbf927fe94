"""A Ray head node with two cores, as somebody would start it by hand."""

import contextlib
import importlib.util
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from engine_places import Place
from servers import PartMissing, Server

from unknot.providers.registry import engine


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """The engine on a head of its own."""
    with head() as server:
        yield Place(engine("ray"), {"address": server.url}, lambda _pid, command: "ray::" in command, server)


def head() -> Server:
    """Raises PartMissing."""
    if importlib.util.find_spec("ray") is None:
        raise PartMissing("Ray is not installed here (`make test-ray` makes an environment with it)")
    from unknot.providers.ray.head import environment, free_ports, ray_command

    ports = free_ports()
    port, dashboard, *others = (next(ports) for _ in range(7))
    ports.close()  # type: ignore[attr-defined]  # a generator
    folder = Path(tempfile.mkdtemp(prefix="ray-"))
    url = f"http://127.0.0.1:{dashboard}"
    return Server(
        "ray head",
        (*ray_command(port, dashboard, str(folder / "t"), iter(others)), "--num-cpus", "2"),
        folder,
        url=url,
        environment={},
        ready=lambda: _answers(url),
        variables=environment(),
        start_s=120.0,
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/jobs/", timeout=5):
            return True
    except (OSError, urllib.error.URLError):
        return False
