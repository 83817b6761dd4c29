"""`hub digest`: shows the weekly summaries; with --send, sends them now."""

from datetime import date
from typing import TYPE_CHECKING

import click

from hub.cli.output import DONE, PARTIAL, OutputOptions, common_options, today_option

if TYPE_CHECKING:
    from hub.service.digest_sender import DigestSender


@click.command("digest")
@click.option("--send", is_flag=True, help="Send the summary to every team that has a channel.")
@today_option()
@common_options()
def command(output_options: OutputOptions, *, send: bool, today: date | None) -> int:
    """Show each team's summary of what changed since its last one."""
    from hub.config.settings import load
    from hub.service.digest_sender import build_digest_sender

    sender = build_digest_sender(load(output_options.config), today)
    return _send(output_options, sender) if send else _show(output_options, sender)


def _show(output: OutputOptions, sender: "DigestSender") -> int:
    from hub.report.audit.appendix import NO_SYNC
    from hub.report.digest import digest_document, text_of, title_of
    from hub.report.lines import StyledLine

    digests = list(sender.preview())
    if output.format == "json":
        output.write_document([digest_document(digest) for digest in digests])
        return DONE
    for at, digest in enumerate(digests):
        lines = [
            StyledLine(title_of(digest), "heading"),
            *(StyledLine(f"  {line}") for line in text_of(digest).splitlines()),
        ]
        output.write_lines([StyledLine(), *lines] if at else lines)
    if not digests:
        is_read = sender.assess().has_tickets
        output.write_note("There is nothing new to send to any team." if is_read else NO_SYNC)
    return DONE


def _send(output: OutputOptions, sender: "DigestSender") -> int:
    from hub.report.lines import StyledLine

    results = list(sender.send_now())
    labels = {True: ("sent", "good"), False: ("the channel rejected it", "error"), None: ("nothing new", "dim")}
    if output.format == "json":
        output.write_document([{"team": team, "arrived": arrived} for team, arrived in results])
    else:
        output.write_lines(StyledLine(f"{team}: {labels[arrived][0]}", labels[arrived][1]) for team, arrived in results)
    if not results:
        output.write_note("No team has a channel. Add one under [digests.channels.TEAM].")
    return PARTIAL if any(arrived is False for _, arrived in results) else DONE
