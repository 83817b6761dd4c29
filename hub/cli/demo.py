"""`hub demo`: the whole job on this machine, with nothing to configure."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.options import Voice, speaks
from hub.cli.progress import shown
from hub.model.errors import ConfigError

if TYPE_CHECKING:
    from hub.core.outcome import Outcome
    from hub.usecases.demo import Stage

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
@speaks()
def command(voice: Voice, *, serve: bool, directory: Path) -> int:
    """Sync the Acme example against a Jira and a GitHub that start on this machine; needs no credentials."""
    try:
        from hub.usecases.demo import stage
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] in ("hub", "connectors", "rules"):
            raise
        raise click.ClickException(f"the demo needs {missing.name}: pip install 'alignment-hub[demo]'") from None
    from hub.report.document import document
    from hub.report.text import sync_lines

    with stage(directory) as here:
        first = _sync(here, voice)
        if voice.form == "json":
            voice.document(document(first))
        else:
            _show_one(here, voice)
            _act_first(first, voice)
            voice.lines(sync_lines(first, verbose=voice.verbose > 0))
        written = here.writes
        _sync(here, voice)
        _told(voice, f"\nA second sync made {here.writes - written} writes.", "good")
        if serve:
            return _keep_up(here, voice)
        _next(here, voice)
    return 0


def _sync(here: "Stage", voice: Voice) -> "Outcome":
    from hub.config.load import load
    from hub.pipeline.job import Mode
    from hub.pipeline.sync import sync
    from hub.report.document import document
    from hub.usecases.demo import TODAY
    from hub.wiring import open_job

    with (
        shown(voice) as progress,
        open_job(load(here.config, {}), mode=Mode.PUBLISH, confirmed=True, today=TODAY, progress=progress) as job,
    ):
        return sync(job, document)


def _show_one(here: "Stage", voice: Voice) -> None:
    """The comment of one ticket, as an engineer would read it."""
    site = here.jira.site
    for key in sorted(site.ids):
        texts = site.texts(key, site.bot.id)
        if texts:
            _told(voice, f"\nThe comment on {key}:", "heading")
            _told(voice, "\n".join(f"  | {line}" for line in texts[0].splitlines() if line.strip()))
            return


def _act_first(outcome: "Outcome", voice: Voice) -> None:
    """What each team would do first this week, as its weekly summary says it."""
    from hub.core.audit.dependences import dependences
    from hub.core.audit.second_check import second_check
    from hub.core.to_do import ChannelNames, to_do
    from hub.model.message import plain

    portfolio, names = outcome.portfolio, ChannelNames(outcome.portfolio)
    _told(voice, "\nWhat to act on first", "heading")
    for check in second_check(portfolio, outcome.judgement.findings, dependences(portfolio), synced=True):
        for thing in to_do(check.findings, check.team.id, names)[:1]:
            _told(voice, f"  {check.team.name}: {plain(thing)}")
    _told(voice, "")


def _next(here: "Stage", voice: Voice) -> None:
    config = here.config
    _told(voice, "\nNext steps", "heading")
    for command, what in (
        ("hub demo --serve", "the tickets in a browser: fix a label and see the comment change"),
        (
            f"hub why ACME-7 --config {config} --today 2026-11-16",
            "one ticket: its key results and the result of every rule",
        ),
        ("hub rules initiative-without-key-result", "what a rule finds, and why"),
        ("hub init my-okrs", "your own configuration and OKR file"),
    ):
        _told(voice, f"  {command}\n      {what}")


def _keep_up(here: "Stage", voice: Voice) -> int:
    """The service with both trackers, until Ctrl-C."""
    from hub.config.load import load
    from hub.service.main import How, open_port, serve
    from hub.usecases.demo import TODAY

    config = load(here.config, {})
    try:
        sock = open_port(config)
    except ConfigError:
        sock = open_port(config, port=0)

    def told(url: str) -> None:
        _told(voice, "\nOpen in a browser", "heading")
        _told(voice, f"  {url}/      the alignment map, the teams, the findings")
        _told(voice, f"  {here.jira_url}/      Jira\n  {here.github_url}/      GitHub")
        _told(voice, "Change a label there: the hub syncs within 10 seconds. Or sync from another terminal:")
        _told(voice, f"  hub sync --config {here.config} --today {TODAY}\nPress Ctrl-C to stop.")

    with sock:
        return serve(config, sock, told, How(TODAY, confirmed=True, verbose=voice.verbose))


def _told(voice: Voice, text: str, style: str = "plain") -> None:
    """Words around the answer: on stdout for people, on stderr beside JSON."""
    from hub.report.text import Styled

    if voice.form == "json":
        voice.note(text)
    else:
        voice.lines(Styled(line, style) for line in text.split("\n"))
