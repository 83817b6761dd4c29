"""`hub why TICKET`: one ticket, from what the last run saw."""

from datetime import date

import click

from hub.cli.options import OutputOptions, common_options, today_option


@click.command("why")
@click.argument("ticket")
@today_option()
@common_options()
def command(output_options: OutputOptions, *, ticket: str, today: date | None) -> int:
    """Explain TICKET (ACME-1, acme/app#12, or connector:key): its key results, findings, and what is posted on it."""
    from hub.config.load import load
    from hub.report.why import explanation_document, explanation_lines
    from hub.usecases.explain import explain_ticket

    explanation = explain_ticket(load(output_options.config), ticket, today)
    if output_options.format == "json":
        output_options.write_document(explanation_document(explanation))
    else:
        output_options.write_lines(explanation_lines(explanation, verbose=output_options.verbose > 0))
    return 0
