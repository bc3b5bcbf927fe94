"""What a target of the Dask engine may say."""

import msgspec


class ResourceNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the workers call their resources (`dask worker --resources "CPU=4,GPU=1"`). One that no worker has is not
    asked for, but for a GPU.
    """

    cpu: str = "CPU"
    memory: str = "MEMORY"
    """In bytes."""
    gpu: str = "GPU"


class DaskOptions(msgspec.Struct, frozen=True):
    """Where the cluster is and what its workers have."""

    address: str = ""
    """Of the scheduler, such as `tcp://10.0.0.5:8786` or `tls://...`; empty: a cluster on this machine that unknot starts."""
    resources: ResourceNames = ResourceNames()
    python: str = ""
    """Minor version of the workers' interpreter, for plans; when deploying, the workers are asked."""
    platform: str = ""
    """Of the workers, as wheels name it."""
    timeout_s: float = 10.0
    """For the scheduler to answer."""
    idle_timeout_s: float = 60.0
    """Of a cluster that unknot starts: it ends after so long without work."""
