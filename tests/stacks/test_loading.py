"""Loading: whatever is wrong with a user's file, its own line is named."""

from pathlib import Path

import pytest

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import DefinitionError
from unknot.stacks.loading import load
from unknot.stacks.project import Config, Project

HEAD = "from unknot.stacks.stack import Stack\nfrom unknot.providers.null import Node\n"


def project(folder: Path, text: str) -> Project:
    (folder / "stack.py").write_text(text)
    return Project(folder, Config())


def refused(folder: Path, text: str, **options: str) -> Diagnostic:
    with pytest.raises(DefinitionError) as caught:
        load(project(folder, text), **options)  # type: ignore[arg-type]
    (found,) = caught.value.diagnostics()
    return found


def line(found: Diagnostic) -> int | None:
    return found.source.line if found.source else None


def test_stack_is_found_and_knows_its_lines(tmp_path: Path) -> None:
    loaded = load(project(tmp_path, HEAD + 'stack = Stack("s", owner="o")\nstack.add(Node("a"))\n'))
    (desired,) = loaded.definition.resources.values()
    assert (desired.source.file, desired.source.line) == (str(tmp_path / "stack.py"), 4)


def test_syntax_error_is_located(tmp_path: Path) -> None:
    found = refused(tmp_path, "x = 1\ndef broken(:\n")
    assert "syntax error" in found.summary
    assert line(found) == 2


def test_null_bytes_and_other_encodings_are_explained(tmp_path: Path) -> None:
    (tmp_path / "stack.py").write_bytes(b"x = '\xff'\n")
    with pytest.raises(DefinitionError):
        load(Project(tmp_path, Config()))


def test_exception_is_located_at_the_users_own_line(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import json\n\ndef read():\n    return json.loads('{')\n")
    found = refused(tmp_path, "import helper\nhelper.read()\n")
    assert "JSONDecodeError" in found.summary
    assert found.source is not None
    assert (Path(found.source.file).name, found.source.line) == ("helper.py", 4)


def test_misused_output_is_located(tmp_path: Path) -> None:
    found = refused(tmp_path, HEAD + 'a = Node("a")\n\nb = Node("b", value=f"{a.output}/x")\n')
    assert line(found) == 5
    assert "unknot.format" in found.detail


def test_missing_module_is_named(tmp_path: Path) -> None:
    found = refused(tmp_path, "\nimport no_such_module\n")
    assert "`no_such_module`" in found.summary
    assert line(found) == 2


def test_missing_name_in_a_module_is_located(tmp_path: Path) -> None:
    found = refused(tmp_path, "from unknot.stacks.stack import Stak\n")
    assert "import" in found.summary
    assert line(found) == 1


def test_exit_does_not_end_the_command(tmp_path: Path) -> None:
    assert "ended the interpreter" in refused(tmp_path, "raise SystemExit(3)\n").summary


def test_no_stack_suggests_the_one_with_another_name(tmp_path: Path) -> None:
    found = refused(tmp_path, HEAD + 's = Stack("s", owner="o")\n')
    assert found.summary == "`stack.py` defines no stack"
    assert "`s` is a Stack: call it `stack`" in found.detail


def test_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="does not exist"):
        load(Project(tmp_path, Config()))


def test_wrong_return_is_located(tmp_path: Path) -> None:
    found = refused(tmp_path, HEAD + '\ndef stack():\n    Stack("s", owner="o")\n')
    assert found.summary == "`stack()` returned `NoneType`, not a Stack"
    assert line(found) == 4


ENV = HEAD + (
    "from unknot.stacks.environment import Environment\n"
    "class Env(Environment):\n    size: int = 1\n"
    "def stack(env: Env) -> Stack:\n"
    '    s = Stack("s", owner="o")\n    s.add(Node("a", value=env.size))\n    return s\n'
)


def test_environment_comes_from_its_file_and_variables(tmp_path: Path) -> None:
    (tmp_path / "envs").mkdir()
    (tmp_path / "envs" / "prod.toml").write_text("size = 5\n")
    there = project(tmp_path, ENV)

    def size(**options: object) -> object:
        (desired,) = load(there, **options).definition.resources.values()  # type: ignore[arg-type]
        return desired.inputs["value"]

    assert size() == 1
    assert size(environment="prod") == 5
    assert size(environment="prod", variables={"size": "7"}) == 7


def test_unknown_environment_lists_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "envs").mkdir()
    (tmp_path / "envs" / "prod.toml").write_text("")
    found = refused(tmp_path, ENV, environment="prd")
    assert found.summary == "there is no environment `prd`"
    assert "prod" in found.detail


def test_variables_need_an_environment(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="--var"):
        load(project(tmp_path, HEAD + 'stack = Stack("s", owner="o")\n'), variables={"size": "1"})


def test_modules_of_an_earlier_project_do_not_shadow_this_ones(tmp_path: Path) -> None:
    for name, value in (("one", "1"), ("two", "2")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "settings.py").write_text(f"VALUE = {value}\n")
        text = (
            HEAD
            + 'import settings\nstack = Stack("s", owner="o")\nstack.add(Node("a", value=settings.VALUE))\n'
        )
        (desired,) = load(project(folder, text)).definition.resources.values()
        assert desired.inputs["value"] == int(value)
