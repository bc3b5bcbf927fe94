"""Whose credentials are used, that they are renewed, and that they go nowhere but over TLS."""

import itertools
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from certificates import Certificate
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google_schema import SchemaServer
from proxy import Answer, Fault, Proxy
from servers import Server

from unknot.providers import registry
from unknot.providers.base import Context, Examined, ExamineRequest
from unknot.providers.declared.calls import CallFailed, Tally
from unknot.providers.gcp.client import GcpApi
from unknot.providers.gcp.credentials import credentials, endpoint, identity
from unknot.stacks.errors import ProviderError
from unknot.stacks.target import Target

EMAIL = "loader@testing.iam.gserviceaccount.com"


class TokenServer(ThreadingHTTPServer):
    """Gives `token-1`, `token-2` and so on for signed requests of a service account."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TokenHandler)
        self.numbers = itertools.count(1)
        self.refuses = False
        self.url = f"http://127.0.0.1:{self.server_port}/token"


class _TokenHandler(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.server.refuses or "assertion" not in form:
            status = 400
            body = {"error": "invalid_grant", "error_description": "Account not found"}
        else:
            token = f"token-{next(self.server.numbers)}"
            status = 200
            body = {"access_token": token, "expires_in": "3600", "token_type": "Bearer"}
        text = json.dumps(body).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    server = TokenServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def key_file(tmp_path: Path, tokens: TokenServer, private_key: str) -> Path:
    path = tmp_path / "key.json"
    key = {
        "type": "service_account",
        "project_id": "testing",
        "private_key_id": "1",
        "private_key": private_key,
        "client_email": EMAIL,
        "token_uri": tokens.url,
    }
    path.write_text(json.dumps(key))
    return path


@pytest.fixture
def secure(schema: SchemaServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The server over TLS."""
    certificate = Certificate()
    schema.socket = certificate.context().wrap_socket(schema.socket, server_side=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
    yield f"https://127.0.0.1:{schema.server_port}"
    certificate.remove()


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials of whoever runs the tests."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


def _bucket(api: GcpApi) -> str:
    made = api.call("storage", "storage.buckets.insert", {"project": "testing", "name": "raw"}, Tally())
    name: str = made["name"]
    return name


def test_default_credentials_are_used_and_name_the_project(
    schema: SchemaServer, secure: str, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file))
    schema.tokens = {"token-1"}
    api = GcpApi(Target("here", options={"endpoints": {"storage": secure}}))
    assert _bucket(api) == "raw"
    assert api.place["project"] == "testing"
    assert api.identity == EMAIL


def test_file_of_credentials_of_a_target_goes_before_the_default(
    schema: SchemaServer, secure: str, key_file: Path
) -> None:
    schema.tokens = {"token-1"}
    options = {"credentials_file": str(key_file), "endpoints": {"storage": secure}}
    assert _bucket(GcpApi(Target("here", options=options))) == "raw"


def test_token_that_has_expired_is_renewed(schema: SchemaServer, secure: str, key_file: Path) -> None:
    schema.tokens = {"token-2"}
    options = {"credentials_file": str(key_file), "endpoints": {"storage": secure}}
    assert _bucket(GcpApi(Target("here", options=options))) == "raw"


def test_credentials_that_are_not_taken_are_told_with_what_to_do(
    schema: SchemaServer, secure: str, key_file: Path
) -> None:
    schema.tokens = set()
    options = {"credentials_file": str(key_file), "endpoints": {"storage": secure}}
    with pytest.raises(CallFailed) as problem:
        _bucket(GcpApi(Target("here", options=options)))
    assert problem.value.status == 401
    assert "does not take these credentials" in problem.value.detail


def test_account_that_is_gone_is_told_with_what_to_do(
    schema: SchemaServer, secure: str, key_file: Path, tokens: TokenServer
) -> None:
    tokens.refuses = True
    options = {"credentials_file": str(key_file), "endpoints": {"storage": secure}}
    with pytest.raises(CallFailed, match="invalid_grant") as problem:
        _bucket(GcpApi(Target("here", options=options)))
    assert "gcloud auth application-default login" in problem.value.detail
    assert "PRIVATE KEY" not in str(problem.value)


def test_token_is_never_sent_without_tls(proxy: Proxy, key_file: Path) -> None:
    options = {"credentials_file": str(key_file), "endpoint": proxy.url}
    assert _bucket(GcpApi(Target("here", options=options))) == "raw"
    assert all("Authorization" not in request.headers for request in proxy.requests)


