"""What every provider promises, as tests that a package of any author can run over its own.

    class TestQueue(ProviderContract):
        resource = Queue

        def provider(self) -> Provider: ...
        def inputs(self, unique: str) -> dict[str, Any]: ...
        def changed(self, unique: str) -> dict[str, Any]: ...

Needs no pytest to be imported; pytest collects the subclass, and gives `tmp_path`. A rule that does not concern
a type is skipped with the reason. See `docs/guides/write-a-provider.md`.
"""

import contextlib
import functools
import io
import secrets
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar
from unittest import SkipTest

import msgspec

from unknot.providers.base import (
    UNKNOWN,
    Context,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    FindRequest,
    ImportRequest,
    LiveObject,
    Mark,
    PlanItem,
    PlanRequest,
    Provider,
    ReadItem,
    ReadRequest,
    UpdateRequest,
)
from unknot.stacks.address import Address, new_uid
from unknot.stacks.errors import ProviderError
from unknot.stacks.resource import Resource
from unknot.stacks.stack import Stack
from unknot.stacks.target import LAPTOP, Target

THREADS = 8


class Case(msgspec.Struct, frozen=True):
    """One object that a test makes, and what is asked about it."""

    context: Context
    address: Address
    unique: str
    inputs: dict[str, Any]
    token: str
    mark: Mark


