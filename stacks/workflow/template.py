"""`{name}` in a command: stands for the path of an input or output, or the text of a plain value.

Only braces around an identifier count, so that JSON in an argument stays as it is; `{{name}}` is `{name}`.
"""

import re
from collections.abc import Mapping, Sequence

_NAME = re.compile(r"\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}")


def names_in(argv: Sequence[str]) -> tuple[str, ...]:
    """The names that a command mentions, in order of first mention."""
    found = (match[2] for word in argv for match in _NAME.finditer(word))
    return tuple(dict.fromkeys(name for name in found if name is not None))


def fill(argv: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The command with every name replaced; raises KeyError for one that `values` lacks."""
    return [
        _NAME.sub(lambda m: values[m[2]] if m[2] is not None else "{" + m[1] + "}", word) for word in argv
    ]
