"""Write what follows from the declarations: `python -m unknot.providers.declared.generate [aws|gcp|azure] [--check]`.

Catalogue, classes and reference pages are committed. With `--check` nothing is written; the exit code is 1 when a
file is not what the declarations make of it. Needs a checkout, and the clouds' models.
"""

import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import click
import msgspec

from unknot.providers.declared.catalogue import INDEX, module_name
from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.generation import lazy, pages, python
from unknot.providers.declared.generation.pieces import Service, service_of
from unknot.providers.declared.model import ModelError, ServiceModel

CLOUDS: Final = {"aws": "AWS", "gcp": "Google Cloud", "azure": "Azure"}

ROOT: Final = Path(__file__).resolve().parents[2]
"""The checkout."""


def declarations(provider: str) -> dict[str, tuple[Declaration, ...]]:
    """Every declaration of a cloud by service. Raises ModelError for one in the wrong module."""
    types = import_module(f"unknot.providers.{provider}.types")
    found: dict[str, tuple[Declaration, ...]] = {}
    for module in sorted(pkgutil.iter_modules(types.__path__), key=lambda each: each.name):
        declared: tuple[Declaration, ...] = import_module(f"{types.__name__}.{module.name}").TYPES
        for each in declared:
            if module_name(each.service) != module.name:
                raise ModelError(
                    f"`{each.type}` is of the service `{each.service}` and stands in `{module.name}.py`"
                )
            found[each.service] = (*found.get(each.service, ()), each)
    return found


def services(provider: str, only: Sequence[str] = ()) -> list[Service]:
    """Everything generated for a cloud. Raises ModelError, with every type that does not fit its model."""
    model: Callable[[str], ServiceModel] = import_module(f"unknot.providers.{provider}.model").model
    made, problems = [], []
    for service, declared in declarations(provider).items():
        if only and service not in only:
            continue
        try:
            made.append(service_of(provider, model(service), declared))
        except ModelError as problem:
            problems.append(str(problem))
    if problems:
        raise ModelError("\n".join(problems))
    return made


def files(provider: str) -> Iterator[tuple[Path, bytes]]:
    """Every generated file of a cloud, and its content."""
    made = services(provider)
    home, reference = ROOT / "providers" / provider, ROOT / "docs" / "reference" / "resources" / provider
    index = {name: service.service for service in made for name in service.types}
    yield home / "catalogue" / f"{INDEX}.json", _json(dict(sorted(index.items())))
    yield home / "resources" / "__init__.py", _formatted(lazy.package(provider, CLOUDS[provider], made))
    yield reference / "index.md", pages.index(provider, CLOUDS[provider], made).encode()
    for service in made:
        name = module_name(service.service)
        yield home / "catalogue" / f"{service.service}.json", _json(service.catalogue)
        yield home / "resources" / f"{name}.py", _formatted(python.module(service))
        yield reference / f"{name.rstrip('_')}.md", pages.page(service).encode()
    if provider == "aws":
        from unknot.providers.aws.model import partitions

        yield ROOT / "providers" / "declared" / "formats" / "partitions.json", _json(partitions())


def _json(value: object) -> bytes:
    """One line for each shape: short, and a change of one shape is a change of one line."""
    data = msgspec.json.decode(msgspec.json.encode(value))
    lines = []
    for name, part in data.items():
        if isinstance(part, dict) and part and all(isinstance(each, dict) for each in part.values()):
            entries = ",\n".join(f"{_text(key)}:{_text(each)}" for key, each in part.items())
            lines.append(f"{_text(name)}:{{\n{entries}\n}}")
        else:
            lines.append(f"{_text(name)}:{_text(part)}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _formatted(source: str) -> bytes:
    """In the house's formatting."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "generated.py", "-"]
    return subprocess.run(command, input=source.encode(), capture_output=True, check=True, cwd=ROOT).stdout


def _stray(provider: str, wanted: set[Path]) -> Iterator[Path]:
    """Generated files of types that are no longer declared."""
    home = ROOT / "providers" / provider
    for folder, pattern in (
        (home / "catalogue", "*.json"),
        (home / "resources", "*.py"),
        (ROOT / "docs" / "reference" / "resources" / provider, "*.md"),
    ):
        yield from (path for path in folder.glob(pattern) if path not in wanted)


@click.command()
@click.argument("clouds", nargs=-1, type=click.Choice(list(CLOUDS)))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not up to date.")
def main(clouds: tuple[str, ...], check: bool) -> None:
    """Generate catalogue, classes and reference of resource types."""
    differing: list[Path] = []
    for cloud in clouds or tuple(
        cloud for cloud in CLOUDS if (ROOT / "providers" / cloud / "types").is_dir()
    ):
        try:
            made = dict(files(cloud))
        except ModelError as problem:
            raise click.ClickException(str(problem)) from problem
        for path, content in made.items():
            if path.exists() and path.read_bytes() == content:
                continue
            differing.append(path)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        for path in _stray(cloud, set(made)):
            differing.append(path)
            if not check:
                path.unlink()
    for path in differing:
        click.echo(f"{'not up to date' if check else 'written'}: {path.relative_to(ROOT)}")
    if check and differing:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
