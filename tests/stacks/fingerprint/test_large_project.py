"""A whole project of ops: every function is found, every file is read once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

from unknot.stacks.fingerprint import EnvironmentFacts, Project, fingerprint_function

Load: TypeAlias = Callable[[Path, str], AbstractContextManager[Callable[..., object]]]

MODULES, FUNCTIONS = 20, 10


def _chain() -> dict[str, str]:
    """200 functions in 20 modules, each reached from the one before."""
    files = {"ops.py": "import m0\ndef train(x): return m0.f0(x)\n"}
    for module in range(MODULES):
        following = module + 1
        lines = [f"import m{following}\nN = {module}"]
        for function in range(FUNCTIONS):
            inner = f"f{function + 1}(x)" if function + 1 < FUNCTIONS else f"m{following}.f0(x)"
            lines.append(
                f"def f{function}(x):\n    total = 0\n    for row in range(x):\n        if row > N:\n"
                f"            total += row * {function}\n    return total + {inner}\n"
            )
        files[f"m{module}.py"] = "\n".join(lines)
    files[f"m{MODULES}.py"] = "def f0(x): return x\n"
    return files


def test_every_function_of_a_large_project_is_a_part(
    write: Callable[..., Path], loaded: Load, laptop: EnvironmentFacts
) -> None:
    root = write(_chain())
    with loaded(root, "ops:train") as function:
        found = fingerprint_function(function, Project(root), environment=laptop)
    assert len(found.parts) == 3 + 2 + MODULES * (FUNCTIONS + 1)


def test_each_file_is_read_once_for_all_ops(
    write: Callable[..., Path], loaded: Load, laptop: EnvironmentFacts
) -> None:
    root = write(_chain())
    project = Project(root)
    with loaded(root, "ops:train") as function:
        first = fingerprint_function(function, project, environment=laptop)
        for file in root.rglob("*.py"):
            file.write_text("raise SystemExit")
        assert fingerprint_function(function, project, environment=laptop) == first
