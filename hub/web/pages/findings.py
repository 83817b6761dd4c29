"""The findings, filtered and grouped, each with what to do; and the rules, drawn from their docstrings."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from hub.core.checking.redaction import redact_id
from hub.core.insight.audit.audit import key_result_ref, ticket_ref
from hub.core.insight.explain import teams_of
from hub.model.finding import Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.message import Code, Line, Text
from hub.model.private_names import PRIVATE_NAME
from hub.model.urls import key_result_page, team_page, ticket_page
from hub.toml.document import day, quoted
from hub.web.listing import apply, options, parse_filter
from hub.web.page import Page, PageParams, Viewer, not_found
from hub.web.snapshot import PortfolioSnapshot
from rules.base import Evidence

PAGE_SIZE = 100
MAX_TICKETS = 5
# A waiver is no way to forget: it ends by itself, with the cycle at the latest.
WAIVER_PERIOD = timedelta(days=28)
GROUPS = {"team": "Team", "rule": "Rule", "ticket": "Ticket", "key_result": "Key result"}
SORTS = {"oldest": "Oldest first", "newest": "Newest first"}


@dataclass(frozen=True, slots=True)
class Row:
    """The row of a finding; `since` is None where no run has recorded it yet."""

    finding: Finding
    subjects: tuple[tuple[str, str | None], ...]
    title: str
    more_tickets: int
    teams: str
    since: datetime | None
    days: int
    waiver: str


def findings_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """One page of the findings that pass the filter."""
    finding_filter, group, sort = (
        parse_filter(snapshot, params),
        _read_choice(GROUPS, params, "group"),
        _read_choice(SORTS, params, "sort"),
    )
    findings = [
        (_heading(snapshot, group, finding), finding)
        for finding in sorted(apply(snapshot, finding_filter), key=_order(snapshot, sort))
    ]
    if group:
        findings.sort(key=lambda pair: pair[0].casefold())
    pages = max(1, -(-len(findings) // PAGE_SIZE))
    number = params.read_number("page", 1, maximum=pages)
    page_items = findings[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    context = {
        "by": finding_filter,
        "count": len(findings),
        "parts": [
            (name, [_row(snapshot, finding) for _, finding in items])
            for name, items in groupby(page_items, lambda pair: pair[0])
        ],
        "page": number,
        "pages": pages,
        "query": finding_filter.to_query()
        | {name: value for name, value in (("group", group), ("sort", sort)) if value},
        "waived": len(snapshot.judgement.waived),
        **_choices(snapshot, group, sort),
    }
    return Page("findings.html", "Findings", context)


def _read_choice(known: Mapping[str, str], params: PageParams, name: str) -> str:
    value = params.query.get(name, "")
    return value if value in known else ""


def _choices(snapshot: PortfolioSnapshot, group: str, sort: str) -> dict[str, object]:
    return {
        "group": group,
        "sort": sort,
        "groups": [(words, name) for name, words in GROUPS.items()],
        "sorts": [(words, name) for name, words in SORTS.items()],
        **options(snapshot),
    }


def _order(snapshot: PortfolioSnapshot, sort: str) -> Callable[[Finding], tuple[float, ...]]:
    def order(finding: Finding) -> tuple[float, ...]:
        since = (snapshot.first_seen.get(finding.fingerprint) or snapshot.built_at).timestamp()
        return (-finding.severity,) if not sort else (since if sort == "oldest" else -since, -finding.severity)

    return order


def _heading(snapshot: PortfolioSnapshot, group: str, finding: Finding) -> str:
    """The one group that the finding is listed under, so that counts add up."""
    portfolio = snapshot.portfolio
    if group == "rule":
        return finding.rule
    if group == "team":
        names = sorted(_names(snapshot, teams_of(portfolio, finding)))
        return " + ".join(names) or "The organization"
    if group == "ticket":
        return str(finding.on_tickets[0]) if finding.on_tickets else "Not on a ticket"
    if group == "key_result":
        if finding.subject.kind is SubjectKind.KEY_RESULT:
            return finding.subject.id
        served = (link.key_result for ref in finding.tickets for link in portfolio.serves.get(ref, ()))
        return min((redact_id(id_, portfolio) for id_ in served), default="No key result")
    return ""


def _names(snapshot: PortfolioSnapshot, teams: Iterable[str]) -> list[str]:
    known = snapshot.portfolio.okrs.teams
    return [known[team].name if team in known else team for team in teams]


def _row(snapshot: PortfolioSnapshot, finding: Finding) -> Row:
    since = snapshot.first_seen.get(finding.fingerprint)
    return Row(
        finding=finding,
        subjects=_subjects(snapshot, finding),
        title=_title(snapshot, finding),
        more_tickets=max(0, len(finding.tickets) - MAX_TICKETS),
        teams=", ".join(sorted(_names(snapshot, teams_of(snapshot.portfolio, finding)))),
        since=since,
        days=(snapshot.portfolio.today - since.date()).days if since else 0,
        waiver=_waiver(snapshot, finding),
    )


def _subjects(snapshot: PortfolioSnapshot, finding: Finding) -> tuple[tuple[str, str | None], ...]:
    """The subject and the tickets, each once, with the page about it."""
    subject, okrs = finding.subject, snapshot.portfolio.okrs
    links: dict[str, str | None] = {}
    if subject.kind is SubjectKind.KEY_RESULT:
        links[subject.id] = None if subject.id == PRIVATE_NAME else key_result_page(subject.id)
    elif subject.kind is SubjectKind.TEAM and subject.id in okrs.teams:
        links[okrs.teams[subject.id].name] = team_page(subject.id)
    elif subject.kind is SubjectKind.INITIATIVE:
        links[subject.id] = ticket_page(subject.id)
    else:
        links[subject.id] = None
    links |= {str(ref): ticket_page(str(ref)) for ref in finding.tickets[:MAX_TICKETS]}
    return tuple(links.items())


def _title(snapshot: PortfolioSnapshot, finding: Finding) -> str:
    """The title of the ticket or key result, where the finding is about one and the title is public."""
    portfolio = snapshot.portfolio
    if finding.subject.kind is SubjectKind.KEY_RESULT:
        return key_result_ref(portfolio, finding.subject.id).title
    if finding.subject.kind is not SubjectKind.INITIATIVE:
        return ""
    ref = Ref.parse(finding.subject.id)
    return ticket_ref(portfolio, ref).title if ref in portfolio.initiatives else ""


def _waiver(snapshot: PortfolioSnapshot, finding: Finding) -> str:
    """A waiver to paste into the configuration; empty where it would name something private."""
    if PRIVATE_NAME in finding.subject.id:
        return ""
    cycle, today = snapshot.portfolio.cycle, snapshot.portfolio.today
    until: date = max(today, min(cycle.end, today + WAIVER_PERIOD))
    lines: Sequence[str] = (
        "[[waivers]]",
        f"rule = {quoted(finding.rule)}",
        f"subject = {quoted(finding.subject.id)}",
        'reason = "why this is right"',
        'owner = "team or person"',
        f"until = {day(until)}",
    )
    return "\n".join(lines)


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
