"""`kill -9` in the middle of appends: what was acknowledged is there, and the next holder goes on (D2)."""

import json
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from unknot.state import events as ev
from unknot.state.ledger import Ledger
from unknot.state.stores.local import LocalStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import HandClock

APPENDER = textwrap.dedent("""
    import json, sys, threading
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path
    from unknot.state import events as ev
    from unknot.state.ledger import Ledger
    from unknot.state.ledger.checkpoint import Tail
    from unknot.state.stores.local import LocalStore

    Tail.SEGMENTS = 20  # so that some die in the middle of a checkpoint
    ledger = Ledger.open(LocalStore(Path(sys.argv[1])), "p")
    held = ledger.take_lease(operation="apply", wait_s=60, term_s=1)
    printing = threading.Lock()

    def work(thread):
        n = 0
        while True:
            event = ev.OutputsWritten(outputs={"thread": thread, "n": n, "more": "x" * 2000})
            serial = held.writer.append([event])
            with printing:
                print(json.dumps([event.id, serial]), flush=True)
            n += 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
""")


@pytest.mark.rule("L1")
@pytest.mark.rule("L5")
@pytest.mark.slow
@pytest.mark.parametrize("answers", [1, 37, 150, 400])
def test_every_acknowledged_event_survives_kill(
    tmp_path: Path, make_clock: "type[HandClock]", answers: int
) -> None:
    Ledger.open(LocalStore(tmp_path), "p").create("l", "s", "e")
    acknowledged: dict[str, int] = {}
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _ in range(answers):
            id_, serial = json.loads(process.stdout.readline())
            acknowledged[id_] = serial
        process.send_signal(signal.SIGKILL)
        for line in process.stdout:  # what it had still written into the pipe
            if line.endswith("\n"):
                id_, serial = json.loads(line)
                acknowledged[id_] = serial
        process.wait()
        process.stdout.close()

    ledger = Ledger.open(LocalStore(tmp_path), "p", clock=make_clock())
    logged = {event.id: entry.serial for entry in ledger.reader().history() for event in entry.events}
    assert acknowledged.items() <= logged.items()
    assert ledger.reader().verify() == ledger.reader().head()
    with ledger.take_lease(operation="apply", wait_s=60) as held:
        held.writer.append([ev.OutputsWritten(outputs={"after": 1})])
    assert Ledger.open(LocalStore(tmp_path), "p").reader().snapshot().outputs == {"after": 1}
    assert not list((tmp_path / ".unknot-tmp").iterdir())


@pytest.mark.rule("L3")
@pytest.mark.slow
def test_two_processes_take_turns(tmp_path: Path) -> None:
    """Several applies at once, each waiting for the lease: all get through, one after the other."""
    Ledger.open(LocalStore(tmp_path), "p").create("l", "s", "e")
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        from unknot.state import events as ev
        from unknot.state.ledger import Ledger
        from unknot.state.stores.local import LocalStore
        for n in range(3):
            ledger = Ledger.open(LocalStore(Path(sys.argv[1])), "p")
            with ledger.take_lease(operation="apply", wait_s=60, term_s=5) as held:
                for i in range(20):
                    held.writer.append([ev.OutputsWritten(outputs={"by": sys.argv[2]})])
    """)
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "abc"]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    ledger = Ledger.open(LocalStore(tmp_path), "p")
    entries = list(ledger.reader().history())
    assert sum(isinstance(e, ev.OutputsWritten) for entry in entries for e in entry.events) == 180
    assert ledger.reader().verify().serial == len(entries)
