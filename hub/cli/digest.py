"""`hub digest`: what the weekly summaries would say; with --send, tells the teams now."""

from datetime import date
from typing import TYPE_CHECKING

import click

from hub.cli.exits import DONE, PARTIAL
from hub.cli.options import Voice, as_of, speaks

if TYPE_CHECKING:
    from hub.service.digest_sender import Digester


@click.command("digest")
@click.option("--send", is_flag=True, help="Send the summary to every team that has a channel.")
@as_of()
@speaks()
def command(voice: Voice, *, send: bool, today: date | None) -> int:
    """Show each team's summary of what changed since its last one."""
    from hub.config.load import load
    from hub.service.digest_sender import digester

    who = digester(load(voice.config), today)
    return _send(voice, who) if send else _show(voice, who)


def _show(voice: Voice, who: "Digester") -> int:
    from hub.report.digest import digest_document, text_of, title_of
    from hub.report.text import Styled

    made = list(who.preview())
    if voice.form == "json":
        voice.document([digest_document(one) for one in made])
        return DONE
    for at, one in enumerate(made):
        lines = [Styled(title_of(one), "heading"), *(Styled(f"  {line}") for line in text_of(one).splitlines())]
        voice.lines([Styled(), *lines] if at else lines)
    if not made:
        voice.note("Nothing has changed since the last summaries.")
    return DONE


def _send(voice: Voice, who: "Digester") -> int:
    from hub.report.text import Styled

    told = list(who.send_now())
    words = {True: ("sent", "good"), False: ("the channel rejected it", "error"), None: ("nothing new", "dim")}
    if voice.form == "json":
        voice.document([{"team": team, "arrived": arrived} for team, arrived in told])
    else:
        voice.lines(Styled(f"{team}: {words[arrived][0]}", words[arrived][1]) for team, arrived in told)
    if not told:
        voice.note("No team has a channel. Add one under [digests.channels.TEAM].")
    return PARTIAL if any(arrived is False for _, arrived in told) else DONE
