"""The runner: one attempt of one task, on whatever engine (D5), and what is common to the runs of all engines.

`assignment` says what to do, `execute` does it in this process, `supervisor` in one that it watches; `closing` begins and seals runs, `record`
reads them. Imports no planner, and no engine.
"""
