"""`hub`: finds the command, loads only what it needs, and turns every error into one clear line and an exit code."""

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import StringIO

import click

from hub import __version__
from hub.cli.output import echo_error, escape_unencodable, exit_code, explain, flush

COMMANDS: Mapping[str, str] = {
    "init": "look at your tracker, and write a configuration and an OKR file",
    "demo": "sync the Acme example with two sandbox trackers on this machine",
    "sync": "pull, map, check, plan, publish, record",
    "check": "lint OKR files and run every rule that needs no tracker",
    "audit": "the Connect and Align audit for a coach: text, Markdown, JSON or a page to print",
    "checkin": "show each key result's progress; with a value, add a check-in",
    "import": "turn a spreadsheet of OKRs into an OKR file",
    "digest": "show each team's weekly summary; with --send, send it now",
    "why": "one ticket: its key results, findings, and what is posted on it",
    "rules": "the rules; one rule's page",
    "status": "the last runs, gaps, deferred and failed writes",
    "doctor": "check the configuration, every connector and its permissions",
    "serve": "run the service: scheduled syncs, webhooks and web pages",
    "worker": "do the jobs of syncs beside other workers, which share a state in PostgreSQL",
    "state": "back up the state, restore it, or move it to another database",
    "retract": "remove everything that the hub has posted",
}
# Commands whose names no module can have.
MODULES: Mapping[str, str] = {"import": "importing"}


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for, so that `hub` starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        try:
            command: click.Command = import_module(f"hub.cli.{MODULES.get(cmd_name, cmd_name)}").command
        except ModuleNotFoundError as missing:
            if cmd_name != "demo" or (missing.name or "").split(".")[0] in ("hub", "connectors", "rules"):
                raise
            raise click.ClickException(f"the demo needs {missing.name}: pip install 'alignment-hub[demo]'") from None
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the closest command for a misspelt one."""
        if args[0] not in COMMANDS:
            from hub.model.text import closest

            if suggestions := closest(args[0], COMMANDS):
                ctx.fail(f"No such command {args[0]!r}. Did you mean {suggestions[0]!r}?")
        return super().resolve_command(ctx, args)


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hub")
def root() -> None:
    """Keep work in Jira and GitHub connected to your OKRs: one comment and a few labels, on the ticket."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line (else that of the process); the only place that decides how the process ends."""
    # Everything that a run builds lives until it ends: the collector would walk it again and again for nothing.
    gc.set_threshold(100_000, 20, 100)
    escape_unencodable()
    try:
        sys.exit(root.main(arguments, standalone_mode=False) or 0)
    except click.ClickException as error:
        buffer = StringIO()
        error.show(buffer)
        echo_error(buffer.getvalue().rstrip())
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        echo_error("hub: interrupted; the next run continues from here")
        _exit_now(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001  the last line of defence: no traceback reaches people
        explain(error)
        sys.exit(exit_code(error))


def _exit_now(code: int) -> None:
    """End without waiting for threads that wait for a tracker: nothing that they do is needed any more."""
    flush()
    os._exit(code)
