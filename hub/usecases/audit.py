"""The audit, the alignment map and the findings as of the last run; before the first, of the OKR files alone."""

from dataclasses import dataclass
from datetime import date

from hub.config.settings import Config
from hub.core.audit.whole import Audit
from hub.model.finding import Judgement
from hub.report.map.layout import lay_out
from hub.report.map.values import Sheet
from hub.usecases.assess import assess


@dataclass(frozen=True, slots=True)
class Audited:
    """The audit, the alignment map, and what the rules said."""

    audit: Audit
    sheets: tuple[Sheet, ...]
    judgement: Judgement


def audited(config: Config, today: date | None) -> Audited:
    """Judge what the last run saw with today's rules and OKR files."""
    assessment = assess(config, today)
    return Audited(assessment.audit, lay_out(assessment.portfolio), assessment.judgement)
