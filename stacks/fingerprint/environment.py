"""What an op's behaviour depends on besides code: interpreter, platform and the lock of its requirements.

Environment variables are not part of it: a value that should count is a parameter.
"""

import platform
import sys

import msgspec

from unknot.stacks.graph import CodePart


class EnvironmentFacts(msgspec.Struct, frozen=True):
    """Facts of the environment in which the op will run, which need not be this one."""

    python: str
    """The interpreter's minor version: `3.11`."""
    platform: str
    """`sys.platform` and machine: `linux-x86_64`."""
    lock: str = ""
    """Digest of the full lock of requirements; empty if there is none."""

    @classmethod
    def current(cls, *, lock: str = "") -> "EnvironmentFacts":
        """Of the interpreter that runs this."""
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(python, f"{sys.platform}-{platform.machine()}", lock)

    def parts(self) -> tuple[CodePart, ...]:
        """One part for each fact. Its digest is the fact itself, so that a plan can show it."""
        facts = (("python", self.python), ("platform", self.platform), ("lock", self.lock))
        return tuple(CodePart(name, value, "", 0) for name, value in facts)
