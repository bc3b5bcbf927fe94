"""A Dask scheduler and one worker with two threads, as somebody would start them by hand."""

import contextlib
import importlib.util
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine_places import Place
from servers import PartMissing, Server, free_port

from unknot.providers.registry import engine


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """The engine on a cluster of its own."""
    with cluster() as (scheduler, worker):
        yield Place(
            engine("dask"), {"address": scheduler.url}, lambda pid, _command: pid == worker.process.pid
        )


@contextlib.contextmanager
def cluster(threads: int = 2) -> Iterator[tuple[Server, Server]]:
    """The scheduler and the worker. Raises PartMissing."""
    if importlib.util.find_spec("distributed") is None:
        raise PartMissing("distributed is not installed (pip install 'unknot[dask]')")
    with scheduler() as head, worker(head.url, threads) as hand:
        yield head, hand


def scheduler() -> Server:
    """A scheduler without workers."""
    port = free_port()
    return Server(
        "dask scheduler",
        (*_DASK, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
        Path(tempfile.mkdtemp()),
        url=f"tcp://127.0.0.1:{port}",
        environment={},
        ready=lambda: _listens(port),
    )


def worker(address: str, threads: int = 2) -> Server:
    """A worker that names its cores as a resource."""
    port = free_port()
    return Server(
        "dask worker",
        (
            *(*_DASK, "worker", address, "--host", "127.0.0.1", "--worker-port", str(port)),
            *("--no-nanny", "--no-dashboard", "--nthreads", str(threads), "--memory-limit", "0"),
            *("--resources", f"CPU={threads}"),
        ),
        Path(tempfile.mkdtemp()),
        url=f"tcp://127.0.0.1:{port}",
        environment={},
        ready=lambda: _listens(port),
    )


_DASK = (sys.executable, "-m", "dask")


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
