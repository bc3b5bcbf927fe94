"""A workflow with all that is known of it without running it: its graph, its packed code, its lock, where it is to go."""

import functools
from collections.abc import Mapping
from typing import Any

import msgspec

from unknot.planner.runs import graph_of
from unknot.stacks.address import Address
from unknot.stacks.bundle.archive import Contents, read_contents
from unknot.stacks.definition import Desired
from unknot.stacks.diagnostic import SourceLocation
from unknot.stacks.graph import OpSpec, Resources, WorkflowGraph
from unknot.stacks.target import Target


class Workload(msgspec.Struct, frozen=True, dict=True):
    """What is to run on a target."""

    address: Address
    inputs: Mapping[str, Any]
    """Of the wanted deployment, encoded."""
    bundle: bytes
    target: Target
    source: SourceLocation | None = None
    """Where it is deployed."""

    @functools.cached_property
    def graph(self) -> WorkflowGraph:
        return graph_of(self.inputs)

    @functools.cached_property
    def contents(self) -> Contents:
        return read_contents(self.bundle)

    def resources(self, op: OpSpec) -> Resources:
        """Of an op, after the deployment's overrides."""
        given = self.inputs.get("overrides", {}).get(op.name, {})
        return msgspec.convert({**msgspec.to_builtins(op.resources), **given}, Resources)


def workload_of(wanted: Desired, bundles: Mapping[str, bytes], target: Target) -> Workload | None:
    """The workload of a wanted deployment; None if its code is not at hand."""
    bundle = bundles.get(wanted.inputs.get("bundle", ""))
    if bundle is None:
        return None
    return Workload(wanted.address, wanted.inputs, bundle, target, wanted.source)
