"""One thing that is wrong in a value of an input, with where in the value it is."""

from collections.abc import Iterable

import msgspec

from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic, SourceLocation, nearest


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, and what would be right. Holds nothing of a sensitive value."""

    path: str
    """From the input on: `[0].Status`; empty for the value itself."""
    what: str
    """`cannot be BANANA`: goes after the path."""
    allowed: str = ""
    """Whole sentences: the nearest name, and what is allowed."""
    certain: bool = True
    """False: the API may know more by now than the catalogue, so it is only warned of."""

    @property
    def message(self) -> str:
        """All of it but the path."""
        return f"It {self.what}. {self.allowed}".rstrip()

    def under(self, path: str) -> "Problem":
        """The same of a value that has this one in it."""
        return Problem(f"{path}{self.path}", self.what, self.allowed, self.certain)

    def diagnostic(self, name: str, address: Address, source: SourceLocation | None = None) -> Diagnostic:
        """To be shown to the user: `name` is that of the input."""
        make = Diagnostic.error if self.certain else Diagnostic.warning
        return make(
            f"`{address}`: `{name}{self.path}` {self.what}",
            detail=self.allowed,
            address=address,
            source=source,
        )


def likeliest(given: object, known: Iterable[str]) -> str:
    """`Did you mean ...? `: the name that is the same but for case and underscores, or else the nearest."""
    if not isinstance(given, str):
        return ""
    names = list(known)
    plain = given.lower().replace("_", "")
    same = next((name for name in names if name.lower() == plain), None)
    return f"Did you mean `{same}`? " if same else nearest(given, names)


def member(path: str, name: str | int) -> str:
    """The path to an entry of a list, or to a member of a mapping."""
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if name.replace("-", "_").isidentifier() else f"{path}[{name!r}]"
