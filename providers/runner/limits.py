"""What a task may use, as numbers, and the environment variables that keep libraries within it."""

import math

from unknot.stacks.errors import EngineError
from unknot.stacks.graph import Resources
from unknot.stacks.sizes import bytes_of

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)


def memory_bytes(resources: Resources) -> int | None:
    """The memory limit in bytes; None if there is none. Raises EngineError for text that is not a size."""
    if resources.memory is None:
        return None
    try:
        return bytes_of(resources.memory)
    except ValueError as error:
        raise EngineError(str(error), detail="Write it with a unit: `512MiB`, `8GiB`.") from error


def shown_bytes(size: int) -> str:
    """A size for people: `1.5 GiB`."""
    amount = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def merged(own: Resources, override: Resources | None) -> Resources:
    """Resources with each field of `override` that is set."""
    if override is None:
        return own
    fields = own.__struct_fields__
    return Resources(
        **{
            name: getattr(own, name) if getattr(override, name) is None else getattr(override, name)
            for name in fields
        }
    )


def thread_environment(resources: Resources) -> dict[str, str]:
    """Thread counts for the declared cores; for one where none are declared, which is what engines count it as.

    Without a limit each task takes all cores, and tasks side by side slow each other down manyfold.
    """
    threads = str(max(1, math.floor(resources.cpu or 1)))
    return dict.fromkeys(THREAD_VARIABLES, threads)
