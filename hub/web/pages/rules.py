"""The rules: what each finds, how severe it is, and how many findings it has now."""

from collections import Counter

from hub.web.page import Asked, Page, missing
from hub.web.viewer import Viewer
from hub.web.window import Window


def rules_page(window: Window, _viewer: Viewer, _asked: Asked) -> Page:
    """Every rule in report order, with what it has found."""
    found = Counter(one.rule for one in window.judgement.findings)
    waived = Counter(one.rule for one in window.judgement.waived)
    rows = [(rule, found[rule.name], waived[rule.name]) for rule in window.rules]
    return Page("rules.html", "Rules", {"rows": rows})


def rule_page(window: Window, _viewer: Viewer, asked: Asked) -> Page:
    """One rule's page, as `hub rules NAME` shows it."""
    rule = window.rule.get(asked.path["rule"])
    return missing("rule") if rule is None else Page("rule.html", rule.name, {"rule": rule})
