"""Move a bucket: the parts that it is made of at its target are there already; the objects in it are copied and proven.

Unlike what unknot itself keeps in stores, objects of a bucket are written over and deleted by their users: each pass
takes that over, the last one in the cutover.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from unknot.providers.base import UNKNOWN, Context
from unknot.providers.mover import Load, MoveError, MoveRequest, PhaseResult
from unknot.providers.moving.carrying import Carriage
from unknot.providers.objects import Place, open_place
from unknot.stacks.portable.words import PARTS, PHYSICAL_NAME

_OPTIONS = {"s3": ("endpoint", "profile", "role")}
"""Options of a target that say how its cloud is reached, as places take them; of others the environment tells."""


class BucketMover:
    """Moves `bucket`."""

    def phases(self, request: MoveRequest) -> tuple[str, ...]:
        return ("copy", "verify", "cutover")

    def survey(self, request: MoveRequest) -> Load:
        """The target's bucket is only planned: it is taken to be empty, and its speed is not known."""
        return _carriage(request).loaded(target_is_new=True)

    def carry_out(self, phase: str, request: MoveRequest) -> PhaseResult:
        match phase:
            case "copy":
                source, target = _urls(request)
                return PhaseResult({**_carriage(request).carry(), "source": source, "target": target})
            case "verify":
                return PhaseResult(_carriage(request).proven())
            case "cutover":
                found = _carriage(request).carry()
                if found["digest"] != request.done.get("verify", {}).get("digest"):
                    found = {**found, **_carriage(request).proven()}
                name = str(request.inputs.get(PHYSICAL_NAME, request.token))
                return PhaseResult(found, id=name, outputs=_bound(request))
        raise MoveError(f"a bucket has no phase `{phase}`")

    def clean_up(self, request: MoveRequest) -> None:
        """What was copied goes from the source, so that its parts can be deleted; what was written there since stays."""
        _carriage(request).clear_source()

    def give_up(self, request: MoveRequest) -> None:
        """Nobody uses the target before the cutover: all that is in it is of the copy."""
        if request.done.get("copy") or _urls(request)[1]:
            _carriage(request).clear_target()

    def verify(self, request: MoveRequest) -> Mapping[str, Any]:
        return _carriage(request).faults()


def _carriage(request: MoveRequest) -> Carriage:
    source, target = _urls(request)

    def at(url: str, context: Context) -> Place:
        if not url:
            raise MoveError(f"it is not known where `{request.address}` is at `{context.target.name}`")
        return open_place(_reached(url, context))

    def ends() -> tuple[Place, Place]:
        return at(source, request.source), at(target, request.target)

    return Carriage(request, ends, lambda: at(target, request.target), written_once=False)


def _urls(request: MoveRequest) -> tuple[str, str]:
    """Of source and target: as the copy found them, else as recorded and as wanted."""
    copied = request.done.get("copy", {})
    return (
        str(copied.get("source") or request.outputs.get("url") or ""),
        str(copied.get("target") or _known(_bound(request).get("url"))),
    )


def _bound(request: MoveRequest) -> Mapping[str, Any]:
    """Outputs of the bucket at its target."""
    bound = request.inputs.get(PARTS)
    return bound if isinstance(bound, dict) else {}


def _known(value: Any) -> str:
    return value if isinstance(value, str) and value != UNKNOWN else ""


def _reached(url: str, context: Context) -> str:
    """The URL with what the target says of how its cloud is reached."""
    options = {
        n: str(v) for n, v in context.target.options.items() if n in _OPTIONS.get(url.partition(":")[0], ())
    }
    if url.startswith("s3:") and context.target.region:
        options["region"] = context.target.region
    if not options:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(options)}"
