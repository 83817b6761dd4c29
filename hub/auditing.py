"""The audit needs no tracker: it looks at what the last run saw, or at the OKR files alone."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date

from hub import clock
from hub.config import Config
from hub.core.audit.build import audit
from hub.core.audit.whole import Audit, Source
from hub.core.check import check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.opaque import opaque
from hub.model.finding import Judgement
from hub.okr_file import read_okrs
from hub.pipeline.okrs import as_seen
from hub.report.map.layout import lay_out
from hub.report.map.values import Sheet
from hub.wiring import known_rules, local_day, open_store, rule_settings


@dataclass(frozen=True, slots=True)
class Audited:
    """The audit, the alignment map, and what the rules said."""

    audit: Audit
    sheets: tuple[Sheet, ...]
    judgement: Judgement


def audited(config: Config, today: date | None) -> Audited:
    """Judge what the last run saw with today's rules and OKR files; before the first, only what needs no ticket."""
    okrs = read_okrs(config.okr_paths(), config.cycle, today=today or local_day(), tracked=config.okrs_tracked)
    with closing(open_store(config, create=False)) as store:
        seen, memory = store.snapshot(), store.memory()
    okrs, snapshot = as_seen(okrs, seen, clock.now())
    portfolio = build_portfolio(snapshot, okrs, today or local_day(), memory, config.workspace)
    # A state without a single ticket tells nothing of work: absence in it means nothing.
    known = bool(portfolio.initiatives)
    rules = [rule for rule in known_rules() if known or not rule.needs_tickets]
    skipped = [rule.name for rule in known_rules() if rule not in rules]
    judgement = check(portfolio, rules, rule_settings(config), config.waived)
    portfolio = opaque(portfolio)
    sources = [Source(one.connector, one.read, len(one.initiatives)) for one in seen if known]
    return Audited(audit(portfolio, judgement, config.waived, sources, skipped), lay_out(portfolio), judgement)
