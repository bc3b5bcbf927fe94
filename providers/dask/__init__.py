"""The Dask engine: attempts as tasks of a cluster, an existing one or one that unknot starts."""

from unknot.providers.dask.engine import DaskEngine

__all__ = ["DaskEngine"]
