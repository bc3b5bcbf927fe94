"""From a live function to its source, whatever it is wrapped in, and what to do when there is none."""

import linecache
import runpy
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import MethodType, SimpleNamespace
from typing import TypeAlias

import pytest

from unknot.stacks.fingerprint import (
    EnvironmentFacts,
    Fingerprint,
    FingerprintChange,
    FingerprintError,
    Project,
    fingerprint_function,
)

Change: TypeAlias = Callable[..., FingerprintChange]
Load: TypeAlias = Callable[[Path, str], AbstractContextManager[Callable[..., object]]]
Make: TypeAlias = Callable[..., Fingerprint]
Write: TypeAlias = Callable[..., Path]


def names(found: Fingerprint) -> list[str]:
    return [part.name for part in found.parts if part.name not in ("lock", "platform", "python")]


@pytest.mark.parametrize("wrap", ["__wrapped__", "function"])
def test_function_is_found_in_what_wraps_it(
    write: Write, loaded: Load, laptop: EnvironmentFacts, wrap: str
) -> None:
    root = write("def train(): return 1")
    with loaded(root, "ops:train") as function:
        wrapped = SimpleNamespace(**{wrap: function})
        assert names(fingerprint_function(wrapped, Project(root), environment=laptop)) == ["ops:train"]  # type: ignore[arg-type]


def test_op_and_its_plain_function_are_equal(fingerprint: Make) -> None:
    op = "from unknot.stacks.workflow import op\n@op(cpu=2)\ndef train(x: int) -> int: return x"
    plain = "from unknot.stacks.workflow import op\ndef train(x: int) -> int: return x"
    assert fingerprint(op).digest == fingerprint(plain).digest


def test_method_brings_its_class(write: Write, loaded: Load, laptop: EnvironmentFacts) -> None:
    root = write("class Model:\n    rate = 1\n    def fit(self): return self.rate\n")
    with loaded(root, "ops:Model.fit") as function:
        bound = MethodType(function, object())
        assert names(fingerprint_function(bound, Project(root), environment=laptop)) == [
            "ops:Model",
            "ops:Model.fit",
        ]


def test_decorator_without_wraps_is_followed_to_the_function(change: Change) -> None:
    code = (
        "def log(f):\n    def inner(*a):\n        return f(*a)\n    return inner\n"
        "@log\ndef train(x):\n    return helper(x)\n"
        "def helper(x): return x\n"
    )
    found = change(code, code.replace("helper(x): return x", "helper(x): return -x"))
    assert [part.name for part in found.changed] == ["ops:helper"]
    assert change(code, code.replace("return f(*a)", "return f(*a) + 1")).verdict == "changed"


def test_wrapper_that_no_decorator_shows_is_followed(change: Change) -> None:
    code = (
        "import functools\nfrom unknot.stacks.workflow import op\n"
        "def scaled(f, by):\n    @functools.wraps(f)\n    def inner(*a):\n        return f(*a) * by\n    return inner\n"
        "def plain(x: int) -> int:\n    return x\n"
        "train = op(scaled(plain, 2))\n"
    )
    found = change(code, code.replace("* by", "+ by"))
    assert [part.name for part in found.changed] == ["ops:scaled.<locals>.inner"]
    assert change(code, code.replace("plain, 2", "plain, 3")).verdict == "changed"
    assert change(code, code.replace("return x", "return -x")).verdict == "changed"


@pytest.mark.parametrize(
    ("prior", "desired"), [("1", "2"), ("1", "1.0"), ("(1, 'a')", "(1, 'b')"), ("{'a': [1]}", "{'a': [2]}")]
)
def test_plain_value_of_an_enclosing_function_counts(change: Change, prior: str, desired: str) -> None:
    code = "def make(rate):\n    def train(x): return x * rate\n    return train\ntrain = make({})\n"
    found = change(code.format(prior), code.format(desired))
    assert found.verdict == "changed"
    assert [part.name for part in found.changed] == ["ops:make.<locals>.train[rate]"]


def test_enclosing_name_hides_the_global_of_the_same_name(fingerprint: Make) -> None:
    code = "rate = 5\ndef make(rate):\n    def train(x): return x * rate\n    return train\ntrain = make(1)\n"
    assert names(fingerprint(code)) == ["ops:make.<locals>.train", "ops:make.<locals>.train[rate]"]


def test_function_and_module_of_an_enclosing_function_are_reached(fingerprint: Make) -> None:
    code = (
        "import features\ndef helper(): return 1\n"
        "def make(f, m, s):\n    def inner(): return f()\n    def train(): return inner(), m.clean(), s.dumps(1)\n"
        "    return train\n"
        "import json\ntrain = make(helper, features, json)\n"
    )
    found = fingerprint({"ops.py": code, "features.py": "def clean(): ...\ndef other(): ..."})
    assert names(found) == [
        *("features:clean", "ops:helper", "ops:make.<locals>.inner", "ops:make.<locals>.train"),
    ]
    assert found.widened == ()


