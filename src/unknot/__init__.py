"""Plan, apply and move machine-learning workloads across engines and clouds.

The names below are what a stack is written with. Each is imported when it is first used (PEP 562), so that
`unknot --help` loads none of them.
"""

from typing import TYPE_CHECKING

from unknot.version import VERSION as __version__

if (
    TYPE_CHECKING
):  # the one place where a second import list is right: type checkers need it, start-up does not
    from unknot.planner.plan import Plan
    from unknot.providers.aws import resources as aws
    from unknot.providers.azure import resources as azure
    from unknot.providers.gcp import resources as gcp
    from unknot.providers.runner.serializers import allow_pickle, register_serializer
    from unknot.providers.runner.serializers.models import trust_types
    from unknot.stacks.dataset import Dataset, package_file
    from unknot.stacks.deployment import Deployed
    from unknot.stacks.environment import Environment
    from unknot.stacks.graph import Resources
    from unknot.stacks.output import Input, Output, format
    from unknot.stacks.portable import grants
    from unknot.stacks.portable.bucket import Bucket
    from unknot.stacks.portable.identity import Identity
    from unknot.stacks.portable.queue import Queue
    from unknot.stacks.portable.table import Table
    from unknot.stacks.resource import (
        Computed,
        Immutable,
        Resource,
        Sensitive,
        WriteOnly,
        computed,
    )
    from unknot.stacks.resource_type import Lifecycle, Move
    from unknot.stacks.schedule import After, Cron
    from unknot.stacks.secret import Secret
    from unknot.stacks.stack import Stack, other_stack
    from unknot.stacks.target import LAPTOP, Target
    from unknot.stacks.workflow import (
        SCHEDULED,
        ScheduledTime,
        check,
        command,
        container,
        each,
        metric,
        notebook,
        op,
        when,
        workflow,
    )

_HOMES = {
    "After": "unknot.stacks.schedule",
    "Bucket": "unknot.stacks.portable.bucket",
    "Computed": "unknot.stacks.resource",
    "Cron": "unknot.stacks.schedule",
    "Dataset": "unknot.stacks.dataset",
    "Deployed": "unknot.stacks.deployment",
    "Environment": "unknot.stacks.environment",
    "Identity": "unknot.stacks.portable.identity",
    "Immutable": "unknot.stacks.resource",
    "Input": "unknot.stacks.output",
    "LAPTOP": "unknot.stacks.target",
    "Lifecycle": "unknot.stacks.resource_type",
    "Move": "unknot.stacks.resource_type",
    "Output": "unknot.stacks.output",
    "Plan": "unknot.planner.plan",
    "Queue": "unknot.stacks.portable.queue",
    "Resource": "unknot.stacks.resource",
    "Resources": "unknot.stacks.graph",
    "SCHEDULED": "unknot.stacks.workflow",
    "ScheduledTime": "unknot.stacks.workflow",
    "Secret": "unknot.stacks.secret",
    "Sensitive": "unknot.stacks.resource",
    "Stack": "unknot.stacks.stack",
    "Table": "unknot.stacks.portable.table",
    "Target": "unknot.stacks.target",
    "WriteOnly": "unknot.stacks.resource",
    "allow_pickle": "unknot.providers.runner.serializers",
    "check": "unknot.stacks.workflow",
    "command": "unknot.stacks.workflow",
    "computed": "unknot.stacks.resource",
    "container": "unknot.stacks.workflow",
    "each": "unknot.stacks.workflow",
    "format": "unknot.stacks.output",
    "grants": "unknot.stacks.portable",
    "metric": "unknot.stacks.workflow",
    "notebook": "unknot.stacks.workflow",
    "op": "unknot.stacks.workflow",
    "other_stack": "unknot.stacks.stack",
    "package_file": "unknot.stacks.dataset",
    "register_serializer": "unknot.providers.runner.serializers",
    "trust_types": "unknot.providers.runner.serializers.models",
    "when": "unknot.stacks.workflow",
    "workflow": "unknot.stacks.workflow",
}

_CLOUDS = frozenset({"aws", "azure", "gcp"})
"""Packages of a cloud's own resource types: `aws.S3Bucket`."""

__all__ = [
    "LAPTOP",
    "SCHEDULED",
    "After",
    "Bucket",
    "Computed",
    "Cron",
    "Dataset",
    "Deployed",
    "Environment",
    "Identity",
    "Immutable",
    "Input",
    "Lifecycle",
    "Move",
    "Output",
    "Plan",
    "Queue",
    "Resource",
    "Resources",
    "ScheduledTime",
    "Secret",
    "Sensitive",
    "Stack",
    "Table",
    "Target",
    "WriteOnly",
    "__version__",
    "allow_pickle",
    "aws",
    "azure",
    "check",
    "command",
    "computed",
    "container",
    "each",
    "format",
    "gcp",
    "grants",
    "metric",
    "notebook",
    "op",
    "other_stack",
    "package_file",
    "register_serializer",
    "trust_types",
    "when",
    "workflow",
]


if not TYPE_CHECKING:  # or every name would seem to be there

    def __getattr__(name):
        import importlib

        if name in _CLOUDS:
            found = importlib.import_module(f"unknot.providers.{name}.resources")
        elif name in _HOMES:
            found = getattr(importlib.import_module(_HOMES[name]), name)
        else:
            raise AttributeError(f"module 'unknot' has no attribute {name!r}")
        globals()[name] = found
        return found
