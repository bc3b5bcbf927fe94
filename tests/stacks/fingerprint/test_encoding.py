"""The encoding: equal for equal meaning, on every interpreter and under every hash seed."""

import ast
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unknot.stacks.fingerprint import FINGERPRINT_VERSION, Fingerprint
from unknot.stacks.fingerprint.encoding import encode, encode_value
from unknot.stacks.fingerprint.normal import Keep, normalise_all

pytestmark = pytest.mark.rule("F2")

Make: TypeAlias = Callable[..., Fingerprint]

KEEP = Keep(dropped=lambda _: False, transparent=lambda _: True)

SAMPLE = {
    "ops.py": '''
        """A bit of everything whose encoding must stay as it is."""
        from __future__ import annotations
        import json, math as m
        from dataclasses import dataclass, field
        from lib import clean
        import lib.deep as deep

        LIMITS = {"low": -1.5e300, "high": 0xFF, "odd": 3j, "raw": b"\\x00\\xff", "none": None, **{}}
        FLAGS = (True, False, ..., 1 << 70, "é\\ud800", 1e999)

        @dataclass(frozen=True)
        class Row:
            """One row."""
            key: str
            values: list[float] = field(default_factory=list)

            def total(self, /, scale: float = 1, *rest, sign=-1, **more) -> float:
                return sum(v * scale for v in self.values if v not in rest) // sign @ m.pi

        async def fetch(row):
            async with row as r, clean(r):
                return [await x async for x in r if (y := x)] or {k: v for k, v in r.items()}

        def train(rows: list[Row], *, rate=LIMITS["high"]) -> dict[str, float]:
            """Train."""
            global counter
            total: float = 0
            for row in rows:
                match row:
                    case Row(key="a" | "b" as key, values=[first, *_]) if first > rate:
                        total += deep.weigh(first)
                    case {"x": None, **rest}:
                        del rest["x"]
                    case _:
                        continue
            else:
                total -= 1
            while not total:
                break
            try:
                assert total, f"{total!r:>{rate}}" f" of {len(rows)=}"
            except* (ValueError, TypeError) as group:
                raise RuntimeError from group
            finally:
                lambda *a, b=FLAGS, **k: (yield)
            return {"total": total[1:2, ::3] if total is not None else ~total, "text": "a" "b" % clean(*rows, **LIMITS)}
    ''',
    "lib/__init__.py": "from .features import clean\n",
    "lib/features.py": "import warnings\nwarnings.simplefilter('ignore')\ndef clean(*x, **k): return x or k\n",
    "lib/deep.py": "def weigh(x):\n    def inner():\n        nonlocal x\n        x = x ** 2\n    inner()\n    return x\n",
}  # fmt: skip
GOLDEN = "d3233edf57fe34f3b2170a516f43ff87c1a265c94889ac2e88111d3dcfb63680"


