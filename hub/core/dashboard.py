"""The state of the workspace as one message: decisions first, then the teams' numbers, then what is missing, folded."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from hub.core.audit.alignment_ratio import ratios
from hub.core.dashboard_fold import (
    count_exempt,
    counted,
    left_out,
    not_evaluated,
    not_written,
    on_no_ticket,
    shortened,
    topics_of,
    undone_line,
)
from hub.core.decisions import Decision, decisions
from hub.core.planning.comment import KEPT, digest
from hub.core.planning.names import Names, day, short_day
from hub.core.planning.shut import shut_parts
from hub.core.safety import WriteDecision
from hub.core.to_do import by_key, unanswered
from hub.model.action import COMMENT, Action, ActionKind, Published, Receipt, Status, Target
from hub.model.finding import Finding, Judgement, Severity
from hub.model.initiative import Gap, Ref
from hub.model.message import TITLE, Code, Fold, Line, Link, Message, Table, Text
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from hub.model.wording import Wording

DECISIONS_AT_MOST = 5
TEAMS_AT_MOST = 12
TOPICS_AT_MOST = 12
BOXES_AT_MOST = 10
ALL = "all"
"""What the box says that asks for everything to be read anew."""

DASHBOARD_DELETED = "somebody deleted the dashboard: it stays away until publish.dashboard names another ticket"
REASON_CHANGED = "the state of the workspace changed"
REASON_REQUESTED = "somebody ticked a box"

NOWHERE = Ref("", "")
_CHANGED = re.compile(r"Lastchange\S{1,40}?UTC·")


class _BoardNames(Names):
    """A report: it says where something is private, and not on which ticket."""

    unnamed = PRIVATE_NAME


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run tells its dashboard; `held` are tickets left as they are, each with the reason.

    `ref` is the dashboard's ticket, whose readers decide what may be named; `after_days` are the working days after
    which a key result should have work.
    """

    portfolio: Portfolio
    judgement: Judgement
    receipts: Sequence[Receipt]
    held: Sequence[tuple[Ref, str]]
    gaps: Sequence[Gap]
    ref: Ref = NOWHERE
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    hub_url: str = ""
    after_days: int = 10

    @property
    def names(self) -> Names:
        """Names for the readers of the dashboard's ticket."""
        return _BoardNames(self.portfolio, self.ref, self.wordings, self.hub_url)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The dashboard as it was observed: its ticket, its ledger entry, and the tickets whose boxes people checked.

    `recheck_all` says that they checked the box for all tickets.
    """

    ref: Ref
    entry: Published | None
    rechecks: frozenset[Ref]
    recheck_all: bool = False

    @property
    def has_requests(self) -> bool:
        """Whether people checked any box."""
        return bool(self.rechecks) or self.recheck_all


def decide_dashboard(current: Dashboard, seen: Seen, now: datetime, *, full: bool) -> WriteDecision:
    """One write of the one comment; none where nothing changed and nobody asked, or the ticket takes no comment."""
    message, today, entry = dashboard(seen), seen.portfolio.today, current.entry
    digest = digest_of(message)
    if entry and entry.comment_id and entry.digest == digest and not current.has_requests:
        return WriteDecision()
    if COMMENT in shut_parts(entry, today) and not full:
        return WriteDecision()
    action = Action(
        ActionKind.UPDATE_COMMENT if entry and entry.comment_id else ActionKind.CREATE_COMMENT,
        _target(current, seen),
        REASON_REQUESTED if current.has_requests else REASON_CHANGED,
        dated(message, now),
        digest,
        comment_id=entry.comment_id if entry else None,
        day=today,
    )
    if entry and entry.comment_id is None and entry.comment_refused is not None:
        return WriteDecision(receipts=(Receipt(action, Status.UNCHANGED, DASHBOARD_DELETED),))
    return WriteDecision((action,))


def _target(current: Dashboard, seen: Seen) -> Target:
    """The ticket's id where it is known; trackers take its name as well."""
    if current.entry is not None:
        return current.entry.target
    ticket = seen.portfolio.initiatives.get(current.ref)
    return Target(current.ref, ticket.id if ticket else current.ref.key)


def dashboard(seen: Seen) -> Message:
    """The whole comment, but for when it was written: that is no part of what can change."""
    found = [one for one in seen.judgement.findings if one.severity >= Severity.WARNING]
    asked = decisions(found, seen.names, seen.after_days)
    on = _by_ticket(found)
    overview, fold = seen.names.page(""), _fold(seen, found, on)
    headline, lead = _headline(seen, found, asked, len(on))
    again = [(Text(f"Check {ref.key} again "), Code(str(ref))) for ref in _worst_first(on)[:BOXES_AT_MOST]]
    tables = (_decisions(asked, seen.portfolio.cycle.start), _teams(seen.portfolio, on, found)) if found else ()
    more: Line = (Link(fold.title, overview) if overview else Text(fold.title),) if fold else ()
    return Message(
        headline=headline,
        lead=lead,
        tables=tuple(table for table in tables if table.rows),
        fold=fold,
        more=more,
        boxes=(*again, (Text("Check all tickets again "), Code(ALL))),
        footer=(*((Link("Overview", overview), Text(" · ")) if overview else ()), Text(KEPT)),
    )


def digest_of(message: Message) -> str:
    """Tells whether the state changed, whenever it was written down."""
    return digest(message)


