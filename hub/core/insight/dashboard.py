"""The state of the workspace as one message: decisions first, then the teams' numbers, then what is missing, folded."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from hub.core.display_names import Names, plural, short_day
from hub.core.insight.alignment_ratio import alignment_ratios
from hub.core.insight.dashboard_sections import (
    Decision,
    count_exempt,
    decisions,
    exclusions,
    missing_writes,
    missing_writes_line,
    not_evaluated,
    on_no_ticket,
    shortened,
    topics_of,
)
from hub.core.insight.to_do import by_key, unanswered
from hub.core.planning.comment import FOOTER_TEXT, message_digest
from hub.core.planning.safety import WriteDecision
from hub.core.planning.write_refusals import refused_parts
from hub.model.action import COMMENT, Action, ActionKind, LedgerEntry, Receipt, Status, Target
from hub.model.finding import Finding, Judgement, Severity
from hub.model.initiative import Gap, Ref
from hub.model.message import TITLE, Code, Fold, Line, Link, Message, Table, Text, Wording, day
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME

MAX_DECISIONS = 5
MAX_TEAMS = 12
MAX_TOPICS = 12
MAX_CHECKBOXES = 10
ALL = "all"
"""What the box says that asks for everything to be read again, fully."""

DASHBOARD_DELETED = "someone deleted the dashboard: not posted again until publish.dashboard names another ticket"
REASON_CHANGED = "the state of the workspace changed"
REASON_REQUESTED = "someone checked a box"

NO_TICKET = Ref("", "")
_CHANGED = re.compile(r"Lastchange\S{1,40}?UTC·")


class _DashboardNames(Names):
    """A report: it says where something is private, and not on which ticket."""

    unnamed = PRIVATE_NAME


@dataclass(frozen=True, slots=True)
class DashboardInput:
    """What a run tells its dashboard; `skipped` are tickets left as they are, each with the reason.

    `ref` is the dashboard's ticket, whose readers decide what may be named; `after_days` are the working days after
    which a key result should have work.
    """

    portfolio: Portfolio
    judgement: Judgement
    receipts: Sequence[Receipt]
    skipped: Sequence[tuple[Ref, str]]
    gaps: Sequence[Gap]
    ref: Ref = NO_TICKET
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    hub_url: str = ""
    after_days: int = 10

    @property
    def names(self) -> Names:
        """Names for the readers of the dashboard's ticket."""
        return _DashboardNames(self.portfolio, self.ref, self.wordings, self.hub_url)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The dashboard as it was observed: its ticket, its ledger entry, and the tickets whose boxes people checked.

    `recheck_all` says that they checked the box for all tickets.
    """

    ref: Ref
    entry: LedgerEntry | None
    rechecks: frozenset[Ref]
    recheck_all: bool = False

    @property
    def has_requests(self) -> bool:
        """Whether people checked any box."""
        return bool(self.rechecks) or self.recheck_all


def decide_dashboard(current: Dashboard, inputs: DashboardInput, now: datetime, *, full: bool) -> WriteDecision:
    """One write of the one comment; none where nothing changed and nobody asked, or the ticket takes no comment."""
    message, today, entry = dashboard_message(inputs), inputs.portfolio.today, current.entry
    digest = digest_of(message)
    if entry and entry.comment_id and entry.digest == digest and not current.has_requests:
        return WriteDecision()
    if COMMENT in refused_parts(entry, today) and not full:
        return WriteDecision()
    action = Action(
        ActionKind.UPDATE_COMMENT if entry and entry.comment_id else ActionKind.CREATE_COMMENT,
        _target(current, inputs),
        REASON_REQUESTED if current.has_requests else REASON_CHANGED,
        dated(message, now),
        digest,
        comment_id=entry.comment_id if entry else None,
        day=today,
    )
    if entry and entry.comment_id is None and entry.comment_removed_by_human is not None:
        return WriteDecision(receipts=(Receipt(action, Status.UNCHANGED, DASHBOARD_DELETED),))
    return WriteDecision((action,))


def _target(current: Dashboard, inputs: DashboardInput) -> Target:
    """The ticket's id where it is known; trackers take its name as well."""
    if current.entry is not None:
        return current.entry.target
    ticket = inputs.portfolio.initiatives.get(current.ref)
    return Target(current.ref, ticket.id if ticket else current.ref.key)


