"""The pages of the rules: the list with its number of findings, and each rule's page, drawn from its docstring."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hub.core.insight.search import SearchKind, search
from hub.model.message import Code, Line, Text
from hub.web.listing import MAX_SEARCH_LENGTH
from hub.web.page import Page, PageParams, Viewer, not_found
from hub.web.snapshot import PortfolioSnapshot
from hub.web.tables import Column, table_page
from rules.base import Evidence, Rule

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """`kind` is heading, paragraph, list or example; an example is one text, a list has a line for each item."""

    kind: str
    lines: tuple[Line, ...] = ()
    text: str = ""
    heading: str = ""


def parse_rule_page(page: str) -> tuple[RuleBlock, ...]:
    """Everything after the first line, which is the rule's summary; unknown blocks are paragraphs."""
    _, _, text = page.strip().partition("\n")
    return tuple(_parse_blocks(text))


def _parse_blocks(text: str) -> Iterator[RuleBlock]:
    heading = ""
    for block in _blocks(text):
        first = block[0]
        if first.startswith("#"):
            heading = first.lstrip("#").strip()
            yield RuleBlock("heading", (parse_line(heading),))
        elif first.startswith("```"):
            yield RuleBlock("example", text="\n".join(block[1:]), heading=heading)
        elif first.startswith(("- ", "* ")):
            yield RuleBlock("list", tuple(parse_line(item) for item in _items(block)))
        else:
            yield RuleBlock("paragraph", (parse_line(" ".join(block)),))


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together; empty lines don't end an example."""
    lines: list[str] = []
    is_fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            if not is_fenced and lines:
                yield lines
                lines = []
            elif is_fenced:
                yield lines
                lines, is_fenced = [], False
                continue
            is_fenced = True
        ends_block = not is_fenced and (not line.strip() or (lines and lines[0].startswith("#")))
        if ends_block and lines:
            yield lines
            lines = []
        if is_fenced or line.strip():
            lines.append(line if is_fenced else line.strip())
    if lines:
        yield lines


def _items(block: list[str]) -> Iterator[str]:
    lines: list[str] = []
    for line in block:
        if line.startswith(("- ", "* ")) and lines:
            yield " ".join(lines)
            lines = []
        lines.append(line[2:] if line.startswith(("- ", "* ")) else line)
    yield " ".join(lines)


def parse_line(text: str) -> Line:
    """A line of text; text in backquotes is an exact value."""
    parts = _CODE.split(text)
    spans = (Code(part) if at % 2 else Text(part) for at, part in enumerate(parts))
    return tuple(span for span in spans if span.text)


EVIDENCE = {
    Evidence.PRESENCE: "something that is there",
    Evidence.ABSENCE: "something that is missing, so only where all data could be read",
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list, with its number of findings."""

    rule: Rule
    summary: Line
    findings: int
    waived: int


def matching_rules(snapshot: PortfolioSnapshot, text: str) -> list[RuleRow]:
    """Every rule in report order, or the best matches where words are searched for."""
    found = Counter(finding.rule for finding in snapshot.judgement.findings)
    waived = Counter(finding.rule for finding in snapshot.judgement.waived)
    entries = search(snapshot.search_index, SearchKind.RULE, text)
    rules = [snapshot.rule[entry.id] for entry in entries] if text else snapshot.rules
    return [RuleRow(rule, parse_line(rule.summary), found[rule.name], waived[rule.name]) for rule in rules]


def rule_columns(_snapshot: PortfolioSnapshot) -> tuple[Column[RuleRow], ...]:
    """The rule, how severe its findings are, and how many there are."""
    return (
        Column("rule", "Rule", lambda row: row.rule.name),
        Column("severity", "Severity", lambda row: str(row.rule.severity), order=lambda row: -row.rule.severity),
        Column("", "What it finds", lambda row: row.rule.summary),
        Column("findings", "Findings", lambda row: row.findings, is_number=True),
        Column("waived", "Waived", lambda row: row.waived, is_number=True),
    )


def rules_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """The rules, in report order by default."""
    text = params.query.get("text", "").strip()[:MAX_SEARCH_LENGTH]
    table = table_page(
        matching_rules(snapshot, text), rule_columns(snapshot), params, "/rules", {"text": text}, csv_path="/rules.csv"
    )
    return Page("rules.html", "Rules", {"table": table, "text": text, "total": len(snapshot.rules)})


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