def test_other_value_of_an_enclosing_function_is_named(fingerprint: Make) -> None:
    code = "def make(rate):\n    def train(x): return rate\n    return train\ntrain = make(object())\n"
    assert (
        "ops.py:2 `rate` of an enclosing function is an object of type `object`" in fingerprint(code).widened
    )


def test_function_of_the_script_that_runs_is_the_same_as_imported(
    write: Write, laptop: EnvironmentFacts, fingerprint: Make
) -> None:
    code = "def train(x): return helper(x)\ndef helper(x): return x\n"
    root = write(code)
    space = runpy.run_path(str(root / "ops.py"), run_name="__main__")
    found = fingerprint_function(space["train"], Project(root), environment=laptop)
    assert found.digest == fingerprint(code).digest


def test_lambda_is_refused_with_its_place(write: Write, loaded: Load, laptop: EnvironmentFacts) -> None:
    root = write("\ntrain = lambda x: x")
    with loaded(root, "ops:train") as function, pytest.raises(FingerprintError, match="lambda") as caught:
        fingerprint_function(function, Project(root), environment=laptop)
    diagnostic = caught.value.diagnostics()[0]
    assert diagnostic.source is not None
    assert diagnostic.source.line == 2
    assert "`def`" in diagnostic.detail


def test_function_without_source_is_refused(tmp_path: Path, laptop: EnvironmentFacts) -> None:
    space: dict[str, Callable[..., object]] = {}
    exec("def train(): return 1", space)
    with pytest.raises(FingerprintError, match="no source") as caught:
        fingerprint_function(space["train"], Project(tmp_path), environment=laptop)
    assert "file of the project" in caught.value.detail


@pytest.mark.parametrize("thing", [len, partial(int, "1"), int])
def test_what_is_no_python_function_is_refused(
    tmp_path: Path, laptop: EnvironmentFacts, thing: Callable[..., object]
) -> None:
    with pytest.raises(FingerprintError, match="not a Python function"):
        fingerprint_function(thing, Project(tmp_path), environment=laptop)


def test_cell_of_a_notebook_is_read_where_tracebacks_find_it(
    tmp_path: Path, laptop: EnvironmentFacts
) -> None:
    digests: list[str] = []
    project = Project(tmp_path)
    for body in ("x + 1", "x  +  1  # same", "x + 2"):
        name = "<cell-1>"
        text = f"N = 1\ndef train(x): return {body}\n"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        space: dict[str, Callable[..., object]] = {"__name__": "__main__"}  # type: ignore[dict-item]
        try:
            exec(compile(text, name, "exec"), space)
            digests.append(fingerprint_function(space["train"], Project(tmp_path), environment=laptop).digest)
            shared = fingerprint_function(space["train"], project, environment=laptop)
        finally:
            del linecache.cache[name]
        assert shared.digest == digests[-1]
    assert digests[0] == digests[1] != digests[2]


def test_file_that_was_edited_after_loading_is_named(
    write: Write, loaded: Load, laptop: EnvironmentFacts
) -> None:
    root = write("def train(): return 1")
    with loaded(root, "ops:train") as function:
        (root / "ops.py").write_text("def other(): return 1")
        with pytest.raises(FingerprintError, match=r"`train` is no longer in `ops\.py`"):
            fingerprint_function(function, Project(root), environment=laptop)


@pytest.mark.parametrize("text", ["def f(:\n", "\0", "x = 'é'\n# -*- coding: ascii -*-\n\xff"])
def test_module_that_is_not_python_is_named_with_its_line(
    write: Write, loaded: Load, laptop: EnvironmentFacts, text: str
) -> None:
    root = write({"ops.py": "def train():\n    import broken\n    return broken.f()"})
    (root / "broken.py").write_bytes(text.encode("latin-1"))
    with (
        loaded(root, "ops:train") as function,
        pytest.raises(FingerprintError, match=r"broken\.py") as caught,
    ):
        fingerprint_function(function, Project(root), environment=laptop)
    assert caught.value.source is not None
    assert caught.value.source.file == "broken.py"


def test_op_of_an_installed_package_counts_by_its_version(tmp_path: Path, laptop: EnvironmentFacts) -> None:
    from packaging.version import parse

    found = fingerprint_function(parse, Project(tmp_path), environment=laptop)
    assert names(found) == ["packaging.version:parse", "requirement:packaging"]


def test_nothing_of_the_project_is_imported(write: Write, laptop: EnvironmentFacts, loaded: Load) -> None:
    root = write(
        {"ops.py": "def train():\n    import loud\n    return loud.N", "loud.py": "N = 1\nraise SystemExit"}
    )
    with loaded(root, "ops:train") as function:
        fingerprint_function(function, Project(root), environment=laptop)
        assert "loud" not in sys.modules


def test_unicode_and_empty_files_are_read(fingerprint: Make) -> None:
    files = {
        "ops.py": "from modül import größe\nimport leer\ndef train(): return größe",
        "modül.py": "größe = 1",
        "leer.py": "",
    }
    assert names(fingerprint(files)) == ["modül:größe", "ops:train"]
