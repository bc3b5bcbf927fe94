"""Portable types with the public names: mypy --strict has nothing to say."""

from typing import assert_type

from unknot import (
    Bucket,
    Identity,
    Lifecycle,
    Output,
    Queue,
    Secret,
    Stack,
    Table,
    Target,
    aws,
    grants,
)
from unknot import format as join

PROD = Target("prod", cloud="aws", region="eu-west-1")

s = Stack("lake", owner="data@example.org", target=PROD)
raw = s.add(Bucket("raw", versioning=True, expire_days=30, labels={"team": "data"}))
assert_type(raw, Bucket)
assert_type(raw.url, Output[str])
db = s.add(Secret("db", value=Secret.env("DB_URL"), version=2, target=PROD))
assert_type(db.reference, Output[str])
trips = s.add(
    Table(
        "trips",
        columns={"id": "int64", "price": "decimal(10,2)", "day": "date"},
        partition_by=["day"],
        location=raw,
    )
)
dead = s.add(Queue("dead"))
jobs = s.add(Queue("jobs", dead_letter=dead, max_receives=3, lifecycle=Lifecycle(prevent_destroy=True)))
etl = s.add(
    Identity(
        "etl",
        may=[grants.read(raw), grants.write(trips), grants.use(db), grants.send(jobs)],
        depends_on=[raw],
    )
)
s.add(aws.SnsTopic("events", topic_name="events", tags={"bucket": raw.full_name}))
s.output("place", join("{url}/tables", url=raw.url))


def needs(secret: Secret) -> Secret:
    """`Secret` is a type for references and for what the stack keeps."""
    return secret


needs(Secret.env("A"))
needs(Secret.file("/run/secrets/a"))
needs(db)
secrets: dict[str, Secret] = {"DB": db, "TOKEN": Secret.env("TOKEN")}
