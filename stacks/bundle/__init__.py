"""A user's project packed for a run: which files, the archive, and the lock of the requirements."""

from unknot.stacks.bundle.archive import Bundle, BundleUnreadable, pack, unpack
from unknot.stacks.bundle.files import import_paths, imported_files, package_data

__all__ = ["Bundle", "BundleUnreadable", "import_paths", "imported_files", "pack", "package_data", "unpack"]
