"""The Airflow engine: a workflow is a DAG that Airflow schedules, walks and retries; each task runs one of unknot's."""

from unknot.providers.airflow.engine import AirflowEngine

__all__ = ["AirflowEngine"]
