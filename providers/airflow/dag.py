"""The DAG of a deployment, as a file of Python that people can read on Airflow's page. It imports nothing of unknot.

Written for Airflow 3 (`airflow.sdk`). Its first lines say what it was made from and the hash of the rest, so that an
edit by hand is seen.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from unknot.providers.airflow.options import AirflowOptions
from unknot.providers.runner.limits import merged
from unknot.stacks.graph import Resources, TaskSpec
from unknot.stacks.run import Deployment

_HEAD = "# unknot: "
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_MARGIN_S = 120
"""Seconds that Airflow gives a task beyond its own time limit, so that the task can say so itself."""

SEAL = "unknot_seal"
"""The last task: it closes the run whatever has become of the others."""


class Header(msgspec.Struct, frozen=True):
    """What the first line of a file says."""

    uid: str
    generation: int
    since: str
    """When it was first deployed, RFC 3339: what lies before is no missed time."""
    body: str
    """SHA-256 of the rest, hex."""


def dag_id(deployment: Deployment) -> str:
    """Readable, and the same for as long as the deployment lives."""
    name = deployment.address.partition(".")[2]
    return _UNSAFE.sub("_", f"{deployment.stack}.{deployment.environment}.{name}.{deployment.uid[:6]}")


def file_name(dag: str) -> str:
    return f"unknot_{dag.replace('.', '_')}.py"


def dag_file(deployment: Deployment, store: str, options: AirflowOptions, since: str) -> str:
    """The whole file; `since` is when the workflow was first deployed."""
    body = "\n".join(_lines(deployment, store, options, since)) + "\n"
    header = Header(deployment.uid, deployment.generation, since, _hash(body))
    return f"{_HEAD}{msgspec.json.encode(header).decode()}\n{body}"


def header_of(text: str) -> tuple[Header, bool] | None:
    """What a file says of itself, and whether it is as it was written; None for a file that is not unknot's."""
    first, _, body = text.partition("\n")
    if not first.startswith(_HEAD):
        return None
    try:
        header = msgspec.json.decode(first.removeprefix(_HEAD), type=Header)
    except msgspec.DecodeError:
        return None
    return header, header.body == _hash(body)


def task_ids(deployment: Deployment) -> dict[str, str]:
    """Task of the graph to Airflow's name of it: what people call it."""
    found: dict[str, str] = {}
    taken = {SEAL}
    for task, label in deployment.graph.labels().items():
        name = base = _UNSAFE.sub("_", label)[:200] or "task"
        number = 1
        while {name, f"{name}.elements", f"{name}.gather"} & taken:
            number += 1
            name = f"{base}_{number}"
        taken |= {name, f"{name}.elements", f"{name}.gather"}
        found[task] = name
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _lines(deployment: Deployment, store: str, options: AirflowOptions, since: str) -> Iterator[str]:
    graph = deployment.graph
    names = task_ids(deployment)
    yield f"# Made by unknot from `{deployment.address}` of the stack `{deployment.stack}`. Do not edit: `unknot apply`"
    yield "# writes it anew, and `unknot plan` shows an edit as drift."
    yield _PRELUDE.format(
        command=_command(deployment, store),
        interpreter=f"{options.interpreter!r}" if options.interpreter else "sys.executable",
    )
    yield "with DAG("
    for name, value in _dag_arguments(deployment, options, since):
        yield f"    {name}={value},"
    yield "):"
    last: list[str] = []
    for task in graph.tasks:
        name = names[task.id]
        arguments = _task_arguments(deployment, task, options)
        variable = _variable(task.id)
        if task.is_mapped:
            shown = ", ".join(f"{key}={value}" for key, value in arguments.items())
            yield f"    {variable}_elements = elements.override(task_id={f'{name}.elements'!r}, trigger_rule='none_failed')({task.id!r})"
            yield f"    {variable}_each = element.override(task_id={name!r}, {shown}).partial(of={task.id!r}).expand("
            yield f"        place={variable}_elements"
            yield "    )"
            yield f"    {variable} = gather.override(task_id={f'{name}.gather'!r}, trigger_rule='all_done')({task.id!r})"
            yield f"    {variable}_each >> {variable}"
            yield f"    {variable}_elements >> {variable}"
            first = f"{variable}_elements"
        else:
            yield f"    {variable} = run.override("
            yield f"        task_id={name!r},"
            for key, value in arguments.items():
                yield f"        {key}={value},"
            yield f"    )({task.id!r})"
            first = variable
        upstream = [_variable(other) for other in task.upstream]
        if upstream:
            yield f"    [{', '.join(upstream)}] >> {first}"
        last.append(variable)
    yield f"    [{', '.join(last)}] >> seal.override(task_id={SEAL!r}, trigger_rule='all_done')()"


def _command(deployment: Deployment, store: str) -> str:
    return json.dumps(
        ["-P", "-m", "unknot.providers.engines.tasks", "--store", store, "--uid", deployment.uid]
    )


