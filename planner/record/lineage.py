"""Where an artifact came from and what was made of it, across runs, workflows and datasets.

Artifacts are known by content, so that an edge joins what wrote a value to what read the same value.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from unknot.planner.drawing.drawing import Drawing, Edge, Node
from unknot.planner.record.opening import Record
from unknot.planner.record.runs import NoSuchRecord
from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.graph import task_labels
from unknot.stacks.run import ArtifactRef
from unknot.state.index import Consumed, Produced, RunEntry

Direction: TypeAlias = Literal["up", "down", "both"]

SMALL_BYTES = 64
"""Values of at most this size, such as `true` or a number, are equal by chance: they join tasks of one run only."""

NODES_MAX = 2000
"""Where walking ends; the graph says so."""


class LineageNode(msgspec.Struct, frozen=True):
    """An artifact, a task that wrote or read it, or a dataset; across stacks also an output and what uses it."""

    id: str
    kind: Literal["artifact", "task", "dataset", "output", "resource"]
    label: str
    address: Address | None = None
    run: str = ""
    hash: str = ""
    detail: str = ""
    start: bool = False
    """What was asked about."""


class LineageEdge(msgspec.Struct, frozen=True):
    """From what was there first to what was made of it."""

    tail: str
    head: str
    label: str = ""


class LineageGraph(msgspec.Struct, frozen=True):
    """Upstream and downstream of what was asked about."""

    title: str
    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageEdge, ...]
    complete: bool = True
    """False: it is larger than what is shown."""


def lineage(record: Record, what: str, direction: Direction = "both") -> LineageGraph:
    """Lineage of an artifact by the beginning of its hash, of `address.output`, or of all that an address made.

    Of several runs of one workflow that read the same artifact, the latest is shown. Raises NoSuchRecord.
    """
    starts = _starts(record, what)
    walk = _Walk(record)
    for digest in starts:
        walk.artifact(digest, start=True)
    if direction in ("up", "both"):
        walk.up(starts)
    if direction in ("down", "both"):
        walk.down(starts)
    return LineageGraph(what, tuple(walk.nodes.values()), tuple(walk.edges.values()), walk.complete)


def drawing_of_lineage(graph: LineageGraph) -> Drawing:
    """For `planner.drawing`: SVG, DOT or a tree."""
    nodes = tuple(
        Node(
            node.id,
            node.label,
            node.kind,
            "update" if node.start else "input" if node.kind == "dataset" else "plain",
            node.detail,
        )
        for node in graph.nodes
    )
    edges = tuple(Edge(edge.tail, edge.head, edge.label) for edge in graph.edges)
    more = "" if graph.complete else ", cut: it is larger"
    return Drawing(
        f"lineage of {graph.title}", f"Where it came from and what was made of it{more}", nodes, edges
    )


def _starts(record: Record, what: str) -> list[str]:
    """Hashes of the artifacts that are meant."""
    index = record.index
    text = what.lower()
    if len(text) >= 4 and not text.strip("0123456789abcdef"):
        found = index.artifacts_like(text)
        if len(found) > 1:
            raise NoSuchRecord(
                f"`{what}` may mean several artifacts",
                detail=f"Among them: {', '.join(f'`{h[:12]}`' for h in found[:5])}. Write more of the hash.",
            )
        if found:
            return found
    for address in (what, f"{WORKFLOW_TYPE}.{what}"):
        hashes = _of_address(record, Address(address))
        if hashes:
            return hashes
    owner, _, output = what.rpartition(".")
    for address in (owner, f"{WORKFLOW_TYPE}.{owner}"):
        named = _output_of(record, Address(address), output) if owner else None
        if named is not None:
            return [named]
    recorded = ", ".join(entry.address for entry in index.resources()[:10])
    raise NoSuchRecord(
        f"nothing is known of `{what}`",
        detail="Give the hash of an artifact (four characters or more), an address, or `address.output`. "
        f"Recorded: {recorded or 'nothing'}.",
    )


def _of_address(record: Record, address: Address) -> list[str]:
    entry = record.index.resource(address)
    if entry is None:
        return []
    if entry.type != WORKFLOW_TYPE:
        return [content.artifact.hash for content in record.index.contents(entry.uid)[:1]]
    last = _last_run(record, address)
    if last is None:
        return []
    published = list(dict.fromkeys(last.published.values()))
    return published or list(dict.fromkeys(p.artifact.hash for p in record.index.outputs(last)))


def _output_of(record: Record, address: Address, output: str) -> str | None:
    entry = record.index.resource(address)
    if entry is None:
        return None
    if entry.type != WORKFLOW_TYPE:
        return next((c.artifact.hash for c in record.index.contents(entry.uid) if c.output == output), None)
    last = _last_run(record, address)
    if last is None:
        return None
    if output in last.published:
        return last.published[output]
    labels = task_labels((task.task, task.op) for task in record.index.tasks(last))
    return next(
        (
            made.artifact.hash
            for made in record.index.outputs(last)
            if output in (made.task, made.output, labels.get(made.task))
        ),
        None,
    )


def _last_run(record: Record, address: Address) -> RunEntry | None:
    entry = record.index.resource(address)
    if entry is None:
        return None
    found = record.index.last_runs(statuses=("succeeded",), counting=True).get(entry.uid)
    return found or record.index.last_runs().get(entry.uid)


class _Walk:
    """Collects nodes and edges, level by level, so that the questions asked are few."""

    def __init__(self, record: Record) -> None:
        self._index = record.index
        self.nodes: dict[str, LineageNode] = {}
        self.edges: dict[tuple[str, str], LineageEdge] = {}
        self.complete = True
        self._labels: dict[str, dict[str, str]] = {}
        self._inputs: dict[str, dict[str, list[Consumed]]] = {}
        self._outputs: dict[str, dict[str, list[Produced]]] = {}

    def up(self, hashes: Iterable[str]) -> None:
        """From artifacts to what wrote them, to what those read, and so on."""
        level = [(digest, "") for digest in hashes]
        seen: set[tuple[str, str]] = set()
        while level and self._has_room():
            producers = self._index.producers(list(dict.fromkeys(digest for digest, _ in level)))
            following: list[tuple[str, str]] = []
            for digest, reader in level:
                maker = self._maker([p for p in producers if p.artifact.hash == digest], reader)
                if maker is None:
                    continue
                task = self._producer(maker)
                self._edge(task, digest, maker.output if maker.output != "value" else "")
                if not maker.run or (maker.run, maker.task) in seen:
                    continue
                seen.add((maker.run, maker.task))
                for use in self._inputs_of(maker.run).get(maker.task, ()):
                    self.artifact(use.hash)
                    self._edge(use.hash, task, use.parameter)
                    following.append((use.hash, maker.run))
            level = following

    def down(self, hashes: Iterable[str]) -> None:
        """From artifacts to what read them, to what those wrote, and so on."""
        level = [(digest, "") for digest in hashes]
        seen: set[tuple[str, str]] = set()
        while level and self._has_room():
            readers = self._index.consumers(list(dict.fromkeys(digest for digest, _ in level)))
            following: list[tuple[str, str]] = []
            for digest, writer in level:
                for use in self._readers([u for u in readers if u.hash == digest], digest, writer):
                    task = self._task(use.address, use.run, use.task)
                    self._edge(digest, task, use.parameter)
                    if (use.run, use.task) in seen:
                        continue
                    seen.add((use.run, use.task))
                    for made in self._outputs_of(use.run).get(use.task, ()):
                        self.artifact(made.artifact.hash, made.artifact)
                        self._edge(task, made.artifact.hash, made.output if made.output != "value" else "")
                        following.append((made.artifact.hash, use.run))
            level = following

    def artifact(self, digest: str, known: ArtifactRef | None = None, *, start: bool = False) -> None:
        """A node for an artifact."""
        if digest in self.nodes:
            return
        ref = known or self._index.artifact(digest)
        kind = "" if ref is None else ref.type.rpartition(":")[2]
        size = (
            ""
            if ref is None
            else f"{ref.rows:,} rows"
            if ref.rows is not None
            else f"{ref.size_bytes:,} bytes"
        )
        self.nodes[digest] = LineageNode(
            digest,
            "artifact",
            " ".join(part for part in (digest[:12], kind, f"({size})" if size else "") if part),
            hash=digest,
            detail=digest,
            start=start,
        )

    def _maker(self, producers: list[Produced], reader: str) -> Produced | None:
        """Who wrote it first; of a small value, only a task of the run that read it."""
        if producers and producers[0].artifact.size_bytes <= SMALL_BYTES and reader:
            producers = [p for p in producers if p.run == reader or not p.run]
        return next((p for p in producers if not p.reused), producers[0] if producers else None)

    def _readers(self, uses: list[Consumed], digest: str, writer: str) -> Iterable[Consumed]:
        """The latest that read it, for each task of each workflow."""
        ref = self._index.artifact(digest)
        if ref is not None and ref.size_bytes <= SMALL_BYTES and writer:
            uses = [use for use in uses if use.run == writer]
        latest = {(use.uid, use.task, use.parameter): use for use in uses if use.task and not use.reused}
        return latest.values()

    def _producer(self, made: Produced) -> str:
        if made.run:
            return self._task(made.address, made.run, made.task)
        node = f"dataset {made.uid}"
        self.nodes.setdefault(node, LineageNode(node, "dataset", made.address, made.address))
        return node

    def _task(self, address: Address, run: str, task: str) -> str:
        node = f"{run}/{task}"
        if node not in self.nodes:
            label = self._labels_of(run).get(task, task)
            self.nodes[node] = LineageNode(
                node, "task", f"{address} {label}", address, run, detail=f"run {run}"
            )
        return node

    def _labels_of(self, run: str) -> dict[str, str]:
        if run not in self._labels:
            tasks = (task for entry in self._index.runs_like(run) for task in self._index.tasks(entry))
            self._labels[run] = task_labels((task.task, task.op) for task in tasks)
        return self._labels[run]

    def _edge(self, tail: str, head: str, label: str) -> None:
        self.edges.setdefault((tail, head), LineageEdge(tail, head, label))

    def _has_room(self) -> bool:
        self.complete = self.complete and len(self.nodes) < NODES_MAX
        return self.complete

    def _inputs_of(self, run: str) -> dict[str, list[Consumed]]:
        if run not in self._inputs:
            grouped: dict[str, list[Consumed]] = {}
            for entry in self._index.runs_like(run):
                for use in self._index.inputs(entry):
                    grouped.setdefault(use.task, []).append(use)
            self._inputs[run] = grouped
        return self._inputs[run]

    def _outputs_of(self, run: str) -> dict[str, list[Produced]]:
        if run not in self._outputs:
            grouped: dict[str, list[Produced]] = {}
            for entry in self._index.runs_like(run):
                for made in self._index.outputs(entry):
                    grouped.setdefault(made.task, []).append(made)
            self._outputs[run] = grouped
        return self._outputs[run]
