"""Golden cases: one folder each, with the plan (`plan.json`) and what is rendered of it."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


class Golden:
    """Compares what is rendered with a kept file, or writes it with `--update-golden`."""

    def __init__(self, update: bool) -> None:
        self._update = update

    def check(self, file: Path, rendered: str) -> None:
        if self._update:
            file.write_text(rendered, encoding="utf-8")
        assert file.is_file(), f"no `{file.name}` for this case: make it with `pytest --update-golden`"
        assert rendered == file.read_text(encoding="utf-8")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(bool(request.config.getoption("--update-golden", default=False)))
