"""Wrong input, one kind after the other: each gets a diagnostic that says where it is and what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

HEAD = """\
from typing import NamedTuple

from unknot import Cron, Environment, Stack, op, workflow
from unknot.providers.null import Node
"""

WHOLE = '    s = Stack("demo", owner="team@example.org")\n'


def stack_of(body: str, before: str = "", parameter: str = "") -> str:
    """A stack file; the lines of `body` come after the stack is made."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{HEAD}\n{before}\n\ndef stack({parameter}) -> Stack:\n{WHOLE}{lines}    return s\n"


def line_of(text: str, part: str) -> int:
    (number,) = [n for n, line in enumerate(text.splitlines(), 1) if part in line]
    return number


def refused(answer: Any, *words: str) -> None:
    said = answer.out + answer.err
    assert answer.code == 1, answer
    assert "Traceback" not in said, answer
    assert "unknot failed" not in said, answer
    for word in words:
        assert word in said, (word, answer)


OPS = """\
@op
def numbers(count: int) -> list[int]:
    return list(range(count))


@op
def doubled(values: list[int]) -> list[int]:
    return [2 * value for value in values]


class Both(NamedTuple):
    left: list[int]
    right: list[int]


@op
def parted(values: list[int]) -> Both:
    return Both(values, values)


@workflow(name="w")
def w(count: int = 3) -> list[int]:
    {body}


"""

CLOSURE = """\
import threading


def outer():
    lock = threading.Lock()

    @op
    def locked(n: int) -> int:
        with lock:
            return n

    return locked


locked = outer()


@workflow(name="w")
def w() -> int:
    return locked(1)
"""

DEPLOY = "s.deploy(w.bind())"


@pytest.mark.parametrize(
    ("body", "at", "words"),
    [
        (
            's.add(Node("a", value=1))\ns.add(Node("a", value=2))',
            "value=2",
            ["`null.resource.a` is defined twice"],
        ),
        (
            's.add(Node("alpha", value=1))\ns.add(Node("b", value=2, depends_on=["null.resource.alhpa"]))',
            "value=2",
            ["null.resource.alhpa", "null.resource.alpha"],
        ),
        (
            's.add(Node("a", depends_on=["null.resource.b"]))\ns.add(Node("b", depends_on=["null.resource.a"]))',
            'Node("a"',
            ["in a ring", "null.resource.a -> null.resource.b"],
        ),
        ('s.add(Node("a", valeu=1))', "valeu", ["`valeu`", "Did you mean `value`?"]),
        ('s.add(Node("a", value=object()))', "object()", ["value"]),
        ('s.add(Node("no spaces", value=1))', "no spaces", ["name"]),
    ],
)
def test_wrong_resource_is_shown_with_its_line(
    unknot: Run, write: Write, body: str, at: str, words: list[str]
) -> None:
    text = stack_of(body)
    write("stack.py", text)
    refused(unknot("plan"), f"stack.py:{line_of(text, at)}", *words)


@pytest.mark.rule("F1")
@pytest.mark.parametrize(
    ("body", "at", "words"),
    [
        ("return doubled(numbers(cuont=count))", "cuont", ["`cuont`", "`count`"]),
        ("return doubled(numbers(count), 3)", "numbers(count), 3", ["doubled"]),
        ("return doubled(parted(numbers(count)))", "doubled(parted", ["Both", "left"]),
        ("return numbers(count) if numbers(count) else []", "if numbers", ["`if`"]),
        ('return numbers(len(f"{numbers(count)}"))', 'f"{numbers', ["f-string"]),
        ("return [v for v in numbers(count)]", "for v in", ["for"]),
        ("return numbers(numbers(count) + 1)", "+ 1", []),
        ('return numbers("three")', '"three"', ["count", "int"]),
        ("return numbers(count).first", ".first", ["first"]),
    ],
)
def test_misuse_in_a_workflows_body_is_shown_with_its_line(
    unknot: Run, write: Write, body: str, at: str, words: list[str]
) -> None:
    text = stack_of(DEPLOY, OPS.format(body=body))
    write("stack.py", text)
    refused(unknot("plan"), f"stack.py:{line_of(text, at)}", *words)


