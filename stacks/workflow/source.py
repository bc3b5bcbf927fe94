"""Where in the user's files something happened.

Frames of unknot, of installed libraries and of the standard library are passed over. Reads no file.
"""

import sys
import sysconfig
from pathlib import Path
from types import FrameType

from unknot.stacks.diagnostic import SourceLocation

_LIBRARIES = tuple(
    sorted(
        {
            str(Path(__file__).parents[2]) + "/",
            *(sysconfig.get_path(name) + "/" for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        }
    )
)


def shown_path(file: str, root: Path) -> str:
    """`file` relative to the project, so that a graph is the same on every machine; absolute if outside."""
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file


def user_location(root: Path | None = None) -> SourceLocation | None:
    """The line of the user's code that is running: the innermost frame that is not a library's.

    The file is relative to `root` if that is given, else as Python knows it.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if _is_users(file):
            return SourceLocation(shown_path(file, root) if root else file, frame.f_lineno)
        frame = frame.f_back
    return None


def error_location(error: BaseException, root: Path) -> SourceLocation | None:
    """The innermost line of the user's code in the traceback of `error`."""
    found: SourceLocation | None = None
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if _is_users(file):
            found = SourceLocation(shown_path(file, root), trace.tb_lineno)
        trace = trace.tb_next
    return found


def _is_users(file: str) -> bool:
    # `<string>` is a method that the dataclass decorator made.
    return not file.startswith(_LIBRARIES) and not file.startswith(("<frozen", "<string>"))
