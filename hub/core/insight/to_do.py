"""What a team can do this week: answers that others wait for, tickets to link, priorities, dates, its key results."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from hub.core.display_names import MAX_TITLE_LENGTH, Names, cut, join_spans, line, period, short_day
from hub.core.insight.audit.audit import ticket_ref
from hub.core.planning.points import point_of
from hub.model.finding import Finding, Severity
from hub.model.initiative import Ref
from hub.model.message import Line, Link, Span, Strong, Text
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from hub.model.urls import team_page, with_query
from rules.shared.dependencies import Link as Dependency
from rules.shared.dependencies import State, earliest_first, links_by_teams, needed_by
from rules.shared.verdicts import records

MAX_ITEMS = 3
MAX_NAMED = 2
MAX_KEYS = 3
REQUEST_RULES = ("unacknowledged-dependency", "dependency-without-shared-okr")


class ChannelNames(Names):
    """Names for everybody who reads a team's channel; titles up to so many characters, none at 0."""

    unnamed = PRIVATE_NAME

    def __init__(self, portfolio: Portfolio, hub_url: str = "", *, longest: int = MAX_TITLE_LENGTH) -> None:
        super().__init__(portfolio, Ref("", ""), hub_url=hub_url)
        self._longest = longest

    def ticket(self, ref: Ref, *, title: bool = True) -> Span:
        """Key and title; the key alone where the title may tell what not all of them may read."""
        ticket = self.portfolio.initiatives.get(ref)
        if ticket is None:
            return Text(ref.key)
        title_text = ticket_ref(self.portfolio, ref).title if title and self._longest and not ticket.restricted else ""
        words = f"{ref.key} {cut(title_text, self._longest)}" if title_text else ref.key
        return Link(words, ticket.url) if ticket.url else Text(words)

    def key_result(self, id_: str) -> Span:
        """Its title, cut as that of a ticket."""
        named = super().key_result(id_)
        return Link(cut(named.text), named.url) if isinstance(named, Link) else Text(cut(named.text))


def to_do(findings: Iterable[Finding], team: str, names: ChannelNames) -> tuple[Line, ...]:
    """At most three things, each one line: what and where, without anybody's name."""
    findings = [finding for finding in findings if finding.severity >= Severity.WARNING]
    items = (
        *_answers(findings, team, names),
        *_links(findings, team, names),
        *_refusals(findings, team, names),
        *_priorities(findings, team, names),
        *_dates(findings, team, names),
        *_values(findings, team, names),
        *_check_ins(findings, names),
        *_upward(findings, names),
    )
    return items[:MAX_ITEMS]


def unanswered(finding: Finding, portfolio: Portfolio) -> list[Dependency]:
    """The links of a dependency finding that its providing team has not answered, those needed first before others."""
    if finding.rule not in REQUEST_RULES:
        return []
    teams = str(finding.facts["waiting_team"]), str(finding.facts["providing_team"])
    links = links_by_teams(portfolio).get(teams, ())
    return earliest_first(portfolio, [link for link in links if link.state is State.UNANSWERED])


def deadline_text(links: Sequence[Dependency], portfolio: Portfolio) -> str:
    """By when the first of them is needed, as far as everybody may know it."""
    needed = next((day for link in links if (day := needed_by(portfolio, link, public_only=True))), None)
    if needed is not None and needed < portfolio.today:
        return f"this {period(portfolio.cycle)} (it was needed by {short_day(needed, portfolio.today)})"
    return f"by {short_day(needed, portfolio.today)}" if needed else f"this {period(portfolio.cycle)}"


def without_link(finding: Finding) -> bool:
    """Whether the finding ends by linking its ticket to a key result."""
    if finding.rule == "unresolvable-link":
        return not finding.facts["serves_others"]
    if finding.rule == "work-outside-cycle":
        return finding.facts["fault"] != "late"
    return finding.rule == "initiative-without-key-result"