def dated(message: Message, when: datetime) -> Message:
    """The same with the time of the run that changed it."""
    *links, kept = message.footer
    changed = Text(f"Last change {day(when.date())}, {when:%H:%M} UTC · ")
    return replace(message, footer=(*links, changed, kept))


def undated(says: str) -> str:
    """What a comment says (see `Connector.says`) but for the time of the run that changed it."""
    return _CHANGED.sub("", says)


def asked(ticked: Iterable[str]) -> frozenset[Ref]:
    """The tickets that people asked for by a box; what is no ticket's name is none."""
    found = set()
    for text in ticked:
        try:
            found.add(Ref.parse(text.strip()))
        except ValueError:
            continue
    return frozenset(found)


def asked_for_all(ticked: Iterable[str]) -> bool:
    """Whether people asked for everything."""
    return any(text.strip() == ALL for text in ticked)


def _headline(seen: Seen, found: Sequence[Finding], asked: Sequence[Decision], tickets: int) -> tuple[str, Line]:
    name = f"{TITLE}, {seen.portfolio.cycle.id}"
    parts = [counted(len(asked), "decision")] if asked else []
    parts += [f"{counted(tickets, 'ticket')} with open points"] if tickets else []
    if parts:
        return f"{name}: {', '.join(parts)}", ()
    if found:
        return f"{name}: {counted(len(found), 'open point')} in the OKRs", ()
    active, linked, exempt = 0, 0, count_exempt(seen.portfolio)
    for one in ratios(seen.portfolio).values():
        active, linked = active + one.active, linked + one.active - one.without
    share = f"{linked} of {counted(active + exempt, 'ticket')} {'are' if active + exempt != 1 else 'is'} linked"
    words = Text(f"{share}; {exempt} {'are' if exempt != 1 else 'is'} exempt." if exempt else f"{share}.")
    whole = not (seen.gaps or seen.judgement.not_judged)
    return (f"{name}: all clear." if whole else f"{name}: no open points."), (words,)


def _decisions(asked: Sequence[Decision], beside: date) -> Table:
    rows = [
        (
            tuple(replace(span, text=shortened(span.text)) for span in one.question),
            (Text(shortened(one.who)),),
            (Text(short_day(one.since, beside)),),
        )
        for one in asked
    ]
    return _cut(("Decide", "Who", "Since"), rows, DECISIONS_AT_MOST)


def _teams(portfolio: Portfolio, on: Mapping[Ref, Sequence[Finding]], found: Sequence[Finding]) -> Table:
    """By name; where there are too many, those with the fewest open points are only counted."""
    points: Counter[str] = Counter()
    for ref, findings in on.items():
        points[portfolio.team_of.get(ref, "")] += len(findings)
    owed: dict[str, set[Ref]] = defaultdict(set)
    for one in found:
        for link in unanswered(one, portfolio):
            owed[link.teams[1]].add(link.providing)
    shares = ratios(portfolio)
    teams = [id_ for id_, ratio in shares.items() if ratio.active or points[id_] or owed[id_]]
    shown = sorted(teams, key=lambda id_: (-len(owed[id_]), -points[id_], id_))[:TEAMS_AT_MOST]
    rows = []
    for id_ in sorted(shown, key=lambda id_: (portfolio.okrs.teams[id_].name, id_)):
        ratio = shares[id_]
        linked = f"{ratio.active - ratio.without} of {ratio.active}{', not all read' if ratio.incomplete else ''}"
        cells = (portfolio.okrs.teams[id_].name, linked, str(points[id_]), str(len(owed[id_])))
        rows.append(tuple((Text(shortened(cell)),) for cell in cells))
    head = ("Team", "Linked tickets", "Open points", "Answers owed")
    return replace(_cut(head, rows, TEAMS_AT_MOST), more=len(teams) - len(rows))


def _fold(seen: Seen, found: Sequence[Finding], on: Mapping[Ref, Sequence[Finding]]) -> Fold | None:
    portfolio, judgement = seen.portfolio, seen.judgement
    topics, undone = topics_of(portfolio, on), not_written(portfolio, seen.receipts, seen.held)
    skipped = len({one.subject for one in judgement.not_judged}) + len(seen.gaps)
    named = ((len(topics), "By topic ({})"), (skipped, "Not evaluated: {}"), (len(undone), "Not written: {}"))
    title = " · ".join(words.format(count) for count, words in named if count)
    lines = (
        *on_no_ticket(found, seen.names.page("/findings")),
        *not_evaluated(portfolio, judgement.not_judged, seen.gaps),
        *undone_line(undone),
        *left_out(portfolio, judgement.waived),
    )
    if not (topics or lines):
        return None
    rows = [((Text(shortened(topic)),), (Text(str(count)),)) for topic, count in topics]
    return Fold(title or "More", (_cut(("Topic", "Tickets"), rows, TOPICS_AT_MOST),) if rows else (), lines)


def _by_ticket(found: Iterable[Finding]) -> dict[Ref, list[Finding]]:
    """What is open on each ticket."""
    on: dict[Ref, list[Finding]] = defaultdict(list)
    for one in found:
        for ref in one.act_on:
            on[ref].append(one)
    return on


def _worst_first(on: Mapping[Ref, Sequence[Finding]]) -> list[Ref]:
    return sorted(on, key=lambda ref: (-max(one.severity for one in on[ref]), by_key(ref)))


def _cut(head: tuple[str, ...], rows: Sequence[tuple[Line, ...]], most: int) -> Table:
    return Table(head, tuple(rows[:most]), max(0, len(rows) - most))
