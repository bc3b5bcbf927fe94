"""Run README and tutorial as their reader does: every block in order, in an empty folder, from the installed wheel.

Signs in the Markdown, as HTML comments on the line before a block, which readers do not see:

    <!-- file: PATH -->   the block is the content of that file
    <!-- edit: PATH -->   the block is a diff without line numbers, to be applied to that file
    <!-- exit: CODE -->   the block's last command ends with this code; all others end with 0
    <!-- skip -->         the block is not run

A ```console block has commands after `$ ` and their output below; ```python runs as a script. In expected output
`...` stands for anything in its line, and a line of its own for any lines. What differs from run to run (ids,
hashes, durations, times, sizes) is compared as if it were the same, and so is the width of columns.

`pytest --update-golden` writes what the commands said over what the pages show.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
EXTRAS = "pandas,sklearn"
"""Those that the pages tell their reader to install."""


class Block(NamedTuple):
    """One fenced block of a page."""

    language: str
    signs: dict[str, str]
    line: int
    """Of the first line inside the fence, counted from 1."""
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


class Command(NamedTuple):
    """One command of a console block, and what the page says that it writes."""

    text: str
    line: int
    """Of the command itself."""
    end: int
    """Of the last line of its output."""
    expected: tuple[str, ...]


def blocks_of(text: str) -> Iterator[Block]:
    """The fenced blocks of a Markdown page, with the signs before them."""
    signs: dict[str, str] = {}
    language: str | None = None
    fence = ""
    lines: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if language is not None:
            if line == fence:
                yield Block(language, signs, start, tuple(lines))
                language, signs, lines = None, {}, []
            else:
                lines.append(line)
        elif opened := re.fullmatch(r"(`{3,})(\w*)", line):
            fence, language, start = opened[1], opened[2], number + 1
        elif sign := re.fullmatch(r"<!-- (file|edit|exit|skip)(?:: (.+))? -->", line):
            signs[sign[1]] = sign[2] or ""
        elif line:
            signs = {}


def commands_of(block: Block) -> Iterator[Command]:
    """The commands of a console block."""
    found: list[tuple[str, int, list[str]]] = []
    for number, line in enumerate(block.lines, start=block.line):
        if line.startswith("$ "):
            found.append((line[2:], number, []))
        else:
            assert found, f"line {number}: a console block begins with a command"
            found[-1][2].append(line)
    for text, number, expected in found:
        yield Command(text, number, number + len(expected), tuple(expected))


_VARYING = (
    (re.compile(r"\b\d{8}T\d{6}-[0-9a-f]{6,}\b"), "RUN"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?"), "TIME"),
    (re.compile(r"\b(sha256:)?[0-9a-f]{12,64}\b"), "HASH"),
    (re.compile(r"\bserial \d+"), "serial N"),
    (re.compile(r"\bjust now\b|\b\d+ (s|min) ago\b"), "AGO"),
    (re.compile(r"\(?\b\d+(\.\d+)? s\b\)?"), ""),  # a short task's duration is not shown at all
    (re.compile(r"\b[\d,]+(\.\d+)? (B|KiB|MiB|bytes)\b"), "SIZE"),
    (re.compile(r"[─-]{4,}"), "----"),
    (re.compile(r"\s+"), " "),
)


def same(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, name in _VARYING:
        line = pattern.sub(name, line)
    return line.strip()


def matches(expected: tuple[str, ...], actual: tuple[str, ...]) -> bool:
    """Whether the output is as the page shows it."""
    if not expected:
        return not actual
    if expected[0] == "...":
        return any(matches(expected[1:], actual[skipped:]) for skipped in range(len(actual) + 1))
    if not actual:
        return False
    pattern = ".*".join(re.escape(part) for part in same(expected[0]).split("..."))
    return re.fullmatch(pattern, same(actual[0])) is not None and matches(expected[1:], actual[1:])


def edited(text: str, diff: Block) -> str:
    """The text with the lines of a diff replaced; they must be there exactly once."""
    before = "".join(f"{line[1:]}\n" for line in diff.lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in diff.lines if line[:1] != "-")
    assert text.count(before) == 1, (
        f"line {diff.line}: the text to change is there {text.count(before)} times"
    )
    return text.replace(before, after)


class Reader:
    """Does what a page says, in one folder."""

    def __init__(self, page: Path, folder: Path, binaries: Path) -> None:
        self.page = page
        self.folder = folder
        self.said: list[tuple[Command, tuple[str, ...]]] = []
        """Output that the page does not show."""
        kept = ("HOME", "LANG", "TMPDIR", "USER")
        self._environment = {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PATH": f"{binaries}:{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",  # answers and progress in the order in which they are written
            "UV_OFFLINE": "1",  # no page needs a network once unknot is installed
        }

    def read(self) -> None:
        for block in blocks_of(self.page.read_text()):
            if "skip" in block.signs:
                continue
            if "file" in block.signs:
                file = self.folder / block.signs["file"]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text)
            elif "edit" in block.signs:
                file = self.folder / block.signs["edit"]
                file.write_text(edited(file.read_text(), block))
            elif block.language == "python":
                self._run(["python", "-c", block.text], block.line, 0)
            elif block.language == "console":
                self._console(block)
            else:
                assert block.language not in ("toml", "sh", "bash", "diff"), (
                    f"{self.page.name}:{block.line}: say what is to be done with this block"
                )

    def _console(self, block: Block) -> None:
        commands = list(commands_of(block))
        for command in commands:
            code = int(block.signs.get("exit", "0")) if command is commands[-1] else 0
            actual = self._run(["bash", "-c", command.text], command.line, code)
            if not matches(command.expected, actual):
                self.said.append((command, actual))

    def _run(self, arguments: list[str], line: int, code: int) -> tuple[str, ...]:
        done = subprocess.run(
            arguments,
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        text = done.stdout.replace(str(self.folder), f"/home/you/{self.folder.name}")
        assert done.returncode == code, f"{self.page.name}:{line} ended with {done.returncode}:\n{text}"
        return tuple(text.rstrip("\n").splitlines())

    def update(self) -> None:
        """Write what the commands said over what the page shows."""
        lines = self.page.read_text().splitlines()
        for command, actual in reversed(self.said):
            lines[command.line : command.end] = [line.rstrip() for line in actual]
        self.page.write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def binaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a new environment that has the wheel and what its users install with it."""
    made = tmp_path_factory.mktemp("installed")
    wheel = os.environ.get("UNKNOT_WHEEL") or _build(made / "dist")
    environment = made / "venv"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert uv is not None
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)]
    _run([*install, "--constraints", str(ROOT / "requirements/dev.lock"), f"{wheel}[{EXTRAS}]"])
    return environment / "bin"


