"""Places to copy between, and a source that has as many objects as are asked of it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from unknot.providers.copying import Copy, Options
from unknot.providers.objects import Attributes, ObjectInfo, Part, Place, Read, Traits, Upload, open_place
from unknot.providers.objects.base import Limits
from unknot.providers.objects.failures import ObjectChanged, ObjectMissing
from unknot.state.stores.base import Store
from unknot.state.stores.memory import MemoryStore

Tree = Mapping[str, bytes]


class DictPlace:
    """Objects in a dict: any key, any traits. For tests of what decides, not of clouds."""

    kind = "dict"
    limits = Limits(parts_max=10_000, part_bytes_min=1, whole_bytes_max=2**20, object_bytes_max=2**40)

    def __init__(self, name: str, objects: Tree | None = None, *, traits: Traits | None = None) -> None:
        self.url = f"dict:{name}"
        self.traits = traits or Traits(tags=True)
        self.objects: dict[str, tuple[ObjectInfo, bytes, Attributes]] = {}
        self.forbidden: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self.before: Callable[[str, str], None] = lambda verb, key: None
        """Called with each request before it is answered."""
        self._uploads: dict[str, dict[int, bytes]] = {}
        self._generation = 0
        for key, data in (objects or {}).items():
            self.put(key, data)

    def put(self, key: str, data: bytes, attributes: Attributes | None = None) -> ObjectInfo:
        self._generation += 1
        info = ObjectInfo(key, len(data), f"e{self._generation}", str(self._generation))
        self.objects[key] = (info, data, attributes or Attributes())
        return info

    def tree(self) -> dict[str, bytes]:
        return {key: data for key, (_, data, _) in sorted(self.objects.items())}

    def refuses(self, key: str) -> str:
        return "it is forbidden" if key in self.forbidden else ""

    def list(self, start_after: str | None = None) -> Iterator[ObjectInfo]:
        for key in sorted(self.objects):
            if start_after is None or key > start_after:
                self._asked("list", key)
                if key in self.objects:
                    yield self.objects[key][0]

    def describe(self, key: str) -> tuple[ObjectInfo, Attributes] | None:
        self._asked("describe", key)
        found = self.objects.get(key)
        return None if found is None else (found[0], found[2])

    def read(self, info: ObjectInfo) -> Read:
        self._asked("read", info.key)
        return Read(self._pinned(info), self.objects[info.key][2])

    def read_range(self, info: ObjectInfo, start: int, length: int) -> bytes:
        self._asked("read", info.key)
        return self._pinned(info)[start : start + length]

    def write(self, key: str, data: bytes, attributes: Attributes, sha256: bytes) -> ObjectInfo:
        assert hashlib.sha256(data).digest() == sha256
        self._asked("write", key)
        return self.put(key, data, attributes)

    def begin(self, key: str, size: int, part_bytes: int, attributes: Attributes) -> Upload:
        self._asked("begin", key)
        self._uploads[f"u{len(self._uploads)}"] = {}
        return Upload(key, f"u{len(self._uploads) - 1}", part_bytes, size, attributes)

    def send(self, upload: Upload, number: int, data: bytes) -> Part:
        self._asked("send", upload.key)
        self._uploads[upload.id][number] = data
        return Part(number, len(data), "")

    def sent(self, upload: Upload) -> Mapping[int, Part]:
        return {number: Part(number, len(data), "") for number, data in self._uploads[upload.id].items()}

    def finish(self, upload: Upload, parts: Sequence[Part]) -> ObjectInfo:
        self._asked("finish", upload.key)
        data = b"".join(self._uploads[upload.id][part.number] for part in parts)
        return self.put(upload.key, data, upload.attributes)

    def abort(self, upload: Upload) -> None:
        self._asked("abort", upload.key)
        self._uploads[upload.id] = {}

    def copies_from(self, source: Place) -> bool:
        return False

    def copy_from(self, source: Place, info: ObjectInfo, key: str) -> ObjectInfo:
        raise AssertionError

    def delete(self, key: str) -> None:
        self._asked("delete", key)
        self.objects.pop(key, None)

    def keeps_history(self) -> bool | None:
        return None

    def settle(self) -> None:
        pass

    def renew(self) -> None:
        self._asked("renew", "")

    def _asked(self, verb: str, key: str) -> None:
        self.requests.append((verb, key))
        self.before(verb, key)

    def _pinned(self, info: ObjectInfo) -> bytes:
        found = self.objects.get(info.key)
        if found is None:
            raise ObjectMissing(f"no {info.key}")
        if found[0].etag != info.etag:
            raise ObjectChanged(f"changed: {info.key}")
        return found[1]


@pytest.fixture
def dict_place() -> type[DictPlace]:
    return DictPlace


@pytest.fixture
def journal() -> Store:
    return MemoryStore()


@pytest.fixture
def copy_of(journal: Store) -> Callable[..., Copy]:
    """A copy with small parts and few workers, in one journal for each name."""

    def make(source: Place, target: Place, name: str = "copy", **options: object) -> Copy:
        given: dict[str, object] = {"workers": 4, "part_bytes": 1000, "memory_bytes": 20_000, **options}
        return Copy(source, target, journal, name, Options(**given))  # type: ignore[arg-type]

    return make


@pytest.fixture
def folder_of(tmp_path: Path) -> Callable[..., Path]:
    """A folder with these files."""

    def make(name: str, tree: Tree) -> Path:
        for key, data in tree.items():
            path = tmp_path / name / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (tmp_path / name).mkdir(exist_ok=True)
        return tmp_path / name

    return make


@pytest.fixture
def new_place(new_store_url: Callable[[str], str]) -> Callable[[str], Place]:
    """Of a kind: local, s3, gs, az."""
    return lambda kind: open_place(new_store_url(kind))
