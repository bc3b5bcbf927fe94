"""What a target of the Ray engine may say."""

from typing import Any

import msgspec


class RayOptions(msgspec.Struct, frozen=True):
    """Where the cluster is, and what its tasks ask for."""

    address: str = ""
    """Of the dashboard, which serves the Jobs API: `http://10.0.0.5:8265`; empty: a head on this machine that unknot
    starts."""
    interpreter: str = "python"
    """Command of the job's interpreter; `python` is the one on the head's path."""
    runtime_env: dict[str, Any] = {}
    """Of the job and its tasks, as Ray takes it: `{"pip": [...]}`. Never a secret."""
    resources: dict[str, float] = {}
    """Ray's custom resources that every task asks for."""
    headers: dict[str, str] = {}
    """HTTP headers of requests to the Jobs API; values are references to secrets, such as `env:RAY_TOKEN`."""
    autoscales: bool = False
    """Whether the cluster grows when tasks ask for more than any of its nodes has."""
    python: str = ""
    """Minor version of the cluster's interpreter, for plans."""
    platform: str = ""
    """Of the nodes, as wheels name it."""
    idle_timeout_s: float = 300.0
    """Of a head that unknot starts: it ends after so long without a job."""
