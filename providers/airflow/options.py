"""What a target of the Airflow engine may say."""

import msgspec


class AirflowOptions(msgspec.Struct, frozen=True):
    """Where Airflow is, and where it finds its DAGs."""

    url: str = "http://127.0.0.1:8080"
    """Of the API server, without `/api/v2`."""
    dags_folder: str = ""
    """Folder, seen from here, that Airflow's processor of DAG files reads: its own, a shared one, or a checkout that is
    pushed. Relative to the project."""
    username: str = ""
    password: str = ""
    """Reference to a secret, such as `env:AIRFLOW_PASSWORD`. Without a user name a token is asked for without one."""
    token: str = ""
    """Reference to a secret: a token in place of a user name and password."""
    interpreter: str = ""
    """Of the environment on Airflow's workers that has unknot; empty: the one that Airflow itself runs with."""
    queue: str = ""
    """Airflow's queue and pool for the tasks."""
    pool: str = ""
    page: str = ""
    """URL that the DAG's page links back to."""
    python: str = ""
    """Minor version of the workers' interpreter, for plans."""
    platform: str = ""
    shares_files: bool = True
    """Whether Airflow's workers see the files of this machine."""
    deploy_timeout_s: float = 330.0
    """For Airflow to have read the DAG: by default it looks for new files every five minutes."""
    timeout_s: float = 10.0
    """For one request."""
