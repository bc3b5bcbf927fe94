"""The lakehouse on servers of this machine: plan, apply, drift, import, destroy. One command; README.md says what they are."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "servers"))

import azure_by_hand  # noqa: E402
import servers  # noqa: E402
from arm import Arm  # noqa: E402

SECRETS = {"FEED_TOKEN": "made-up-for-this-tour", "PARTNER_KEY": "and-this-one-too"}


class Failed(Exception):
    """Something is not as it should be."""


class Project:
    """A copy of this folder, with an environment `local` that names the servers."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns(".*", "__pycache__", "tour.py"))
        lines = [f'{name} = "{value}"\n' for name, value in settings.items()]
        (folder / "envs" / "local.toml").write_text("".join(lines))

    def use_imported(self) -> None:
        """Edit the stack as `import --write` says."""
        file = self.folder / "stack.py"
        text = file.read_text()
        text = text.replace("\nHERE = ", "\nimport imported\n\nHERE = ", 1)
        text = text.replace('    s.output("raw"', '    imported.add_to(s)\n    s.output("raw"', 1)
        file.write_text(text)
        say("edit stack.py   import imported; imported.add_to(s)")

    def unknot(self, *arguments: str, code: int = 0) -> str:
        """Run one command; what it wrote."""
        say(f"$ unknot {' '.join(arguments)}")
        done = subprocess.run(
            [sys.executable, "-m", "unknot", *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, "UNKNOT_ENV": "local"},
        )
        print(done.stdout, end="", flush=True)
        if done.returncode != code:
            raise Failed(f"`unknot {' '.join(arguments)}` exited with {done.returncode}, not {code}")
        return done.stdout


def main() -> int:
    started = time.monotonic()
    os.environ.update(SECRETS)
    with clouds() as settings, tempfile.TemporaryDirectory(prefix="unknot-lakehouse-") as folder:
        project = Project(Path(folder) / "lakehouse", settings)
        title("1. What would be made, on three clouds")
        plan = project.unknot("plan", "--out", "first.plan")
        require("Plan: 0" not in plan and "to create" in plan, "everything is to be created")

        title("2. Made, exactly as planned")
        project.unknot("apply", "first.plan")
        project.unknot("output")
        project.unknot("plan", "--detailed-exitcode")
        require(True, "the next plan has nothing to do")

        title(
            "3. Somebody changes things by hand; the plan tells that apart from what you want, and apply mends it"
        )
        tamper()
        drifted = project.unknot("plan", "--detailed-exitcode", code=2)
        for address in ("aws.lambda_function.inspect", "azure.storage_container.shared"):
            require(address in drifted.partition("Changes")[0], f"the drift of {address} is shown")
        project.unknot("apply", "--yes")
        project.unknot("plan", "--detailed-exitcode")
        require(True, "it is as the stack wants it again")

        title("4. A bucket that was made by hand comes under management")
        make_bucket("lakehouse-landing")
        project.unknot("import", "bucket.landing", "lakehouse-landing", "--write", "--target", "aws")
        require("lakehouse-landing" in written(project.folder), "its Python was written into the project")
        project.use_imported()
        project.unknot("import", "bucket.landing", "lakehouse-landing", "--yes")
        project.unknot("plan", "--detailed-exitcode")
        require(True, "it is recorded as it is")

        kept = b"".join(file.read_bytes() for file in project.folder.rglob("*") if file.is_file())
        require(
            not any(value.encode() in kept for value in SECRETS.values()), "no secret is in any file here"
        )

        title("5. Everything is taken away again")
        project.unknot("destroy", "--yes")
        project.unknot("state", "list")
        require(not buckets(), "no bucket is left on AWS")
    print(f"\nDone in {time.monotonic() - started:.0f} s.")
    return 0


@contextmanager
def clouds() -> Iterator[dict[str, str]]:
    """Servers for all three, and the settings of the environment that is meant for them."""
    with ExitStack() as stack:
        aws, google, blobs = (
            stack.enter_context(s()) for s in (servers.moto, servers.google, servers.azurite)
        )
        arm = stack.enter_context(Arm())
        for server in (aws, google, blobs, arm):
            os.environ.update(server.environment)
        azure = azure_by_hand.options()
        yield {
            "aws_endpoint": aws.url,
            "gcp_endpoint": google.url,
            "azure_subscription": azure["subscription"],
            "azure_group": azure["resource_group"],
            "azure_account": servers.AZURITE_ACCOUNT,
            "azure_vault": "lab",
            "azure_endpoint": azure["endpoint"],
            "azure_vault_endpoint": azure["vault_endpoint"],
            "azure_token": azure["token"],
        }


def tamper() -> None:
    """What a person might do in two consoles, with the clouds' own SDKs."""
    import boto3
    from azure.storage.blob import BlobServiceClient

    boto3.client("lambda", region_name="eu-west-1").update_function_configuration(
        FunctionName="lakehouse-inspect", Timeout=900
    )
    with BlobServiceClient.from_connection_string(os.environ["AZURE_STORAGE_CONNECTION_STRING"]) as service:
        [name] = [c.name for c in service.list_containers() if c.name.startswith("lakehouse-")]
        container = service.get_container_client(name)
        kept = container.get_container_properties().metadata
        container.set_container_metadata({**kept, "layer": "scratch"})


def make_bucket(name: str) -> None:
    import boto3

    region = {"LocationConstraint": "eu-west-1"}
    boto3.client("s3", region_name="eu-west-1").create_bucket(Bucket=name, CreateBucketConfiguration=region)


def buckets() -> list[str]:
    import boto3

    return [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]


def written(folder: Path) -> str:
    return "".join(file.read_text() for file in folder.rglob("*.py"))


def require(holds: bool, what: str) -> None:
    if not holds:
        raise Failed(f"it does not hold that {what}")
    say(f"ok: {what}")


def title(text: str) -> None:
    print(f"\n{text}\n{'=' * len(text)}", flush=True)


def say(text: str) -> None:
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failed, servers.PartMissing) as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(1)
