"""What a person does to Google Cloud past unknot: Google's own client for any service, made of its discovery document."""

import json
import os
from typing import Any

from discovery import SERVICES
from googleapiclient import discovery, http
from googleapiclient.discovery_cache import get_static_doc


def call(operation: str, params: dict[str, Any]) -> Any:
    """The answer of `storage.buckets.get`; `media` is text to be uploaded. Raises googleapiclient's HttpError."""
    service, *resources, method = operation.split(".")
    document = json.loads(get_static_doc(service, SERVICES[service]))
    document["rootUrl"] = f"{os.environ.get('GOOGLE_SCHEMA_HOST') or os.environ['STORAGE_EMULATOR_HOST']}/"
    given = dict(params)
    if "media" in given:
        given["media_body"] = http.MediaInMemoryUpload(given.pop("media").encode(), mimetype="text/plain")
    with discovery.build_from_document(document, http=http.build_http()) as found:
        for resource in resources:
            found = getattr(found, resource)()
        return getattr(found, method)(**given).execute()
