"""What a workflow finds around it on a target: the store, secrets, who keeps its schedule, the interpreter."""

import sys
from collections.abc import Iterator

from unknot.planner.portability.workload import Workload
from unknot.providers.engine import Abilities, Capability
from unknot.providers.registry import traces
from unknot.stacks.diagnostic import Diagnostic

_LOCAL_STORES = ("file", "memory")


def unreachable(work: Workload, abilities: Abilities) -> Iterator[Diagnostic]:
    """What is on this machine, and not where the workers are."""
    target = work.target
    if abilities.shares_files:
        return
    scheme, colon, _ = target.store.partition(":")
    if not colon or scheme in _LOCAL_STORES:
        yield Diagnostic.error(
            f"workers of the target `{target.name}` do not see its store `{target.store}`",
            detail="It is a folder of this machine. Give the target a store that both can reach: `s3://`, `gs://`, "
            "`az://` or `postgresql://`; or a folder of a shared file system with the option that says so.",
            address=work.address,
            source=work.source,
        )
    for name, reference in _given_secrets(work):
        kind = reference.partition(":")[0]
        if kind in ("env", "file"):
            yield Diagnostic.warning(
                f"the secret `{name}` is read where the worker is: `{reference}`",
                detail=f"Set it in the environment of the workers of `{target.name}`, or keep it in the cloud's store of "
                "secrets.",
                address=work.address,
                source=work.source,
            )


def _given_secrets(work: Workload) -> Iterator[tuple[str, str]]:
    """Secrets by a reference in text. Those that a resource of the stack keeps are where that is."""
    for name, reference in work.inputs.get("secrets", {}).items():
        if isinstance(reference, str):
            yield name, reference


def elsewhere(work: Workload) -> Iterator[Diagnostic]:
    """Secrets that another cloud keeps."""
    kept_by = {trace.secrets: trace.provider for trace in traces() if trace.secrets}
    for name, reference in _given_secrets(work):
        cloud = kept_by.get(reference.partition(":")[0])
        if cloud is not None and work.target.cloud is not None and work.target.cloud != cloud:
            yield Diagnostic.warning(
                f"the secret `{name}` is kept by `{cloud}`, and the target is on `{work.target.cloud}`",
                detail="The workers need credentials for both. `Secret` as a portable type moves with the target.",
                address=work.address,
                source=work.source,
            )


def keepers(work: Workload, abilities: Abilities) -> Iterator[Diagnostic]:
    """Who keeps the schedule, and what keeps a run going."""
    schedule = work.inputs.get("schedule")
    if schedule and Capability.SCHEDULES not in abilities.capabilities:
        yield Diagnostic.note(
            f"its schedule is kept by `unknot serve`: the engine `{work.target.engine}` keeps none",
            detail="Let it run where it is always up.",
            address=work.address,
            source=work.source,
        )
    if Capability.DETACHED not in abilities.capabilities:
        yield Diagnostic.note(
            f"on the engine `{work.target.engine}` a run ends with the process that triggered it",
            detail="A retry goes on with what had succeeded.",
            address=work.address,
            source=work.source,
        )


def interpreter(work: Workload, abilities: Abilities) -> Iterator[Diagnostic]:
    """The minor version of Python that the code was packed for, where the workers have another."""
    packed = f"{sys.version_info.major}.{sys.version_info.minor}"  # by this interpreter, which plans
    if not abilities.python or abilities.python == packed:
        return
    if abilities.makes_environments:
        yield Diagnostic.note(
            f"workers of `{work.target.name}` have Python {abilities.python}; tasks get {packed}",
            detail="An environment with that interpreter is made there with uv, once.",
            address=work.address,
            source=work.source,
        )
    else:
        yield Diagnostic.error(
            f"workers of `{work.target.name}` have Python {abilities.python}, the workflow is packed for {packed}",
            detail="Plan with that version, give the workers this one, or let the target make environments: its option "
            '`environment="locked"`.',
            address=work.address,
            source=work.source,
        )