def test_digest_of_the_sample_project_is_the_one_committed(fingerprint: Make) -> None:
    """If this fails, recorded fingerprints are no longer understood: raise FINGERPRINT_VERSION, then this digest."""
    found = fingerprint(SAMPLE)
    assert found.version == FINGERPRINT_VERSION == 1
    assert found.digest == GOLDEN


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_digest_does_not_depend_on_the_hash_seed(write: Callable[[object], Path], seed: str) -> None:
    root = write(SAMPLE)
    code = """
        import sys
        from pathlib import Path
        from unknot.stacks.fingerprint import EnvironmentFacts, Project, fingerprint_function
        sys.path.insert(0, sys.argv[1])
        import ops
        facts = EnvironmentFacts("3.11", "linux-x86_64", "lock-1")
        print(fingerprint_function(ops.train, Project(Path(sys.argv[1])), environment=facts).digest)
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(root)],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == GOLDEN


def code(text: str) -> bytes:
    return encode(normalise_all(ast.parse(textwrap.dedent(text)).body, KEEP))


SAME = [
    ("f(x)", "f( x, )"),
    ("a = 'x' 'y'", 'a = "xy"'),
    ("a = u'x'", "a = 'x'"),
    ("f'{x}a' 'b'", "f'{x}ab'"),
    ("f'{x:}'", "f'{x}'"),
    ("a = 1_000", "a = 1000"),
    ("a = 0.10", "a = 1e-1"),
    ("if a:\n    pass\nelse:\n    b()", "if a: ...\nelse: b()"),
    ("if a: b()\nelif c: d()", "if a: b()\nelse:\n    if c: d()"),
    ("def f():\n    'doc'", "def f(): pass"),
    ("def f(x: int, *y: str, z: int = 1, **k: int) -> int: return x", "def f(x, *y, z=1, **k): return x"),
    ("x: int = 1", "x = 1"),
    ("(x) = (1)", "x = 1"),
    ("with (a as b, c as d): e", "with a as b, c as d: e"),
    ("a = (1, 2)", "a = 1, 2"),
    ("try:\n    a()\nexcept E:\n    pass", "try: a()\nexcept E: ..."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spelling_does_not_matter(one: str, other: str) -> None:
    assert code(one) == code(other)


DIFFERENT = [
    ("a = 1", "a = 1.0"),
    ("a = 1", "a = True"),
    ("a = 1", "a = '1'"),
    ("a = 'x'", "a = b'x'"),
    ("a = 0.1", "a = 0.1000000000000001"),
    ("a = 1j", "a = 1"),
    ("a = None", "a = ..."),
    ("a = {**b}", "a = {b}"),
    ("a = {None: b}", "a = {**b}"),
    ("a = 'x{y}'", "a = f'x{y}'"),
    ("f'{x}'", "f'{x!r}'"),
    ("f'{x:>3}'", "f'{x:>4}'"),
    ("f'{x=}'", "f'{x}'"),
    ("def f(a, /, b): return a", "def f(a, b): return a"),
    ("def f(a, *, b): return a", "def f(a, b): return a"),
    ("def f(a, b=1): return a", "def f(a=1, b=1): return a"),
    ("def f(*, a=1, b): return a", "def f(*, a, b=1): return a"),
    ("async def f(): return 1", "def f(): return 1"),
    ("a, *b = c", "a, b = c"),
    ("a = b if c else d", "a = d if c else b"),
    ("a < b < c", "(a < b) < c"),
    ("a and b or c", "a and (b or c)"),
    ("a - (b - c)", "a - b - c"),
    ("for a in b: c()\nelse: d()", "for a in b: c()\nd()"),
    ("try: a()\nfinally: b()", "try: a()\nexcept: b()"),
    ("try: a()\nexcept E: b()", "try: a()\nexcept* E: b()"),
    ("from . import a", "from .. import a"),
    ("import a as b", "import b as a"),
    ("a[1:2]", "a[1:2:3]"),
    ("a[1:2]", "a[1, 2]"),
    ("yield_ = f()", "yield_ = f"),
    ("class A(B): x = 1", "class A(metaclass=B): x = 1"),
    ("del a", "a"),
    ("x = y = 1", "x = 1"),
    ("f(a, b)", "f(a, b=b)"),
    ("f(*a)", "f(a)"),
    ("match a:\n    case b: c()", "match a:\n    case b.c: c()"),
    ("match a:\n    case [b, *c]: d()", "match a:\n    case [b, c]: d()"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_meaning_matters(one: str, other: str) -> None:
    assert code(one) != code(other)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(
    ("one", "other"), [("type A = int", "type A = str"), ("type A[T] = list[T]", "type A = list[int]")]
)
def test_type_aliases_have_a_meaning(one: str, other: str) -> None:
    assert code(one) != code(other)


def test_long_expression_needs_no_deep_recursion() -> None:
    long = ast.parse("x")
    for _ in range(20_000):
        long.body = [ast.Expr(ast.BinOp(getattr(long.body[0], "value", None), ast.Add(), ast.Name("y")))]  # type: ignore[arg-type]
    assert len(encode(long.body)) > 20_000


def test_values_of_closures_are_told_apart() -> None:
    values: list[object] = [
        *(
            None,
            True,
            1,
            1.0,
            "1",
            b"1",
            1j,
            ...,
            (),
            [],
            {},
            set(),
            frozenset(),
            (1,),
            [1],
            (1, 2),
            ((1,), 2),
        ),
        *({1: 2}, {2: 1}, {1}, "", ("a", "bc"), ("ab", "c")),
    ]
    assert len({encode_value(value) for value in values}) == len(values)
    assert encode_value(object()) is None
    assert encode_value([object()]) is None
    assert encode_value({"a", "b"}) == encode_value({"b", "a"})


names = st.sampled_from(["a", "b", "LIMIT", "é"])
constants = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.booleans(),
    st.none(),
)
atoms = st.one_of(names, constants.map(repr))


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.builds(
            "({0[0]} {1} {0[1]})".format, pair, st.sampled_from(["+", "*", "<", "is", "and", "not in", "@"])
        ),
        st.builds("f({0[0]}, *{0[1]}, k={0[0]})".format, pair),
        st.builds("[{0[0]}, {0[1]}]".format, pair),
        st.builds("{{{0[0]}: {0[1]}, **{0[1]}}}".format, pair),
        st.builds("({0[0]} if {0[1]} else {0[0]})".format, pair),
        st.builds("[a for a in {0[0]} if {0[1]}]".format, pair),
        st.builds("(lambda a, *b: {0[0]})({0[1]})".format, pair),
        st.builds("({0[0]})[{0[1]}:]".format, pair),
        st.builds("(-{0[0]}).real({0[1]})".format, pair),
    )


expressions = st.recursive(atoms, _grow, max_leaves=5)


@st.composite
def statements(draw: st.DrawFn, depth: int = 2) -> str:
    name, value = draw(names), draw(expressions)
    simple = [f"{name} = {value}", f"return {value}", f"{name} += {value}", f"assert {value}, 'why'", value]
    if depth == 0:
        return draw(st.sampled_from([*simple, f"{name}: int = {value}", "'text'", "pass"]))
    body = textwrap.indent(draw(blocks(depth - 1)), "    ")
    compound = [
        f"if {value}:\n{body}\nelse:\n{body}",
        f"for a in {value}:\n{body}",
        f"while {value}:\n{body}\nelse:\n{body}",
        f"with {value} as b:\n{body}",
        f"try:\n{body}\nexcept ValueError as b:\n{body}\nfinally:\n{body}",
        f'def f(a: int, b={value}) -> int:\n    """Doc."""\n{body}',
        f"class C(LIMIT):\n    a: int = {value}\n    def f(self):\n{textwrap.indent(body, '    ')}",
        f"match {value}:\n    case [a, *b] if a:\n{textwrap.indent(body, '    ')}",
    ]
    return draw(st.sampled_from([*simple, *compound]))


def blocks(depth: int) -> st.SearchStrategy[str]:
    return st.lists(statements(depth=depth), min_size=1, max_size=2).map("\n".join)


@settings(deadline=None, max_examples=80)
@given(blocks(2))
def test_reformatting_never_changes_the_encoding(body: str) -> None:
    source = f"def train(a, b):\n{textwrap.indent(body, '    ')}\n"
    assert code(source) == code(ast.unparse(ast.parse(source)))


SHARED = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@SHARED
@given(blocks(1))
def test_reformatting_a_project_never_changes_the_fingerprint(fingerprint: Make, body: str) -> None:
    source = f"def f(*a, **k): ...\nLIMIT = 1\né = 2\ndef train(a, b):\n{textwrap.indent(body, '    ')}\n"
    assert fingerprint(source).digest == fingerprint(ast.unparse(ast.parse(source))).digest


@SHARED
@given(prior=constants, desired=constants)
def test_another_value_of_a_reached_constant_always_changes_the_fingerprint(
    fingerprint: Make, prior: object, desired: object
) -> None:
    files = {"ops.py": "from settings import limit\ndef train(x): return limit() < x"}
    made = [
        fingerprint({**files, "settings.py": f"LIMIT = {value!r}\ndef limit(): return LIMIT\n"})
        for value in (prior, desired)
    ]
    same = type(prior) is type(desired) and repr(prior) == repr(desired)
    assert (made[0].digest == made[1].digest) is same
