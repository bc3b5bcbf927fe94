"""Files as they are, and folders as tar archives with fixed times and owners."""

import tarfile
from pathlib import Path
from typing import Any

from unknot.providers.runner.serializers.registry import UnserialisableArtifact, Written


class FileSerializer:
    """A file that an op names by its path. The artifact is the file's content; nothing is read into memory."""

    name = "file"
    suffix = ""

    def write(self, value: Path, path: Path) -> Written:
        source = Path(value)
        if not source.is_file():
            raise UnserialisableArtifact(
                f"there is no file `{source}`",
                detail="An op that returns a path must have written the file. A task's own folder is gone "
                "when it ends, so the file itself becomes the artifact.",
            )
        if source.resolve() != path.resolve():
            path.unlink(missing_ok=True)
            try:
                path.hardlink_to(source.resolve())
            except OSError:
                _copy(source, path)
        return Written(file_name=source.name)

    def read(self, path: Path, wanted: str) -> Any:
        suffix = path.suffix.lower()
        package = wanted.partition(":")[0].partition(".")[0]
        if package in ("pandas", "polars", "pyarrow"):
            from unknot.providers.runner.serializers.tables import read_table

            if suffix in (".parquet", ".pq"):
                return read_table(path, wanted)
            if suffix in (".csv", ".gz", ".tsv"):
                return _read_csv(path, wanted)
            raise UnserialisableArtifact(
                f"the file `{path.name}` is wanted as a table",
                detail="Files ending in `.parquet` and `.csv` are read as tables. Take it as a `pathlib.Path` "
                "and read it in the op.",
            )
        if package == "builtins" and wanted.endswith(":str"):
            return path.read_text(encoding="utf-8")
        if package == "builtins" and wanted.endswith(":bytes"):
            return path.read_bytes()
        return path

    def inspect(self, path: Path) -> Written:
        return Written(file_name=path.name)


class FolderSerializer:
    """A folder with all that is in it. Links that lead out of it are refused."""

    name = "folder"
    suffix = ".tar"

    def write(self, value: Path, path: Path) -> Written:
        folder = Path(value)
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
            for item in sorted(folder.rglob("*")):
                if item.is_symlink() and not item.resolve().is_relative_to(folder.resolve()):
                    raise UnserialisableArtifact(
                        f"`{item.relative_to(folder)}` is a link that leads out of the folder",
                        detail="Copy what it leads to into the folder, or leave it out.",
                    )
                archive.add(item, arcname=str(item.relative_to(folder)), recursive=False, filter=_plain)
        return Written(file_name=folder.name)

    def read(self, path: Path, wanted: str) -> Path:
        folder = path.with_name(f"{path.name}.unpacked")
        folder.mkdir()
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
        return folder

    def inspect(self, path: Path) -> Written:
        if not tarfile.is_tarfile(path):
            raise UnserialisableArtifact("the file is not a tar archive")
        return Written()


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = 0
    info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
    return info


def _copy(source: Path, path: Path) -> None:
    import shutil

    shutil.copyfile(source, path)


def _read_csv(path: Path, wanted: str) -> Any:
    if wanted.startswith("polars"):
        from unknot.providers.runner.serializers.tables import polars_module

        polars = polars_module()
        return polars.scan_csv(path) if wanted.endswith("LazyFrame") else polars.read_csv(path)
    if wanted.startswith("pyarrow"):
        import pyarrow.csv
        import pyarrow.dataset as ds

        return ds.dataset(path, format="csv") if wanted.endswith("Dataset") else pyarrow.csv.read_csv(path)
    import pandas as pd

    return pd.read_csv(path, sep="\t" if ".tsv" in path.name else ",")