def _build(folder: Path) -> str:
    _run([sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)])
    (wheel,) = folder.glob("*.whl")
    return str(wheel)


def _run(arguments: list[str]) -> None:
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}{done.stderr}"


@pytest.mark.slow
@pytest.mark.xdist_group("documentation")
@pytest.mark.parametrize(("page", "name"), [("README.md", "squares"), ("docs/tutorial.md", "wine")])
def test_every_block_does_what_the_page_says(
    page: str, name: str, binaries: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    reader = Reader(ROOT / page, folder, binaries)
    reader.read()
    if pytestconfig.getoption("--update-golden"):
        reader.update()
        return
    told = "\n\n".join(
        f"{page}:{command.line}: $ {command.text}\n" + "\n".join(actual) for command, actual in reader.said
    )
    assert not reader.said, f"the page shows something else than:\n\n{told}"


@pytest.mark.parametrize(
    ("expected", "actual", "alike"),
    [
        (("a  b",), ("a b",), True),
        (("a ... d",), ("a b c d",), True),
        (("...", "end"), ("one", "two", "end"), True),
        (("...", "end"), ("one", "two"), False),
        (("run 20260101T000000-abcdef",), ("run 20270202T111111-123456",), True),
        (("fit ok 3.1 s",), ("fit ok",), True),
        (("fit ok",), ("fit failed",), False),
        ((), ("something",), False),
        (("something",), (), False),
    ],
)
def test_only_what_varies_is_overlooked(
    expected: tuple[str, ...], actual: tuple[str, ...], alike: bool
) -> None:
    assert matches(expected, actual) is alike


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "build.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run `make docs`:\n{done.stdout}{done.stderr}"


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"`[^`\n]*`", "", prose)  # a regular expression may look like a link
    links = [link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", prose) if "://" not in link]
    broken = [
        f"{path}{sign}{anchor}"
        for path, sign, anchor in links
        if not _leads(page.parent / path if path else page, anchor)
    ]
    assert not broken


def _leads(file: Path, anchor: str) -> bool:
    if not file.exists():
        return False
    if not anchor:
        return True
    headings = re.findall(r"^#+ (.+)$", file.read_text(), flags=re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
