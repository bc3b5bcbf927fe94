"""The Ray engine: a job of the cluster drives each run, and attempts are Ray tasks."""

from unknot.providers.ray.engine import RayEngine

__all__ = ["RayEngine"]
