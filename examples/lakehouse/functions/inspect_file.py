"""The function on AWS: says of a file that arrived how large it is. Lambda calls `handler`."""

from typing import Any


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    records = event.get("Records", [])
    return {"files": {r["s3"]["object"]["key"]: r["s3"]["object"].get("size", 0) for r in records}}