@functools.cache
def _imported_early(module: str, sdk: tuple[str, ...]) -> str:
    """What a fresh interpreter imports before anybody uses the provider; empty when all is well."""
    script = (
        "import sys, importlib, unknot.providers.registry as registry\n"
        "registry.names(registry.PROVIDERS)\n"
        f"if {module!r} in sys.modules: sys.exit('the registry imported the provider')\n"
        f"importlib.import_module({module!r})\n"
        f"early = [name for name in {sdk!r} if name in sys.modules]\n"
        "if early: sys.exit(f'imported before the provider was used: {early}')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


class ProviderContract:
    """Subclass it, name a resource type, and give its provider and two sets of inputs."""

    resource: ClassVar[type[Resource]]
    keeps_objects: ClassVar[bool] = True
    """False for a type with nothing in the world, whose objects are what is recorded."""
    sdk: ClassVar[tuple[str, ...]] = ()
    """Modules that must not be imported before the provider is used."""

    def provider(self) -> Provider:
        """The provider, ready for use; the same one may be given out many times."""
        raise SkipTest("the contract itself")

    def inputs(self, unique: str) -> dict[str, Any]:
        """What to create. `unique` differs from test to test, for names that must."""
        raise SkipTest("the contract itself")

    def changed(self, unique: str) -> dict[str, Any]:
        """The same object after an update in place; without it, the type has none."""
        raise SkipTest("this type has no update in place")

    def refused(self, unique: str) -> dict[str, Any]:
        """Inputs that the world says no to."""
        raise SkipTest("nothing is known that this type refuses")

    def obstruct(self, context: Context, unique: str) -> None:
        """Put a stranger's object where `inputs(unique)` would make one."""
        raise SkipTest("nothing can be in the way of an object of this type")

    def target(self) -> Target:
        """Where to work."""
        return LAPTOP

    def test_created_object_reads_as_it_was_asked_for(self, tmp_path: Path) -> None:
        with self._created(tmp_path) as (case, made):
            live = self._read(case, made.id)
            assert live is not None, "a read right after the create must find the object"
            assert live.id == made.id
            assert live.outputs == made.outputs, "a read must give the outputs that the create gave"
            for name, value in live.inputs.items():
                assert name in self.resource.type_info.fields, f"`{name}` is no input of the type"
                if name in case.inputs:
                    assert value == case.inputs[name], (
                        f"`{name}` reads otherwise: every plan would show drift"
                    )

    def test_outputs_are_declared_and_plain(self, tmp_path: Path) -> None:
        with self._created(tmp_path) as (_, made):
            assert made.outputs.keys() <= self.resource.type_info.computed.keys(), (
                "every output needs a `computed()` of its name"
            )
            assert msgspec.json.decode(msgspec.json.encode(made.outputs)) == made.outputs
            assert made.id, "an object needs an id"

    def test_repeated_create_makes_no_second_object(self, tmp_path: Path) -> None:
        self._needs_repeatable_create()
        with self._created(tmp_path) as (case, made):
            again = self.provider().create(self._create_request(case))
            assert again == made, "the same token must give the same object"

    def test_same_create_from_many_threads_makes_one_object(self, tmp_path: Path) -> None:
        self._needs_repeatable_create()
        case = self._case(tmp_path)
        with ThreadPoolExecutor(THREADS) as pool:
            calls = [pool.submit(self.provider().create, self._create_request(case)) for _ in range(THREADS)]
            made = [call.result() for call in calls]
        try:
            assert {each.id for each in made} == {made[0].id}
        finally:
            self._delete(case, made[0])

    def test_objects_made_by_many_threads_do_not_mix(self, tmp_path: Path) -> None:
        cases = [self._case(tmp_path) for _ in range(THREADS * 2)]

        def make_and_read(case: Case) -> tuple[Case, CreateResponse, LiveObject | None]:
            made = self.provider().create(self._create_request(case))
            return case, made, self._read(case, made.id)

        with ThreadPoolExecutor(THREADS) as pool:
            results = list(pool.map(make_and_read, cases))
        try:
            assert len({made.id for _, made, _ in results}) == len(cases)
            for _, made, live in results:
                assert live is not None
                assert live.id == made.id
        finally:
            for case, made, _ in results:
                self._delete(case, made)

    def test_update_changes_the_object_in_place(self, tmp_path: Path) -> None:
        with self._created(tmp_path) as (case, made):
            wanted = self._encoded(self.changed(case.unique))
            request = UpdateRequest(
                case.context,
                case.address,
                self._type,
                made.id,
                case.inputs,
                wanted,
                case.token,
                case.mark,
                1,
                60.0,
            )
            first = self.provider().update(request)
            assert self.provider().update(request) == first, "an update may be repeated after a crash"
            live = self._read(case, made.id, wanted)
            assert live is not None
            assert live.outputs == first.outputs
            for name, value in live.inputs.items():
                if name in wanted:
                    assert value == wanted[name], f"`{name}` was not updated"

    def test_missing_object_reads_as_none(self, tmp_path: Path) -> None:
        self._needs_a_world()
        with self._created(tmp_path) as (case, made):
            self._delete(case, made)
            assert self._read(case, made.id) is None, "a missing object is an answer, not an error"

    def test_many_objects_are_read_in_one_request(self, tmp_path: Path) -> None:
        with self._created(tmp_path) as (first, one), self._created(tmp_path) as (second, two):
            items = tuple(
                ReadItem(case.address, self._type, made.id, case.inputs)
                for case, made in ((first, one), (second, two))
            )
            response = self.provider().read_many(ReadRequest(first.context, items))
            assert response.diagnostics == ()
            assert response.objects.keys() == {first.address, second.address}
            ids = {address: live and live.id for address, live in response.objects.items()}
            assert ids == {first.address: one.id, second.address: two.id}

    def test_delete_of_what_is_gone_succeeds(self, tmp_path: Path) -> None:
        with self._created(tmp_path) as (case, made):
            self._delete(case, made)
            self._delete(case, made)

    def test_find_before_create_gives_nothing(self, tmp_path: Path) -> None:
        self._needs_to_be_found()
        assert self._find(self._case(tmp_path)) is None

    def test_find_after_create_gives_the_object_with_our_mark(self, tmp_path: Path) -> None:
        self._needs_a_world()
        self._needs_to_be_found()
        with self._created(tmp_path) as (case, made):
            found = self._find(case)
            assert found is not None, "an interrupted create would be made a second time"
            assert (found.id, found.outputs) == (made.id, made.outputs)
            assert found.mark == case.mark, "without our mark it would not be adopted"

    def test_find_never_passes_off_another_object_as_ours(self, tmp_path: Path) -> None:
        self._needs_to_be_found()
        with self._created(tmp_path) as (case, _):
            stranger = msgspec.structs.replace(
                case, token=secrets.token_hex(16), mark=Mark(secrets.token_hex(8), new_uid())
            )
            found = self._find(stranger)
            assert found is None or found.mark == case.mark

    def test_create_leaves_a_strangers_object_alone(self, tmp_path: Path) -> None:
        case = self._case(tmp_path)
        self.obstruct(case.context, case.unique)
        self._refuses(case)
        found = self._find(case)
        assert found is None or (found.mark is not None and found.mark != case.mark), (
            "what bears no mark of ours is never adopted; without any mark, say that nothing of ours is there"
        )

    def test_import_gives_the_object_as_a_read_does(self, tmp_path: Path) -> None:
        with self._created(tmp_path) as (case, made):
            request = ImportRequest(case.context, case.address, self._type, made.id, case.mark)
            imported = self.provider().import_(request).object
            assert imported is not None
            assert (imported.id, imported.outputs) == (made.id, made.outputs) or not self.keeps_objects
            for name, value in imported.inputs.items():
                if name in case.inputs:
                    assert value == case.inputs[name], f"`{name}` is imported otherwise than it reads"

    def test_import_while_planning_leaves_the_mark_as_it_is(self, tmp_path: Path) -> None:
        self._needs_a_world()
        with self._created(tmp_path) as (case, made):
            other = Mark(secrets.token_hex(8), new_uid())
            self.provider().import_(ImportRequest(case.context, case.address, self._type, made.id, other))
            live = self._read(case, made.id)
            assert live is not None
            assert live.mark in (None, case.mark), "planning writes nothing"

    def test_import_of_what_is_not_there_gives_nothing(self, tmp_path: Path) -> None:
        self._needs_a_world()
        with self._created(tmp_path) as (case, made):
            self._delete(case, made)
            request = ImportRequest(case.context, case.address, self._type, made.id, case.mark)
            assert self.provider().import_(request).object is None

    def test_plan_touches_nothing_and_predicts_only_what_comes_true(self, tmp_path: Path) -> None:
        case = self._case(tmp_path)
        item = PlanItem(
            case.address, self._type, "create", None, None, case.inputs, tuple(sorted(case.inputs))
        )
        response = self.provider().plan(PlanRequest(case.context, (item,)))
        assert response.opinions.keys() <= {case.address}
        if self.resource.type_info.resolve_by != "none":
            assert self._find(case) is None, "planning writes nothing"
        opinion = response.opinions.get(case.address)
        if opinion is None:
            return
        assert not [found for found in opinion.diagnostics if found.is_error], "these inputs are valid"
        made = self.provider().create(self._create_request(case))
        try:
            for name, value in opinion.outputs.items():
                if value != UNKNOWN:
                    assert made.outputs.get(name) == value, f"`{name}` was predicted wrongly"
        finally:
            self._delete(case, made)

    def test_refusals_are_provider_errors(self, tmp_path: Path) -> None:
        case = self._case(tmp_path)
        self._refuses(msgspec.structs.replace(case, inputs=self._encoded(self.refused(case.unique))))

    def test_provider_prints_nothing(self, tmp_path: Path) -> None:
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            self._created(tmp_path) as (
                case,
                made,
            ),
        ):
            self._read(case, made.id)
            if self.resource.type_info.resolve_by != "none":
                self._find(case)
        assert (out.getvalue(), err.getvalue()) == ("", "")

    def test_importing_the_registry_imports_no_provider_and_no_sdk(self) -> None:
        early = _imported_early(type(self.provider()).__module__, self.sdk)
        assert not early, early

    @property
    def _type(self) -> str:
        return self.resource.type_info.type

    def _encoded(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Inputs as the planner would hand them over."""
        stack = Stack("contract", owner="contract")
        wanted = stack.add(self.resource("contract", **inputs))
        definition = stack.definition()
        assert not stack.diagnostics.has_errors, [f"{d.summary}: {d.detail}" for d in stack.diagnostics]
        return definition.resources[wanted.address].inputs

    def _case(self, folder: Path) -> Case:
        unique = secrets.token_hex(6)
        return Case(
            Context(folder, "contract-lineage", self.target()),
            Address(f"{self._type}.contract-{unique}"),
            unique,
            self._encoded(self.inputs(unique)),
            secrets.token_hex(16),
            Mark("contract-lineage", new_uid()),
        )

    @contextlib.contextmanager
    def _created(self, folder: Path) -> Iterator[tuple[Case, CreateResponse]]:
        case = self._case(folder)
        made = self.provider().create(self._create_request(case))
        try:
            yield case, made
        finally:
            self._delete(case, made)

    def _create_request(self, case: Case) -> CreateRequest:
        return CreateRequest(
            case.context, case.address, self._type, case.inputs, case.token, case.mark, 1, 60.0
        )

    def _read(self, case: Case, object_id: str, inputs: dict[str, Any] | None = None) -> LiveObject | None:
        item = ReadItem(case.address, self._type, object_id, case.inputs if inputs is None else inputs)
        response = self.provider().read_many(ReadRequest(case.context, (item,)))
        assert response.diagnostics == (), response.diagnostics
        return response.objects[case.address]

    def _find(self, case: Case) -> LiveObject | None:
        request = FindRequest(case.context, case.address, self._type, case.inputs, case.token, case.mark)
        return self.provider().find(request).object

    def _delete(self, case: Case, made: CreateResponse) -> None:
        self.provider().delete(
            DeleteRequest(
                case.context, case.address, self._type, made.id, case.inputs, made.outputs, case.mark, 60.0
            )
        )

    def _refuses(self, case: Case) -> None:
        refusal: ProviderError | None = None
        try:
            made = self.provider().create(self._create_request(case))
        except ProviderError as problem:
            refusal = problem
        else:
            self._delete(case, made)
        assert refusal is not None, "the create should have been refused"
        assert refusal.detail, "an error says what to do about it"

    def _needs_a_world(self) -> None:
        if not self.keeps_objects:
            raise SkipTest("objects of this type are what is recorded")

    def _needs_to_be_found(self) -> None:
        if self.resource.type_info.resolve_by == "none":
            raise SkipTest("objects of this type cannot be looked up")

    def _needs_repeatable_create(self) -> None:
        if self.resource.type_info.resolve_by == "none":
            raise SkipTest("a create of this type is never repeated")
