"""Hashes that a verification finds of what a cloud copied by itself, added to the manifest as a pass of their own.

They are written as they are found: what an interrupted verification has found is kept.
"""

from unknot.providers.copying.failures import CopyTaken
from unknot.providers.copying.journal import Journal
from unknot.providers.copying.manifest import Entry, Manifest


class Proofs:
    """A pass of hashes, begun with the first of them.

    There is none while a pass over the source is under way, and it ends early if somebody else takes up the copy: what
    is not kept is found again by the next verification.
    """

    def __init__(self, manifest: Manifest) -> None:
        """Touches nothing yet."""
        self._manifest = manifest
        self._journal: Journal | None = None
        self._is_asked = False
        self._is_kept = False

    def add(self, entries: list[Entry]) -> None:
        """Entries with hashes, in order of keys, after those before. By one thread at a time; raises CopyError."""
        if not self._is_asked:
            self._is_asked = True
            self._journal = Journal(self._manifest.store, self._manifest.name)
            self._is_kept = self._journal.open_proof()
        if self._is_kept and self._journal is not None:
            try:
                self._journal.chunk(entries)
            except CopyTaken:
                self._is_kept = False

    def seal(self) -> str:
        """End the pass, if there is one; the digest of the manifest with it. Raises CopyError."""
        digest = self._manifest.digest
        if self._is_kept and self._journal is not None:
            try:
                digest = self._journal.seal(
                    kind="proof", objects=0, size=0, deleted=0, is_complete=self._manifest.is_complete
                ).digest
            except CopyTaken:
                self._is_kept = False
        return digest

    def close(self) -> None:
        """End its thread."""
        if self._journal is not None:
            self._journal.close()
