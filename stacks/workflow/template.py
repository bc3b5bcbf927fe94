"""`{name}` in a command: stands for the path of an input or output, or the text of a plain value.

`{{` and `}}` stand for braces, as in `str.format`; a single brace that is not around a name stays as it is.
"""

import re
from collections.abc import Mapping, Sequence

_NAME = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")


def names_in(argv: Sequence[str]) -> tuple[str, ...]:
    """The names that a command mentions, in order of first mention."""
    found = (match[1] for word in argv for match in _NAME.finditer(word))
    return tuple(dict.fromkeys(name for name in found if name is not None))


def fill(argv: Sequence[str], values: Mapping[str, str | Sequence[str]]) -> list[str]:
    """The command with every name replaced; raises KeyError for one that `values` lacks.

    A word that names a list is repeated for each of its values.
    """
    words: list[str] = []
    for word in argv:
        lists = [name for name in names_in([word]) if not isinstance(values[name], str)]
        if lists:
            words += [_filled(word, {**values, lists[0]: value}) for value in values[lists[0]]]
        else:
            words.append(_filled(word, values))
    return words


def _filled(word: str, values: Mapping[str, str | Sequence[str]]) -> str:
    return _NAME.sub(lambda m: m[0][0] if m[1] is None else str(values[m[1]]), word)
