"""The names of a ledger's objects below its prefix.

log/00000/00000001                   segments; a folder per 1,000, so that finding the head lists few names
checkpoints/99999947-00000052        checkpoints; counted down, so that the newest is listed first
keys/00000001                        data keys (rule L7); `keys/00000001.0001` is a re-wrapped one
late/<lease>/00000001                results that a fenced writer left behind (rule A2)
log-99999997-00000002/               the second volume, with a `log/` and `checkpoints/` of its own: where the log goes on
                                     after a prune (rule L2). Counted down and before `log/`, so that the newest is
                                     listed first of all
"""

import re

from unknot.state.snapshot import Serial

LOG = "log/"
LOGS = "log"
"""What the names of all volumes' segments begin with, the first volume's `log/` too."""
CHECKPOINTS = "checkpoints/"
KEYS = "keys/"
LATE = "late/"

SERIAL_MAX = 99_999_999
_SHARD = 1000

_SEGMENT = re.compile(r"log/(\d{5})/(\d{8})")
_CHECKPOINT = re.compile(r"checkpoints/(\d{8})-(\d{8})")
_VOLUME = re.compile(r"log-(\d{8})-(\d{8})/")
_KEY = re.compile(r"keys/(\d{8})(?:\.(\d{4}))?")
_LATE = re.compile(r"late/([0-9a-z]+)/(\d{8})")


def segment_key(serial: Serial) -> str:
    return f"log/{serial // _SHARD:05d}/{serial:08d}"


def segment_serial(key: str) -> Serial | None:
    """The serial in a segment's key; None for a key that is not a segment's."""
    match = _SEGMENT.fullmatch(key)
    if match is None or int(match[1]) != int(match[2]) // _SHARD or int(match[2]) == 0:
        return None
    return int(match[2])


def volume_prefix(volume: int) -> str:
    """Of the keys of a volume's segments and checkpoints; the first one has none."""
    return "" if volume == 1 else f"log-{SERIAL_MAX - volume:08d}-{volume:08d}/"


def volume_of(key: str) -> int | None:
    """The volume that a segment or checkpoint is in; None for a key that is in none."""
    if key.startswith(LOG):
        return 1
    match = _VOLUME.match(key)
    if match is None or int(match[1]) + int(match[2]) != SERIAL_MAX:
        return None
    return int(match[2])


def checkpoint_key(serial: Serial) -> str:
    return f"checkpoints/{SERIAL_MAX - serial:08d}-{serial:08d}"


def checkpoint_serial(key: str) -> Serial | None:
    """The serial in a checkpoint's key; None for a key that is not a checkpoint's."""
    match = _CHECKPOINT.fullmatch(key)
    if match is None or int(match[1]) + int(match[2]) != SERIAL_MAX:
        return None
    return int(match[2])


def data_key_key(number: int, wrapping: int = 0) -> str:
    """`wrapping` counts the re-wraps of one data key; 0 is the first."""
    return f"keys/{number:08d}.{wrapping:04d}" if wrapping else f"keys/{number:08d}"


def data_key_number(key: str) -> tuple[int, int] | None:
    """Number and wrapping; None for a key that is not a data key's."""
    match = _KEY.fullmatch(key)
    return None if match is None else (int(match[1]), int(match[2] or 0))


def late_key(lease: str, n: int) -> str:
    return f"late/{lease}/{n:08d}"


def late_name(key: str) -> tuple[str, int] | None:
    """Lease and number; None for a key that is not a late result's."""
    match = _LATE.fullmatch(key)
    return None if match is None else (match[1], int(match[2]))
