"""A runner that is warm: a process with one thread that has imported what attempts need, and forks one for each.

An attempt then costs milliseconds in place of the start of an interpreter. One attempt is one connection to a Unix
socket: the request comes with a descriptor for stderr, the process id goes back at once, the outcome at the end; that
the other side closes it means that the attempt is no longer wanted. The runner ends when its stdin does.
"""

import gc
import os
import selectors
import signal
import socket
import sys

import msgspec

from unknot.providers.runner.assignment import TaskAssignment
from unknot.state.stores.base import StoreError


class ForkRequest(msgspec.Struct, frozen=True):
    """One attempt, and the environment that it is made in."""

    assignment: TaskAssignment
    environment: dict[str, str]


class Forked(msgspec.Struct, frozen=True):
    """The first answer."""

    pid: int


def serve(path: str) -> int:
    """Serve the Unix socket at `path` until stdin ends; returns the exit code. Says `ready` on stdout once it can."""
    _import_all()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(socket.SOMAXCONN)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended attempts leave no zombies
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        gc.freeze()  # collections in forked processes leave the shared pages alone
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(0, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fd == 0:
                        return 0
                    connection, _address = listener.accept()
                    with connection:
                        if os.fork() == 0:
                            selector.close()
                            listener.close()
                            _be_attempt(connection)


def _import_all() -> None:
    """What attempts import, besides the user's code and what that imports."""
    import psutil  # noqa: F401

    import unknot.providers.runner.attempt
    import unknot.providers.runner.functions
    import unknot.providers.runner.perform
    import unknot.stacks.workflow.literal
    import unknot.state.stores.local  # noqa: F401


def _be_attempt(connection: socket.socket) -> None:
    """Never returns."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        request = _read(connection)
        os.environ.clear()
        os.environ.update(request.environment)
        os.setsid()
        connection.sendall(msgspec.json.encode(Forked(os.getpid())) + b"\n")
        from unknot.providers.runner.attempt import attempt
        from unknot.stacks.errors import UnknotError

        try:
            outcome = attempt(request.assignment, connection.fileno())
        except (StoreError, UnknotError) as error:
            sys.stderr.write(f"error: {error.summary}. {error.detail}\n")
        else:
            connection.sendall(msgspec.json.encode(outcome) + b"\n")
            code = 0
    except BaseException:  # noqa: BLE001 - the process ends here; the other side shows what is printed
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _read(connection: socket.socket) -> ForkRequest:
    data, descriptors, _flags, _address = socket.recv_fds(connection, 65536, 1)
    for descriptor in descriptors:
        os.dup2(descriptor, 2)
        os.dup2(descriptor, 1)
        os.close(descriptor)
    while not data.endswith(b"\n"):
        part = connection.recv(65536)
        if not part:
            os._exit(1)  # nobody wants it any more
        data += part
    return msgspec.json.decode(data, type=ForkRequest)
