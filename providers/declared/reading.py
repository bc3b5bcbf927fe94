"""Read objects: one by one with all that is asked for, or many with the few calls of a listing (D9)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from unknot.providers.base import LiveObject, Mark, ReadItem
from unknot.providers.declared.calls import Api, CallFailed, Tally
from unknot.providers.declared.comparing import as_set, digest_told, plain
from unknot.providers.declared.declaration import Listing, Reading
from unknot.providers.declared.expressions import evaluate
from unknot.providers.declared.kind import Kind, readings, speaks_of
from unknot.stacks.address import Address


class Found(msgspec.Struct, frozen=True):
    """What calls gave of one object."""

    document: Any
    """Of the main read, or the listing's form of it."""
    aspects: Mapping[str, Any]
    """Field to its live value, of fields that have calls of their own."""
    tags: Mapping[str, str] | None
    """All of them, our mark included; None: not asked for."""


class Reader:
    """Reads objects of one type through one connection."""

    def __init__(self, kind: Kind, api: Api, tally: Tally) -> None:
        self._kind = kind
        self._api = api
        self._tally = tally

    def one(self, object_id: str, wanted: Iterable[str] | None, *, tags: bool) -> Found | None:
        """One object; `wanted` None: everything that can be told. Raises CallFailed."""
        keys = self._kind.keys(object_id)
        if keys is None:
            return None
        document = self._main(keys)
        if document is None:
            return None
        return self._complete(keys, document, self._wanted(wanted), tags=tags)

    def many(
        self, items: Sequence[ReadItem], failed: Callable[[ReadItem, CallFailed], None]
    ) -> dict[Address, LiveObject | None]:
        """Every object that could be read. What the stack sets is read, and nothing else."""
        listed = self._listed(items)
        found: dict[Address, LiveObject | None] = {}

        def read(item: ReadItem) -> None:
            try:
                found[item.address] = self._live(item, listed.get(item.address))
            except CallFailed as problem:
                failed(item, problem)

        if len(items) == 1:
            read(items[0])
            return found
        with ThreadPoolExecutor(max_workers=self._api.threads) as pool:
            for _ in pool.map(read, items):
                pass
        return found

    def live(self, object_id: str, found: Found, recorded: Mapping[str, Any] | None) -> LiveObject:
        """What was found in the terms of the type. `recorded` None: everything, as a user would write it."""
        kind = self._kind
        inputs: dict[str, Any] = {}
        keys = kind.keys(object_id) or {}
        for name, shape in kind.inputs.items():
            field = kind.field(name)
            if (
                not field.readable
                or field.write_only
                or (recorded is not None and recorded.get(name) is None)
            ):
                continue
            if name == kind.tag_field:
                if found.tags is not None:
                    value: Any = kind.without_mark(found.tags)[0]
                    if recorded is not None or value:
                        inputs[name] = value
                continue
            value = (
                found.aspects.get(name)
                if name in found.aspects
                else kind.live_field(name, found.document, keys)
            )
            if field.digest:
                told = digest_told(recorded[name], value) if recorded is not None else None
                if told is not None:
                    inputs[name] = told
            elif recorded is not None:
                inputs[name] = as_set(recorded[name], value, shape, kind.catalogue)
            elif value is not None and (shown := plain(value, shape, kind.catalogue)) not in (
                None,
                shape.default,
                {},
                [],
            ):
                inputs[name] = shown
        mark: Mark | None = None
        if found.tags is not None:
            mark = kind.without_mark(found.tags)[1]
        return LiveObject(object_id, inputs, kind.outputs(found.document, keys, self._api.place), mark)

    def raw(self, keys: Mapping[str, str], fields: Iterable[str]) -> dict[str, Any]:
        """Fields of one object in the API's own form, of none the main ones; empty when it is not there. Raises CallFailed."""
        kind = self._kind
        document = self._main(keys)
        if document is None:
            return {}
        wanted = self._wanted(fields) or kind.main_fields
        found = self._complete(keys, document, wanted, tags=False)
        return {
            name: found.aspects[name] if name in found.aspects else kind.live_field(name, document, keys)
            for name in wanted
        }

    def listing(self, keys: Mapping[str, str], mark: Mark) -> Iterator[tuple[str, Any, Listing]]:
        """Id and document of every object that the first listing without a filter tells of, or of those with `mark`.

        `keys`: the parts of the identity that are known, for listings of what is under them.
        """
        wanted = {"lineage": mark.lineage, "uid": mark.uid}
        for listing in self._kind.declaration.listing:
            if not listing.by and keys.keys() >= set(listing.under):
                under = {name: keys[name] for name in listing.under}
                for document in self._documents(listing, {}, under, wanted):
                    object_id = self._listed_id(listing, document)
                    if object_id is not None:
                        yield object_id, document, listing
                return

    # one object

    def _live(self, item: ReadItem, listed: tuple[Any, Listing] | None) -> LiveObject | None:
        kind = self._kind
        wanted = self._wanted(name for name, value in item.inputs.items() if value is not None)
        want_tags = kind.tag_field in item.inputs
        keys = kind.keys(item.id)
        if keys is None:
            return None
        document, listing = (self._main(keys), None) if listed is None else listed
        if document is None:
            return None
        told = want_tags and listing is not None and listing.tags
        found = self._complete(keys, document, wanted, tags=want_tags and not told)
        if told:
            found = msgspec.structs.replace(found, tags=kind.tag_map(self.tags_in(document)))
        return self.live(item.id, found, item.inputs)

    def _wanted(self, names: Iterable[str] | None) -> tuple[str, ...]:
        kind = self._kind
        if names is None:
            return tuple(kind.inputs)
        return tuple(name for name in names if name in kind.inputs)

    def _main(self, keys: Mapping[str, str]) -> Any:
        return self.ask(self._kind.declaration.read, keys)

    def ask(self, reading: Reading, keys: Mapping[str, str], main: Any = None) -> Any:
        """The document that a reading gives; None when the object is not there. Raises CallFailed.

        `main`: the document of the main read, for readings whose parameters speak of outputs.
        """
        kind = self._kind
        situation = kind.situation({}, keys, self._api.place)
        if main is not None and speaks_of(reading.call.params.values(), "output"):
            situation["output"] = kind.outputs(main, keys, self._api.place)
        parameters = kind.parameters(reading.call, situation, (), self._api)
        try:
            answer = self._api.call(kind.declaration.service, reading.call.operation, parameters, self._tally)
        except CallFailed as problem:
            if problem.matches(reading.absent):
                return None
            raise
        view = answer
        if reading.result != "@" and isinstance(answer, Mapping):
            view = {**answer, "key": keys, "place": self._api.place}
        document = evaluate(reading.result, view)
        if document is None or (reading.gone and self._is_gone(reading.gone, document, keys)):
            return None
        return document

    def _is_gone(self, gone: str, document: Any, keys: Mapping[str, str]) -> bool:
        view = {**document, "key": keys} if isinstance(document, Mapping) else document
        return evaluate(gone, view) is True

    def _complete(
        self, keys: Mapping[str, str], document: Any, wanted: Iterable[str], *, tags: bool
    ) -> Found:
        kind = self._kind
        aspects: dict[str, Any] = {}
        for aspect in readings(kind, wanted):
            if aspect.reading is None:
                continue
            told = self.ask(aspect.reading, keys, document)
            for name in aspect.fields:
                aspects[name] = None if told is None else self._aspect_field(name, told)
        return Found(document, aspects, self._tags(keys, document) if tags and kind.tag_field else None)

    def _aspect_field(self, name: str, told: Any) -> Any:
        """An aspect of one field may be told as the value itself."""
        kind = self._kind
        if kind.field(name).read:
            return evaluate(kind.field(name).read, told)
        member = kind.inputs[name].member
        if len(kind.aspects[name].fields) > 1:
            return told.get(member)
        return told[member] if isinstance(told, Mapping) and member in told else told

    def tags_in(self, document: Any) -> Any:
        """Tags in the document of the main read, in the API's form."""
        tags = self._kind.declaration.tags
        return None if tags is None else evaluate(tags.read, document)

    def _tags(self, keys: Mapping[str, str], document: Any) -> dict[str, str]:
        tags = self._kind.declaration.tags
        assert tags is not None
        told = self.tags_in(document) if tags.reading is None else self.ask(tags.reading, keys, document)
        return self._kind.tag_map(told)

    # listings

    def _listed(self, items: Sequence[ReadItem]) -> dict[Address, tuple[Any, Listing]]:
        """Documents of those objects that a listing tells as fully as they need, asking for no more pages than it saves."""
        if len(items) < 2:
            return {}
        best: tuple[Listing, dict[str, Address]] | None = None
        for listing in self._kind.declaration.listing:
            served = {item.id: item.address for item in items if self._serves(listing, item)}
            if len(served) > 1 and (best is None or len(served) > len(best[1])):
                best = listing, served
        if best is None:
            return {}
        listing, served = best
        found: dict[Address, tuple[Any, Listing]] = {}
        try:
            for document in self._pages_worth_it(listing, served, found):
                object_id = self._listed_id(listing, document)
                if object_id in served:
                    found[served[object_id]] = (document, listing)
        except CallFailed:
            pass  # each is then read by itself, which says what is wrong with which
        return found

    def _pages_worth_it(
        self, listing: Listing, served: Mapping[str, Address], found: Mapping[Address, object]
    ) -> Iterator[Any]:
        if listing.by:
            ids = list(served)
            for start in range(0, len(ids), listing.batch):
                batch = [self._kind.keys(each) or {} for each in ids[start : start + listing.batch]]
                key = next(iter(listing.keys))
                yield from self._documents(listing, {listing.by: [keys[key] for keys in batch]}, {})
            return
        for under, wanted in self._places(listing, served):
            for pages, page in enumerate(self._pages(listing, {}, dict(under)), 1):
                yield from self._in_page(listing, page)
                missing = len(wanted) - sum(served[each] in found for each in wanted)
                if pages >= missing:
                    break

    def _places(
        self, listing: Listing, served: Iterable[str]
    ) -> list[tuple[tuple[tuple[str, str], ...], list[str]]]:
        """What a listing is asked for, and the ids to be found there; a place of one object is not worth a listing."""
        places: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for object_id in served:
            keys = self._kind.keys(object_id) or {}
            under = tuple((name, keys[name]) for name in listing.under if name in keys)
            places.setdefault(under, []).append(object_id)
        return [(under, ids) for under, ids in places.items() if len(ids) > 1]

    def _documents(
        self,
        listing: Listing,
        more: Mapping[str, Any],
        under: Mapping[str, str],
        mark: Mapping[str, str] | None = None,
    ) -> Iterator[Any]:
        for page in self._pages(listing, more, under, mark):
            yield from self._in_page(listing, page)

    def _in_page(self, listing: Listing, page: Any) -> Iterator[Any]:
        gone = self._kind.declaration.read.gone
        for document in evaluate(listing.items, page) or ():
            if not (gone and self._is_gone(gone, document, self._listed_keys(listing, document))):
                yield document

    def _pages(
        self,
        listing: Listing,
        more: Mapping[str, Any],
        under: Mapping[str, str],
        mark: Mapping[str, str] | None = None,
    ) -> Iterator[Any]:
        kind = self._kind
        situation = kind.situation({}, under, self._api.place, mark=mark)
        parameters = {**kind.parameters(listing.call, situation, (), self._api), **more}
        return self._api.pages(kind.declaration.service, listing.call.operation, parameters, self._tally)

    def _listed_keys(self, listing: Listing, document: Any) -> dict[str, Any]:
        view = {**document, "place": self._api.place} if isinstance(document, Mapping) else document
        return {name: evaluate(expression, view) for name, expression in listing.keys.items()}

    def _listed_id(self, listing: Listing, document: Any) -> str | None:
        keys = self._listed_keys(listing, document)
        if any(value is None for value in keys.values()):
            return None
        return self._kind.object_id({name: str(value) for name, value in keys.items()})

    def _serves(self, listing: Listing, item: ReadItem) -> bool:
        """Whether a listing tells all that the main read would be asked for."""
        kind = self._kind
        needed = {
            name
            for name, value in item.inputs.items()
            if value is not None
            and name in kind.inputs
            and name != kind.tag_field
            and kind.field(name).readable
            and (name not in kind.aspects or kind.aspects[name].reading is None)
        }
        tags = kind.declaration.tags
        if kind.tag_field in item.inputs and not listing.tags and tags is not None and tags.reading is None:
            return False
        if "*" not in listing.fields and not needed <= set(listing.fields):
            return False
        outputs = set(kind.declaration.outputs)
        return "*" in listing.outputs or outputs <= set(listing.outputs)
