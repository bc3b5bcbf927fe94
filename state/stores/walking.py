"""Listing by folders: the names after a key are found without listing what lies before it (rule L5)."""

from collections.abc import Callable, Iterable, Iterator


def walk(names: Callable[[str], Iterable[str]], prefix: str, after: str) -> Iterator[str]:
    """Keys that begin with `prefix` and lie after `after`, in order of their code points.

    `names` gives what lies directly in a folder (empty, or ending in `/`), in any order; folders end in `/`.
    It is asked of no folder that holds nothing of interest.
    """
    folder, slash, _ = prefix.rpartition("/")
    yield from _walk(names, folder + slash, prefix, after)


def _walk(names: Callable[[str], Iterable[str]], folder: str, prefix: str, after: str) -> Iterator[str]:
    # `a/` sorts among its siblings as all that is below it does.
    for name in sorted(names(folder)):
        key = folder + name
        if not (key.startswith(prefix) or prefix.startswith(key)):
            continue
        if name.endswith("/"):
            if key > after or after.startswith(key):
                yield from _walk(names, key, prefix, after)
        elif key > after:
            yield key
