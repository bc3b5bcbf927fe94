"""How requests go out: counted one by one, retries included, and retried as the SDKs' own policies do it."""

from importlib import import_module
from typing import Any, Final

CONNECT_S: Final = 10
READ_S: Final = 60
"""Time limits of calls are the engine's, of whole changes."""

RETRIES: Final = 5
BACKOFF_S = 0.5
"""Before the first retry, where the service does not say."""
GROWTH = 2
"""What later pauses grow by."""


def counting() -> Any:
    """A transport of azure-core that counts in the `Tally` that a call was given as `unknot_tally`."""
    from azure.core.pipeline.transport import RequestsTransport

    class Counting(RequestsTransport):  # type: ignore[misc]  # of a library without types
        def send(self, request: Any, **options: Any) -> Any:
            tally = options.pop("unknot_tally", None)
            if tally is not None:
                tally.add()
            return super().send(request, **options)

    return Counting(connection_timeout=CONNECT_S, read_timeout=READ_S)


def settings(kind: str, transport: Any) -> dict[str, Any]:
    """What the client of a kind (`arm`, `vault`, `blob`, `queue`, `table`) is made with."""
    common = {"transport": transport, "user_agent": "unknot"}
    if kind in ("blob", "queue"):
        # The libraries' default waits for 15 s before the first retry.
        retry = import_module(f"azure.storage.{kind}").ExponentialRetry
        policy = retry(
            initial_backoff=BACKOFF_S,
            increment_base=GROWTH,
            random_jitter_range=BACKOFF_S,
            retry_total=RETRIES,
        )
        return {**common, "retry_policy": policy}
    tries = dict.fromkeys(("retry_total", "retry_connect", "retry_read", "retry_status"), RETRIES)
    return {**common, **tries, "retry_backoff_factor": BACKOFF_S, "retry_backoff_max": 20}
