"""The provider itself: every verb on a `World`, with a log, and with what a test wants to happen otherwise.

Set from outside the process, for tests that start or kill the command line:
`UNKNOT_FAKE_WORLD` (or the target's option `world`): file to keep the world in;
`UNKNOT_FAKE_FAIL=create:train,delete:raw`: these calls fail;
`UNKNOT_FAKE_KILL=7`: this process kills itself at its seventh step. Each create, update and delete has two:
before the world changes, and after it changed but before the call returns.
"""

import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from unknot.providers.base import (
    UNKNOWN,
    Context,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DeleteResponse,
    FindRequest,
    FindResponse,
    ImportRequest,
    ImportResponse,
    LiveObject,
    PlanItem,
    PlanOpinion,
    PlanRequest,
    PlanResponse,
    ReadItem,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from unknot.providers.fake.resources import TYPES
from unknot.providers.fake.rules import Verb, VerbOf
from unknot.providers.fake.world import FakeObject, World
from unknot.stacks.address import Address, name_of
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import ProviderError

WORLD_VARIABLE = "UNKNOT_FAKE_WORLD"
FAIL_VARIABLE = "UNKNOT_FAKE_FAIL"
KILL_VARIABLE = "UNKNOT_FAKE_KILL"

Request = TypeVar("Request")
Response = TypeVar("Response")


class Step(msgspec.Struct, frozen=True):
    """Something that happened to a call."""

    verb: str
    address: Address
    what: Literal["began", "ended", "failed"]


class FakeProvider:
    """Stands for any provider in tests; objects live in memory unless a file is named."""

    on_plan = VerbOf[PlanItem, PlanOpinion]()
    on_read = VerbOf[ReadItem, LiveObject | None]()
    on_create = VerbOf[CreateRequest, CreateResponse]()
    on_update = VerbOf[UpdateRequest, UpdateResponse]()
    on_delete = VerbOf[DeleteRequest, DeleteResponse]()
    on_find = VerbOf[FindRequest, FindResponse]()
    on_import = VerbOf[ImportRequest, ImportResponse]()

    def __init__(self, name: str = "fake") -> None:
        self.name = name
        self._lock = threading.Lock()
        self.reset()

    @property
    def world(self) -> World:
        """The world of calls whose target names none: a file if the environment does, else memory."""
        named = os.environ.get(WORLD_VARIABLE)
        return self._world_in(Path(named)) if named else self._memory

    def world_of(self, context: Context) -> World:
        """The world of calls with this context."""
        named = context.target.options.get("world")
        return self._world_in(context.project / str(named)) if named else self.world

    def reset(self) -> None:
        """As new: an empty world in memory, no rules, an empty log."""
        self.log: list[Step] = []
        """What happened, in order; one list for all threads."""
        self.throttle_every = 0
        """When n is set, every n-th call is refused as too many, at once: the same call may succeed when repeated."""
        self._memory = World()
        self._files: dict[str, World] = {}
        self._calls = 0
        self._steps = 0
        for verb in self._verbs():
            verb.clear()

    def _verbs(self) -> tuple[Verb[Any, Any], ...]:
        return (
            self.on_plan,
            self.on_read,
            self.on_create,
            self.on_update,
            self.on_delete,
            self.on_find,
            self.on_import,
        )

    def count(self, verb: str, address: str = "") -> int:
        """How many calls of a verb began, for an address or a name, or for all."""
        return sum(
            step.verb == verb
            and step.what == "began"
            and (not address or address in (step.address, name_of(step.address)))
            for step in tuple(self.log)
        )

    def plan(self, request: PlanRequest) -> PlanResponse:
        opinions = {}
        for item in request.items:
            opinion = self._call("plan", self.on_plan, item, item.address, partial(_opinion, item))
            if opinion.outputs or opinion.replace_because or opinion.diagnostics:
                opinions[item.address] = opinion
        return PlanResponse(opinions)

    def read_many(self, request: ReadRequest) -> ReadResponse:
        """One call, however many items. What a rule lets fail is absent, with a diagnostic."""
        world = self.world_of(request.context)
        objects: dict[Address, LiveObject | None] = {}
        diagnostics = []
        for item in request.items:
            try:
                objects[item.address] = self._call(
                    "read", self.on_read, item, item.address, partial(_read, world, item)
                )
            except ProviderError as problem:
                diagnostics.append(
                    Diagnostic.error(problem.summary, detail=problem.detail, address=item.address)
                )
        return ReadResponse(objects, tuple(diagnostics), calls=1)

    def create(self, request: CreateRequest) -> CreateResponse:
        return self._call(
            "create", self.on_create, request, request.address, lambda: self._create(request), changes=True
        )

    def update(self, request: UpdateRequest) -> UpdateResponse:
        """Raises ProviderError when the object is gone."""
        return self._call(
            "update", self.on_update, request, request.address, lambda: self._update(request), changes=True
        )

    def delete(self, request: DeleteRequest) -> DeleteResponse:
        def remove() -> DeleteResponse:
            self.world_of(request.context).remove(request.id)
            return DeleteResponse()

        return self._call("delete", self.on_delete, request, request.address, remove, changes=True)

    def find(self, request: FindRequest) -> FindResponse:
        """Raises ProviderError for a type that cannot be looked up (`resolve_by="none"`)."""
        return self._call("find", self.on_find, request, request.address, lambda: self._find(request))

    def import_(self, request: ImportRequest) -> ImportResponse:
        def look() -> ImportResponse:
            world = self.world_of(request.context)
            there = world.get(request.id)
            if there is None or there.type != request.type:
                return ImportResponse(None)
            if request.adopt:
                there = msgspec.structs.replace(there, mark=request.mark, address=request.address)
                world.replace(there)
            return ImportResponse(_live(there))

        return self._call("import", self.on_import, request, request.address, look)

    def _create(self, request: CreateRequest) -> CreateResponse:
        how = _resolve_by(request.type)
        wanted_name = request.inputs.get("physical_name")

        def allowed(each: FakeObject) -> None:
            if each.type == request.type and each.inputs.get("physical_name") == wanted_name:
                raise ProviderError(
                    f"there is a {request.type} called `{wanted_name}` already",
                    detail=f"Import it (`unknot import {request.address} {each.id}`), or choose another name.",
                )

        def made(number: str) -> FakeObject:
            identity = f"{request.type.rpartition('.')[2]}-{number}"
            inputs = _told(request.type, request.inputs)
            return FakeObject(
                identity,
                request.type,
                inputs,
                _outputs(request.type, identity, inputs),
                request.address,
                request.token,
                request.mark,
            )

        there = self.world_of(request.context).create(
            made,
            token="" if how == "none" else request.token,
            allowed=allowed if how == "unique-name-with-proof" else None,
        )
        return CreateResponse(there.id, there.outputs)

    def _update(self, request: UpdateRequest) -> UpdateResponse:
        world = self.world_of(request.context)
        there = world.get(request.id)
        if there is None:
            raise ProviderError(
                f"`{request.id}` does not exist any more", detail="Plan again: it will be made anew."
            )
        inputs = _told(request.type, request.inputs)
        outputs = {**there.outputs, **_outputs(request.type, request.id, inputs)}
        world.replace(msgspec.structs.replace(there, inputs=inputs, outputs=outputs, mark=request.mark))
        return UpdateResponse(outputs)

    def _find(self, request: FindRequest) -> FindResponse:
        how = _resolve_by(request.type)
        if how == "none":
            raise ProviderError(f"objects of type {request.type} cannot be looked up")
        world = self.world_of(request.context)
        if how != "unique-name-with-proof":
            # By the token even where the type has marks: while a replacement is made, two objects bear one mark.
            return FindResponse(_live(world.with_token(request.token)))
        wanted_name = request.inputs.get("physical_name")
        return FindResponse(
            _live(
                world.find(
                    lambda each: each.type == request.type and each.inputs.get("physical_name") == wanted_name
                )
            )
        )

    def _call(
        self,
        verb: str,
        rules: Verb[Request, Response],
        request: Request,
        address: Address,
        usual: Callable[[], Response],
        *,
        changes: bool = False,
    ) -> Response:
        self.log.append(Step(verb, address, "began"))
        try:
            self._fail_if_asked(verb, address)
            rule = rules.take(address, after=False)
            if rule is not None and rule.gate is not None:
                rule.gate.stand()
            if rule is not None and rule.raises is not None:
                raise rule.raises
            if changes:
                self._die_if_asked()
            response: Response = rule.does(request) if rule is not None and rule.does else usual()
            if changes:
                self._die_if_asked()
            later = rules.take(address, after=True)
            if later is not None and later.gate is not None:
                later.gate.stand()
            if later is not None and later.raises is not None:
                raise later.raises
            if later is not None and later.does is not None:
                response = later.does(request)
        except BaseException:
            self.log.append(Step(verb, address, "failed"))
            raise
        self.log.append(Step(verb, address, "ended"))
        return response

    def _fail_if_asked(self, verb: str, address: Address) -> None:
        if self.throttle_every:
            with self._lock:
                self._calls += 1
                refused = self._calls % self.throttle_every == 0
            if refused:
                raise ProviderError("too many calls", detail="Try again in a moment.", retryable=True)
        if asked := os.environ.get(FAIL_VARIABLE):
            wanted = {tuple(entry.split(":", 1)) for entry in asked.split(",")}
            if not wanted.isdisjoint({(verb, address), (verb, name_of(address))}):
                raise ProviderError(f"{verb} of `{address}` was asked to fail", detail=f"By {FAIL_VARIABLE}.")

    def _die_if_asked(self) -> None:
        if at := os.environ.get(KILL_VARIABLE):
            with self._lock:
                self._steps += 1
                if self._steps == int(at):
                    os.kill(os.getpid(), signal.SIGKILL)

    def _world_in(self, file: Path) -> World:
        key = str(file.absolute())
        with self._lock:
            return self._files.setdefault(key, World(Path(key)))


def _resolve_by(type_name: str) -> str:
    return TYPES[type_name].resolve_by if type_name in TYPES else "mark"


def _told(type_name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs that a read gives back: not the write-only ones."""
    if type_name not in TYPES:
        return dict(inputs)
    fields = TYPES[type_name].fields
    return {
        name: value for name, value in inputs.items() if name not in fields or not fields[name].write_only
    }


def _outputs(type_name: str, identity: str, inputs: dict[str, Any]) -> dict[str, Any]:
    every = {
        "url": f"fake://{identity}",
        "endpoint": f"fake://{identity}/run",
        "echo": inputs.get("value"),
        "secret_key": f"secret-of-{identity}",
    }
    if type_name not in TYPES:
        return {}
    return {name: every[name] for name in TYPES[type_name].computed}


def _opinion(item: PlanItem) -> PlanOpinion:
    """`echo` is known as far as the value is; the rest of an object's outputs stays with it when it is updated."""
    info = TYPES.get(item.type)
    if info is None:
        return PlanOpinion()
    outputs = {}
    if item.action == "update" and item.prior_outputs is not None:
        outputs = {
            name: value
            for name, value in item.prior_outputs.items()
            if name in info.computed and not info.computed[name].sensitive
        }
    if "echo" in info.computed and item.inputs.get("value") != UNKNOWN:
        outputs["echo"] = item.inputs.get("value")
    else:
        outputs.pop("echo", None)
    return PlanOpinion(outputs=outputs)


def _read(world: World, item: ReadItem) -> LiveObject | None:
    return _live(world.get(item.id))


def _live(there: FakeObject | None) -> LiveObject | None:
    return None if there is None else LiveObject(there.id, there.inputs, there.outputs, there.mark)
