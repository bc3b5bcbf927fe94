"""What the task's environment has: interpreter and distributions, found fast enough to be asked by every attempt."""

import os
import re
import sys
import sysconfig

_INFO = re.compile(r"(.+)-([^-]+)\.dist-info")


def versions() -> dict[str, str]:
    """Distribution name, normalised, to version.

    From the names of the `.dist-info` folders, as the wheel's specification fixes them: reading the metadata
    of every distribution takes a hundred times as long.
    """
    found: dict[str, str] = {}
    folders = dict.fromkeys([*sys.path, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    for folder in folders:
        try:
            with os.scandir(folder or ".") as entries:
                names = [entry.name for entry in entries]
        except OSError:
            continue
        for name in names:
            match = _INFO.fullmatch(name)
            if match is not None:
                found.setdefault(re.sub(r"[-_.]+", "-", match.group(1)).lower(), match.group(2))
    return dict(sorted(found.items()))


def python_version() -> str:
    """`3.11.7`."""
    return "{}.{}.{}".format(*sys.version_info[:3])
