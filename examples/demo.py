"""`make demo`: plan, apply and run examples/flights on the real flights of 2013, and say what to try next."""

import os
import subprocess
import sys
import time
from pathlib import Path

FLIGHTS = Path(__file__).parent / "flights"
UNKNOT = Path(sys.executable).with_name("unknot")

NEXT = """
What to try next, in examples/flights:

  1. Change what an op does, such as `fit` in `delays/model.py` by HistGradientBoostingRegressor(max_iter=50, ...),
     and plan again: the plan names the function that changed, what must run again, and why.

       cd examples/flights && ../../.venv/bin/unknot plan

  2. Change only a comment, and plan again: metadata only, nothing runs.
  3. `unknot runs`, `unknot runs show train`, `unknot logs train`, `unknot lineage workflow.score`
  4. `unknot graph train --format svg --out train.svg`
  5. Read README.md and docs/tutorial.md.
"""


def unknot(*arguments: str, title: str) -> None:
    """Run one command, as a user would, and stop with its exit code if it fails."""
    print(
        f"\n\033[1m$ unknot {' '.join(arguments)}\033[0m   {title}"
        if sys.stdout.isatty()
        else f"\n$ unknot {' '.join(arguments)}   {title}",
        flush=True,
    )
    done = subprocess.run([UNKNOT, *arguments], cwd=FLIGHTS, check=False)
    if done.returncode != 0:
        print(f"`unknot {' '.join(arguments)}` exited with {done.returncode}", file=sys.stderr)
        sys.exit(done.returncode)


def main() -> None:
    """Five commands and what comes after them."""
    os.environ.setdefault("UNKNOT_ENV", "default")
    started = time.monotonic()
    unknot("plan", title="what would be made, and what would run")
    unknot("apply", "--yes", title="make it, and run it")
    unknot("ps", title="what runs, where, whether it worked, who owns it")
    unknot("runs", "show", "train", title="the training run: tasks, metrics, checks, artifacts")
    unknot("runs", "show", "score", title="the inference run")
    print(f"\nDone in {time.monotonic() - started:.0f} s.\n{NEXT}")


if __name__ == "__main__":
    main()
