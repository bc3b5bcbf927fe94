"""Names of Google Cloud whose rules its discovery documents tell in words only.

Projects: https://cloud.google.com/resource-manager/docs/creating-managing-projects
Members and roles: https://cloud.google.com/iam/docs/principal-identifiers
Pub/Sub: https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
BigQuery: https://cloud.google.com/bigquery/docs/datasets#dataset-naming, .../docs/tables#table_naming
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from unknot.providers.declared.problem import Problem

_PROJECT: Final = r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]"
_DOMAIN: Final = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_EMAIL: Final = rf"[^@\s:]+@{_DOMAIN}"
_TOPIC: Final = r"(?!goog)[A-Za-z][A-Za-z0-9_.~+%-]{2,254}"
_LOCATION: Final = r"[a-z0-9-]+"


def _stated(pattern: str, wanted: str) -> Callable[[Any], Iterator[Problem]]:
    compiled = re.compile(pattern)

    def check(value: Any) -> Iterator[Problem]:
        if not compiled.fullmatch(str(value)):
            yield Problem("", f"cannot be `{str(value)[:90]}`", wanted)

    return check


project = _stated(
    _PROJECT,
    "A project's id has 6 to 30 lower case letters, digits and `-`, begins with a letter and does not end with `-`.",
)
account_id = _stated(
    r"[a-z][a-z0-9-]{4,28}[a-z0-9]",
    "It has 6 to 30 lower case letters, digits and `-`, begins with a letter and does not end with `-`.",
)
service_account = _stated(
    rf"(?:projects/[^/]+/serviceAccounts/)?(?:{_EMAIL}|\d+)",
    "A service account is its e-mail address: `name@project.iam.gserviceaccount.com`.",
)
role = _stated(
    r"(?:(?:projects|organizations)/[^/]+/)?roles/[A-Za-z0-9_.]+",
    "A role is `roles/storage.objectViewer`, or `projects/PROJECT/roles/NAME` for one of your own.",
)
member = _stated(
    rf"allUsers|allAuthenticatedUsers|(?:deleted:)?(?:user|serviceAccount|group):(?:{_EMAIL}\S*|[^\s@]+\[[^\]\s]+\])"
    rf"|domain:{_DOMAIN}|project(?:Owner|Editor|Viewer):[^\s:]+|principal(?:Set)?://iam\.googleapis\.com/\S+",
    "A member is `user:EMAIL`, `serviceAccount:EMAIL`, `group:EMAIL`, `domain:DOMAIN`, `principal://...`, "
    "`principalSet://...`, `allUsers` or `allAuthenticatedUsers`.",
)
kms_key = _stated(
    rf"projects/[^/]+/locations/{_LOCATION}/keyRings/[\w-]{{1,63}}/cryptoKeys/[\w-]{{1,63}}(?:/cryptoKeyVersions/\d+)?",
    "A key is `projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY`.",
)
topic_id = _stated(
    _TOPIC,
    "It has 3 to 255 letters, digits and `_.~+%-`, begins with a letter and not with `goog`.",
)
topic = _stated(
    rf"projects/[^/]+/topics/{_TOPIC}|_deleted-topic_", "A topic is `projects/PROJECT/topics/TOPIC`."
)
topic_url = _stated(
    rf"//pubsub\.googleapis\.com/projects/[^/]+/topics/{_TOPIC}",
    "A topic is `//pubsub.googleapis.com/projects/PROJECT/topics/TOPIC` here: the output `url` of a Pub/Sub topic.",
)
dataset_id = _stated(r"[A-Za-z0-9_]{1,1024}", "It has up to 1,024 letters, digits and `_`.")
table_id = _stated(
    r"[\w\s-]{1,1024}", "It has up to 1,024 letters, marks, digits, `_`, `-` and spaces, and no full stop."
)
secret_id = _stated(r"[A-Za-z0-9_-]{1,255}", "It has up to 255 letters, digits, `_` and `-`.")
dns_label = _stated(
    r"[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?",
    "It has up to 49 lower case letters, digits and `-`, begins with a letter and does not end with `-`.",
)
