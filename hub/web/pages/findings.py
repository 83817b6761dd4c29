"""The findings: filtered, grouped by their rule unless something else is chosen, each with what to do."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from hub.core.checking.redaction import redact_id
from hub.core.insight.audit.audit import key_result_ref, ticket_ref
from hub.core.insight.explain import teams_of
from hub.model.finding import Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.message import Line, plain
from hub.model.private_names import PRIVATE_NAME
from hub.model.urls import key_result_page, rule_page, team_page, ticket_page, with_query
from hub.toml.document import day, quoted
from hub.web.listing import apply, options, parse_filter, read_choice
from hub.web.page import Page, PageParams, Viewer
from hub.web.pages.rules import parse_line
from hub.web.snapshot import PortfolioSnapshot
from hub.web.tables import Column

PAGE_SIZE = 100
MAX_TICKETS = 5
# A waiver is no way to forget: it ends by itself, with the cycle at the latest.
WAIVER_PERIOD = timedelta(days=28)
PLACES = {SubjectKind.WORKSPACE: "Workspace", SubjectKind.PROJECT: "Project", SubjectKind.CYCLE: "Cycle"}
GROUPS = {"rule": "Rule", "team": "Team", "ticket": "Ticket", "key_result": "Key result", "none": "Nothing"}
SORTS = {"": "Severity", "oldest": "Oldest first", "newest": "Newest first", "title": "Title"}
Query = dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Name:
    """What a finding is about: its title, or what stands for it, its key, and the address of its page."""

    title: str
    key: str = ""
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The row of a finding; `since` is None where no run has recorded it yet."""

    finding: Finding
    subject: Name
    tickets: tuple[Name, ...]
    more_tickets: int
    teams: str
    since: datetime | None
    days: int
    waiver: str


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of a group on this page; `count` is the number of all, `address` where a link to them leads."""

    name: str
    rows: Sequence[Row]
    count: int
    rule: str = ""
    summary: Line = ()
    address: str = ""


def findings_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """One page of the findings that pass the filter."""
    finding_filter, group, sort = parse_filter(snapshot, params), _read_group(params), _read_sort(params)
    findings = apply(snapshot, finding_filter)
    grouped = _grouped(snapshot, findings, group, sort)
    pages = max(1, -(-len(findings) // PAGE_SIZE))
    number = params.read_number("page", 1, maximum=pages)
    flat = [(name, finding) for name, items in grouped.items() for finding in items]
    page_items = flat[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    query = finding_filter.to_query()
    by_rule = query if group == "rule" else None
    chosen = {name: value for name, value in (("group", group if group != "rule" else ""), ("sort", sort)) if value}
    context = {
        "by": finding_filter,
        "count": len(findings),
        "total": len(snapshot.judgement.waived if finding_filter.waived else snapshot.judgement.findings),
        "parts": [
            _group(snapshot, name, [finding for _, finding in items], len(grouped[name]), by_rule)
            for name, items in groupby(page_items, lambda pair: pair[0])
        ],
        "page": number,
        "pages": pages,
        "query": query | chosen,
        "csv": with_query("/findings.csv", **query, **chosen),
        "waived": len(snapshot.judgement.waived),
        "about": [name for name in (_ticket_name(snapshot, finding_filter.ticket),) if name],
        **_choices(snapshot, group, sort),
        **options(snapshot, finding_filter),
    }
    return Page("findings.html", "Findings", context)


def _ticket_name(snapshot: PortfolioSnapshot, ref: str) -> Name | None:
    known = snapshot.work.by_key.get(ref.casefold(), ()) if ref else ()
    return _name_of_ticket(snapshot, known[0]) if len(known) == 1 else None


def _choices(snapshot: PortfolioSnapshot, group: str, sort: str) -> dict[str, object]:
    return {
        "group": group,
        "sort": sort,
        "groups": [(words, name) for name, words in GROUPS.items()],
        "sorts": [(words, name) for name, words in SORTS.items()],
    }


def _order(snapshot: PortfolioSnapshot, sort: str) -> Callable[[Finding], tuple[object, ...]]:
    def order(finding: Finding) -> tuple[object, ...]:
        if sort == "title":
            return (_subject(snapshot, finding).title.casefold(),)
        since = (snapshot.first_seen.get(finding.fingerprint) or snapshot.built_at).timestamp()
        return (-finding.severity,) if not sort else (since if sort == "oldest" else -since, -finding.severity)

    return order


def _read_group(params: PageParams) -> str:
    return read_choice(params, "group", tuple(GROUPS)) or "rule"


def _read_sort(params: PageParams) -> str:
    return read_choice(params, "sort", tuple(SORTS))


def _grouped(
    snapshot: PortfolioSnapshot, findings: Iterable[Finding], group: str, sort: str
) -> dict[str, list[Finding]]:
    """The groups by their headings: rules with the most severe and most frequent first, all others by name."""
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=_order(snapshot, sort)):
        grouped[_heading(snapshot, group, finding)].append(finding)

    def order(name: str) -> tuple[object, ...]:
        if group != "rule":
            return (name.casefold(), name)
        return (-max(finding.severity for finding in grouped[name]), -len(grouped[name]), name)

    return {name: grouped[name] for name in sorted(grouped, key=order)}


def _group(snapshot: PortfolioSnapshot, name: str, items: Sequence[Finding], count: int, rule_query: Query) -> Group:
    """`rule_query` is the filter that the rule is added to, where groups are rules; else None."""
    rows = [_row(snapshot, finding) for finding in items]
    rule = None if rule_query is None else snapshot.rule.get(name)
    if rule is None or rule_query is None:
        return Group(name, rows, count)
    address = with_query("/findings", **{**rule_query, "rule": name})
    return Group(name, rows, count, rule_page(name), parse_line(rule.summary), address)


def _heading(snapshot: PortfolioSnapshot, group: str, finding: Finding) -> str:
    """The one group that the finding is listed under, so that counts add up."""
    portfolio = snapshot.portfolio
    if group == "rule":
        return finding.rule
    if group == "team":
        names = sorted(_names(snapshot, teams_of(portfolio, finding)))
        return " + ".join(names) or "The organization"
    if group == "ticket":
        name = _name_of_ticket(snapshot, finding.on_tickets[0]) if finding.on_tickets else None
        return " ".join(filter(None, (name.title, name.key))) if name else "Not on a ticket"
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
    others = [ref for ref in finding.tickets if str(ref) != finding.subject.id]
    return Row(
        finding=finding,
        subject=_subject(snapshot, finding),
        tickets=tuple(_name_of_ticket(snapshot, ref) for ref in others[:MAX_TICKETS]),
        more_tickets=max(0, len(others) - MAX_TICKETS),
        teams=", ".join(sorted(_names(snapshot, teams_of(snapshot.portfolio, finding)))),
        since=since,
        days=(snapshot.portfolio.today - since.date()).days if since else 0,
        waiver=_waiver(snapshot, finding),
    )


def _subject(snapshot: PortfolioSnapshot, finding: Finding) -> Name:
    """Title first; where it is private, the words for that."""
    subject, portfolio = finding.subject, snapshot.portfolio
    if subject.kind is SubjectKind.KEY_RESULT and subject.id != PRIVATE_NAME:
        title, page = key_result_ref(portfolio, subject.id).title, key_result_page(subject.id)
        known = subject.id in portfolio.okrs.key_results
        return Name(title or subject.id, subject.id if title else "", page if known else None)
    if subject.kind is SubjectKind.TEAM and subject.id in portfolio.okrs.teams:
        return Name(portfolio.okrs.teams[subject.id].name, "", team_page(subject.id))
    if subject.kind is SubjectKind.OBJECTIVE and subject.id in portfolio.okrs.objectives:
        return Name(portfolio.okrs.objectives[subject.id].title, subject.id)
    if subject.kind is SubjectKind.INITIATIVE:
        return _name_of_ticket(snapshot, Ref.parse(subject.id))
    if subject.kind is SubjectKind.DEPENDENCY:
        return Name(" → ".join(_names(snapshot, subject.id.split(" -> "))))
    return Name(f"{PLACES.get(subject.kind, '')} {subject.id}".strip())


def _name_of_ticket(snapshot: PortfolioSnapshot, ref: Ref) -> Name:
    title = ticket_ref(snapshot.portfolio, ref).title if ref in snapshot.portfolio.initiatives else ""
    return Name(title or ref.key, ref.key if title else "", ticket_page(str(ref)))


def finding_columns(snapshot: PortfolioSnapshot) -> tuple[Column[Finding], ...]:
    """The same as the page says, in one line each."""
    return (
        Column("", "Rule", lambda finding: finding.rule),
        Column("", "Severity", lambda finding: str(finding.severity)),
        Column("title", "Title", lambda finding: _subject(snapshot, finding).title),
        Column("", "Subject", lambda finding: finding.subject.id),
        Column("", "Tickets", lambda finding: ", ".join(map(str, finding.tickets))),
        Column("", "Teams", lambda finding: ", ".join(sorted(_names(snapshot, teams_of(snapshot.portfolio, finding))))),
        Column("", "What is wrong", lambda finding: plain(finding.advice.what)),
        Column("", "What to do", lambda finding: " ".join(map(plain, finding.advice.do))),
        Column("", "Since", lambda finding: _since(snapshot, finding)),
        Column("", "Fingerprint", lambda finding: finding.fingerprint),
    )


def _since(snapshot: PortfolioSnapshot, finding: Finding) -> date | None:
    since = snapshot.first_seen.get(finding.fingerprint)
    return since.date() if since else None


def findings_in_order(snapshot: PortfolioSnapshot, params: PageParams) -> list[Finding]:
    """All findings that pass the filter, in the order of the page."""
    findings = apply(snapshot, parse_filter(snapshot, params))
    grouped = _grouped(snapshot, findings, _read_group(params), _read_sort(params))
    return [finding for items in grouped.values() for finding in items]


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
