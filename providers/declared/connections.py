"""Connections to a cloud, one for each way in which targets reach it, shared by threads."""

import threading
from collections.abc import Callable

import msgspec

from unknot.providers.base import Context
from unknot.providers.declared.calls import Api
from unknot.stacks.target import Target


class Connections:
    """A `Cloud`: makes a connection when a target first needs it."""

    def __init__(self, connect: Callable[[Target], Api], surroundings: Callable[[], str] = str) -> None:
        self._connect = connect
        self._surroundings = surroundings
        """What else than region and options tells two connections apart: a variable of the environment."""
        self._lock = threading.Lock()
        self._apis: dict[bytes, Api] = {}

    def api(self, context: Context) -> Api:
        target = context.target
        key = msgspec.json.encode((target.region, target.options, self._surroundings()), order="sorted")
        with self._lock:
            found = self._apis.get(key)
            if found is None:
                found = self._apis[key] = self._connect(target)
        return found
