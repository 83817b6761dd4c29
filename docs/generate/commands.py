"""The reference of commands and exit codes."""

from collections.abc import Iterator, Sequence
from inspect import cleandoc

import click

from docs.generate.markdown import code, page, table
from hub.cli.main import COMMANDS, root
from hub.cli.output import DONE, FINDINGS, INVALID_INPUT, PARTIAL, REFUSED

INTERRUPTED = 130
EXIT_CODES = {
    DONE: ("done", "Nothing was found at or above `--fail-on`."),
    FINDINGS: ("findings", "There are findings at or above `--fail-on`. The rest was done."),
    INVALID_INPUT: ("wrong input", "The command line, configuration or an OKR file is wrong. The error says where."),
    PARTIAL: ("done in part", "A source could not be read, or a write failed. `hub status` and `hub doctor` say more."),
    REFUSED: ("refused", "The plan changes too much at once. Look at `hub sync --dry-run`, then confirm with `--yes`."),
    INTERRUPTED: ("interrupted", "Somebody pressed Ctrl-C. The next run continues from here."),
}  # fmt: skip
SHARED = ("config", "output_format", "verbose", "quiet")
INTRODUCTION = """
All commands take the [shared options](#shared-options). Machine output (`--format json`) goes to standard output alone
and everything else to standard error. Colour and progress show on a terminal only, and `NO_COLOR` switches colour off.
The [exit code](exit-codes.md) says how a command ended.

{commands}
"""


def commands_page() -> str:
    """`reference/commands.md`."""
    context = click.Context(root, info_name="hub")
    commands = {name: root.get_command(context, name) for name in COMMANDS}
    rows = [(f"[`hub {name}`](#hub-{name})", text) for name, text in COMMANDS.items()]
    parts = [INTRODUCTION.format(commands=table(("command", "does"), rows))]
    for name, command in commands.items():
        if command is not None:
            parts += _command(name, command, context)
    shared = {param.name: param for command in commands.values() if command for param in command.params}
    parts += ["## Shared options", _options([shared[name] for name in SHARED])]
    return page("Commands", *parts)


def _command(name: str, command: click.Command, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, parent=parent, info_name=name)
    usage = f"{context.command_path} {' '.join(command.collect_usage_pieces(context))}"
    level = "##" if parent.parent is None else "###"
    yield f"{level} `{context.command_path}` {{ #{context.command_path.replace(' ', '-')} }}"
    if not isinstance(command, click.Group):
        yield f"```\n{usage}\n```"
    yield cleandoc(command.help or "")
    own = [param for param in command.params if param.name not in SHARED and not getattr(param, "hidden", False)]
    if options := [param for param in own if isinstance(param, click.Option)]:
        yield _options(options)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _command(str(inner.name), inner, context)


def _options(options: Sequence[click.Parameter]) -> str:
    return table(("option", "default", "what it does"), [_option(param) for param in options])


def _option(param: click.Parameter) -> tuple[str, str, str]:
    names = ", ".join(sorted(param.opts, key=len)) + "".join(f", {name}" for name in param.secondary_opts)
    is_flag = isinstance(param, click.Option) and (param.is_flag or param.count)
    values = "" if is_flag else f" {_values(param)}"
    default = param.default if isinstance(param.default, str | int | float) and not is_flag else ""
    return code(f"{names}{values}"), code(default) if default != "" else "", getattr(param, "help", "") or ""


def _values(param: click.Parameter) -> str:
    if isinstance(param.type, click.Choice):
        return "|".join(map(str, param.type.choices))
    return (param.metavar or param.type.name).upper()


def exit_codes_page() -> str:
    """`reference/exit-codes.md`."""
    text = "Every command ends with one of these. Where two apply, 4 comes before 3, and 3 before 1."
    rows = [(str(number), name, meaning) for number, (name, meaning) in EXIT_CODES.items()]
    fail_on = (
        "`--fail-on` takes `error`, `warning`, `info` or `never`. The default is `error` for `hub check` and "
        "`hub audit`, and `never` for `hub sync`."
    )
    return page("Exit codes", text, table(("code", "result", "what it means"), rows), fail_on)
