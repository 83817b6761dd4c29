"""Why a ticket has its findings: what it serves, what each rule says of it, and what is posted on it."""

from datetime import date

from hub.config.settings import Config
from hub.core.why import Why, why
from hub.model.errors import ConfigError, Problem
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from hub.model.similarity import closest
from hub.usecases.assess import assess


def explain_ticket(config: Config, ticket: str, today: date | None) -> Why:
    """One ticket as the last run saw it, judged with today's rules and OKR files."""
    assessment = assess(config, today)
    portfolio, stored = assessment.portfolio, assessment.stored
    ref = _named_ticket(ticket, portfolio)
    key = (ref.connector, portfolio.initiatives[ref].id)
    return why(
        ref,
        portfolio,
        assessment.judgement,
        assessment.rules,
        read=next((source.read for source in stored.sources if source.connector == ref.connector), None),
        published=stored.ledger.get(key),
        waiting_since_run=stored.waiting.get(key),
        commands=stored.commands.get(ref.connector, ()),
    )


def _named_ticket(ticket: str, portfolio: Portfolio) -> Ref:
    """The ticket that people mean by `connector:key`, or by a key that only one connector knows."""
    found = [ref for ref in portfolio.initiatives if ticket.casefold() in (str(ref).casefold(), ref.key.casefold())]
    if len(found) == 1:
        return found[0]
    if found:
        what, remedy = f"several connectors have a ticket {ticket!r}", f"Name one: {', '.join(map(str, found))}"
    else:
        near = closest(ticket, [ref.key for ref in portfolio.initiatives])
        what = f"the last sync read no ticket {ticket!r}"
        remedy = f"Did you mean {near[0]}?" if near else "Run hub sync first"
    raise ConfigError([Problem("command line", "TICKET", what, remedy)])
