"""What an op reaches: through imports, packages, classes, decorators and closures, and never through shadowed names."""

import importlib.metadata
from collections.abc import Callable
from typing import TypeAlias

import pytest

from unknot.stacks.fingerprint import Fingerprint, FingerprintChange

pytestmark = pytest.mark.rule("F2")

Change: TypeAlias = Callable[..., FingerprintChange]
Make: TypeAlias = Callable[..., Fingerprint]

FACTS = {"lock", "platform", "python"}
HELPER = "def clean(x):\n    return x + 1\n"


def code_parts(found: Fingerprint) -> set[str]:
    return {part.name for part in found.parts} - FACTS


REACHED = {
    "from import": (
        {"ops.py": "from features import clean\ndef train(x): return clean(x)", "features.py": HELPER},
        {"ops:train", "features:clean"},
    ),
    "from import with another name": (
        {"ops.py": "from features import clean as c\ndef train(x): return c(x)", "features.py": HELPER},
        {"ops:train", "features:clean"},
    ),
    "module import": (
        {"ops.py": "import features\ndef train(x): return features.clean(x)", "features.py": HELPER},
        {"ops:train", "features:clean"},
    ),
    "module import with another name": (
        {"ops.py": "import features as f\ndef train(x): return f.clean(x)", "features.py": HELPER},
        {"ops:train", "features:clean"},
    ),
    "import within the function": (
        {"ops.py": "def train(x):\n    from features import clean\n    return clean(x)", "features.py": HELPER},
        {"ops:train", "features:clean"},
    ),
    "module import within the function": (
        {"ops.py": "def train(x):\n    import features as f\n    return f.clean(x)", "features.py": HELPER},
        {"ops:train", "features:clean"},
    ),
    "dotted module": (
        {"ops.py": "import a.b.c\ndef train(x): return a.b.c.clean(x)", "a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": HELPER},
        {"ops:train", "a.b.c:clean"},
    ),
    "package without __init__": (
        {"ops.py": "from lib.features import clean\ndef train(x): return clean(x)", "lib/features.py": HELPER},
        {"ops:train", "lib.features:clean"},
    ),
    "submodule of a package": (
        {"ops.py": "from lib import features\ndef train(x): return features.clean(x)", "lib/__init__.py": "", "lib/features.py": HELPER},
        {"ops:train", "lib.features:clean"},
    ),
    "re-export": (
        {"ops.py": "from lib import clean\ndef train(x): return clean(x)", "lib/__init__.py": "from lib.features import clean", "lib/features.py": HELPER},
        {"ops:train", "lib.features:clean"},
    ),
    "re-export through a relative import": (
        {"ops.py": "import lib\ndef train(x): return lib.tidy(x)", "lib/__init__.py": "from .features import clean as tidy", "lib/features.py": HELPER},
        {"ops:train", "lib.features:clean"},
    ),
    "two modules away": (
        {"ops.py": "from a import f\ndef train(x): return f(x)", "a.py": "from b import g\ndef f(x): return g(x)", "b.py": "N = 1\ndef g(x): return x + N"},
        {"ops:train", "a:f", "b:g", "b:N"},
    ),
    "relative import of a sibling's parent": (
        {"ops.py": "from p.q.r import f\ndef train(x): return f(x)", "p/__init__.py": "", "p/base.py": HELPER, "p/q/__init__.py": "", "p/q/r.py": "from ..base import clean\nfrom . import s\ndef f(x): return clean(s.one)", "p/q/s.py": "one = 1"},
        {"ops:train", "p.q.r:f", "p.base:clean", "p.q.s:one"},
    ),
    "modules that import each other": (
        {"ops.py": "import a\ndef train(x): return a.f(x)", "a.py": "import b\ndef f(x): return b.g(x)", "b.py": "import a\ndef g(x): return a.f(x - 1) if x else 0"},
        {"ops:train", "a:f", "b:g"},
    ),
    "recursion": ({"ops.py": "def train(x): return train(x - 1) if x else 0"}, {"ops:train"}),
    "mutual recursion": (
        {"ops.py": "def train(x): return even(x)\ndef even(x): return odd(x - 1) if x else 1\ndef odd(x): return even(x - 1) if x else 0"},
        {"ops:train", "ops:even", "ops:odd"},
    ),
    "constant through constants": (
        {"ops.py": "A = 2\nB = A * 3\nC = {'b': [B]}\ndef train(): return C"},
        {"ops:train", "ops:A", "ops:B", "ops:C"},
    ),
    "alias": ({"ops.py": "def f(): return 1\ng = f\ndef train(): return g()"}, {"ops:train", "ops:f", "ops:g"}),
    "lambda with a name": ({"ops.py": "N = 1\nf = lambda x: x + N\ndef train(): return f(1)"}, {"ops:train", "ops:f", "ops:N"}),
    "function passed as a value": ({"ops.py": "def f(x): return x\ndef train(xs): return list(map(f, xs))"}, {"ops:train", "ops:f"}),
    "class, its bases and their bases": (
        {"ops.py": "class A:\n    def go(self): return helper()\nclass B(A): ...\nclass C(B): ...\ndef helper(): return 1\ndef train(): return C().go()"},
        {"ops:train", "ops:A", "ops:B", "ops:C", "ops:helper"},
    ),
    "metaclass": (
        {"ops.py": "class Meta(type): ...\nclass A(metaclass=Meta): ...\ndef train(): return A()"},
        {"ops:train", "ops:A", "ops:Meta"},
    ),
    "decorator of a class and its arguments": (
        {"ops.py": "N = 1\ndef mark(n): return lambda c: c\n@mark(N)\nclass A: ...\ndef train(): return A()"},
        {"ops:train", "ops:A", "ops:mark", "ops:N"},
    ),
    "default argument": ({"ops.py": "N = 1\ndef train(x=N): return x"}, {"ops:train", "ops:N"}),
    "keyword default of a local function": (
        {"ops.py": "N = 1\ndef train():\n    def f(*, x=N): return x\n    return f()"},
        {"ops:train", "ops:N"},
    ),
    "annotation of the op": (
        {"ops.py": "class Row: ...\nclass Out: ...\ndef train(x: Row) -> 'list[Out]': return []"},
        {"ops:train", "ops:Row", "ops:Out"},
    ),
    "tuple assignment": ({"ops.py": "A, B = 1, 2\ndef train(): return A"}, {"ops:train", "ops:A"}),
    "walrus at the top": ({"ops.py": "if (N := 3): ...\ndef train(): return N"}, {"ops:train", "ops:N"}),
    "f-string": ({"ops.py": "N = 1\nW = 2\ndef train(): return f'{N:>{W}}'"}, {"ops:train", "ops:N", "ops:W"}),
    "match": (
        {"ops.py": "import enum\nclass A(enum.Enum):\n    X = 1\ndef f(): return 1\ndef train(v):\n    match v:\n        case A.X: return f()\n        case {'k': other, **rest}: return other\n        case [first, *more] if more: return first"},
        {"ops:train", "ops:A", "ops:f"},
    ),
    "exception group": (
        {"ops.py": "class Bad(Exception): ...\ndef train(f):\n    try: f()\n    except* Bad as group: raise group"},
        {"ops:train", "ops:Bad"},
    ),
    "async": (
        {"ops.py": "def cm(): ...\nasync def rows(): yield 1\nasync def train():\n    async with cm() as c:\n        return [r async for r in rows()]"},
        {"ops:train", "ops:cm", "ops:rows"},
    ),
    "conditional definition": (
        {"ops.py": "import sys\nif sys.platform == 'x':\n    def f(): return 1\nelse:\n    def f(): return 2\ndef train(): return f()"},
        {"ops:train", "ops:f"},
    ),
    "optional import": (
        {"ops.py": "try:\n    import features\nexcept ImportError:\n    features = None\ndef train(x): return x if features is None else 0", "features.py": "def other(): return 1"},
        {"ops:train", "ops:features", "features:*.other"},
    ),
    "getattr with a literal": (
        {"ops.py": "import features\ndef train(x): return getattr(features, 'clean')(x)", "features.py": HELPER + "def other(): ...\n"},
        {"ops:train", "features:clean"},
    ),
    "import for type checkers only": (
        {"ops.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import features\ndef f(x: 'features.Row'): return x\ndef train(): return f(1)", "features.py": "print('loud')"},
        {"ops:train", "ops:f"},
    ),
    "effect of importing a module": (
        {"ops.py": "import setup_all\ndef train(): return 1", "setup_all.py": "import warnings\nN = 1\nwarnings.simplefilter('ignore', lineno=N)"},
        {"ops:train", "setup_all:<import>", "setup_all:N"},
    ),
    "effect of importing a package around a module": (
        {"ops.py": "from lib.features import clean\ndef train(x): return clean(x)", "lib/__init__.py": "import warnings\nwarnings.simplefilter('ignore')", "lib/features.py": HELPER},
        {"ops:train", "lib.features:clean", "lib:<import>"},
    ),
    "layout with src": (
        {"src/lib/__init__.py": "", "src/lib/features.py": HELPER, "ops.py": "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent / 'src'))\nfrom lib.features import clean\ndef train(x): return clean(x)"},
        {"ops:train", "ops:<import>", "lib.features:clean"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REACHED)
def test_reaches(fingerprint: Make, case: str) -> None:
    files, names = REACHED[case]
    assert code_parts(fingerprint(files)) == names


NOT_REACHED = {
    "parameter": "def f(): ...\ndef train(f): return f",
    "local": "def f(): ...\ndef train():\n    f = 1\n    return f",
    "local set later": "def f(): ...\ndef train(x):\n    if x: f = 1\n    return f",
    "loop variable": "f = 1\ndef train(xs):\n    for f in xs: print(f)",
    "comprehension variable": "f = 1\ndef train(xs): return [f for f in xs if f]",
    "walrus in a comprehension": "f = 1\ndef train(xs):\n    ys = [f := x for x in xs]\n    return f",
    "with target": "f = 1\ndef train(cm):\n    with cm as f: return f",
    "exception name": "f = 1\ndef train(g):\n    try: g()\n    except ValueError as f: print(f)",
    "match capture": "f = 1\ndef train(x):\n    match x:\n        case [f]: return f",
    "match rest": "f = 1\ndef train(x):\n    match x:\n        case {**f}: return f",
    "local function": "def f(): ...\ndef train():\n    def f(): return 1\n    return f()",
    "local class": "class F: ...\ndef train():\n    class F: ...\n    return F()",
    "local import": "json = 1\ndef train():\n    import json\n    return json.dumps(1)",
    "enclosing function's local": "f = 1\ndef train():\n    f = 2\n    def inner(): return f\n    return inner()",
    "nonlocal": "f = 1\ndef train():\n    f = 2\n    def inner():\n        nonlocal f\n        f = 3\n    inner()",
    "lambda's parameter": "f = 1\ndef train(): return lambda f: f",
    "class attribute": "f = 1\ndef train():\n    class A:\n        f = 2\n        g = f\n    return A",
    "attribute of the same name": "f = 1\ndef train(x): return x.f",
    "keyword of the same name": "f = 1\ndef train(g): return g(f=1)",
    "text of the same name": "f = 1\ndef train(): return 'f'",
    "deleted local": "f = 1\ndef train():\n    f = 2\n    del f",
}


@pytest.mark.parametrize("case", NOT_REACHED)
def test_shadowed_name_is_not_reached(fingerprint: Make, case: str) -> None:
    found = fingerprint(NOT_REACHED[case])
    assert code_parts(found) == {"ops:train"}
    assert found.widened == ()


STILL_REACHED = {
    "class attribute is not seen by methods": "f = 1\ndef train():\n    class A:\n        f = 2\n        def go(self): return f\n    return A",
    "global statement": "f = 1\ndef train():\n    global f\n    return f",
    "first iterable of a comprehension": "f = [1]\ndef train(): return [f for f in f]",
    "default of a lambda's parameter": "f = 1\ndef train(): return lambda f=f: f",
    "read in a class body before it is set": "f = 1\ndef train():\n    class A:\n        f = f\n    return A",
    "decorator of a local function": "f = abs\ndef train():\n    @f\n    def g(): ...\n    return g",
    "subscript": "f = {}\ndef train(): return f['x']",
    "starred": "f = [1]\ndef train(): return [*f]",
}  # fmt: skip


@pytest.mark.parametrize("case", STILL_REACHED)
def test_global_name_is_reached(fingerprint: Make, case: str) -> None:
    assert code_parts(fingerprint(STILL_REACHED[case])) == {"ops:train", "ops:f"}


def test_requirement_is_pinned_once(fingerprint: Make) -> None:
    files = "import msgspec\nfrom msgspec import json\ndef train(): return msgspec.UNSET, json.encode(1)"
    parts = {part.name: part.digest for part in fingerprint(files).parts}
    assert parts["requirement:msgspec"] == f"msgspec=={importlib.metadata.version('msgspec')}"
    assert set(parts) - FACTS == {"requirement:msgspec", "ops:train"}


def test_standard_library_and_unknot_are_no_parts(fingerprint: Make) -> None:
    files = "import json, os.path\nfrom unknot.stacks import address\ndef train(): return json, os.path.sep, address.Uid"
    assert code_parts(fingerprint(files)) == {"ops:train"}


def test_virtual_environment_in_the_project_is_not_the_users(fingerprint: Make) -> None:
    files = {
        "ops.py": "def train(): return eval('1')",
        "venv/pyvenv.cfg": "",
        "venv/lib/thing.py": "N = 1",
        ".hidden/thing.py": "N = 1",
        "node_modules/thing.py": "N = 1",
    }
    assert code_parts(fingerprint(files)) == {"ops:train"}


def test_move_through_reexport_changes_nothing(change: Change) -> None:
    before = {
        "ops.py": "from lib import clean\ndef train(x): return clean(x)",
        "lib/__init__.py": "from lib.features import clean",
        "lib/features.py": HELPER,
    }
    after = {"ops.py": "from lib.features import clean\ndef train(x): return clean(x)"}
    assert change(before, after).verdict == "unchanged"


METHODS = "class Model:\n    rate = 1\n    def fit(self, x): return x\n    def score(self): return 2\ndef train(x): return Model().fit(x)\n"


@pytest.mark.parametrize(
    ("prior", "desired"), [("return x", "return -x"), ("rate = 1", "rate = 2"), ("return 2", "return 3")]
)
def test_any_part_of_a_class_that_is_used_counts(change: Change, prior: str, desired: str) -> None:
    found = change(METHODS, METHODS.replace(prior, desired, 1))
    assert found.sentences == ("`Model` (ops.py:1) changed",)


def test_condition_around_a_definition_counts(change: Change) -> None:
    code = "import sys\nif sys.maxsize > 1:\n    def f(): return 1\nelse:\n    def f(): return 2\ndef train(): return f()\n"
    assert [part.name for part in change(code, code.replace("> 1", "< 1")).changed] == ["ops:f"]


def test_order_of_an_optional_import_counts(change: Change) -> None:
    code = (
        "try:\n    import {} as j\nexcept ImportError:\n    import {} as j\ndef train(): return j.dumps(1)\n"
    )
    found = change(code.format("json", "pickle"), code.format("pickle", "json"))
    assert found.verdict == "changed"


def test_helper_that_moves_is_named_twice(change: Change) -> None:
    before = {"ops.py": "from a import f\ndef train(): return f()", "a.py": "def f(): return 1", "b.py": ""}
    after = {"ops.py": "from b import f\ndef train(): return f()", "a.py": "", "b.py": "def f(): return 1"}
    found = change(before, after)
    assert found.verdict == "changed"
    assert [part.name for part in found.added] == ["b:f"]
    assert [part.name for part in found.removed] == ["a:f"]
    assert "`f` (b.py:1) is new" in found.sentences
    assert "`f` (a.py:1) is no longer used" in found.sentences
