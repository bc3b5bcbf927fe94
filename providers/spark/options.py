"""What a target of the Spark engine may say."""

import msgspec


class SparkOptions(msgspec.Struct, frozen=True):
    """Where the standalone master is, and what an application is given."""

    master: str = "spark://127.0.0.1:7077"
    rest: str = "http://127.0.0.1:6066"
    """Of the master's REST server (`spark.master.rest.enabled=true`)."""
    interpreter: str = ""
    """Python of the environment on the workers that has unknot and PySpark; empty: the one that unknot runs with here."""
    driver_file: str = ""
    """Where the workers have `unknot/providers/spark/application.py`; empty: at the same path as here."""
    cores: int | None = None
    """Most that one application uses of the cluster; None: all."""
    executor_memory: str = "1g"
    driver_memory: str = "1g"
    settings: dict[str, str] = {}
    """Spark's own properties, such as `{"spark.jars.packages": ...}`. Never a secret."""
    python: str = ""
    """Minor version of the workers' interpreter, for plans."""
    platform: str = ""
    shares_files: bool = True
    """Whether the workers see the files of this machine."""
    timeout_s: float = 10.0
    """For one request."""
