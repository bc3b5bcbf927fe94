"""A project as fingerprints see it: its sources, and what is known of their definitions, shared by all its ops."""

from pathlib import Path

from unknot.stacks.fingerprint.analysis import Analysis
from unknot.stacks.fingerprint.sources import Sources


class Project:
    """The code under one folder. Each file is read and each definition analysed once: make a new one after an edit.

    The user's own modules are the files under `root` that are not installed there (a virtual environment,
    `site-packages`), nor hidden, nor of the standard library.
    """

    def __init__(self, root: Path) -> None:
        self.sources = Sources(root)
        self._analyses: dict[bool, Analysis] = {}

    @property
    def root(self) -> Path:
        return self.sources.root

    def owns(self, file: Path) -> bool:
        """True if the file is one of the user's own."""
        return self.sources.owns(file)

    def analysis(self, *, documentation: bool) -> Analysis:
        """The kept analysis. `documentation`: docstrings and annotations count everywhere."""
        if documentation not in self._analyses:
            self._analyses[documentation] = Analysis(self.sources, documentation=documentation)
        return self._analyses[documentation]
