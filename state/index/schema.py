"""The index's tables. Everything in them can be made again from the ledger and the run streams.

A change of a table is a new VERSION: files of another version are emptied and filled again.
"""

from typing import Final

VERSION: Final = 2

TABLES: Final = (
    "meta",
    "targets",
    "places",
    "resources",
    "history",
    "runs",
    "tasks",
    "attempts",
    "artifacts",
    "produced",
    "consumed",
    "metrics",
    "checks",
    "versions",
    "parameters",
    "code",
)

DDL: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- How to reach a target, as recorded last.
CREATE TABLE targets (name TEXT PRIMARY KEY, engine TEXT NOT NULL, store TEXT NOT NULL, region TEXT NOT NULL)
    WITHOUT ROWID;

-- Every store that may hold runs of a workflow, and the last run that was seen in it.
CREATE TABLE places (uid TEXT NOT NULL, store TEXT NOT NULL, seen TEXT NOT NULL DEFAULT '', PRIMARY KEY (uid, store))
    WITHOUT ROWID;

CREATE TABLE resources (
    uid TEXT PRIMARY KEY, address TEXT NOT NULL, type TEXT NOT NULL, provider TEXT NOT NULL, target TEXT NOT NULL,
    owner TEXT NOT NULL, serial INTEGER NOT NULL, generation INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    bundle TEXT NOT NULL, schedule TEXT NOT NULL, dependencies TEXT NOT NULL, removed TEXT NOT NULL,
    removed_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX resources_address ON resources (address);

-- Every write of a resource, oldest first.
CREATE TABLE history (
    uid TEXT NOT NULL, serial INTEGER NOT NULL, n INTEGER NOT NULL, at TEXT NOT NULL, address TEXT NOT NULL,
    target TEXT NOT NULL, provider TEXT NOT NULL, generation INTEGER NOT NULL, how TEXT NOT NULL,
    PRIMARY KEY (uid, serial, n)
) WITHOUT ROWID;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY, uid TEXT NOT NULL, run TEXT NOT NULL, address TEXT NOT NULL, status TEXT NOT NULL,
    reading TEXT NOT NULL, absorbed INTEGER NOT NULL DEFAULT 0, started_at TEXT NOT NULL, ended_at TEXT NOT NULL,
    last_sign TEXT NOT NULL, target TEXT NOT NULL, engine TEXT NOT NULL, store TEXT NOT NULL, owner TEXT NOT NULL,
    fingerprint TEXT NOT NULL, bundle TEXT NOT NULL, lock TEXT NOT NULL, generation INTEGER NOT NULL,
    scheduled_time TEXT NOT NULL, triggered_by TEXT NOT NULL, retry_of TEXT NOT NULL, from_task TEXT NOT NULL,
    host TEXT NOT NULL, engine_run TEXT NOT NULL, failed TEXT NOT NULL, failed_kind TEXT NOT NULL,
    failure TEXT NOT NULL, published TEXT NOT NULL, withheld TEXT NOT NULL,
    UNIQUE (uid, run)
);
CREATE INDEX runs_run ON runs (run);
CREATE INDEX runs_open ON runs (reading) WHERE reading IN ('open', 'pending');

CREATE TABLE tasks (
    id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, n INTEGER NOT NULL, task TEXT NOT NULL, op TEXT NOT NULL,
    kind TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL, reason TEXT NOT NULL, error TEXT NOT NULL, fingerprint TEXT NOT NULL,
    host TEXT NOT NULL, PRIMARY KEY (id, n)
) WITHOUT ROWID;

CREATE TABLE attempts (
    id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, task TEXT NOT NULL, attempt INTEGER NOT NULL,
    status TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
    python TEXT NOT NULL, memory_bytes INTEGER NOT NULL, error TEXT NOT NULL, traceback TEXT NOT NULL,
    PRIMARY KEY (id, task, attempt)
) WITHOUT ROWID;

CREATE TABLE artifacts (
    hash TEXT PRIMARY KEY, type TEXT NOT NULL, serializer TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    location TEXT NOT NULL, store TEXT NOT NULL, rows INTEGER, schema TEXT NOT NULL, file_name TEXT NOT NULL
) WITHOUT ROWID;

-- An artifact and the task that wrote it; a dataset's content has no run, and `serial` of the write instead.
CREATE TABLE produced (
    hash TEXT NOT NULL, uid TEXT NOT NULL, id INTEGER REFERENCES runs ON DELETE CASCADE, task TEXT NOT NULL,
    output TEXT NOT NULL, serial INTEGER NOT NULL DEFAULT 0, reused INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX produced_hash ON produced (hash);
CREATE INDEX produced_run ON produced (id);
CREATE UNIQUE INDEX produced_dataset ON produced (uid, hash, output) WHERE id IS NULL;

-- An artifact and the task that read it; an empty task: the run's own input.
CREATE TABLE consumed (
    hash TEXT NOT NULL, id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, task TEXT NOT NULL,
    parameter TEXT NOT NULL, PRIMARY KEY (id, task, parameter)
) WITHOUT ROWID;
CREATE INDEX consumed_hash ON consumed (hash);

CREATE TABLE metrics (
    id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, task TEXT NOT NULL, name TEXT NOT NULL,
    value REAL, PRIMARY KEY (id, task, name)
) WITHOUT ROWID;
CREATE INDEX metrics_name ON metrics (name);

CREATE TABLE checks (
    id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, task TEXT NOT NULL, name TEXT NOT NULL,
    passed INTEGER NOT NULL, severity TEXT NOT NULL, PRIMARY KEY (id, task, name)
) WITHOUT ROWID;

CREATE TABLE versions (
    id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, name TEXT NOT NULL, version TEXT NOT NULL,
    PRIMARY KEY (id, name)
) WITHOUT ROWID;

CREATE TABLE parameters (
    id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (id, name)
) WITHOUT ROWID;

-- Parts of an op's code by the op's fingerprint: written once, however many runs had it.
CREATE TABLE code (fingerprint TEXT PRIMARY KEY, parts TEXT NOT NULL) WITHOUT ROWID;
"""
