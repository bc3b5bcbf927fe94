"""Lineage across stacks: artifacts joined by content whatever the ledger, and outputs of one stack that another uses.

Addresses begin with their ledger (`flights/prod:workflow.train`); one that only one ledger has may be given bare.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from unknot.planner.record.estate import Estate, qualified
from unknot.planner.record.lineage import Direction, LineageEdge, LineageGraph, LineageNode, lineage
from unknot.planner.record.runs import NoSuchRecord
from unknot.stacks.definition import PUBLISHED, REF, WORKFLOW_TYPE

OUTPUT = "output"
"""`flights/prod:output.bucket_name` is an output of a stack."""


class Crossing(msgspec.Struct, frozen=True):
    """Something of one stack that a resource of another one uses."""

    source: str
    """Qualified: an output, or an address with what it published."""
    kind: str
    """`output` or `resource`."""
    reader: str
    """The resource that uses it, qualified."""
    label: str = ""


def lineage_all(estate: Estate, what: str, direction: Direction = "both") -> LineageGraph:
    """Lineage of an artifact by its hash, of an output of a stack, or of what an address made, across all ledgers.

    Raises NoSuchRecord, for an address that several ledgers have too.
    """
    crossings = list(_crossings(estate))
    name = _meant(estate, what, crossings)
    graph = LineageGraph(what, (), ())
    try:
        graph = lineage(estate.record, name, direction)
    except NoSuchRecord:
        if all(name not in (crossing.source, crossing.reader) for crossing in crossings):
            raise
    return msgspec.structs.replace(_joined(graph, name, direction, crossings, estate), title=what)


def _crossings(estate: Estate) -> Iterator[Crossing]:
    for reading in estate.ledgers:
        if reading.snapshot is None:
            continue
        for state in reading.snapshot.resources.values():
            reader = qualified(reading.entry.name, state.address)
            for field, value in state.inputs.items():
                for stack, source, kind in _references(value):
                    yield Crossing(qualified(stack, source), kind, reader, field)


def _references(value: Any) -> Iterator[tuple[str, str, str]]:
    """Ledger, place in it and kind of what a recorded input refers to of other stacks."""
    if isinstance(value, Mapping):
        stack = value.get("stack")
        if isinstance(stack, str) and isinstance(value.get(REF), list | tuple) and len(value[REF]) > 1:
            yield stack, f"{OUTPUT}.{value[REF][1]}", "output"
            return
        if isinstance(stack, str) and isinstance(value.get(PUBLISHED), list | tuple) and value[PUBLISHED]:
            yield stack, str(value[PUBLISHED][0]), "resource"
            return
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _references(item)


def _meant(estate: Estate, what: str, crossings: list[Crossing]) -> str:
    """The qualified name that is meant; the text itself where it names nothing, as the hash of an artifact does."""
    names: set[str] = set(estate.record.index.addresses().values())
    names |= {crossing.source for crossing in crossings}
    names |= {
        qualified(reading.entry.name, f"{OUTPUT}.{name}")
        for reading in estate.ledgers
        if reading.snapshot is not None
        for name in reading.snapshot.outputs
    }
    ledger, colon, local = what.rpartition(":")
    found = [
        f"{name}{rest}"
        for name in sorted(names)
        for place, _, address in [name.partition(":")]
        if not colon or place == ledger
        for rest in [_rest(address, local)]
        if rest is not None
    ]
    if len(found) > 1:
        raise NoSuchRecord(
            f"`{what}` may mean several things",
            detail=f"Among them: {', '.join(f'`{each}`' for each in found[:5])}. Write it with its ledger.",
        )
    return found[0] if found else what


def _rest(address: str, local: str) -> str | None:
    """What follows the address in `local`: nothing, or `.output`; None if it is another address."""
    for name in (address, address.removeprefix(f"{WORKFLOW_TYPE}.")):
        if local == name:
            return ""
        if local.startswith(f"{name}.") and "." not in local[len(name) + 1 :]:
            return local[len(name) :]
    return None


def _joined(
    graph: LineageGraph, name: str, direction: Direction, crossings: list[Crossing], estate: Estate
) -> LineageGraph:
    """The graph, and what crosses from and to the addresses and artifacts in it."""
    nodes = {node.id: node for node in graph.nodes}
    edges = {(edge.tail, edge.head): edge for edge in graph.edges}
    held = _artifacts_of_outputs(estate)
    addresses = {str(node.address) for node in graph.nodes if node.address} | {name}
    for crossing in crossings:
        hash_ = held.get(crossing.source, "")
        down = direction != "up" and (crossing.source in addresses or hash_ in nodes)
        up = direction != "down" and crossing.reader in addresses
        if not (down or up):
            continue
        source = _node(nodes, crossing.source, crossing.kind, start=crossing.source == name)
        reader = _node(nodes, crossing.reader, "resource", start=crossing.reader == name)
        edges[source, reader] = LineageEdge(source, reader, crossing.label)
        if hash_ in nodes:
            edges.setdefault((hash_, source), LineageEdge(hash_, source))
    return msgspec.structs.replace(graph, nodes=tuple(nodes.values()), edges=tuple(edges.values()))


def _node(nodes: dict[str, LineageNode], name: str, kind: str, *, start: bool) -> str:
    id_ = f"{kind} {name}"
    is_output = kind == "output"
    nodes.setdefault(
        id_, LineageNode(id_, "output" if is_output else "resource", name, None, detail=name, start=start)
    )
    return id_


def _artifacts_of_outputs(estate: Estate) -> dict[str, str]:
    """Hash of the artifact that an output of a stack is, where it is one."""
    found: dict[str, str] = {}
    for reading in estate.ledgers:
        for name, value in ({} if reading.snapshot is None else reading.snapshot.outputs).items():
            if isinstance(value, Mapping) and isinstance(value.get("hash"), str):
                found[qualified(reading.entry.name, f"{OUTPUT}.{name}")] = value["hash"]
    return found
