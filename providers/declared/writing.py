"""Create, change and delete objects of one type. Every method may be repeated after a crash and finishes what it began.

A create looks first whether something of that name is there: what bears our mark is brought to what is wanted,
anything else is left alone.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from unknot.providers.base import (
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    FindRequest,
    LiveObject,
    Mark,
    UpdateRequest,
    UpdateResponse,
)
from unknot.providers.declared.calls import Api, CallFailed, Tally
from unknot.providers.declared.comparing import differs
from unknot.providers.declared.declaration import FORCE, Aspect, Call
from unknot.providers.declared.emptying import Emptying, deleting, still_holds
from unknot.providers.declared.expressions import evaluate
from unknot.providers.declared.kind import Kind, readings, speaks_of
from unknot.providers.declared.reading import Found, Reader
from unknot.providers.declared.waiting import through_transient, until
from unknot.stacks.address import Address
from unknot.stacks.definition import SEALED, SECRET
from unknot.stacks.errors import ProviderError


class Writer:
    """Writes objects of one type through one connection. Raises ProviderError and CallFailed."""

    def __init__(self, kind: Kind, api: Api, tally: Tally) -> None:
        self._kind = kind
        self._api = api
        self._tally = tally
        self._reader = Reader(kind, api, tally)

    def create(self, request: CreateRequest) -> CreateResponse:
        kind, declaration = self._kind, self._kind.declaration
        create = declaration.create
        if create is None:
            raise ProviderError(
                f"objects of type `{declaration.type}` are not made by unknot",
                detail=f"Import one that exists: `unknot import {request.address} ID`.",
            )
        deadline = time.monotonic() + request.timeout_s
        names = kind.made_up_name(request.address, request.token, request.inputs)
        inputs = {**request.inputs, **names}
        tags = self._tags(inputs, request.mark)
        document = self._document(inputs, {}, tags, request.token)
        there = self._there(inputs, request.token, request.mark, proven=bool(names))
        if there is not None:
            return self._taken(there, request.address, inputs, request.mark, deadline)
        document["key"] = kind.known_keys(document) or {}
        parameters = kind.parameters(create, document, kind.main_fields, self._api)
        if declaration.tags is not None and declaration.tags.create and tags:
            parameters[declaration.tags.create] = kind.tag_form(tags)
        try:
            answer = through_transient(
                lambda: self._call(create, parameters), declaration.transient, deadline
            )
        except CallFailed as problem:
            if not (problem.is_taken and kind.is_named):
                raise
            there = self._there(inputs, request.token, request.mark, proven=bool(names))
            if there is None:
                raise
            if there.mark is None and problem.repeated:
                # It was not there before, and the client asked more than once: the answer to an earlier try was lost.
                found = self._reader.one(there.id, (), tags=True)
                if found is not None:
                    self.adopt(there.id, found, request.mark)
                    there = LiveObject(there.id, there.inputs, there.outputs, request.mark)
            return self._taken(there, request.address, inputs, request.mark, deadline)
        keys = kind.known_keys(document, answer)
        if keys is None:
            raise ProviderError(
                f"the answer of `{create.operation}` does not tell what was made",
                detail="The declaration of the type does not fit the service: please report it.",
            )
        document["key"] = keys
        if declaration.tags is not None and not kind.tags_at_create:
            self._tag(document, {}, tags)
        # Some services take no changes before what they make is ready.
        self._wait_ready(keys, deadline)
        self._put_aspects(
            document, [a for a in declaration.aspects if not a.at_create and self._is_set(a, inputs)]
        )
        if declaration.aspects:
            self._wait_ready(keys, deadline)
        return CreateResponse(kind.object_id(keys), self._outputs(keys))

    def update(self, request: UpdateRequest) -> UpdateResponse:
        keys = self._kind.needed_keys(request.id)
        # A secret that the plan did not find to differ is what was set: the record has no more than a reference to it.
        prior = dict(request.prior_inputs)
        if request.changed is not None:
            same = {n for n, value in prior.items() if _holds_secret(value) and n not in request.changed}
            prior |= {name: request.inputs.get(name) for name in same}
        self._bring(keys, prior, request.inputs, request.token, request.mark, request.timeout_s)
        return UpdateResponse(self._outputs(keys))

    def delete(self, request: DeleteRequest) -> None:
        kind, declaration = self._kind, self._kind.declaration
        if declaration.delete is None:
            return
        deadline = time.monotonic() + request.timeout_s
        keys = self._kind.needed_keys(request.id)
        document = self._document(request.inputs, {}, {}, "")
        document["key"], document["output"] = keys, request.outputs
        forced = request.inputs.get(FORCE) is True
        held = None if declaration.content is None or forced else self._reader.ask(declaration.content, keys)
        if held:
            raise still_holds(request.id, str(held), can_be_forced=FORCE in kind.inputs)
        for call in declaration.before_delete:
            self._take_away(call, document, deadline)
        emptying = None
        if forced and declaration.sweeps and self._reader.ask(declaration.read, keys) is not None:
            emptying = Emptying(
                kind, self._api, self._tally, request.id, document, deadline, request.progress
            )
        deleting(
            lambda: self._take_away(declaration.delete, document, deadline),
            emptying,
            declaration.not_empty,
            request.id,
        )
        if declaration.deleted is not None:
            # What is being deleted counts as gone elsewhere, and is here still there.
            reading = msgspec.structs.replace(declaration.read, gone="")
            until(
                declaration.deleted,
                lambda: self._reader.ask(reading, keys),
                f"the deletion of `{request.id}`",
                deadline,
                absent_is_ready=True,
            )

    def _take_away(self, call: Call | None, document: Mapping[str, Any], deadline: float) -> None:
        """One call of a delete, if it applies. What is gone already is as good."""
        kind, declaration = self._kind, self._kind.declaration
        if call is None or not self._applies(call, document):
            return
        try:
            through_transient(
                lambda: self._call(call, kind.parameters(call, document, (), self._api)),
                tuple(code for code in declaration.transient if code not in call.ignore),
                deadline,
            )
        except CallFailed as problem:
            if not problem.matches((*declaration.read.absent, *call.ignore)):
                raise

    def find(self, request: FindRequest) -> LiveObject | None:
        """What an interrupted create may have made."""
        names = self._kind.made_up_name(request.address, request.token, request.inputs)
        return self._there({**request.inputs, **names}, request.token, request.mark, proven=bool(names))

    def adopt(self, object_id: str, found: Found, mark: Mark) -> None:
        """Put our mark on an object that is imported."""
        kind = self._kind
        if kind.declaration.tags is None or found.tags is None:
            return
        tags, _ = kind.without_mark(found.tags)
        wanted = kind.with_mark(tags, mark)
        if wanted == found.tags:
            return
        # Where tags are set with everything else, the rest is sent as it is.
        document = self._document(self._reader.live(object_id, found, None).inputs, {}, wanted, "")
        document["key"] = self._kind.needed_keys(object_id)
        self._tag(document, dict(found.tags), wanted)

    # steps

    def _there(self, inputs: Mapping[str, Any], token: str, mark: Mark, *, proven: bool) -> LiveObject | None:
        """The object in the place of the one wanted: of that name, or with our mark.

        `proven`: the name was made up from our token, which nobody else has.
        """
        kind = self._kind
        if kind.is_named:
            keys = kind.known_keys(self._document(inputs, {}, {}, token))
            if keys is None:
                return None
            object_id = kind.object_id(keys)
            try:
                found = self._reader.one(object_id, (), tags=True)
            except CallFailed as problem:
                if problem.status == 403:
                    problem.detail += f" Or `{object_id}` is somebody else's: then choose another name."
                raise
            if found is None:
                return None
            live = self._reader.live(object_id, found, {})
            if kind.declaration.alike or (proven and kind.declaration.tags is None):
                return LiveObject(live.id, live.inputs, live.outputs, mark)
            return live
        if kind.declaration.tags is None:
            return None
        known = kind.told_keys(self._document(inputs, {}, {}, token))
        for object_id, document, listing in self._reader.listing(known, mark):
            if listing.tags:
                found = Found(document, {}, kind.tag_map(self._reader.tags_in(document)))
                if kind.without_mark(found.tags or {})[1] != mark:
                    continue
            found_whole = self._reader.one(object_id, (), tags=True)
            if found_whole is not None and kind.without_mark(found_whole.tags or {})[1] == mark:
                return self._reader.live(object_id, found_whole, {})
        return None

    def _taken(
        self, there: LiveObject, address: Address, inputs: Mapping[str, Any], mark: Mark, deadline: float
    ) -> CreateResponse:
        """Finish an object that an earlier try of this create has made. Raises ProviderError for anybody else's."""
        kind = self._kind
        if there.mark != mark:
            raise ProviderError(
                f"`{there.id}` exists already and is not ours",
                detail=f"A {kind.declaration.type} of that name is there without our mark. "
                f"Import it with `unknot import {address} {there.id}`, or choose another name.",
            )
        keys = self._kind.needed_keys(there.id)
        self._wait_ready(keys, deadline)
        wanted = {name for name, value in inputs.items() if value is not None and name in kind.inputs}
        found = self._reader.one(there.id, wanted, tags=True)
        if found is not None:
            before = self._reader.live(there.id, found, inputs).inputs
            self._bring(keys, before, inputs, "", mark, max(1.0, deadline - time.monotonic()))
        return CreateResponse(there.id, self._outputs(keys))

    def _bring(
        self,
        keys: Mapping[str, str],
        prior: Mapping[str, Any],
        inputs: Mapping[str, Any],
        token: str,
        mark: Mark,
        timeout_s: float,
    ) -> None:
        """Change what differs between `prior` and `inputs`."""
        kind, declaration = self._kind, self._kind.declaration
        deadline = time.monotonic() + timeout_s
        changed = {
            name
            for name, shape in kind.inputs.items()
            if (name in prior or name in inputs)
            and differs(prior.get(name), inputs.get(name), shape, kind.catalogue)
        }
        if not changed:
            return
        tags = self._tags(inputs, mark)
        document = self._document(self._with_defaults(inputs, changed), prior, tags, token)
        document["key"] = keys
        document["changed"] = kind.members(changed)
        for call in declaration.update:
            fields = kind.fields_of(call, self._api)
            if changed & fields:
                if call.merges:
                    fields &= changed
                self._make(call, document, fields)
                self._wait_ready(keys, deadline)
        if kind.tag_field in changed:
            self._tag(document, self._tags(prior, mark), tags)
        self._put_aspects(document, list(readings(kind, changed)))
        self._wait_ready(keys, deadline)

    def _put_aspects(self, document: dict[str, Any], aspects: list[Aspect]) -> None:
        kind = self._kind
        for aspect in kind.declaration.aspects:  # in the order in which they are declared
            if aspect not in aspects:
                continue
            last = aspect.put
            if aspect.unset is not None and not self._is_set(aspect, document["input"]):
                last = aspect.unset
            document["live"] = None
            for call in (*aspect.before_put, last):
                self._make(call, document, aspect.fields)

    def _make(self, call: Call, document: dict[str, Any], fields: Iterable[str]) -> None:
        """Make a call if it applies, and bear the failures that it may have."""
        kind = self._kind
        texts = (*call.params.values(), call.when)
        if not document["output"] and speaks_of(texts, "output"):
            document["output"] = self._outputs(document["key"])
        if document["live"] is None and speaks_of(texts, "live"):
            # Tags have no fields: what is sent with them may be any.
            document["live"] = self._reader.raw(document["key"], tuple(fields) or self._kind.main_fields)
        if not self._applies(call, document):
            return
        try:
            self._call(call, kind.parameters(call, document, fields, self._api))
        except CallFailed as problem:
            if not problem.matches(call.ignore):
                raise

    def _tag(self, document: dict[str, Any], before: Mapping[str, str], wanted: Mapping[str, str]) -> None:
        tags, kind = self._kind.declaration.tags, self._kind
        assert tags is not None
        added = {name: value for name, value in wanted.items() if before.get(name) != value}
        removed = sorted(before.keys() - wanted.keys())
        view = {
            **document,
            "tags": kind.tag_form(wanted),
            "added": kind.tag_form(added),
            "removed": removed,
        }
        if tags.replace is not None and (added or removed):
            self._make(tags.replace, view, ())
            return
        if tags.add is not None and added:
            self._make(tags.add, view, ())
        if tags.remove is not None and removed:
            self._make(tags.remove, view, ())

    def _wait_ready(self, keys: Mapping[str, str], deadline: float) -> None:
        declaration = self._kind.declaration
        if declaration.ready is not None:
            until(
                declaration.ready,
                lambda: self._reader.ask(declaration.read, keys),
                f"`{self._kind.object_id(keys)}`",
                deadline,
            )

    def _outputs(self, keys: Mapping[str, str]) -> dict[str, Any]:
        if not self._kind.declaration.outputs:
            return {}
        document = self._reader.ask(self._kind.declaration.read, keys)
        return self._kind.outputs(document or {}, keys, self._api.place)

    # what calls see

    def _document(
        self,
        inputs: Mapping[str, Any],
        prior: Mapping[str, Any],
        tags: Mapping[str, str],
        token: str,
    ) -> dict[str, Any]:
        kind = self._kind
        return kind.situation(
            inputs,
            {},
            self._api.place,
            prior=dict(prior),
            tags=kind.tag_form(tags) if kind.declaration.tags is not None else None,
            token=token,
        )

    def _with_defaults(self, inputs: Mapping[str, Any], changed: set[str]) -> dict[str, Any]:
        """An input that was taken away goes back to what the API makes of it."""
        kind = self._kind
        return {
            **inputs,
            **{
                name: kind.inputs[name].default
                for name in changed
                if inputs.get(name) is None
                and kind.inputs[name].default is not None
                and (name not in kind.aspects or kind.aspects[name].unset is None)
            },
        }

    def _tags(self, inputs: Mapping[str, Any], mark: Mark) -> dict[str, str]:
        kind = self._kind
        if kind.declaration.tags is None:
            return {}
        return kind.with_mark(inputs.get(kind.tag_field), mark)

    def _is_set(self, aspect: Aspect, inputs: Mapping[str, Any]) -> bool:
        return any(inputs.get(name) is not None for name in aspect.fields)

    def _applies(self, call: Call, document: Mapping[str, Any]) -> bool:
        return evaluate(call.when, document) is True

    def _call(self, call: Call, parameters: Mapping[str, Any]) -> Any:
        return self._api.call(self._kind.declaration.service, call.operation, parameters, self._tally)


def _holds_secret(recorded: Any) -> bool:
    """Whether what was recorded is, or holds, a reference to a secret, or a sealed value that does not open."""
    match recorded:
        case Mapping():
            return SECRET in recorded or SEALED in recorded or any(map(_holds_secret, recorded.values()))
        case list():
            return any(map(_holds_secret, recorded))
        case _:
            return False
