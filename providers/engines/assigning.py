"""What is to be done of each task of one run: nothing and why, what an earlier run wrote, or an assignment.

Used by the coordinator, which walks the graph, and by single tasks of engines that walk it themselves.
"""

from collections.abc import Mapping

import msgspec

from unknot.providers.engines.options import is_locked
from unknot.providers.runner import cache, layout
from unknot.providers.runner.assignment import TaskAssignment
from unknot.providers.runner.limits import merged
from unknot.providers.runner.record import untried
from unknot.providers.runner.resolving import Resolver
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import TaskSpec, element_id, element_of
from unknot.stacks.run import NOT_TAKEN, RunStarted, TaskCommit, TaskRecord
from unknot.state.stores.base import Store

DEFAULT_CPU = 1.0
"""Cores of a task that asks for none."""


class Assigner:
    """Decides for the tasks of one run. `records` is looked at anew each time; threads may share it."""

    def __init__(
        self,
        store: Store,
        started: RunStarted,
        records: Mapping[str, TaskRecord],
        *,
        scratch: str = "",
        resuming: bool = False,
        seal: bool = False,
    ) -> None:
        self._store = store
        self._started = started
        self._request = started.request
        self._deployment = started.request.deployment
        self._graph = self._deployment.graph
        self._scratch = scratch
        self._resuming = resuming
        """Whether others may have done some of it before: then commits of this run are looked for."""
        self._seal = seal
        self._forced = _downstream(self._graph.tasks, self._request.from_task)
        self.resolver = Resolver(store, started, records)

    def decide(self, task: TaskSpec, place: int | None = None) -> TaskRecord | TaskAssignment:
        """The record of a task that need not or cannot be done, committed; or the assignment of its first attempt.

        `place` is that of the element of a mapped task.
        """
        name = task.id if place is None else element_id(task.id, place)
        if self._resuming:
            commit = layout.read_struct(
                self._store, layout.commit_key(self._deployment.uid, self._request.run, name), TaskCommit
            )
            if commit is not None:
                return commit.record
        try:
            skipped = self.skipped(task, place)
            if skipped is not None:
                return skipped
            assignment = self._assignment(task, name, place)
        except EngineError as error:
            return self.unresolved(task, name, error)
        taken = self._taken_over(assignment)
        return assignment if taken is None else taken

    def skipped(self, task: TaskSpec, place: int | None = None) -> TaskRecord | None:
        """The record of a task that is not done; None if it is. Raises EngineError for a condition that is no bool."""
        skip = self.resolver.skipped(task, place)
        if skip is None:
            return None
        name = task.id if place is None else element_id(task.id, place)
        record = msgspec.structs.replace(
            untried(self._started, task, {}), task=name, status=skip.status, reason=skip.reason
        )
        return self.settled(record) if skip.reason == NOT_TAKEN else record

    def unresolved(self, task: TaskSpec, name: str, error: EngineError) -> TaskRecord:
        """A task that cannot even begin, since what it goes by is not what it should be."""
        said = f"{error.summary}. {error.detail}".removesuffix(". ")
        record = untried(self._started, task, {})
        return self.settled(msgspec.structs.replace(record, task=name, status="failed", error=said))

    def settled(self, record: TaskRecord) -> TaskRecord:
        """Commit what no attempt of a task says."""
        uid, run = self._deployment.uid, self._request.run
        commit = TaskCommit(run, 0, "", record)
        layout.put_struct_once(self._store, layout.commit_key(uid, run, record.task), commit)
        return record

    def _assignment(self, task: TaskSpec, name: str, place: int | None) -> TaskAssignment:
        op = self._graph.ops[task.op]
        inputs = self.resolver.inputs(task, place)
        resources = merged(op.resources, self._deployment.overrides.get(op.name))
        assignment = TaskAssignment(
            uid=self._deployment.uid,
            address=self._deployment.address,
            run=self._request.run,
            task=name,
            attempt=1,
            op=op,
            artifacts=inputs.artifacts,
            values=inputs.values,
            times=inputs.times,
            assemblies=inputs.assemblies,
            origins=inputs.origins,
            resources=msgspec.structs.replace(resources, cpu=resources.cpu or DEFAULT_CPU),
            secrets=self._deployment.secrets,
            bundle=self._deployment.bundle,
            lock=op.lock or (self._deployment.lock if is_locked(self._deployment.target) else ""),
            module=self._graph.module,
            use_cache=self._request.use_cache and not self._is_forced(name),
            store=self._store.url,
            scratch=self._scratch,
            seal=self._seal,
            heeds_cancel=self._seal,
        )
        key = cache.key_of(assignment, op.lock or self._deployment.lock)
        return msgspec.structs.replace(assignment, cache_key=key)

    def _is_forced(self, name: str) -> bool:
        """Whether it is to be done whatever earlier runs did."""
        element = element_of(name)
        return name in self._forced or (element is not None and element[0] in self._forced)

    def _taken_over(self, assignment: TaskAssignment) -> TaskRecord | None:
        """The record of what an earlier run wrote, if it may be used; committed for this run."""
        found = self._earlier(assignment)
        if found is None:
            return None
        commit, reason = found
        record = cache.reused(commit, assignment.task, reason)
        layout.put_struct_once(
            self._store,
            layout.commit_key(assignment.uid, assignment.run, assignment.task),
            TaskCommit(assignment.run, 0, assignment.cache_key, record),
        )
        return record

    def _earlier(self, assignment: TaskAssignment) -> tuple[TaskCommit, str] | None:
        if self._is_forced(assignment.task):
            return None
        prior = self._request.retry_of
        if prior is not None:
            key = layout.commit_key(assignment.uid, prior, assignment.task)
            commit = layout.read_struct(self._store, key, TaskCommit)
            if (
                commit is not None
                and commit.record.status in ("succeeded", "reused")
                and commit.cache_key == assignment.cache_key
                and cache.is_whole(self._store, commit)
            ):
                return commit, f"succeeded in run {prior}, inputs and code unchanged"
        if not assignment.use_cache:
            return None
        commit = cache.look_up(self._store, assignment.cache_key)
        return None if commit is None else (commit, f"inputs and code unchanged since run {commit.run}")


def _downstream(tasks: tuple[TaskSpec, ...], first: str | None) -> frozenset[str]:
    """A task, or the one of an element, and all that read from it, however far."""
    if first is None:
        return frozenset()
    element = element_of(first)
    read = {first if element is None else element[0]}
    for task in tasks:  # each comes after what it reads
        if read.intersection(task.upstream):
            read.add(task.id)
    # Of a mapped task with one element that is done again, the others are not.
    return frozenset(read) if element is None else frozenset({first, *read} - {element[0]})
