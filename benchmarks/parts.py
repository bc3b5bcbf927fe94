"""What single parts cost in this process: loading a ledger, durable appends, rendering, fingerprints.

    python benchmarks/parts.py

For finding out where time goes; `scale.py` has the figures that count, of whole commands beside terraform.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from unknot.planner.plan import Action, Change, Plan, ReadSet
from unknot.planner.render.text import plan_text
from unknot.stacks.address import Address, Uid
from unknot.stacks.fingerprint import EnvironmentFacts, Project, fingerprint_function
from unknot.state.events import ResourceWritten
from unknot.state.ledger import Ledger
from unknot.state.snapshot import Instance, ResourceState
from unknot.state.stores.local import LocalStore


def seconds(function: Callable[[], object], runs: int = 5) -> float:
    """Median of several runs."""
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        function()
        found.append(time.perf_counter() - started)
    return round(statistics.median(found), 4)


def ledger(resources: int) -> dict[str, float]:
    """Append that many resources in one lease, then load them from a checkpoint."""
    with tempfile.TemporaryDirectory() as place:
        store = LocalStore(Path(place))
        made = Ledger.open(store, "bench/default")
        made.create("0" * 32, "bench", "default")
        started = time.perf_counter()
        with made.take_lease(operation="bench") as lease:
            futures = [lease.writer.submit([ResourceWritten(resource=_state(n))]) for n in range(resources)]
            for future in futures:
                future.result()
        appended = round(time.perf_counter() - started, 4)
        loaded = seconds(lambda: Ledger.open(store, "bench/default").reader().snapshot())
    return {"append_s": appended, "load_s": loaded}


def _state(number: int) -> ResourceState:
    return ResourceState(
        address=Address(f"null.resource.n{number}"),
        uid=Uid(f"{number:020x}"),
        type="null.resource",
        provider="null",
        target="laptop",
        inputs={"value": f"value {number}"},
        outputs={"id": str(number), "output": f"value {number}"},
        instances=(Instance(str(number), "laptop", "null", 1),),
        owner="bench@example.org",
    )


def rendering(changes: int) -> float:
    """A plan of that many creations as text."""
    plan = Plan(
        stack="bench",
        environment="default",
        lineage="0" * 32,
        first=True,
        serial=0,
        nonce="0",
        created_at="2024-01-01T00:00:00+00:00",
        changes=tuple(
            Change(
                address=Address(f"null.resource.n{n}"),
                uid=Uid(f"{n:020x}"),
                action=Action.CREATE,
                type="null.resource",
                provider="null",
                target="laptop",
                reads=ReadSet(),
                reason="not recorded yet",
            )
            for n in range(changes)
        ),
    )
    return seconds(lambda: plan_text(plan, color=False, width=None))


def fingerprints(functions: int) -> float:
    """One op that reaches that many functions of the user's."""
    with tempfile.TemporaryDirectory() as place:
        lines = [f"def f{n}(x):\n    return f{n + 1}(x) + {n}\n" for n in range(functions)]
        Path(place, "chain.py").write_text("\n".join([*lines, f"def f{functions}(x):\n    return x\n"]))
        sys.path.insert(0, place)
        import chain  # type: ignore[import-not-found]  # made above

        facts = EnvironmentFacts.current()
        return seconds(lambda: fingerprint_function(chain.f0, Project(Path(place)), environment=facts), 3)


def main() -> None:
    """Print one JSON document."""
    document = {
        "ledger": {str(n): ledger(n) for n in (10_000, 100_000)},
        "rendering_10000_changes_s": rendering(10_000),
        "fingerprint_of_200_functions_s": fingerprints(200),
    }
    print(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
