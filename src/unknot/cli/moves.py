"""`unknot moves` and `unknot verify`: what moved from one target to another, and whether it is still what was sent."""

import sys

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.documents import MovesDocument, VerificationDocument
from unknot.cli.session import Session
from unknot.planner.moving.proof import prove
from unknot.planner.record.table import table
from unknot.planner.record.times import minute_text
from unknot.planner.render.moving import carried_text
from unknot.planner.render.style import Style
from unknot.state.moves import MoveRecord


@click.command("moves")
@options.environment
@options.json_output
def moves_command(environment: str | None, as_json: bool) -> int:
    """List moves between targets, the latest last: how far each is, what it carried, until when it can be taken back."""
    moves = tuple(Session(environment).recorded().moves.values())
    if as_json:
        console.out_bytes(msgspec.json.encode(MovesDocument(moves)))
        return 0
    if not moves:
        console.out("Nothing has moved. Change the target of a workflow or dataset in the stack, and plan.")
        return 0
    heads = ("MOVE", "ADDRESS", "FROM", "TO", "STATE", "CARRIED", "WAY BACK UNTIL")
    console.out(
        "\n".join(
            table(
                heads,
                [_row(move) for move in moves],
                style=Style(console.wants_color(sys.stdout)),
                width=console.width(),
            )
        )
    )
    return 0


@click.command("verify")
@click.argument("address")
@options.environment
@options.json_output
def verify_command(address: str, environment: str | None, as_json: bool) -> int:
    """Read everything that the last move of ADDRESS carried, and compare it with the manifest byte by byte.

    Exit codes: 0 it is what was sent, 1 something is missing, or other bytes.
    """
    session = Session(environment)
    proof = prove(address, session.recorded(), session.services)
    if as_json:
        document = VerificationDocument(
            address,
            proof.move,
            not proof.fault_count,
            proof.objects,
            proof.bytes,
            proof.digest,
            proof.fault_count,
            proof.faults,
        )
        console.out_bytes(msgspec.json.encode(document))
        return 1 if proof.fault_count else 0
    carried = carried_text(proof.objects, proof.bytes)
    if not proof.fault_count:
        console.out(f"`{address}` is what {proof.move} carried: {carried}, manifest {proof.digest[:12]}")
        return 0
    console.out(f"`{address}` is not what {proof.move} carried: {proof.fault_count:,} differ")
    for fault in proof.faults:
        console.out(f"  {fault}")
    return 1


def _row(move: MoveRecord) -> tuple[str, ...]:
    found = move.phase("cutover") or move.phase("copy")
    copied = move.phase("copy")
    counted = copied.found if copied is not None else {}
    carried = carried_text(counted["objects"], counted["bytes"]) if counted.get("objects") else "-"
    last = move.phases[-1].name if move.phases else "not begun"
    state = f"moving: {last} done" if move.state == "moving" and found is not None else move.state
    until = minute_text(move.retain_until) if move.state == "moved" and move.retain_until else "-"
    return (move.id, move.address, move.source, move.target, state, carried, until)
