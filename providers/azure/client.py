"""Calls of Azure by name, through its official SDKs: plain data in and out, their errors wrapped once, their retries relied on."""

import functools
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from unknot.providers.azure import credentials
from unknot.providers.azure.answers import entry, plain, raw
from unknot.providers.azure.failures import Wrapping
from unknot.providers.azure.following import LIMIT_S, following
from unknot.providers.azure.operations import (
    EXTRAS,
    MANAGEMENT,
    SUBSCRIPTION,
    Data,
    Operation,
    flat,
    operation,
    sdk,
)
from unknot.providers.azure.place import Place
from unknot.providers.azure.requests import body, given
from unknot.providers.azure.transport import counting, settings
from unknot.providers.declared.calls import CallFailed, Tally
from unknot.stacks.errors import MissingExtra, UnknotError
from unknot.stacks.target import Target

THREADS: Final = 10
"""Calls at once for one target. Azure throttles by subscription and account; the SDKs wait as long as it says."""

_KINDS: Final = {"BlobServiceClient": "blob", "QueueServiceClient": "queue", "TableServiceClient": "table"}
"""Clients of a storage account, and the part of its host name that leads to each."""


class AzureApi:
    """Azure as one target reaches it. The SDKs' clients may be used by many threads."""

    threads = THREADS

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.RLock()
        self._clients: dict[tuple[str, ...], Any] = {}
        self.place: Mapping[str, Any] = Place(target)

    @functools.cached_property
    def _credential(self) -> Any:
        return credentials.credential(self._target)

    @functools.cached_property
    def _transport(self) -> Any:
        return counting()

    def takes(self, service: str, operation_: str) -> frozenset[str]:
        return frozenset(_known(service, operation_).members)

    def tokens(self, service: str, operation_: str) -> tuple[str, ...]:
        """Azure has none: what is created is named by who creates it."""
        return ()

    def call(self, service: str, operation_: str, parameters: Mapping[str, Any], tally: Tally) -> Any:
        with Wrapping(service, operation_):
            wanted = _known(service, operation_)
            if wanted.is_paged:
                return next(iter(self.pages(service, operation_, parameters, tally)), {"value": []})
            method = self._method(wanted, parameters)
            arguments = {**_arguments(wanted, parameters), "unknot_tally": tally}
            if wanted.data is not None:
                answer = method(**arguments)
                if wanted.is_awaited:
                    answer.wait(LIMIT_S)
                    answer = answer.result()
                return _shown(wanted, parameters, answer)
            if wanted.is_awaited:
                answer = method(**arguments, cls=raw, polling=following(tally)).result()
            else:
                answer = method(**arguments, cls=raw)
            return answer if wanted.answer is None else flat(answer, wanted.answer)

    def pages(
        self, service: str, operation_: str, parameters: Mapping[str, Any], tally: Tally
    ) -> Iterator[Any]:
        wanted = _known(service, operation_)
        if not wanted.is_paged:
            yield self.call(service, operation_, parameters, tally)
            return
        with Wrapping(service, operation_):
            found = self._method(wanted, parameters)(**_arguments(wanted, parameters), unknot_tally=tally)
            pages = iter(found.by_page())
        while True:
            with Wrapping(service, operation_):
                page = next(pages, None)
                if page is None:
                    return
                if wanted.data is None:
                    entries = [flat(entry(each), wanted.answer) for each in page]
                else:
                    entries = [_shown(wanted, parameters, each) for each in page]
            yield {"value": entries}

    def whoami(self, tally: Tally) -> str:
        """Whose access tokens are used, by what stands in them; empty where there are none, as with a storage key."""
        try:
            return credentials.identity(self._credential)
        except (ImportError, UnknotError):
            return ""

    def lacking(self, permissions: Sequence[str], tally: Tally) -> tuple[str, ...]:
        """Always raises CallFailed: role assignments and definitions of the scopes are not read."""
        raise CallFailed(
            "NotAsked",
            "Azure tells what an identity may do by role assignments of each scope, which are not read",
        )

    # clients

    def _method(self, wanted: Operation, parameters: Mapping[str, Any]) -> Any:
        if wanted.data is not None:
            client = self._data_client(wanted, wanted.data, parameters)
            return getattr(client, wanted.method)
        subscription = str(parameters.get(SUBSCRIPTION) or self.place["subscription"])
        client = self._client((wanted.service, subscription), lambda: self._management(wanted, subscription))
        return getattr(getattr(client, wanted.group), wanted.method)

    def _client(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        with self._lock:
            found = self._clients.get(key)
            if found is None:
                found = self._clients[key] = make()
        return found

    def _management(self, wanted: Operation, subscription: str) -> Any:
        where = MANAGEMENT[wanted.service]
        endpoint = self._target.options.get("endpoint")
        more = (
            {}
            if endpoint is None
            else {"base_url": str(endpoint), "credential_scopes": [credentials.MANAGEMENT_SCOPE]}
        )
        cls = getattr(sdk(where.module), where.client)
        return cls(self._credential, subscription, **settings("arm", self._transport), **more)

    def _data_client(self, wanted: Operation, data: Data, parameters: Mapping[str, Any]) -> Any:
        first, *rest = (str(parameters[name]) for name in data.pick)
        parent = self._client(
            (data.parent, first),
            lambda: self._vault(data, first) if data.pick[0] == "vault" else self._storage(data, first),
        )
        return getattr(parent, data.child)(*rest) if data.child else parent

    def _storage(self, data: Data, account: str) -> Any:
        cls = getattr(sdk(data.module), data.parent)
        kind = _KINDS[data.parent]
        found = credentials.storage(self._target, account, self._credential_if_needed)
        more = settings(kind, self._transport)
        if found.connection_string:
            return cls.from_connection_string(found.connection_string, **more)
        return cls(f"https://{account}.{kind}.core.windows.net", credential=found.credential, **more)

    @property
    def _credential_if_needed(self) -> Any:
        return _Later(lambda: self._credential)

    def _vault(self, data: Data, vault: str) -> Any:
        endpoint = self._target.options.get("vault_endpoint")
        url = (
            f"https://{vault}.vault.azure.net"
            if endpoint is None
            else str(endpoint).replace("{vault}", vault)
        )
        cls = getattr(sdk(data.module), data.parent)
        more = settings("vault", self._transport)
        # A server of one's own is in no domain of Azure's.
        return cls(url, self._credential, verify_challenge_resource=endpoint is None, **more)


class _Later:
    """A credential that is looked for when the first token is asked of it."""

    def __init__(self, credential: Callable[[], Any]) -> None:
        self._found = credential

    def get_token(self, *scopes: str, **options: Any) -> Any:
        return self._found().get_token(*scopes, **options)


def _known(service: str, name: str) -> Operation:
    """Raises MissingExtra without the SDK, and CallFailed for one that is too old."""
    extra = EXTRAS.get(service, "azure")
    try:
        return operation(service, name)
    except ImportError as missing:
        raise MissingExtra(missing.name or "azure", extra=extra, needed_for=f"`{service}` of Azure") from None
    except KeyError:
        raise CallFailed(
            "NotInTheSdk",
            f"the installed SDK has no operation `{name}` of `{service}`",
            detail=f"Update it: `pip install --upgrade 'unknot[{extra}]'`.",
        ) from None


def _arguments(wanted: Operation, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What the SDK's method is given."""
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        member = wanted.members[name]
        if (
            not member.path
            and name != SUBSCRIPTION
            and not (wanted.data is not None and name in wanted.data.pick)
        ):
            found[member.attribute] = given(value, member.typed)
    if wanted.body:
        found[wanted.body] = json.dumps(body(wanted, parameters)).encode()
    return found


def _shown(wanted: Operation, parameters: Mapping[str, Any], answer: Any) -> Any:
    """An answer of the data plane; an object has what picked the client in it where it does not tell that itself."""
    found = plain(answer)
    if not isinstance(found, Mapping) or isinstance(answer, Mapping) or wanted.data is None:
        return found
    return {**{name: parameters[name] for name in wanted.data.pick}, **found}
