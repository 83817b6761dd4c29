"""The audit needs no tracker: it looks at what the last run saw, or at the OKR files alone."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date

from hub import clock
from hub.config import Config
from hub.core.audit.build import build_audit
from hub.core.audit.whole import Audit, Source
from hub.core.check import check
from hub.core.lanes.layout import layout_map
from hub.core.lanes.values import MapPage
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.opaque import strip_private_content
from hub.model.finding import Judgement
from hub.okr_file import read_okrs
from hub.pipeline.okrs import restore_last_run
from hub.wiring import known_rules, local_day, open_store, rule_settings


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The audit, the alignment map, and what the rules said."""

    audit: Audit
    map_pages: tuple[MapPage, ...]
    judgement: Judgement


def run_audit(config: Config, today: date | None) -> AuditResult:
    """Judge what the last run saw with today's rules and OKR files; before the first, only what needs no ticket."""
    okrs = read_okrs(config.okr_paths(), config.cycle, today=today or local_day(), tracked=config.okrs_tracked)
    with closing(open_store(config, create=False)) as store:
        stored, history = store.snapshot(), store.dependency_history()
    okrs, snapshot = restore_last_run(okrs, stored, clock.now())
    portfolio = build_portfolio(snapshot, okrs, today or local_day(), history, config.workspace)
    # A state without a single ticket tells nothing of work: absence in it means nothing.
    has_tickets = bool(portfolio.initiatives)
    rules = [rule for rule in known_rules() if has_tickets or not rule.needs_tickets]
    skipped = [rule.name for rule in known_rules() if rule not in rules]
    judgement = check(portfolio, rules, rule_settings(config), config.waived)
    portfolio = strip_private_content(portfolio)
    sources = [
        Source(stored_source.connector, stored_source.read, len(stored_source.initiatives))
        for stored_source in stored
        if has_tickets
    ]
    return AuditResult(
        build_audit(portfolio, judgement, config.waived, sources, skipped), layout_map(portfolio), judgement
    )
