"""Constructs that source alone does not resolve: each is named with file and line, and widens what counts."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from unknot.stacks.fingerprint import Fingerprint, FingerprintChange

pytestmark = pytest.mark.rule("F2")

Change: TypeAlias = Callable[..., FingerprintChange]
Make: TypeAlias = Callable[..., Fingerprint]

FEATURES = "def clean(x):\n    return x\n\ndef other(x):\n    return x + 1\n"
ELSEWHERE = "def far():\n    return 1\n"

MODULE, PROJECT = "features", "everything"

WIDENING: dict[str, tuple[str | dict[str, str], str, str]] = {
    "getattr with a computed name": (
        "import features\ndef train(n): return getattr(features, n)(1)",
        MODULE,
        "ops.py:2 getattr(features, n)",
    ),
    "getattr on a module under another name": (
        "def train(n):\n    import features as f\n    return getattr(f, 'cl' + n)(1)",
        MODULE,
        "ops.py:3 getattr(f, 'cl' + n)",
    ),
    "module as a value": (
        "import features\ndef train(n): return vars(features)[n]",
        MODULE,
        "ops.py:2 features is a module used as a value",
    ),
    "import_module with a literal": (
        "import importlib\ndef train(): return importlib.import_module('features').clean(1)",
        MODULE,
        "ops.py:2 importlib.import_module('features')",
    ),
    "import_module by itself": (
        "from importlib import import_module\ndef train(n): return import_module(n)",
        PROJECT,
        "ops.py:2 import_module(n)",
    ),
    "__import__": ("def train(n): return __import__(n)", PROJECT, "ops.py:1 __import__(n)"),
    "eval": ("def train(n): return eval(n)", PROJECT, "ops.py:1 eval(n)"),
    "exec": ("def train(n):\n    exec(n)", PROJECT, "ops.py:2 exec(n)"),
    "sys.modules": ("import sys\ndef train(n): return sys.modules[n]", PROJECT, "ops.py:2 sys.modules"),
    "pkgutil": (
        "import pkgutil\ndef train(): return list(pkgutil.iter_modules())",
        PROJECT,
        "ops.py:2 pkgutil.iter_modules()",
    ),
    "__subclasses__": (
        "class A: ...\ndef train(): return A.__subclasses__()",
        PROJECT,
        "ops.py:2 A.__subclasses__",
    ),
    "__globals__": ("def train(f): return f.__globals__", PROJECT, "ops.py:1 f.__globals__"),
    "unknown name": ("def train(): return nowhere(1)", PROJECT, "ops.py:1 nowhere is defined nowhere"),
    "unknown name of a module": (
        "import features\ndef train(): return features.nowhere(1)",
        PROJECT,
        "ops.py:2 features.nowhere is defined nowhere",
    ),
    "star import": (
        "from features import *\ndef train(): return clean(1)",
        MODULE,
        "ops.py:1 from features import *",
    ),
    "patched function": (
        "import features\ndef train(f):\n    features.clean = f\n    return features.clean(1)",
        MODULE,
        "ops.py:3 features.clean",
    ),
    "patch on import": (
        "import features\nfeatures.clean = abs\ndef train(): return 1",
        MODULE,
        "ops.py:2 features.clean",
    ),
    "patch with setattr": (
        "import features\nsetattr(features, 'clean', abs)\ndef train(): return 1",
        MODULE,
        "ops.py:2 setattr(features, 'clean', abs)",
    ),
    "patch in a module that is imported": (
        {
            "ops.py": "import patches\ndef train(): return 1",
            "patches.py": "import features\nfeatures.clean = abs",
        },
        MODULE,
        "patches.py:2 features.clean",
    ),
}


@pytest.mark.parametrize("case", WIDENING)
def test_construct_is_named_and_widens(change: Change, fingerprint: Make, case: str) -> None:
    code, reach, text = WIDENING[case]
    ops = code if isinstance(code, dict) else {"ops.py": str(code)}
    files = {"features.py": FEATURES, "elsewhere.py": ELSEWHERE, **ops}
    assert text in fingerprint(files).widened

    found = change(files, {"features.py": FEATURES.replace("x + 1", "x + 2")})
    assert found.verdict == "cannot-tell"
    assert found.sentences == ("`other` (features.py:4) changed",)
    assert text in found.widened
    assert "cannot be told" in found.reason

    far = change(files, {"elsewhere.py": "def far():\n    return 2\n"})
    assert far.verdict == ("unchanged" if reach == MODULE else "cannot-tell")


OWN_MODULE = {
    "globals()": ("def train(n): return globals()[n]", "ops.py:1 globals()"),
    "set more than once": ("N = 1\nN = 2\ndef train(): return N", "ops.py:2 N is set more than once"),
    "augmented": ("N = [1]\nN += [2]\ndef train(): return N", "ops.py:2 N += [2]"),
    "appended": ("N = []\nN.append(1)\ndef train(): return N", "ops.py:2 N.append(1)"),
    "item set": ("N = {}\nN['x'] = 1\ndef train(): return N", "ops.py:2 N['x'] = 1"),
    "item deleted": ("N = {'x': 1}\ndel N['x']\ndef train(): return N", "ops.py:2 del N['x']"),
    "filled in a loop": ("N = {}\nfor i in 'ab':\n    N[i] = 1\ndef train(): return N", "ops.py:3 N[i] = 1"),
    "attribute set": ("class A: ...\nA.x = 1\ndef train(): return A.x", "ops.py:2 A.x = 1"),
    "set by a function": (
        "N = 1\ndef load():\n    global N\n    N = 2\ndef train(): return N",
        "ops.py:4 N",
    ),
    "filled by a function": (
        "N = {}\ndef put(k):\n    N[k] = 1\ndef train(): return N",
        "ops.py:3 N[k]",
    ),
    "registry filled by a decorator": (
        "R = {}\ndef register(f):\n    R[f.__name__] = f\n    return f\n@register\ndef a(): return 1\ndef train(n): return R[n]()",
        "ops.py:3 R[f.__name__]",
    ),
    "computed by the user's code": (
        "def make(): return 1\nN = make()\ndef train(): return N",
        "ops.py:2 N is computed on import by make(...)",
    ),
    "class with an __init__": (
        "class A:\n    def __init__(self): self.x = 1\nN = A()\ndef train(): return N.x",
        "ops.py:3 N is computed on import by A(...)",
    ),
    "method of a class": (
        "class A:\n    @classmethod\n    def make(cls): return 1\nN = A.make()\ndef train(): return N",
        "ops.py:4 N is computed on import by A.make(...)",
    ),
    "read from a file": (
        "import pathlib\nN = pathlib.Path(__file__).read_text()\ndef train(): return N",
        "ops.py:2 N is computed on import by pathlib.Path(__file__).read_text",
    ),
    "read from an open file": (
        "with open(__file__) as f:\n    N = list(f)\ndef train(): return N",
        "ops.py:1 N is computed on import by open(...)",
    ),
    "read from the environment": (
        "import os\nN = os.environ.get('N')\ndef train(): return N",
        "ops.py:2 N is computed on import by os.environ.get",
    ),
    "the clock": (
        "import datetime as dt\nN = dt.datetime.now()\ndef train(): return N",
        "ops.py:2 N is computed on import by dt.datetime.now",
    ),
}


@pytest.mark.parametrize("case", OWN_MODULE)
def test_global_that_is_not_what_it_shows_widens_to_its_module(
    change: Change, fingerprint: Make, case: str
) -> None:
    code, text = OWN_MODULE[case]
    files = {"ops.py": f"{code}\n\ndef beside(): return 1\n", "elsewhere.py": ELSEWHERE}
    assert text in fingerprint(files).widened

    found = change(files, {"ops.py": files["ops.py"].replace("beside(): return 1", "beside(): return 2")})
    assert found.verdict == "cannot-tell"
    assert [part.name for part in found.changed] == ["ops:*.beside"]
    assert change(files, {"elsewhere.py": "def far(): return 2"}).verdict == "unchanged"


PRECISE = {
    "compiled pattern": "import re\nN = re.compile('a')\ndef train(): return N",
    "expression": "N = [x * 2 for x in range(3)] + [1]\ndef train(): return N",
    "value of a dataclass": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 0\nN = P(x=1)\ndef train(): return N",
    "value of a named tuple": "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\nN = P(x=1)\ndef train(): return N",
    "logger": "import logging\nlog = logging.getLogger(__name__)\ndef train(): log.info('x')",
    "getattr on an argument": "def train(x, n): return getattr(x, n)",
    "getattr with a literal": "import json\ndef train(): return getattr(json, 'dumps')",
    "local dictionary": "def train():\n    d = {}\n    d['x'] = 1\n    d.update(y=2)\n    return d",
    "own eval": "def eval(x): return x\ndef train(): return eval(1)",
    "method called eval": "def train(df): return df.eval('a')",
    "overloads": "from typing import overload\n@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str) -> str: ...\ndef f(x): return x\ndef train(): return f(1)",
    "type variable": "from typing import TypeVar\nT = TypeVar('T')\ndef f(x: T) -> T: return x\ndef train(x: T) -> T: return f(x)",
    "literal annotation": "from typing import Literal, Annotated\ndef train(x: Literal['nowhere'], y: Annotated[int, 'some text']): ...",
    "frozen set": "N = frozenset({1, 2})\ndef train(): return N",
    "lambda that would compute": "def make(): return 1\nf = lambda: make()\ndef train(): return f()",
    "mutation of an object nobody reaches": "N = []\nN.append(1)\ndef train(): return 1",
    "enum": "from enum import Enum\nclass A(Enum):\n    X = 1\nN = A('1') if False else A.X\ndef train(): return N",
    "module's name": "def train(): return __name__, __file__",
}  # fmt: skip


@pytest.mark.parametrize("case", PRECISE)
def test_ordinary_code_widens_nothing(fingerprint: Make, case: str) -> None:
    assert fingerprint(PRECISE[case]).widened == ()


def test_registry_in_another_module_widens_to_what_is_imported(change: Change, fingerprint: Make) -> None:
    """A decorator that fills a registry may be used in any module that is imported on the way."""
    files = {
        "ops.py": "import plugins\nfrom registry import R\ndef train(n): return R[n]()",
        "registry.py": "R = {}\ndef register(f):\n    R[f.__name__] = f\n    return f\n",
        "plugins.py": "from registry import register\n@register\ndef a(): return 1\n",
        "elsewhere.py": "from registry import register\n@register\ndef b(): return 1\n",
    }
    assert fingerprint(files).widened == ("registry.py:3 R[f.__name__]",)
    found = change(files, {"plugins.py": files["plugins.py"].replace("return 1", "return 2")})
    assert found.verdict == "cannot-tell"
    assert found.sentences == ("`a` (plugins.py:3) changed",)
    assert change(files, {"elsewhere.py": "N = 1"}).verdict == "unchanged"


def test_change_of_code_that_is_surely_used_is_changed_though_widened(change: Change) -> None:
    code = "def train(n): return eval(n) + used()\ndef used(): return 1\ndef beside(): return 1\n"
    found = change(code, code.replace("return 1", "return 2"))
    assert found.verdict == "changed"
    assert [part.name for part in found.changed] == ["ops:*.beside", "ops:used"]


def test_widened_project_takes_in_files_that_are_not_python(change: Change) -> None:
    files = {"ops.py": "def train(n): return eval(n)", "templates/broken.py": "{{ name }} = = 1\n"}
    found = change(files, {"templates/broken.py": "{{ name }} = = 2\n"})
    assert found.verdict == "cannot-tell"
    assert found.sentences == ("`templates/broken.py` changed",)


def test_comments_in_widened_code_change_nothing(change: Change) -> None:
    files = {"ops.py": "def train(n): return eval(n)\n\ndef beside(): return 1\n"}
    assert change(files, "# note\ndef train(n): return eval(n)\n\ndef beside():\n    return 1\n").verdict == (
        "unchanged"
    )


def test_code_reached_from_widened_code_is_followed(change: Change) -> None:
    files = {
        "ops.py": "import features\ndef train(n): return getattr(features, n)()",
        "features.py": "import deep\ndef a(): return deep.f()",
        "deep.py": "def f(): return 1\ndef g(): return 1",
    }
    found = change(files, {"deep.py": "def f(): return 2\ndef g(): return 1"})
    assert found.verdict == "cannot-tell"
    assert [part.name for part in found.changed] == ["deep:*.f"]
    assert change(files, {"deep.py": "def f(): return 1\ndef g(): return 2"}).verdict == "unchanged"


def test_new_construct_is_a_change_of_the_code_that_holds_it(change: Change) -> None:
    found = change("def train(n): return n", "def train(n): return eval(n)")
    assert found.verdict == "changed"
    assert found.widened == ("ops.py:1 eval(n)",)
