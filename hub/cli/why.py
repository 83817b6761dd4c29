"""`hub why TICKET`: one ticket, from what the last run saw."""

from datetime import date

import click

from hub.cli.output import OutputOptions, common_options, today_option
from hub.config.settings import Config
from hub.core.insight.explain import Explanation, explain
from hub.core.insight.explain_okr import explain_okr
from hub.model.errors import ConfigError, Problem
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from hub.model.text import closest
from hub.usecases.assess import assess


@click.command("why")
@click.argument("ticket")
@today_option()
@common_options()
def command(output_options: OutputOptions, *, ticket: str, today: date | None) -> int:
    """Explain TICKET (ACME-1, acme/app#12, or connector:key): its key results, findings, and what is posted on it."""
    from hub.config.settings import load
    from hub.report.explain import explanation_document, explanation_lines

    explanation = explain_ticket(load(output_options.config), ticket, today)
    if output_options.format == "json":
        output_options.write_document(explanation_document(explanation))
    else:
        output_options.write_lines(explanation_lines(explanation, verbose=output_options.verbose > 0))
    return 0


def explain_ticket(config: Config, ticket: str, today: date | None) -> Explanation:
    """One ticket as the last run saw it, judged with today's rules and OKR files."""
    assessment = assess(config, today)
    portfolio, stored = assessment.portfolio, assessment.stored
    ref = _find_ticket(ticket, portfolio)
    read = next((source.read for source in stored.sources if source.connector == ref.connector), None)
    if ref in portfolio.okrs.okr_id_by_ticket:
        row = portfolio.okrs.okr_tickets.get(ref)
        return explain_okr(
            ref,
            portfolio,
            assessment.judgement,
            assessment.rules,
            read=read,
            ledger_entry=stored.ledger.get((ref.connector, row.id)) if row else None,
            gaps=[gap for pulled in assessment.snapshot.pulled for gap in pulled.gaps],
        )
    key = (ref.connector, portfolio.initiatives[ref].id)
    return explain(
        ref,
        portfolio,
        assessment.judgement,
        assessment.rules,
        read=read,
        ledger_entry=stored.ledger.get(key),
        waiting_since_run=stored.deferred_comments.get(key),
        commands=stored.commands.get(ref.connector, ()),
        links=stored.remote_links,
    )


def _find_ticket(ticket: str, portfolio: Portfolio) -> Ref:
    """The ticket that people mean by `connector:key`, or by a key that only one connector knows."""
    known = (*portfolio.initiatives, *portfolio.okrs.okr_id_by_ticket)
    refs = [ref for ref in known if ticket.casefold() in (str(ref).casefold(), ref.key.casefold())]
    if len(refs) == 1:
        return refs[0]
    if refs:
        message, remedy = f"several connectors have a ticket {ticket!r}", f"Name one: {', '.join(map(str, refs))}"
    elif unread := [gap for gap in portfolio.gaps if gap.key and _names(ticket, gap.connector, gap.key)]:
        message = f"{unread[0].connector}:{unread[0].key} was seen and not read: {unread[0].reason}"
        remedy = "Correct the ticket, and run hub sync"
    else:
        suggestions = closest(ticket, [ref.key for ref in known])
        message = f"the last sync read no ticket {ticket!r}"
        next_step = "Check the key, and that a connector reads its project" if known else "Run hub sync first"
        remedy = f"Did you mean {suggestions[0]}?" if suggestions else next_step
    raise ConfigError([Problem("command line", "TICKET", message, remedy)])


def _names(ticket: str, connector: str, key: str) -> bool:
    return ticket.casefold() in (key.casefold(), f"{connector}:{key}".casefold())
