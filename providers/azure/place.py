"""Where a target is in Azure, as its options and the environment say it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from unknot.providers.azure import credentials
from unknot.providers.declared.calls import CallFailed
from unknot.stacks.target import Target


class Place(Mapping[str, Any]):
    """What expressions may use of where the target is. Raises CallFailed for what neither target nor environment names."""

    _HOW: Final = {
        "subscription": "Give it the option `subscription`, or set AZURE_SUBSCRIPTION_ID.",
        "resource_group": "Give the resource its `resource_group_name`, or the target the option `resource_group`.",
        "account": "Give the resource its `account`, or the target the option `account`, or set AZURE_STORAGE_ACCOUNT.",
        "vault": "Give the resource its `vault`, or the target the option `vault`.",
        "location": "Give the resource its `location`, or the target a region.",
        "workspace": "Give the resource its `workspace_name`, or the target the option `workspace`.",
    }

    def __init__(self, target: Target) -> None:
        self._target = target

    def __getitem__(self, name: str) -> Any:
        how = self._HOW[name]
        match name:
            case "subscription":
                found = credentials.subscription_of(self._target)
            case "account":
                found = credentials.account_of(self._target)
            case "location":
                found = self._target.region or ""
            case _:
                found = str(self._target.options.get(name, ""))
        if not found:
            what = name.replace("_", " ")
            raise CallFailed("NotSet", f"the target `{self._target.name}` names no {what}", detail=how)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._HOW)

    def __len__(self) -> int:
        return len(self._HOW)
