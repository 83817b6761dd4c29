"""The rules: what each finds, how severe it is, and how many findings it has now."""

from collections import Counter

from hub.web.page import Page, PageParams, not_found
from hub.web.rule_text import parse_line, parse_rule_page
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer
from rules.base import Evidence

EVIDENCE = {
    Evidence.PRESENCE: "something that is there",
    Evidence.ABSENCE: "something that is missing, so only where all data could be read",
}


def rules_page(snapshot: PortfolioSnapshot, _viewer: Viewer, _params: PageParams) -> Page:
    """Every rule in report order, with its number of findings."""
    counts = Counter(finding.rule for finding in snapshot.judgement.findings)
    waived = Counter(finding.rule for finding in snapshot.judgement.waived)
    rows = [(rule, parse_line(rule.summary), counts[rule.name], waived[rule.name]) for rule in snapshot.rules]
    return Page("rules.html", "Rules", {"rows": rows})


def rule_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """One rule's page, as `hub rules NAME` shows it."""
    rule = snapshot.rule.get(params.path["rule"])
    if rule is None:
        return not_found("rule")
    context = {
        "rule": rule,
        "summary": parse_line(rule.summary),
        "parts": parse_rule_page(rule.page),
        "evidence": EVIDENCE[rule.evidence],
        "count": sum(finding.rule == rule.name for finding in snapshot.judgement.findings),
        "waived": sum(finding.rule == rule.name for finding in snapshot.judgement.waived),
        "failed": rule.name in snapshot.judgement.failed,
    }
    return Page("rule.html", rule.name, context)
