"""`unknot completion`: the script that completes commands and options in a shell."""

import click
from click.shell_completion import get_completion_class

from unknot.cli import console


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> int:
    """Print the completion script of SHELL.

    For bash: `eval "$(unknot completion bash)"` in ~/.bashrc.
    """
    from unknot.cli.app import unknot

    found = get_completion_class(shell)
    assert found is not None
    console.out(found(unknot, {}, "unknot", "_UNKNOT_COMPLETE").source())
    return 0
