"""The rules: what each finds, how severe it is, and how many findings it has now."""

from collections import Counter

from hub.web.page import Asked, Page, missing
from hub.web.rule_text import rule_parts, words
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer
from rules.base import Judges

JUDGES = {
    Judges.PRESENCE: "something that is there",
    Judges.ABSENCE: "something that is missing, so only where all data could be read",
}


def rules_page(window: PortfolioSnapshot, _viewer: Viewer, _asked: Asked) -> Page:
    """Every rule in report order, with what it has found."""
    found = Counter(one.rule for one in window.judgement.findings)
    waived = Counter(one.rule for one in window.judgement.waived)
    rows = [(rule, words(rule.summary), found[rule.name], waived[rule.name]) for rule in window.rules]
    return Page("rules.html", "Rules", {"rows": rows})


def rule_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """One rule's page, as `hub rules NAME` shows it."""
    rule = window.rule.get(asked.path["rule"])
    if rule is None:
        return missing("rule")
    holds = {
        "rule": rule,
        "summary": words(rule.summary),
        "parts": rule_parts(rule.page),
        "judges": JUDGES[rule.judges],
        "found": sum(one.rule == rule.name for one in window.judgement.findings),
        "waived": sum(one.rule == rule.name for one in window.judgement.waived),
        "failed": rule.name in window.judgement.failed,
    }
    return Page("rule.html", rule.name, holds)