def test_service_account_is_impersonated_by_whoever_the_default_is(key_file: Path) -> None:
    options = {"credentials_file": str(key_file), "impersonate": "deployer@testing.iam.gserviceaccount.com"}
    found, project = credentials(Target("here", options=options))
    assert type(found).__module__ == "google.auth.impersonated_credentials"
    assert identity(found) == "deployer@testing.iam.gserviceaccount.com"
    assert project == "testing"


def test_project_is_asked_for_where_neither_target_nor_credentials_name_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    with pytest.raises(CallFailed, match="no project is set"):
        GcpApi(Target("here")).place["project"]


@pytest.mark.parametrize("options", [{}, {"credentials_file": "nowhere.json"}])
def test_missing_credentials_are_told_with_what_to_do(options: dict[str, str]) -> None:
    with pytest.raises(ProviderError, match="no Google credentials for the target `here`") as problem:
        credentials(Target("here", options=options))
    assert "gcloud auth application-default login" in problem.value.detail


def test_file_that_is_no_credentials_is_told(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text("{}")
    with pytest.raises(ProviderError):
        credentials(Target("here", options={"credentials_file": str(tmp_path / "key.json")}))


def test_endpoint_of_a_service_goes_before_that_of_all_and_of_an_emulator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "127.0.0.1:4443")
    assert endpoint(Target("here"), "storage") == "http://127.0.0.1:4443"
    assert endpoint(Target("here"), "run") is None
    options = {"endpoint": "https://all.example.org/", "endpoints": {"storage": "https://one.example.org"}}
    assert endpoint(Target("here", options=options), "storage") == "https://one.example.org"
    assert endpoint(Target("here", options=options), "run") == "https://all.example.org"


def test_emulator_of_storage_wants_no_credentials(
    gcs_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in gcs_server.environment.items():
        monkeypatch.setenv(name, value)
    api = GcpApi(Target("here", region="europe-west1"))
    wanted = {"project": api.place["project"], "name": "without-credentials"}
    assert api.call("storage", "storage.buckets.insert", wanted, Tally())["name"] == "without-credentials"
    api.call("storage", "storage.buckets.delete", {"bucket": "without-credentials"}, Tally())


def test_permissions_that_are_missing_are_told(api: GcpApi, schema: SchemaServer) -> None:
    from unknot.providers.declared.catalogue import catalogue
    from unknot.providers.gcp.permissions import missing

    types = catalogue("gcp", "storage").types.values()
    wanted = {each for shape in types for verb in shape.permissions.values() for each in verb}
    assert missing(api, wanted, Tally()) == ()
    schema.world.denied = {"storage.buckets.create", "run.jobs.run"}
    assert missing(api, wanted, Tally()) == ("storage.buckets.create",)
    many = Tally()
    assert missing(api, (f"storage.buckets.p{number}" for number in range(250)), many) == ()
    assert many.calls == 3


def test_permissions_that_cannot_be_asked_for_are_not_said_to_be_missing(api: GcpApi, proxy: Proxy) -> None:
    from unknot.providers.gcp.permissions import missing

    body = {"error": {"code": 403, "message": "off", "status": "PERMISSION_DENIED"}}
    proxy.faults.append(Fault(Answer(403, {"Content-Type": "application/json"}, json.dumps(body).encode())))
    assert missing(api, ["storage.buckets.create"], Tally()) is None


def test_examination_names_what_is_missing_and_says_when_it_cannot(
    context: Context, schema: SchemaServer, proxy: Proxy
) -> None:
    provider = registry.provider("gcp")
    assert isinstance(provider, Examined)
    request = ExamineRequest(context, ("gcp.storage_bucket",))
    schema.world.denied = {"storage.buckets.create", "run.jobs.run"}
    assert provider.examine(request).missing == {"storage.buckets.create": ("gcp.storage_bucket",)}
    body = {"error": {"code": 403, "message": "off", "status": "PERMISSION_DENIED"}}
    proxy.faults.append(Fault(Answer(403, {"Content-Type": "application/json"}, json.dumps(body).encode())))
    found = provider.examine(request)
    assert (found.identity, found.missing, found.problem) == ("", None, "")
    assert "Resource Manager does not answer" in found.reason
