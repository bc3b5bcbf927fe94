"""Generate reference pages from the code: commands, portable types, and the JSON Schemas of `docs/schemas`.

`make docs` runs this; `python docs/build.py --check` writes nothing and says which files are not up to date.
"""

import ast
import importlib
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from unknot.cli.app import unknot
from unknot.cli.documents import schemas as command_schemas
from unknot.planner.record.documents import record_schemas
from unknot.planner.render.document import schemas as plan_schemas
from unknot.providers import registry
from unknot.providers.base import Support
from unknot.providers.engine import Abilities, Capability
from unknot.stacks.portable.bucket import Bucket
from unknot.stacks.portable.identity import Identity
from unknot.stacks.portable.queue import Queue
from unknot.stacks.portable.secret import StoredSecret
from unknot.stacks.portable.table import Table
from unknot.stacks.portable.words import PHYSICAL_NAME
from unknot.stacks.resource import META_FIELDS, Resource
from unknot.stacks.target import Target

DOCS = Path(__file__).parent

_HEAD = """\
# Commands

Made by `make docs` from the commands themselves. Every command also has `-h`.

Answers go to standard output, progress and problems to standard error. `NO_COLOR` and `FORCE_COLOR` are obeyed. The
environment is `--env NAME`, else `UNKNOT_ENV`, else `default`. Exit codes: 0 done, 1 error, 2 changes (of
`plan --detailed-exitcode`), 130 interrupted.
"""


def pages() -> Iterator[tuple[Path, str]]:
    """Each generated file and its content."""
    yield DOCS / "reference" / "cli.md", cli_page()
    yield DOCS / "reference" / "portable-types.md", portable_page()
    yield DOCS / "reference" / "engines.md", engines_page()
    yield from _schema_files(plan_schemas(), is_sorted=False)
    yield from _schema_files(command_schemas(), is_sorted=True)
    yield from _schema_files(record_schemas(), is_sorted=True)


def _schema_files(schemas: Mapping[str, Mapping[str, Any]], *, is_sorted: bool) -> Iterator[tuple[Path, str]]:
    for name, schema in schemas.items():
        yield DOCS / "schemas" / f"{name}.json", json.dumps(schema, indent=2, sort_keys=is_sorted) + "\n"


_ENGINES = """\
# Engines

Made by `make docs` from what the engines declare. What they are for: [engines](../guides/engines.md).

`real`: the whole contract suite runs against the engine itself. A workflow that needs what its engine lacks is an error of
the plan, with file and line.
"""


def engines_page() -> str:
    """What each engine can do, and the options of its targets."""
    abilities = {
        name: registry.engine(name).abilities(Target(name, engine=name))
        for name in registry.names(registry.ENGINES)
    }
    lines = [_ENGINES, f"| | {' | '.join(abilities)} |", f"| --- |{' --- |' * len(abilities)}"]
    lines.append(f"| *tested* | {' | '.join(found.level for found in abilities.values())} |")
    for capability in Capability:
        cells = [_ability(name, found, capability) for name, found in abilities.items()]
        lines.append(f"| {capability.value} | {' | '.join(cells)} |")
    lines += ["", "## Options of targets", ""]
    lines += [
        "Every target has `environment`: `locked`, the default, runs tasks with the versions that the workflow is locked to;",
        "`worker`, the default of the local engine, with what the worker has.",
    ]
    for name in abilities:
        options = _options(name)
        if options is not None:
            lines += ["", f"### {name}", "", "| option | default | |", "| --- | --- | --- |"]
            lines += [f"| `{option}` | `{default}` | {about} |" for option, default, about in options]
    return "\n".join(lines) + "\n"


def _ability(engine: str, found: Abilities, capability: Capability) -> str:
    note = found.notes.get(capability, "")
    if note.startswith("with "):
        return note  # it depends on the machine, which this page must not
    return (
        f"{'yes' if capability in registry.engine(engine).capabilities else '-'}{f': {note}' if note else ''}"
    )


