"""`hub why TICKET`: one ticket, from what the last run saw."""

from datetime import date

import click

from hub.cli.options import Voice, as_of, speaks


@click.command("why")
@click.argument("ticket")
@as_of()
@speaks()
def command(voice: Voice, *, ticket: str, today: date | None) -> int:
    """Explain TICKET (ACME-1, acme/app#12, or connector:key): its key results, findings, and what is posted on it."""
    from hub.config.load import load
    from hub.report.why import why_document, why_lines
    from hub.usecases.explain import explain_ticket

    answer = explain_ticket(load(voice.config), ticket, today)
    if voice.form == "json":
        voice.document(why_document(answer))
    else:
        voice.lines(why_lines(answer, verbose=voice.verbose > 0))
    return 0
