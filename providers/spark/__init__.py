"""The Spark engine: an application drives each run, and attempts are Spark tasks on its executors."""

from unknot.providers.spark.engine import SparkEngine

__all__ = ["SparkEngine"]
