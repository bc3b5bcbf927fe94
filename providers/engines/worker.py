"""What workers of any engine are asked to do. Arguments and results are plain, so that nothing of unknot is pickled but
the names of these functions.
"""

import msgspec

from unknot.providers.engines.process import carried_out
from unknot.providers.runner import layout
from unknot.providers.runner.assignment import TaskAssignment
from unknot.providers.runner.environment import python_version
from unknot.state.stores.opening import open_store
from unknot.version import VERSION


def carry_out(assignment: bytes) -> bytes:
    """Carry out an attempt in a process below this worker; its outcome, empty if the run was cancelled before."""
    decoded = msgspec.json.decode(assignment, type=TaskAssignment)
    if open_store(decoded.store).size(layout.cancel_key(decoded.uid, decoded.run)) is not None:
        return b""
    return msgspec.json.encode(carried_out(decoded))


def about() -> dict[str, str]:
    """What a worker has, to be compared with what a deployment needs."""
    return {"python": python_version(), "unknot": VERSION}
