"""Which names each kind of place refuses, and why: said before anything is copied.

Rules are those of the clouds' own pages on object naming, and of POSIX for folders.
"""

import re
import unicodedata

NAME_BYTES_MAX = 1024
"""S3 and GCS: of a whole name in UTF-8."""

AZURE_CHARACTERS_MAX = 1024
AZURE_SEGMENTS_MAX = 254
FILE_BYTES_MAX = 255
PATH_BYTES_MAX = 4095
"""Linux: NAME_MAX, and PATH_MAX without the final zero."""

RESERVED = ".unknot-tmp"
"""Where unfinished objects lie: the first segment of no key that is written."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _common(name: str, key: str) -> str:
    if not name:
        return "the name is empty"
    if any(unicodedata.category(c) == "Cs" for c in name):
        return "it is not valid Unicode"
    if key.partition("/")[0] == RESERVED:
        return f"`{RESERVED}/` is kept for what is unfinished"
    return ""


def s3_refuses(prefix: str, key: str) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""
    name = prefix + key
    if why := _common(name, key):
        return why
    if len(name.encode()) > NAME_BYTES_MAX:
        return _too_long(len(name.encode()), NAME_BYTES_MAX, "bytes")
    if "\0" in name:
        return "it holds a zero byte"
    if any(segment in (".", "..") for segment in name.split("/")):
        # S3 itself allows them with limits; clients resolve them in the path of the URL.
        return "a segment is `.` or `..`, which clients resolve away"
    return ""


def gcs_refuses(prefix: str, key: str) -> str:
    """https://cloud.google.com/storage/docs/objects#naming"""
    name = prefix + key
    if why := _common(name, key):
        return why
    if len(name.encode()) > NAME_BYTES_MAX:
        return _too_long(len(name.encode()), NAME_BYTES_MAX, "bytes")
    if "\r" in name or "\n" in name:
        return "it holds a carriage return or a line feed"
    if name.startswith(".well-known/acme-challenge/"):
        return "it begins with `.well-known/acme-challenge/`"
    if name in (".", ".."):
        return "it is `.` or `..`"
    return _not_xml(name)


def azure_refuses(prefix: str, key: str) -> str:
    """https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata"""
    name = prefix + key
    if why := _common(name, key):
        return why
    # Characters of UTF-16, as .NET counts them.
    length = len(name.encode("utf-16-le")) // 2
    if length > AZURE_CHARACTERS_MAX:
        return _too_long(length, AZURE_CHARACTERS_MAX, "characters")
    if name.count("/") >= AZURE_SEGMENTS_MAX:
        return f"it has more than {AZURE_SEGMENTS_MAX} segments"
    if any(segment.endswith(".") for segment in name.split("/")):
        return "a segment ends with a dot"
    if name.endswith("/") or "\\" in name:
        return "it ends with a slash" if name.endswith("/") else "it holds a backslash"
    if any(unicodedata.category(c) == "Cc" for c in name):
        return "it holds a control character"
    return _not_xml(name)


def local_refuses(root: str, key: str) -> str:
    """A file's path below `root`."""
    if why := _common(key, key):
        return why
    if "\0" in key:
        return "it holds a zero byte"
    segments = key.split("/")
    if segments[-1] == "":
        return "it ends with a slash, and a file cannot"
    if "" in segments:
        return "it has an empty segment (`//`), and a path cannot"
    if "." in segments or ".." in segments:
        return "a segment is `.` or `..`"
    longest = max(len(segment.encode()) for segment in segments)
    if longest > FILE_BYTES_MAX:
        return _too_long(longest, FILE_BYTES_MAX, "bytes in one segment")
    whole = len(root.encode()) + 1 + len(key.encode())
    if whole > PATH_BYTES_MAX:
        return _too_long(whole, PATH_BYTES_MAX, "bytes with the folder's own path")
    return ""


def _not_xml(name: str) -> str:
    return "it holds a character that XML cannot" if _NOT_XML.search(name) else ""


def _too_long(length: int, most: int, unit: str) -> str:
    return f"it is too long: {length} {unit}, at most {most}"
