"""The command group: names and one-line helps here, each command in a module that is loaded when it is used."""

import gc
import importlib.util
import sys
from collections.abc import Sequence

import click

from unknot.version import VERSION

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("unknot.cli.init", "Make a project: unknot.toml and a first stack"),
    "validate": ("unknot.cli.validate", "Check the stack without touching anything"),
    "doctor": ("unknot.cli.doctor", "Say who unknot is on each target, and what is missing there"),
    "plan": ("unknot.cli.plan", "Show what apply would do"),
    "apply": ("unknot.cli.apply", "Do what the plan says, and run what must run"),
    "destroy": ("unknot.cli.destroy", "Plan and apply the removal of everything"),
    "show": ("unknot.cli.show", "Show a saved plan, or what is recorded"),
    "graph": ("unknot.cli.graph", "Draw the stack, a plan or a workflow"),
    "review": ("unknot.cli.review", "Render a saved plan as a pull request comment"),
    "portability": ("unknot.cli.portability", "What of a workflow will not work on another target"),
    "moves": ("unknot.cli.moves", "List moves between targets: how far they are, and the way back"),
    "verify": ("unknot.cli.moves", "Read what was moved and compare it with its manifest"),
    "run": ("unknot.cli.run", "Run a workflow now, or for past scheduled times"),
    "serve": ("unknot.cli.serve", "Keep the schedules of the local engine"),
    "ps": ("unknot.cli.record", "What runs, where, whether it worked, who owns it"),
    "runs": ("unknot.cli.record", "List runs, show one, compare two, export them"),
    "logs": ("unknot.cli.record", "Logs of a run"),
    "lineage": ("unknot.cli.record", "Where an artifact comes from and goes to"),
    "owners": ("unknot.cli.record", "Who is to be asked about what"),
    "output": ("unknot.cli.output", "Show the stack's outputs"),
    "state": ("unknot.cli.state", "List, show, rename and remove what is recorded; its history and its key"),
    "import": ("unknot.cli.import_", "Take an existing object under management"),
    "unlock": ("unknot.cli.unlock", "End another operation's lease by force"),
    "gc": ("unknot.cli.gc", "Show and delete artifacts past their retention"),
    "completion": ("unknot.cli.completion", "Print the completion script of a shell"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, (module, _) in COMMANDS.items() if _is_there(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS or not _is_there(COMMANDS[cmd_name][0]):
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, COMMANDS[name][1]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, self.list_commands(ctx), n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            raise click.UsageError(f"there is no command `{name}`.{hint}", ctx)
        return super().resolve_command(ctx, args)


def _is_there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


@click.command(
    "unknot",
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A first project: `unknot init`, then `unknot plan`, then `unknot apply`.",
)
@click.version_option(VERSION, message="unknot %(version)s")
def unknot() -> None:
    """Plan, apply and move machine-learning workloads across engines and clouds."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Problems are shown as diagnostics on stderr, never as tracebacks."""
    # A short-lived process that makes many long-lived values: cycle collection only costs time here.
    gc.disable()
    try:
        outcome = unknot.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.ClickException as problem:
        problem.show()
        return 1
    except click.exceptions.Exit as left:
        return left.exit_code
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("interrupted\n")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    except Exception as problem:  # noqa: BLE001 - the last edge: a user sees a diagnostic, never a traceback
        from unknot.cli.problems import show_problem

        given = sys.argv[1:] if arguments is None else arguments
        return show_problem(problem, as_json="--json" in given)
    return outcome if isinstance(outcome, int) else 0
