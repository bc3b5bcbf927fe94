"""What changes a fingerprint and what does not: text against meaning."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from unknot.stacks.fingerprint import Fingerprint, FingerprintChange, compare

Change: TypeAlias = Callable[..., FingerprintChange]
Make: TypeAlias = Callable[..., Fingerprint]

pytestmark = pytest.mark.rule("F2")

OPS = """
from features import clean

LIMIT = 3

def train(rows: list[int], rate: float = 0.5) -> float:
    kept = [row for row in clean(rows) if row < LIMIT]
    return sum(kept) * rate

def unrelated() -> int:
    return 1
"""
FEATURES = """
import math
from dataclasses import dataclass

OFFSET = 10

def clean(rows):
    return [shift(row) for row in rows]

def shift(row):
    if row > 0:
        return math.floor(row) + OFFSET
    return 0

def unused():
    return OFFSET
"""
BEFORE = {"ops.py": OPS, "features.py": FEATURES}

SAME = {
    "comment": ("ops.py", "kept = [", "# why\n    kept = ["),
    "trailing comment": ("ops.py", "* rate", "* rate  # scaled"),
    "blank lines": ("ops.py", "    return sum", "\n\n    return sum"),
    "line breaks": ("ops.py", "sum(kept) * rate", "(\n        sum(kept)\n        * rate\n    )"),
    "redundant parentheses": ("ops.py", "sum(kept) * rate", "((sum((kept))) * (rate))"),
    "docstring of the op": ("ops.py", "-> float:\n", '-> float:\n    """Train."""\n'),
    "docstring of a helper": ("features.py", "def clean(rows):\n", "def clean(rows):\n    '''Clean.'''\n"),
    "docstring of the module": ("features.py", "\nimport math", '"""Features."""\nimport math'),
    "annotation of a helper": ("features.py", "def clean(rows):", "def clean(rows: list[int]) -> list[int]:"),
    "annotation of a helper, as text": ("features.py", "def clean(rows):", "def clean(rows: 'Rows'):"),
    "annotation of a constant": ("features.py", "OFFSET = 10", "OFFSET: int = 10"),
    "annotation of a local": ("ops.py", "kept = [", "kept: list[int] = ["),
    "unrelated function's body": ("ops.py", "return 1", "return 2"),
    "unrelated function is new": ("ops.py", "def unrelated", "def other(): return 0\n\ndef unrelated"),
    "unused function of the other module": ("features.py", "return OFFSET\n", "return OFFSET + 1\n"),
    "order of definitions": ("features.py", "OFFSET = 10\n", "def first(): ...\n\nOFFSET = 10\n"),
    "quotes": ("ops.py", "LIMIT = 3", "LIMIT = 3\nNAME = 'x'"),
    "base of a number": ("features.py", "OFFSET = 10", "OFFSET = 0xA"),
    "underscores in a number": ("features.py", "OFFSET = 10", "OFFSET = 1_0"),
    "pass": ("features.py", "def clean(rows):\n", "def clean(rows):\n    pass\n"),
    "text as a comment": ("features.py", "def clean(rows):\n", "def clean(rows):\n    1\n    'note'\n"),
    "unused import of the standard library": ("features.py", "import math", "import math\nimport json"),
    "main guard": ("ops.py", "def unrelated", "if __name__ == '__main__':\n    train([1])\n\ndef unrelated"),
    "import form": ("ops.py", "from features import clean", "from features import (\n    clean,\n)"),
}

DIFFERENT = {
    "operator": ("ops.py", "row < LIMIT", "row <= LIMIT", ["ops:train"]),
    "constant": ("ops.py", "LIMIT = 3", "LIMIT = 4", ["ops:LIMIT"]),
    "type of a constant": ("ops.py", "LIMIT = 3", "LIMIT = 3.0", ["ops:LIMIT"]),
    "bool and int differ": ("ops.py", "LIMIT = 3", "LIMIT = True", ["ops:LIMIT"]),
    "default argument": ("ops.py", "= 0.5", "= 0.25", ["ops:train"]),
    "parameter annotation of the op": ("ops.py", "list[int]", "list[float]", ["ops:train"]),
    "return annotation of the op": ("ops.py", "-> float", "-> int", ["ops:train"]),
    "helper": ("features.py", "for row in rows]", "for row in rows if row]", ["features:clean"]),
    "helper of a helper": ("features.py", "row > 0", "row >= 0", ["features:shift"]),
    "constant of a helper's helper": ("features.py", "OFFSET = 10", "OFFSET = 11", ["features:OFFSET"]),
    "function of the standard library": ("features.py", "math.floor", "math.ceil", ["features:shift"]),
    "module of the standard library": ("features.py", "import math", "import cmath as math", ["features:shift"]),
    "order of statements": (
        "features.py",
        "    if row > 0:\n        return math.floor(row) + OFFSET\n    return 0",
        "    return 0\n    if row > 0:\n        return math.floor(row) + OFFSET",
        ["features:shift"],
    ),
    "generator in place of a list": ("ops.py", "[row for row in clean(rows) if row < LIMIT]", "(row for row in clean(rows) if row < LIMIT)", ["ops:train"]),
    "name of a parameter": ("ops.py", "rate", "speed", ["ops:train"]),
}  # fmt: skip


def edited(path: str, prior: str, desired: str) -> dict[str, str]:
    assert prior in BEFORE[path]
    return {path: BEFORE[path].replace(prior, desired)}


@pytest.mark.parametrize("case", SAME)
def test_edit_without_meaning_changes_nothing(change: Change, case: str) -> None:
    found = change(BEFORE, edited(*SAME[case]))
    assert found.verdict == "unchanged", found.sentences


@pytest.mark.parametrize("case", DIFFERENT)
def test_edit_of_behaviour_names_the_part(change: Change, case: str) -> None:
    path, prior, desired, parts = DIFFERENT[case]
    found = change(BEFORE, edited(path, prior, desired))
    assert found.verdict == "changed"
    assert [part.name for part in found.changed] == parts
    assert not found.removed


def test_sentence_names_function_file_and_line(change: Change) -> None:
    found = change(BEFORE, edited("features.py", "row > 0", "row >= 0"))
    assert found.sentences == ("`shift` (features.py:10) changed",)
    assert found.reason == "`shift` (features.py:10) changed"


def test_parts_are_exactly_what_is_reached(fingerprint: Make) -> None:
    names = [part.name for part in fingerprint(BEFORE).parts]
    assert names == [
        *("features:OFFSET", "features:clean", "features:shift", "lock"),
        *("ops:LIMIT", "ops:train", "platform", "python"),
    ]


def test_nothing_is_widened_in_plain_code(fingerprint: Make) -> None:
    assert fingerprint(BEFORE).widened == ()


def test_swapped_imports_are_seen(change: Change) -> None:
    features = "def a(x): return 1\ndef b(x): return 2\n"
    body = "\ndef train(x):\n    return f(x) - g(x)\n"
    before = {"ops.py": f"from features import a as f, b as g\n{body}", "features.py": features}
    found = change(before, {"ops.py": f"from features import b as f, a as g\n{body}"})
    assert found.verdict == "changed"
    assert [part.name for part in found.changed] == ["ops:train"]


DOCUMENTED = {
    "dataclass field": (
        "from dataclasses import dataclass\n@dataclass\nclass Row:\n    x: int = 0\ndef train(): return Row()",
        "x: int",
        "x: float",
        "ops:Row",
    ),
    "named tuple field": (
        "from typing import NamedTuple\nclass Row(NamedTuple):\n    x: int\ndef train(): return Row(1)",
        "x: int",
        "x: str",
        "ops:Row",
    ),
    "plain class body": ("class Row:\n    x: int\ndef train(): return Row()", "x: int", "x: str", "ops:Row"),
    "docstring of a class with a base": (
        "class Base: ...\nclass Row(Base):\n    'one'\ndef train(): return Row()",
        "'one'",
        "'two'",
        "ops:Row",
    ),
    "annotation under a decorator": (
        "def typed(f): return f\n@typed\ndef go(x: int): return x\ndef train(): return go(1)",
        "x: int",
        "x: str",
        "ops:go",
    ),
    "docstring under a decorator": (
        "def typed(f): return f\n@typed\ndef go(x):\n    'one'\n    return x\ndef train(): return go(1)",
        "'one'",
        "'two'",
        "ops:go",
    ),
    "docstring that is read": (
        "def go():\n    'one'\ndef train(): return go.__doc__",
        "'one'",
        "'two'",
        "ops:go",
    ),
    "docstring of a module that is read": (
        "'one'\ndef train(): return __doc__",
        "'one'",
        "'two'",
        "ops:__doc__",
    ),
    "docstring that inspect reads": (
        "import inspect\ndef go():\n    'one'\ndef train(): return inspect.getdoc(go)",
        "'one'",
        "'two'",
        "ops:go",
    ),
    "annotations that are read": (
        "def go(x: int): ...\ndef train(): return go.__annotations__",
        "x: int",
        "x: str",
        "ops:go",
    ),
    "annotations that typing reads": (
        "from typing import get_type_hints as hints\ndef go(x: int): ...\ndef train(): return hints(go)",
        "x: int",
        "x: str",
        "ops:go",
    ),
}


@pytest.mark.parametrize("case", DOCUMENTED)
def test_annotations_and_docstrings_count_where_they_are_read(change: Change, case: str) -> None:
    code, prior, desired, part = DOCUMENTED[case]
    found = change(code, code.replace(prior, desired))
    assert [each.name for each in found.changed] == [part]


UNREAD = {
    "docstring of a plain class": ("class Row:\n    'one'\ndef train(): return Row()", "'one'", "'two'"),
    "annotation of a method": (
        "class Row:\n    def go(self, x: int): ...\ndef train(): return Row()",
        "x: int",
        "x: str",
    ),
    "annotation of a property": (
        "class Row:\n    @property\n    def go(self) -> int: return 1\ndef train(): return Row()",
        "-> int",
        "-> float",
    ),
    "docstring under lru_cache": (
        "import functools\n@functools.lru_cache(1)\ndef go():\n    'one'\n    return 1\ndef train(): return go()",
        "'one'",
        "'two'",
    ),
    "annotation of a local function": (
        "def train():\n    def inner(x: int): return x\n    return inner(1)",
        "x: int",
        "x: str",
    ),
}


@pytest.mark.parametrize("case", UNREAD)
def test_annotations_and_docstrings_that_nothing_reads_do_not_count(change: Change, case: str) -> None:
    code, prior, desired = UNREAD[case]
    assert change(code, code.replace(prior, desired)).verdict == "unchanged"


UNKNOT_DECORATORS = [
    "",
    "@op\n",
    "@op(cpu=4)\n",
    "@decorators.op(retries=3, name='other')\n",
    "@metric\n",
    "@common.step\n",
    "@common.heavy\n",
]


@pytest.mark.parametrize("decorator", UNKNOT_DECORATORS)
def test_own_decorators_do_not_count(change: Change, decorator: str) -> None:
    """Resources, names and retries are not behaviour, even where the user has a name of their own for them."""
    head = (
        "import common\nfrom unknot.stacks.workflow import decorators\n"
        "from unknot.stacks.workflow.decorators import metric, op\n\n"
    )
    common = "from unknot.stacks.workflow.decorators import op as step\n\nheavy = step(cpu=8)\n"
    body = "def train(x: int) -> float:\n    '''Train.'''\n    return x * 2.0\n"
    before = {"ops.py": f"{head}{body}", "common.py": common}
    assert change(before, f"{head}{decorator}{body}").verdict == "unchanged"


def test_other_decorators_count_and_are_reached(change: Change) -> None:
    code = (
        "import functools\n"
        "def twice(f):\n"
        "    @functools.wraps(f)\n"
        "    def inner(*args):\n"
        "        return f(*args) * 2\n"
        "    return inner\n"
        "@twice\n"
        "def train(x):\n"
        "    return x\n"
    )
    assert [p.name for p in change(code, code.replace("* 2", "* 3")).changed] == ["ops:twice"]
    assert [p.name for p in change(code, code.replace("@twice\n", "")).changed] == ["ops:train"]


def test_stack_definition_beside_the_op_does_not_count(change: Change) -> None:
    """One file with ops and stack is how people begin: adding a resource must not retrain a model."""
    code = (
        "from unknot.stacks.stack import Stack\n"
        "from unknot.stacks.workflow.decorators import op\n"
        "@op\n"
        "def train(x: int) -> int:\n"
        "    return x + 1\n"
        "stack = Stack('flights', owner='team@example.org')\n"
    )
    edited = code + "stack.output('answer', 1)\nstack2 = Stack('other', owner='me')\n"
    assert change(code, edited).verdict == "unchanged"


def test_fingerprint_is_equal_when_made_again(fingerprint: Make) -> None:
    assert compare(fingerprint(BEFORE), fingerprint(BEFORE)).verdict == "unchanged"