def dashboard_message(inputs: DashboardInput) -> Message:
    """The whole comment, but for when it was written: that is no part of what can change."""
    findings = [finding for finding in inputs.judgement.findings if finding.severity >= Severity.WARNING]
    open_decisions = decisions(findings, inputs.names, inputs.after_days)
    by_ticket = _by_ticket(findings)
    overview, fold = inputs.names.page(""), _fold(inputs, findings, by_ticket)
    headline, lead = _headline(inputs, findings, open_decisions, len(by_ticket))
    recheck_boxes = [
        (Text(f"Check {ref.key} again "), Code(str(ref))) for ref in _by_severity(by_ticket)[:MAX_CHECKBOXES]
    ]
    tables = (
        (_decisions(open_decisions, inputs.portfolio.cycle.start), _teams(inputs.portfolio, by_ticket, findings))
        if findings
        else ()
    )
    folded_summary: Line = (Link(fold.title, overview) if overview else Text(fold.title),) if fold else ()
    return Message(
        headline=headline,
        lead=lead,
        tables=tuple(table for table in tables if table.rows),
        fold=fold,
        folded_summary=folded_summary,
        checkboxes=(*recheck_boxes, (Text("Check all tickets again "), Code(ALL))),
        footer=(*((Link("Overview", overview), Text(" · ")) if overview else ()), Text(FOOTER_TEXT)),
    )


def digest_of(message: Message) -> str:
    """Tells whether the state changed, whenever it was written down."""
    return message_digest(message)


def dated(message: Message, changed_at: datetime) -> Message:
    """The same with the time of the run that changed it."""
    *links, footer_text = message.footer
    changed = Text(f"Last change {day(changed_at.date())}, {changed_at:%H:%M} UTC · ")
    return replace(message, footer=(*links, changed, footer_text))


def undated(rendered_text: str) -> str:
    """What a comment says (see `SupportsComments.rendered_text`) but for the time of the run that changed it."""
    return _CHANGED.sub("", rendered_text)


def requested_rechecks(checked_boxes: Iterable[str]) -> frozenset[Ref]:
    """The tickets that people asked for by a box; what is no ticket's name is none."""
    tickets = set()
    for text in checked_boxes:
        try:
            tickets.add(Ref.parse(text.strip()))
        except ValueError:
            continue
    return frozenset(tickets)


def is_full_recheck_requested(checked_boxes: Iterable[str]) -> bool:
    """Whether people asked for everything."""
    return any(text.strip() == ALL for text in checked_boxes)


def _headline(
    inputs: DashboardInput, findings: Sequence[Finding], open_decisions: Sequence[Decision], tickets: int
) -> tuple[str, Line]:
    name = f"{TITLE}, {inputs.portfolio.cycle.id}"
    parts = [plural(len(open_decisions), "decision")] if open_decisions else []
    parts += [f"{plural(tickets, 'ticket')} with open points"] if tickets else []
    if parts:
        return f"{name}: {', '.join(parts)}", ()
    if findings:
        return f"{name}: {plural(len(findings), 'open point')} in the OKRs", ()
    active, linked, exempt = 0, 0, count_exempt(inputs.portfolio)
    for ratio in alignment_ratios(inputs.portfolio).values():
        active, linked = active + ratio.active, linked + ratio.active - ratio.without
    share = f"{linked} of {plural(active + exempt, 'ticket')} {'are' if active + exempt != 1 else 'is'} linked"
    words = Text(f"{share}; {exempt} {'are' if exempt != 1 else 'is'} exempt." if exempt else f"{share}.")
    is_complete = not (inputs.gaps or inputs.judgement.not_judged)
    return (f"{name}: all clear." if is_complete else f"{name}: no open points."), (words,)


