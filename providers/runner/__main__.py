"""`python -m unknot.providers.runner`: run one attempt of a task in a process of its own.

The assignment comes as one line of JSON on stdin, which must stay open for as long as the task is wanted; or
from the store, with `--store URL --key KEY`. The outcome goes to stdout as one line of JSON. The exit code is
0 for a task that succeeded, 1 for one that did not, 2 for an assignment that cannot be read. With `--serve PATH` it
runs many, as `forking.py` says.
"""

import os
import sys

import msgspec

from unknot.providers.runner.assignment import TaskAssignment
from unknot.providers.runner.attempt import attempt
from unknot.stacks.errors import UnknotError
from unknot.state.stores.base import StoreError
from unknot.state.stores.opening import open_store


def main(arguments: list[str]) -> int:
    """Run the attempt that `arguments` name; returns the exit code."""
    if arguments[:1] == ["--serve"] and len(arguments) == 2:
        from unknot.providers.runner.forking import serve

        return serve(arguments[1])
    try:
        assignment, lifeline = _assignment(arguments)
    except (StoreError, UnknotError, msgspec.DecodeError) as error:
        sys.stderr.write(f"error: the assignment cannot be read: {error}\n")
        return 2
    try:
        outcome = attempt(assignment, lifeline)
    except (StoreError, UnknotError) as error:
        sys.stderr.write(f"error: {error.summary}. {error.detail}\n")
        return 1
    sys.stdout.buffer.write(msgspec.json.encode(outcome) + b"\n")
    sys.stdout.flush()
    return 0 if outcome.record.status == "succeeded" else 1


def _assignment(arguments: list[str]) -> tuple[TaskAssignment, int | None]:
    """The assignment, and the descriptor that ends when it is no longer wanted."""
    match arguments:
        case []:
            return msgspec.json.decode(_first_line(0), type=TaskAssignment), 0
        case ["--store", url, "--key", key]:
            data = open_store(url).get(key)
            if data is None:
                raise StoreError(f"there is no `{key}` in the store")
            read = msgspec.json.decode(data, type=TaskAssignment)
            return msgspec.structs.replace(read, store=url), None
        case _:
            raise UnknotError(
                "usage: python -m unknot.providers.runner [--store URL --key KEY | --serve PATH]"
            )


def _first_line(descriptor: int) -> bytes:
    """Read unbuffered up to the line's end, so that what follows stays in the pipe."""
    read = b""
    while not read.endswith(b"\n"):
        part = os.read(descriptor, 65536)
        if not part:
            break
        read += part
    return read


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
