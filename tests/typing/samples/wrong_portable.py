"""Mistakes with portable types, one a line: mypy --strict finds each at its line."""

from right_portable import db, jobs, raw, s, trips

from unknot import Bucket, Identity, Queue, Secret, Table, grants

Bucket("raw", versioned=True)  # E: "versioned"
Bucket("raw", expire_days="30")  # E: incompatible type "str"
Bucket()  # E: "name"
Secret("db", valu=Secret.env("DB"))  # E: "valu"
s.add(Secret.env("DB"))  # E: "SecretReference"
Table("trips")  # E: "columns"
Table("trips", columns={"id": "int64"}, location="s3://raw")  # E: incompatible type "str"
Queue("jobs", dead_letter=raw)  # E: incompatible type "Bucket"; expected "Queue | None"
grants.read(jobs)  # E: incompatible type "Queue"
grants.use(raw)  # E: incompatible type "Bucket"
grants.send(trips)  # E: incompatible type "Table"
Identity("etl", may=[raw])  # E: incompatible type "Bucket"
s.output("a", raw.ulr)  # E: "ulr"
s.output("b", db.url)  # E: "url"