def _decisions(open_decisions: Sequence[Decision], reference_day: date) -> Table:
    rows = [
        (
            tuple(replace(span, text=shortened(span.text)) for span in decision.question),
            (Text(shortened(decision.responsible)),),
            (Text(short_day(decision.since, reference_day)),),
        )
        for decision in open_decisions
    ]
    return _cut(("Decide", "Who", "Since"), rows, MAX_DECISIONS)


def _teams(portfolio: Portfolio, by_ticket: Mapping[Ref, Sequence[Finding]], all_findings: Sequence[Finding]) -> Table:
    """By name; where there are too many, those with the fewest open points are only counted."""
    points: Counter[str] = Counter()
    for ref, findings in by_ticket.items():
        points[portfolio.team_of.get(ref, "")] += len(findings)
    open_requests: dict[str, set[Ref]] = defaultdict(set)
    for finding in all_findings:
        for link in unanswered(finding, portfolio):
            open_requests[link.teams[1]].add(link.providing)
    shares = alignment_ratios(portfolio)
    teams = [id_ for id_, ratio in shares.items() if ratio.active or points[id_] or open_requests[id_]]
    listed_teams = sorted(teams, key=lambda id_: (-len(open_requests[id_]), -points[id_], id_))[:MAX_TEAMS]
    rows = []
    for id_ in sorted(listed_teams, key=lambda id_: (portfolio.okrs.teams[id_].name, id_)):
        ratio = shares[id_]
        linked = f"{ratio.active - ratio.without} of {ratio.active}{', not all read' if ratio.incomplete else ''}"
        cells = (portfolio.okrs.teams[id_].name, linked, str(points[id_]), str(len(open_requests[id_])))
        rows.append(tuple((Text(shortened(cell)),) for cell in cells))
    head = ("Team", "Linked tickets", "Open points", "Answers owed")
    return replace(_cut(head, rows, MAX_TEAMS), omitted_rows=len(teams) - len(rows))


def _fold(
    inputs: DashboardInput, findings: Sequence[Finding], by_ticket: Mapping[Ref, Sequence[Finding]]
) -> Fold | None:
    portfolio, judgement = inputs.portfolio, inputs.judgement
    topics, unwritten = topics_of(portfolio, by_ticket), missing_writes(portfolio, inputs.receipts, inputs.skipped)
    skipped = len({not_judged.subject for not_judged in judgement.not_judged}) + len(inputs.gaps)
    named = ((len(topics), "By topic ({})"), (skipped, "Not evaluated: {}"), (len(unwritten), "Not written: {}"))
    title = " · ".join(words.format(count) for count, words in named if count)
    lines = (
        *on_no_ticket(findings, inputs.names.page("/findings")),
        *not_evaluated(portfolio, judgement.not_judged, inputs.gaps),
        *missing_writes_line(unwritten),
        *exclusions(portfolio, judgement.waived),
    )
    if not (topics or lines):
        return None
    rows = [((Text(shortened(topic)),), (Text(str(count)),)) for topic, count in topics]
    return Fold(title or "More", (_cut(("Topic", "Tickets"), rows, MAX_TOPICS),) if rows else (), lines)


def _by_ticket(findings: Iterable[Finding]) -> dict[Ref, list[Finding]]:
    """What is open on each ticket."""
    by_ticket: dict[Ref, list[Finding]] = defaultdict(list)
    for finding in findings:
        for ref in finding.act_on:
            by_ticket[ref].append(finding)
    return by_ticket


def _by_severity(by_ticket: Mapping[Ref, Sequence[Finding]]) -> list[Ref]:
    return sorted(by_ticket, key=lambda ref: (-max(finding.severity for finding in by_ticket[ref]), by_key(ref)))


def _cut(head: tuple[str, ...], rows: Sequence[tuple[Line, ...]], limit: int) -> Table:
    return Table(head, tuple(rows[:limit]), max(0, len(rows) - limit))
