"""Portable types on this machine: which provider types each is made of, and what a folder cannot do."""

from collections.abc import Callable
from typing import Any

import unknot.stacks.output as outputs
from unknot.providers.base import ExpandRequest, ExpandResponse, Support
from unknot.providers.local_cloud.resources import (
    LocalBucket,
    LocalIdentity,
    LocalQueue,
    LocalSecret,
    LocalTable,
)
from unknot.providers.portable.parts import Parts, grants_of
from unknot.stacks.portable.naming import NameRule
from unknot.stacks.portable.words import HERE

_NAME = NameRule(longest=100)
_LABELS = {"labels": "kept beside it"}

SUPPORTS = {
    "bucket": Support(
        made_of=("local.bucket",),
        inputs={**_LABELS, "force_destroy": ""},
        recorded={
            "versioning": "A folder keeps one version of each file.",
            "expire_days": "Nothing deletes the files of a folder when they are old.",
            "retention_days": "Nothing keeps the files of a folder from being deleted.",
        },
        instead={"encryption_key": "A folder is as its disk is. Leave the key out on this target."},
        name=_NAME,
    ),
    "secret": Support(
        made_of=("local.secret",),
        inputs={**_LABELS, "value": "a file that only its owner can read", "version": ""},
        name=_NAME,
    ),
    "table": Support(
        made_of=("local.table",),
        inputs={
            **_LABELS,
            "columns": "the schema of a folder of Parquet files",
            "partition_by": "",
            "location": "",
            "description": "",
        },
        recorded={"key": "Nothing keeps two rows with one key out of a folder of files."},
        name=_NAME,
    ),
    "queue": Support(
        made_of=("local.queue",),
        inputs={
            **_LABELS,
            "visibility_timeout_s": "",
            "retention_s": "",
            "dead_letter": "",
            "max_receives": "with `dead_letter`",
        },
        name=_NAME,
    ),
    "identity": Support(
        made_of=("local.identity",),
        inputs={**_LABELS, "engine": ""},
        recorded={"may": "Processes of this machine may touch whatever its user may."},
        name=_NAME,
    ),
}


class LocalCloud:
    """This machine. What cannot be had of a folder is recorded, so that a stack can be tried out here first."""

    name = HERE
    supports = SUPPORTS

    def expand(self, request: ExpandRequest) -> ExpandResponse:
        return _EXPANSIONS[request.type](Parts(request), _called(request))


def _called(request: ExpandRequest) -> str:
    """Its physical name; what is taken over has one already."""
    return request.import_id.rpartition("/")[2] or request.name


def _common(parts: Parts, name: str) -> dict[str, Any]:
    return {"physical_name": name, "labels": parts.input("labels")}


_FOLLOWS = {"labels": "labels"}


def _bucket(parts: Parts, name: str) -> ExpandResponse:
    made = parts.add(
        LocalBucket(parts.name(), **_common(parts, name), force_destroy=parts.input("force_destroy", False)),
        follows={**_FOLLOWS, "force_destroy": "force_destroy"},
        import_id=parts.request.import_id,
    )
    return parts.response(physical_name=name, full_name=name, id=made.path, url=made.url)


def _secret(parts: Parts, name: str) -> ExpandResponse:
    made = parts.add(
        LocalSecret(
            parts.name(),
            **_common(parts, name),
            value=parts.input("value"),
            version=parts.input("version", 1),
        ),
        follows={**_FOLLOWS, "value": "value", "version": "version"},
        import_id=parts.request.import_id,
    )
    return parts.response(physical_name=name, full_name=name, id=made.path, reference=made.url)


def _table(parts: Parts, name: str) -> ExpandResponse:
    location = parts.input("location")
    made = parts.add(
        LocalTable(
            parts.name(),
            **_common(parts, name),
            columns=parts.input("columns"),
            partition_by=parts.input("partition_by") or None,
            key=parts.input("key") or None,
            description=parts.input("description"),
            location=location and outputs.format("{bucket}/tables/{name}", bucket=location["url"], name=name),
        ),
        follows={name: name for name in ("labels", "columns", "partition_by", "key", "description")},
        import_id=parts.request.import_id,
    )
    return parts.response(physical_name=name, full_name=name, id=made.path, url=made.url)


def _queue(parts: Parts, name: str) -> ExpandResponse:
    dead_letter = parts.input("dead_letter")
    made = parts.add(
        LocalQueue(
            parts.name(),
            **_common(parts, name),
            visibility_timeout_s=parts.input("visibility_timeout_s", 30),
            retention_s=parts.input("retention_s", 4 * 24 * 3600),
            dead_letter=dead_letter and dead_letter["url"],
            max_receives=parts.input("max_receives", 5) if dead_letter else None,
        ),
        follows={name: name for name in ("labels", "visibility_timeout_s", "retention_s", "max_receives")},
        import_id=parts.request.import_id,
    )
    return parts.response(physical_name=name, full_name=name, id=made.path, url=made.url)


def _identity(parts: Parts, name: str) -> ExpandResponse:
    may = [{"access": grant.access, "on": grant.outputs["id"]} for grant in grants_of(parts.request)]
    made = parts.add(
        LocalIdentity(parts.name(), **_common(parts, name), may=may or None, engine=parts.input("engine")),
        follows={**_FOLLOWS, "may": "may", "engine": "engine"},
        import_id=parts.request.import_id,
    )
    return parts.response(physical_name=name, full_name=name, id=made.path, url=made.url)


_EXPANSIONS: dict[str, Callable[[Parts, str], ExpandResponse]] = {
    "bucket": _bucket,
    "secret": _secret,
    "table": _table,
    "queue": _queue,
    "identity": _identity,
}
