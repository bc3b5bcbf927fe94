"""`unknot output`: the stack's outputs, for people and for scripts. Sensitive ones only when asked for."""

from typing import Any

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.documents import OutputDocument, OutputsDocument
from unknot.cli.session import Session
from unknot.planner.fields import shown
from unknot.planner.secrecy import Vaults
from unknot.planner.values import holds_sealed, is_secret
from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import UnknotError


class NoOutput(UnknotError):
    """There is no such output, or it has no form as it was asked for."""


@click.command("output")
@click.argument("name", required=False)
@options.environment
@click.option("--at", type=int, metavar="SERIAL", help="As of that serial.")
@click.option("--raw", is_flag=True, help="The bare text of NAME, for scripts, even if it is sensitive.")
@click.option("--reveal", is_flag=True, help="Show sensitive values.")
@options.json_output
def output_command(
    name: str | None, environment: str | None, at: int | None, raw: bool, reveal: bool, as_json: bool
) -> int:
    """Show the outputs of the stack, or only NAME, as the last apply recorded them."""
    if raw and (name is None or as_json):
        raise click.UsageError("`--raw` writes one value: give its NAME, and no `--json`")
    session = Session(environment)
    snapshot = session.recorded(at)
    outputs = snapshot.outputs
    if name is not None:
        if name not in outputs:
            raise NoOutput(
                f"there is no output `{name}`",
                detail=f"{nearest(name, outputs)}Recorded: {', '.join(sorted(outputs)) or 'none'}.",
            )
        outputs = {name: outputs[name]}
    values = Vaults(session.ledger().vault()).opened(outputs) if reveal or raw else shown(outputs)
    if as_json:
        rows = {key: OutputDocument(value, holds_sealed(outputs[key])) for key, value in values.items()}
        console.out_bytes(msgspec.json.encode(OutputsDocument(snapshot.serial, rows)))
    elif name is None:
        for key, value in sorted(values.items()):
            console.out(f"{key} = {_text(value, masked=holds_sealed(outputs[key]) and not reveal)}")
    elif raw:
        console.out(_bare(name, values[name]))
    else:
        console.out(_text(values[name], masked=holds_sealed(outputs[name]) and not reveal))
    return 0


def _text(value: Any, *, masked: bool) -> str:
    if masked and isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _bare(name: str, value: Any) -> str:
    if is_secret(value):
        raise NoOutput(
            f"output `{name}` is a reference to a secret, which is not recorded",
            detail=f"Read it where it is kept: {msgspec.json.encode(value).decode()}.",
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise NoOutput(f"output `{name}` is no text and no number", detail="Ask for it with `--json`.")