@pytest.mark.parametrize(
    ("before", "at", "words"),
    [
        (
            "made = op(lambda: 3)\n\n\n@workflow(name='w')\ndef w() -> int:\n    return made()\n",
            "lambda",
            ["lambda"],
        ),
        (
            CLOSURE,
            "    @op",
            ["`locked`", "closure over `lock`"],
        ),
    ],
)
def test_op_that_cannot_travel_is_shown_with_its_line(
    unknot: Run, write: Write, before: str, at: str, words: list[str]
) -> None:
    text = stack_of(DEPLOY, before)
    write("stack.py", text)
    refused(unknot("plan"), f"stack.py:{line_of(text, at)}", *words)


def test_op_of_main_is_told_where_to_go(unknot: Run, write: Write) -> None:
    text = stack_of(
        DEPLOY, OPS.format(body="return numbers(count)") + 'numbers.function.__module__ = "__main__"\n'
    )
    write("stack.py", text)
    refused(unknot("plan"), "`numbers` cannot be found again", "stack.py:6", "top level of a module")


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 3 * *", ["4 fields"]),
        ("61 * * * *", ["`61`", "minute"]),
        ("0 3 * * mno", ["`mno`", "day of week"]),
        ("", ["0 fields"]),
    ],
)
def test_wrong_cron_expression_is_shown_with_its_line(
    unknot: Run, write: Write, cron: str, words: list[str]
) -> None:
    text = stack_of(f"s.deploy(w.bind(), schedule=Cron({cron!r}))", OPS.format(body="return numbers(count)"))
    write("stack.py", text)
    refused(unknot("plan"), f"stack.py:{line_of(text, 'schedule=')}", *words)


def test_wrong_time_zone_is_shown(unknot: Run, write: Write) -> None:
    text = stack_of(
        's.deploy(w.bind(), schedule=Cron("0 3 * * *", tz="Europe/Zurch"))',
        OPS.format(body="return numbers(count)"),
    )
    write("stack.py", text)
    refused(unknot("plan"), "Europe/Zurch", "time zone")


def test_all_problems_are_shown_at_once(unknot: Run, write: Write) -> None:
    text = stack_of(
        's.add(Node("a", value=1))\ns.add(Node("a", value=2))\ns.add(Node("b", depends_on=["null.resource.c"]))\n'
        f'{DEPLOY[:-1]}, schedule=Cron("nope"))',
        OPS.format(body="return numbers(cuont=count)"),
    )
    write("stack.py", text)
    refused(unknot("plan"), "defined twice", "null.resource.c", "`cuont`", "`nope`")


def test_unknown_environment_names_those_that_are_there(unknot: Run, write: Write) -> None:
    write("envs/prod.toml", 'size = "full"\n')
    write(
        "stack.py",
        stack_of(
            's.add(Node("a", value=env.size))',
            'class Env(Environment):\n    size: str = "small"\n',
            "env: Env",
        ),
    )
    refused(unknot("plan", "--env", "prdo"), "prdo", "prod")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--var", "size"], ["KEY=VALUE"]),
        (["--var", "szie=1"], ["szie", "size"]),
        (["--var", "size=many"], ["size"]),
    ],
)
def test_wrong_variable_is_told(unknot: Run, write: Write, given: list[str], words: list[str]) -> None:
    before = "class Env(Environment):\n    size: int = 1\n"
    write("stack.py", stack_of('s.add(Node("a", value=env.size))', before, "env: Env"))
    refused(unknot("plan", *given), *words)


@pytest.mark.slow
def test_artifact_that_cannot_be_written_fails_with_op_output_type_and_advice(
    unknot: Run, write: Write
) -> None:
    write(
        "flows.py",
        "import threading\nfrom typing import Any\n\nfrom unknot import op, workflow\n\n\n"
        "@op\ndef locked(n: int) -> Any:\n    return threading.Lock()\n\n\n"
        "@workflow(name='w')\ndef w() -> Any:\n    return locked(1)\n",
    )
    write(
        "stack.py",
        "from flows import w\nfrom unknot import Stack\n\n\ndef stack() -> Stack:\n"
        '    s = Stack("demo", owner="team@example.org")\n    s.deploy(w.bind())\n    return s\n',
    )
    answer = unknot("apply", "--yes")
    refused(answer, "locked", "lock")
    assert "register_serializer" in answer.out + answer.err, answer