def _options(engine: str) -> list[tuple[str, str, str]] | None:
    """Name, default and description of each option; None for an engine that has none."""
    try:
        module = importlib.import_module(f"unknot.providers.{engine}.options")
    except ImportError:
        return None
    kind = next(
        v for k, v in vars(module).items() if k.endswith("Options") and v.__module__ == module.__name__
    )
    described = _described(kind)
    return [
        (field.name, json.dumps(msgspec.to_builtins(_default(field))), described.get(field.name, ""))
        for field in msgspec.structs.fields(kind)
    ]


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _described(kind: type) -> dict[str, str]:
    """Field to the text below it."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    found, last = {}, ""
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = " ".join(str(node.value.value).split())
    return found


_PORTABLE = """\
# Portable types

Made by `make docs` from what the clouds' implementations declare. What the types are for:
[portable types](../concepts/portable-types.md).

An input with `-` is an error of the plan on that cloud, with file and line. *Recorded* means that it is kept and shown,
and that nothing there enforces it: the plan has a note. Numbers are the least and the greatest value.
"""


def portable_page() -> str:
    """What each cloud makes of each portable type, and which inputs it honours."""
    clouds = {name: registry.cloud(name) for name in registry.names(registry.CLOUDS)}
    lines = [_PORTABLE]
    for model in (Bucket, StoredSecret, Table, Queue, Identity):
        kind = model.type_info.type
        supports = {name: cloud.supports.get(kind) for name, cloud in clouds.items()}
        lines += [f"## {kind}", "", _first_line(model), ""]
        lines += [f"| input | {' | '.join(clouds)} |", f"| --- |{' --- |' * len(clouds)}"]
        made = [", ".join(f"`{t}`" for t in s.made_of) if s else "-" for s in supports.values()]
        lines.append(f"| *made of* | {' | '.join(made)} |")
        for field in model.model_fields:
            if field not in META_FIELDS and field != PHYSICAL_NAME:
                cells = [_cell(_support(support, field)) for support in supports.values()]
                lines.append(f"| `{field}` | {' | '.join(cells)} |")
        names = [
            f"up to {s.name.longest}, with `{s.name.separator}`" if s else "-" for s in supports.values()
        ]
        lines += [f"| *names made up* | {' | '.join(names)} |", ""]
        outputs = ", ".join(f"`{name}`" for name in model.type_info.computed)
        lines += [f"Outputs: {outputs}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _first_line(model: type[Resource]) -> str:
    return inspect.cleandoc(model.__doc__ or "").partition("\n")[0]


def _support(support: Support | None, field: str) -> str:
    if support is None:
        return "-"
    if field in support.recorded:
        return f"*recorded*: {support.recorded[field]}"
    if field not in support.inputs:
        return f"-: {support.instead[field]}" if field in support.instead else "-"
    how = support.inputs[field] or "yes"
    if field in support.bounds:
        least, most = support.bounds[field]
        how += f", {least:,.0f} to {most:,.0f}"
    return how


def cli_page() -> str:
    """All commands in Markdown, in the order of `unknot --help`."""
    found = list(_commands(unknot, "unknot"))
    contents = "\n".join(
        f"- [`{path}`](#{path.replace(' ', '-')}): {_first(command)}" for path, command in found
    )
    return "\n".join([_HEAD, contents, "", *(_section(path, command) for path, command in found)])


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")


def _section(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = [f"## {path}", "", f"```text\n{usage}\n```", "", _help(command), ""]
    options = [p for p in command.params if isinstance(p, click.Option)]
    records = [option.get_help_record(context) for option in options]
    rows = [f"| `{_cell(names)}` | {_cell(text)} |" for names, text in filter(None, records)]
    if rows:
        lines += ["| option | |", "| --- | --- |", *rows, ""]
    return "\n".join(lines)


def _help(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "")


def _first(command: click.Command) -> str:
    return _help(command).splitlines()[0].rstrip(".")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def stale() -> list[Path]:
    """Generated files that differ from what the code says."""
    return [file for file, text in pages() if not file.is_file() or file.read_text() != text]


def main(arguments: list[str]) -> int:
    outdated = stale()
    for file, text in pages():
        if file in outdated and "--check" not in arguments:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    for file in outdated:
        what = "is out of date" if "--check" in arguments else "written"
        sys.stdout.write(f"{file.relative_to(DOCS)} {what}\n")
    return 1 if outdated and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
