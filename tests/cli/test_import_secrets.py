"""`unknot import --write` and what is secret inside of an input."""

import base64
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from servers import Server

from unknot.providers.classes import sensitive_places

CANARY = "hunter2-canary"

STACK = """\
from unknot import Stack, Target

stack = Stack("demo", owner="t@example.org", target=Target("here", cloud="aws", region="us-east-1"))
"""


def test_secret_inside_of_an_input_is_not_written(
    unknot: Callable[..., Any], project: Path, moto_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in moto_server.environment.items():
        monkeypatch.setenv(name, value)
    made = {"region_name": "us-east-1", "endpoint_url": moto_server.url}
    template = boto3.client("ec2", **made).create_launch_template(
        LaunchTemplateName="import-secrets",
        LaunchTemplateData={
            "InstanceType": "t3.micro",
            "UserData": base64.b64encode(CANARY.encode()).decode(),
        },
    )["LaunchTemplate"]["LaunchTemplateId"]
    (project / "stack.py").write_text(STACK)
    sys.modules.pop("imported", None)

    done = unknot("import", "aws.ec2_launch_template.etl", template, "--write")

    assert CANARY not in done.out + done.err
    text = (project / "imported.py").read_text() if (project / "imported.py").exists() else done.err
    assert base64.b64encode(CANARY.encode()).decode() not in text
    assert CANARY not in text
    assert done.code == 0, done.err
    assert '"UserData": Secret.env("ETL_LAUNCH_TEMPLATE_DATA_USERDATA")' in text
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--check", "imported.py"]
    assert subprocess.run(command, check=False, cwd=project).returncode == 0, text

    monkeypatch.setenv("ETL_LAUNCH_TEMPLATE_DATA_USERDATA", base64.b64encode(CANARY.encode()).decode())
    (project / "stack.py").write_text(STACK + "import imported\n\nimported.add_to(stack)\n")
    done = unknot("import", "aws.ec2_launch_template.etl", template, "-y")
    assert done.code == 0, (done.out, done.err)
    plan = unknot("plan", "--json").document
    assert plan["is_empty"], plan["changes"]


def test_places_of_secrets_are_those_of_the_services_model() -> None:
    containers = [{"name": "etl", "environment": [{"name": "DB", "value": CANARY}]}]

    found = list(sensitive_places("aws.ecs_task_definition", "container_definitions", containers))

    assert found == [((0, "environment"), False)]
    assert not list(sensitive_places("file.document", "content", CANARY))
