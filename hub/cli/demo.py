"""`hub demo`: the whole job on this machine, with nothing to configure."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.options import OutputOptions, common_options
from hub.cli.progress import progress_bars
from hub.model.errors import ConfigError

if TYPE_CHECKING:
    from hub.core.outcome import RunResult
    from hub.usecases.demo import DemoEnvironment

DIRECTORY = "alignment-hub-demo"


@click.command("demo")
@click.option("--serve", is_flag=True, help="Keep the trackers and the pages running, to try it in a browser.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(DIRECTORY),
    show_default=True,
    help="Where the demo's workspace is written.",
)
@common_options()
def command(output_options: OutputOptions, *, serve: bool, directory: Path) -> int:
    """Sync the Acme example against a Jira and a GitHub that start on this machine; needs no credentials."""
    try:
        from hub.usecases.demo import start_environment
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] in ("hub", "connectors", "rules"):
            raise
        raise click.ClickException(f"the demo needs {missing.name}: pip install 'alignment-hub[demo]'") from None
    from hub.report.document import run_document
    from hub.report.text import sync_lines

    with start_environment(directory) as environment:
        first = _sync(environment, output_options)
        if output_options.format == "json":
            output_options.write_document(run_document(first))
        else:
            _show_comment(environment, output_options)
            _show_first_actions(first, output_options)
            output_options.write_lines(sync_lines(first, verbose=output_options.verbose > 0))
        writes_before = environment.writes
        _sync(environment, output_options)
        _write(output_options, f"\nA second sync made {environment.writes - writes_before} writes.", "good")
        if serve:
            return _serve(environment, output_options)
        _show_next_steps(environment, output_options)
    return 0


def _sync(environment: "DemoEnvironment", output: OutputOptions) -> "RunResult":
    from hub.config.load import load
    from hub.pipeline.job import Mode
    from hub.pipeline.sync import sync
    from hub.report.document import run_document
    from hub.usecases.demo import TODAY
    from hub.wiring import open_run_context

    with (
        progress_bars(output) as progress,
        open_run_context(
            load(environment.config, {}), mode=Mode.PUBLISH, confirmed=True, today=TODAY, progress=progress
        ) as job,
    ):
        return sync(job, run_document)


def _show_comment(environment: "DemoEnvironment", output: OutputOptions) -> None:
    """The comment of one ticket, as an engineer would read it."""
    site = environment.jira.site
    for key in sorted(site.ids):
        texts = site.texts(key, site.bot.id)
        if texts:
            _write(output, f"\nThe comment on {key}:", "heading")
            _write(output, "\n".join(f"  | {line}" for line in texts[0].splitlines() if line.strip()))
            return


def _show_first_actions(outcome: "RunResult", output: OutputOptions) -> None:
    """What each team would do first this week, as its weekly summary says it."""
    from hub.core.audit.dependences import build_dependencies
    from hub.core.audit.second_check import check_teams
    from hub.core.to_do import ChannelNames, to_do
    from hub.model.message import plain

    portfolio, names = outcome.portfolio, ChannelNames(outcome.portfolio)
    _write(output, "\nWhat to act on first", "heading")
    for check in check_teams(portfolio, outcome.judgement.findings, build_dependencies(portfolio), synced=True):
        for item in to_do(check.findings, check.team.id, names)[:1]:
            _write(output, f"  {check.team.name}: {plain(item)}")
    _write(output, "")


def _show_next_steps(environment: "DemoEnvironment", output: OutputOptions) -> None:
    config = environment.config
    _write(output, "\nNext steps", "heading")
    for command, description in (
        ("hub demo --serve", "the tickets in a browser: fix a label and see the comment change"),
        (
            f"hub why ACME-7 --config {config} --today 2026-11-16",
            "one ticket: its key results and the result of every rule",
        ),
        ("hub rules initiative-without-key-result", "what a rule finds, and why"),
        ("hub init my-okrs", "your own configuration and OKR file"),
    ):
        _write(output, f"  {command}\n      {description}")


def _serve(environment: "DemoEnvironment", output: OutputOptions) -> int:
    """The service with both trackers, until Ctrl-C."""
    from hub.config.load import load
    from hub.service.main import ServiceOptions, open_port, run_service
    from hub.usecases.demo import TODAY

    config = load(environment.config, {})
    try:
        sock = open_port(config)
    except ConfigError:
        sock = open_port(config, port=0)

    def show_urls(url: str) -> None:
        _write(output, "\nOpen in a browser", "heading")
        _write(output, f"  {url}/      the alignment map, the teams, the findings")
        _write(output, f"  {environment.jira_url}/      Jira\n  {environment.github_url}/      GitHub")
        _write(output, "Change a label there: the hub syncs within 10 seconds. Or sync from another terminal:")
        _write(output, f"  hub sync --config {environment.config} --today {TODAY}\nPress Ctrl-C to stop.")

    with sock:
        return run_service(config, sock, show_urls, ServiceOptions(TODAY, confirmed=True, verbose=output.verbose))


def _write(output: OutputOptions, text: str, style: str = "plain") -> None:
    """Words around the answer: on stdout for people, on stderr beside JSON."""
    from hub.report.text import StyledLine

    if output.format == "json":
        output.write_note(text)
    else:
        output.write_lines(StyledLine(line, style) for line in text.split("\n"))
