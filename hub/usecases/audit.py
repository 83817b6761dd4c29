"""The audit, the alignment map and the findings as of the last run; before the first, of the OKR files alone."""

from dataclasses import dataclass
from datetime import date

from hub.config.settings import Config
from hub.core.audit.whole import Audit
from hub.model.finding import Judgement
from hub.report.map.layout import layout_map
from hub.report.map.values import MapPage
from hub.usecases.assess import assess


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The audit, the alignment map, and what the rules said."""

    audit: Audit
    map_pages: tuple[MapPage, ...]
    judgement: Judgement


def run_audit(config: Config, today: date | None) -> AuditResult:
    """Judge what the last run saw with today's rules and OKR files."""
    assessment = assess(config, today)
    return AuditResult(assessment.audit, layout_map(assessment.portfolio), assessment.judgement)