def _answers(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    for finding in findings:
        links = unanswered(finding, names.portfolio)
        if links and finding.facts["providing_team"] == team:
            lead = Strong(f"Answer {names.team(str(finding.facts['waiting_team']))}:")
            refs = tuple(dict.fromkeys(link.providing for link in links))
            yield line(lead, " can you deliver ", *_some(refs, names), f" {deadline_text(links, names.portfolio)}?")


def _links(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    refs = _own((finding for finding in findings if without_link(finding)), team, names)
    if len(refs) == 1:
        yield line(Strong("Link 1 ticket to a key result:"), " ", names.ticket(refs[0]))
    elif refs:
        page = names.page(with_query(team_page(team), work="unserved") + "#tickets")
        keys = join_spans([Text(ref.key) for ref in refs[:MAX_KEYS]] + _omitted(refs, MAX_KEYS))
        words = "".join(span.text for span in keys)
        spans = (Link(words, page),) if page else _keys(refs, names)
        yield line(Strong(f"Link {len(refs)} tickets to a key result:"), " ", *spans)


def _refusals(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    """Tickets whose work was refused; others of the same two teams may wait for an answer."""
    waiting = [
        finding for finding in findings if finding.rule in REQUEST_RULES and finding.facts["waiting_team"] == team
    ]
    by_teams = links_by_teams(names.portfolio)
    links = (link for x in waiting for link in by_teams.get((team, str(x.facts["providing_team"])), ()))
    refused = {link.waiting for link in links if link.state is State.REFUSED}
    tickets = _with_topics(waiting, team, names, refused)
    if tickets:
        yield line(Strong("Find another way for"), " ", *tickets)


def _priorities(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    for finding in findings:
        team_pair = [str(finding.facts.get(side, "")) for side in ("waiting_team", "providing_team")]
        if finding.rule != "priority-mismatch" or team not in team_pair:
            continue
        side = ("waiting", "providing")[team_pair.index(team)]
        own = dict.fromkeys(str(pair[side]) for pair in records(finding.facts["pairs"]) if pair[side] != PRIVATE_NAME)
        tickets = [ref for text in own if (ref := _ref(text)) in names.portfolio.initiatives]
        named = [names.ticket(ref) for ref in tickets if ref] or [names.key_result(id_) for id_ in own]
        subject = (Text(" for "), *join_spans(named[:MAX_NAMED])) if named else ()
        other = names.team(team_pair[1 - team_pair.index(team)])
        yield line(Strong(f"Agree on a priority with {other}"), *subject)


def _dates(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    late = [finding for finding in findings if finding.rule == "late-provider"]
    late += [finding for finding in findings if finding.rule == "work-outside-cycle" and not without_link(finding)]
    if tickets := _with_topics(late, team, names):
        yield line(Strong("Check the due date of"), " ", *tickets)


def _values(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    wrong = (finding for finding in findings if finding.rule == "unresolvable-link" and not without_link(finding))
    if tickets := _with_topics(wrong, team, names):
        yield line(Strong("Correct the key result on"), " ", *tickets)


def _check_ins(findings: Iterable[Finding], names: ChannelNames) -> Iterator[Line]:
    stale = [
        finding for finding in findings if finding.rule == "stale-key-result" and _is_named(finding.facts["key_result"])
    ]
    items = [
        line(names.key_result(str(finding.facts["key_result"])), f" ({point_of(finding, names).topic})")
        for finding in stale[:MAX_NAMED]
    ]
    if items:
        yield line(Strong("Check in:"), " ", *_join(items, len(stale)))


def _upward(findings: Iterable[Finding], names: ChannelNames) -> Iterator[Line]:
    """Key results that should be linked to one of the organization's; a team none of whose is, without names."""
    findings = tuple(findings)
    unaligned = [finding for finding in findings if finding.rule == "initiative-on-unaligned-key-result"]
    key_results = [
        names.key_result(str(finding.facts["key_result"]))
        for finding in unaligned
        if _is_named(finding.facts["key_result"])
    ]
    lead = Strong("Link to an organization key result:")
    unlinked = [f for f in findings if f.rule == "team-without-vertical-link" and not f.facts["reached"]]
    if unlinked and not unlinked[0].facts["key_results"]:
        yield line(Strong(f"Agree on one or two key results for this {period(names.portfolio.cycle)}"))
    elif unlinked:
        yield line(lead, " at least one of your key results")
    elif key_results:
        yield line(lead, " ", *_join([(span,) for span in key_results[:MAX_NAMED]], len(key_results)))


def _is_named(key_result: object) -> bool:
    return key_result is not None and key_result != PRIVATE_NAME


def _with_topics(
    findings: Iterable[Finding], team: str, names: ChannelNames, only: Collection[Ref] | None = None
) -> Line:
    """Own tickets, or `only` these of them, each with what its comment calls the point."""
    own = ((ref, finding) for finding in findings for ref in _own([finding], team, names))
    tickets = [(ref, finding) for ref, finding in own if only is None or ref in only]
    items = [
        line(names.ticket(ref), f" ({point_of(finding, Names(names.portfolio, ref)).topic})")
        for ref, finding in tickets[:MAX_NAMED]
    ]
    return _join(items, len(tickets))


def _join(parts: Sequence[Line], count: int) -> Line:
    """The parts as one list; what was left out is counted."""
    items = [*parts, *([(Text(f"{count - len(parts)} more"),)] if count > len(parts) else [])]
    spans: list[Span] = []
    for index, part in enumerate(items):
        separator = () if not index else (Text(" and " if index == len(items) - 1 else ", "),)
        spans += (*separator, *part)
    return tuple(spans)


def _own(findings: Iterable[Finding], team: str, names: ChannelNames) -> tuple[Ref, ...]:
    """The team's own tickets among those to act on, in the order of their keys."""
    refs = {ref for finding in findings for ref in finding.act_on if names.portfolio.team_of.get(ref) == team}
    return tuple(sorted(refs, key=by_key))


def by_key(ref: Ref) -> tuple[str, str, int, str]:
    """Orders ACME-5 before ACME-19."""
    digits = ref.key[len(ref.key.rstrip("0123456789")) :]
    return ref.connector, ref.key[: len(ref.key) - len(digits)], int(digits or 0), ref.key


def _some(refs: Sequence[Ref], names: ChannelNames) -> Line:
    return join_spans([names.ticket(ref) for ref in refs[:MAX_NAMED]] + _omitted(refs, MAX_NAMED))


def _keys(refs: Sequence[Ref], names: ChannelNames) -> Line:
    return join_spans([names.ticket(ref, title=False) for ref in refs[:MAX_KEYS]] + _omitted(refs, MAX_KEYS))


def _omitted(refs: Sequence[Ref], limit: int) -> list[Span]:
    return [Text(f"{len(refs) - limit} more")] if len(refs) > limit else []


def _ref(text: str) -> Ref | None:
    """A side of a mismatch as a ticket; None where it is a key result."""
    return Ref.parse(text) if ":" in text else None