def _dag_arguments(deployment: Deployment, options: AirflowOptions, since: str) -> Iterator[tuple[str, str]]:
    schedule: Mapping[str, Any] = deployment.schedule or {}
    yield "dag_id", repr(dag_id(deployment))
    yield (
        "description",
        repr(deployment.graph.doc.partition("\n")[0][:200] or f"{deployment.address}, by unknot"),
    )
    cron = schedule.get("cron")
    if cron:
        zone = schedule.get("tz", "UTC")
        yield "schedule", f"CronTriggerTimetable({cron!r}, timezone={zone!r})"
        # What lies before is for whoever asks: `unknot run --from ... --to ...`.
        yield "start_date", f"datetime.datetime.fromisoformat({since!r})"
    else:
        yield "schedule", "None"
    yield "catchup", repr(bool(schedule.get("catch_up", False)))
    yield "max_active_runs", "1" if schedule.get("overlap", "skip") in ("skip", "queue") and cron else "16"
    yield "is_paused_upon_creation", "False"
    yield "tags", repr(["unknot", deployment.stack, deployment.environment])
    yield "default_args", repr({"owner": deployment.owner})
    yield "doc_md", repr(_doc(deployment, options))


def _doc(deployment: Deployment, options: AirflowOptions) -> str:
    lines = [
        f"`{deployment.address}` of the stack **{deployment.stack}**, environment {deployment.environment}, made by unknot.",
        f"Ask **{deployment.owner}** about it.",
    ]
    if deployment.graph.doc:
        lines.append(deployment.graph.doc)
    source = deployment.graph.source
    if source is not None:
        lines.append(f"Defined in `{source}`.")
    if options.page:
        lines.append(f"[Back to unknot]({options.page})")
    lines.append(f"`unknot runs {deployment.address}` shows its runs, wherever they ran.")
    return "\n\n".join(lines)


def _task_arguments(deployment: Deployment, task: TaskSpec, options: AirflowOptions) -> dict[str, str]:
    op = deployment.graph.ops[task.op]
    resources: Resources = merged(op.resources, deployment.overrides.get(op.name))
    found = {"retries": repr(resources.retries or 0)}
    if resources.retries:
        found["retry_delay"] = f"datetime.timedelta(seconds={resources.retry_delay_s or 1.0!r})"
    if resources.timeout_s is not None:
        found["execution_timeout"] = f"datetime.timedelta(seconds={resources.timeout_s + _MARGIN_S!r})"
    found["trigger_rule"] = "'none_failed'"
    if options.pool:
        found["pool"] = repr(options.pool)
    if options.queue:
        found["queue"] = repr(options.queue)
    kind = {"metric": "A metric: one number.", "check": "A check: it passes or fails."}.get(op.kind, "")
    doc = "\n\n".join(
        part
        for part in (op.doc, kind, f"Op `{op.name}`" + (f" at `{op.source}`." if op.source else "."))
        if part
    )
    found["doc_md"] = repr(doc)
    return found


def _variable(task: str) -> str:
    """A name of Python for a task: readable, and no two alike."""
    plain = re.sub(r"\W+", "_", task)
    return f"t_{plain}" if plain == task else f"t_{plain}_{_hash(task)[:6]}"


_PRELUDE = '''
import datetime
import subprocess
import sys

from airflow.sdk import DAG, CronTriggerTimetable, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

INTERPRETER = {interpreter}
COMMAND = {command}


def unknot(*arguments, output=False):
    """Do one task of the run that Airflow's run stands for, in the environment that has unknot."""
    context = get_current_context()
    run = context["dag_run"]
    given = (run.conf or {{}}).get("unknot_run")
    if given:
        which = ["--run", given]
    else:  # Airflow started it: by its schedule, or by hand on its page
        time = run.logical_date or run.run_after
        which = ["--scheduled-time", time.isoformat(), "--engine-run", f"{{run.dag_id}}/{{run.run_id}}"]
    attempt = ["--attempt", str(context["ti"].try_number)]
    command = [INTERPRETER, *COMMAND, *which, *attempt, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE if output else None, text=True)
    if done.returncode == 3:
        raise AirflowFailException("it failed, and another attempt would too: its log is in `unknot logs`")
    if done.returncode == 4:
        raise AirflowSkipException("the other branch was taken")
    if done.returncode:
        raise AirflowException(f"it failed with exit code {{done.returncode}}: its log is in `unknot logs`")
    return done.stdout


@task
def run(of):
    unknot("--task", of)


@task
def elements(of):
    return list(range(int(unknot("--task", of, "--count", output=True))))


@task
def element(of, place):
    unknot("--task", of, "--place", str(place))


@task
def gather(of):
    unknot("--task", of, "--gather")


@task
def seal():
    unknot("--seal")

'''
