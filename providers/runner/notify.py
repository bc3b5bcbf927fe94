"""Tell a workflow's owner that a run failed or a check did not pass, through the channels that the stack names.

Sent once per run and channel, whoever closes the run; a channel that fails never fails the run, and what became
of each is recorded under `notified/`.
"""

import logging
import secrets as random
from typing import Any

import msgspec

from unknot.providers.runner import clock, layout
from unknot.providers.runner.secrets import Redactor
from unknot.stacks.errors import MissingExtra, UnknotError
from unknot.stacks.run import RunManifest
from unknot.stacks.secret import Secret
from unknot.state.stores.base import Store

_log = logging.getLogger(__name__)


class Notified(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message to one channel, as it was about to be sent."""

    channel: str
    at: str
    title: str
    nonce: str


def notify(store: Store, manifest: RunManifest, channels: tuple[str, ...]) -> tuple[str, ...]:
    """Send the message on each channel that has not had it; returns what went wrong, secrets redacted."""
    problems = []
    for channel in channels:
        title, body = message(manifest)
        shown, urls = _urls(channel)
        redactor = Redactor(urls)
        note = Notified(redactor.text(shown), clock.now(), title, random.token_hex(8))
        key = layout.notified_key(manifest.uid, manifest.run, redactor.text(shown))
        if not layout.put_struct_once(store, key, note):
            continue
        try:
            _send(urls, title, body)
        except UnknotError as error:
            problem = redactor.text(f"`{shown}` was not notified of run `{manifest.run}`: {error.summary}")
            _log.warning("%s", problem)
            problems.append(problem)
    return tuple(problems)


def message(manifest: RunManifest) -> tuple[str, str]:
    """Title and text: what failed, where, whom to ask."""
    checks = [task.op for task in manifest.tasks if task.passed is False]
    failed = [task for task in manifest.tasks if task.status in ("failed", "lost") and task.op not in checks]
    what = f"check `{checks[0]}` did not pass" if checks and not failed else f"run {manifest.status}"
    lines = [
        f"{manifest.address} of stack {manifest.stack} ({manifest.environment}) on {manifest.target}",
        f"Run {manifest.run}: {manifest.status}",
        f"Owner: {manifest.owner or 'nobody'}",
        *(f"Check {name} did not pass" for name in checks),
        *(f"Task {task.task} {task.status}: {task.error}" for task in failed),
    ]
    return f"{manifest.address}: {what}", "\n".join(lines)


def _urls(channel: str) -> tuple[str, tuple[str, ...]]:
    """How the channel may be shown, and the URLs that it stands for."""
    try:
        return channel, (Secret.parse(channel).resolve(),)
    except ValueError:
        return channel, (channel,)
    except UnknotError:
        return channel, ()


def _send(urls: tuple[str, ...], title: str, body: str) -> None:
    if not urls:
        raise UnknotError("the secret that holds the channel's URL cannot be read")
    try:
        import apprise
    except ImportError:
        raise MissingExtra("apprise", extra="notify", needed_for="notifications") from None
    try:
        _deliver(apprise.Apprise(), urls, title, body)
    except UnknotError:
        raise
    except Exception as error:  # a plugin may raise anything, and its text may hold the URL
        raise UnknotError(f"the service could not be reached ({type(error).__name__})") from error


def _deliver(sender: Any, urls: tuple[str, ...], title: str, body: str) -> None:
    if not all(sender.add(url) for url in urls):
        raise UnknotError("its URL is of no kind that apprise knows")
    if not sender.notify(body=body, title=title):
        raise UnknotError("the service did not take the message")
