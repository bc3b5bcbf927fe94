"""Wrong lines of a stack are errors under `mypy --strict`, each at its own line, and right ones are not."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent / "samples"
MARKER = re.compile(r"# E: (.*?)(?=\s*# E: |$)")
"""A fragment of the message that its line must have; a line may have several."""
ERROR = re.compile(r"(?P<file>[\w./-]+):(?P<line>\d+): error: (?P<message>.*)")


def expected(file: Path) -> dict[int, list[str]]:
    lines = enumerate(file.read_text().splitlines(), start=1)
    return {number: found for number, line in lines if (found := MARKER.findall(line))}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, list[str]]]:
    """Messages by file and line: one run of mypy over all samples, with a cache that later runs share."""
    project = Path(__file__).parents[2]
    config = tmp_path_factory.mktemp("mypy") / "mypy.ini"
    config.write_text(
        f"[mypy]\nstrict = True\nmypy_path = {SAMPLES}\ncache_dir = {project / '.mypy_cache' / 'typing'}\n"
    )
    files = sorted(str(path.relative_to(project)) for path in SAMPLES.glob("*.py"))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(config), "--no-error-summary", *files],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    messages: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for match in ERROR.finditer(done.stdout):
        messages[Path(match["file"]).name][int(match["line"])].append(match["message"])
    return messages


WRONG = ["wrong.py", "wrong_clouds.py", "wrong_portable.py", "wrong_stack.py"]
LINES = [(name, line, fragments) for name in WRONG for line, fragments in expected(SAMPLES / name).items()]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["right.py", "right_clouds.py", "right_portable.py", "right_stack.py"])
def test_right_stack_type_checks(name: str, found: dict[str, dict[int, list[str]]]) -> None:
    assert found[name] == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_exactly_the_wrong_lines_are_errors(name: str, found: dict[str, dict[int, list[str]]]) -> None:
    assert sorted(found[name]) == sorted(expected(SAMPLES / name))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "line", "fragments"), LINES, ids=[f"{name}:{line}" for name, line, _ in LINES]
)
def test_message_says_what_is_wrong(
    name: str, line: int, fragments: list[str], found: dict[str, dict[int, list[str]]]
) -> None:
    messages = found[name].get(line, [])

    for fragment in fragments:
        assert any(fragment in message for message in messages), messages
