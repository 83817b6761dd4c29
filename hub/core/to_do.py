"""What a team can do this week: answers that others wait for, tickets to link, priorities, dates, its key results."""

from collections.abc import Iterable, Iterator, Sequence

from hub.core.audit.naming import ticket as shown_ticket
from hub.core.planning.names import LONGEST_TITLE, Names, cut, line, listed, period, short_day
from hub.core.planning.points import point_of
from hub.model.addresses import team_page, with_query
from hub.model.finding import Finding, Severity
from hub.model.initiative import Ref
from hub.model.message import Line, Link, Span, Strong, Text
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from rules.shared.dependencies import Link as Dependency
from rules.shared.dependencies import State, links_by_teams, needed_by
from rules.shared.open_questions import earliest_first
from rules.shared.words import records, texts

THINGS_AT_MOST = 3
NAMED_AT_MOST = 2
KEYS_AT_MOST = 3
ASKED = ("unacknowledged-dependency", "dependency-without-shared-okr")


class ChannelNames(Names):
    """Names for everybody who reads a team's channel; titles up to so many characters, none at 0."""

    unnamed = PRIVATE_NAME

    def __init__(self, portfolio: Portfolio, hub_url: str = "", *, longest: int = LONGEST_TITLE) -> None:
        super().__init__(portfolio, Ref("", ""), hub_url=hub_url)
        self._longest = longest

    def ticket(self, ref: Ref, *, title: bool = True) -> Span:
        """Key and title; the key alone where the title may tell what not all of them may read."""
        one = self.portfolio.initiatives.get(ref)
        if one is None:
            return Text(ref.key)
        told = shown_ticket(self.portfolio, ref).title if title and self._longest and not one.restricted else ""
        words = f"{ref.key} {cut(told, self._longest)}" if told else ref.key
        return Link(words, one.url) if one.url else Text(words)

    def key_result(self, id_: str) -> Span:
        """Its title, cut as that of a ticket."""
        named = super().key_result(id_)
        return Link(cut(named.text), named.url) if isinstance(named, Link) else Text(cut(named.text))


def to_do(findings: Iterable[Finding], team: str, names: ChannelNames) -> tuple[Line, ...]:
    """At most three things, each one line: what and where, without anybody's name."""
    findings = [one for one in findings if one.severity >= Severity.WARNING]
    things = (
        *_answers(findings, team, names),
        *_links(findings, team, names),
        *_refusals(findings, team, names),
        *_priorities(findings, team, names),
        *_dates(findings, team, names),
        *_values(findings, team, names),
        *_check_ins(findings, names),
        *_upward(findings, names),
    )
    return things[:THINGS_AT_MOST]


def unanswered(finding: Finding, portfolio: Portfolio) -> list[Dependency]:
    """The links of a dependency finding that its providing team has not answered, those needed first before others."""
    if finding.rule not in ASKED:
        return []
    teams = str(finding.facts["waiting_team"]), str(finding.facts["providing_team"])
    links = links_by_teams(portfolio).get(teams, ())
    return earliest_first(portfolio, [one for one in links if one.state is State.UNANSWERED])


def by_when(links: Sequence[Dependency], portfolio: Portfolio) -> str:
    """By when the first of them is needed, as far as everybody may know it."""
    needed = next((day for one in links if (day := needed_by(portfolio, one, shown=True))), None)
    return f"by {short_day(needed, portfolio.today)}" if needed else f"this {period(portfolio.cycle)}"


def without_link(finding: Finding) -> bool:
    """Whether the finding ends by linking its ticket to a key result."""
    if finding.rule == "unresolvable-link":
        return not finding.facts["serves_others"]
    if finding.rule == "work-outside-cycle":
        return finding.facts["fault"] != "late"
    return finding.rule == "initiative-without-key-result"


def _answers(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    for one in findings:
        links = unanswered(one, names.portfolio)
        if links and one.facts["providing_team"] == team:
            asked = Strong(f"Answer {names.team(str(one.facts['waiting_team']))}:")
            refs = tuple(dict.fromkeys(link.providing for link in links))
            yield line(asked, " can you deliver ", *_some(refs, names), f" {by_when(links, names.portfolio)}?")


def _links(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    refs = _own((one for one in findings if without_link(one)), team, names)
    if len(refs) == 1:
        yield line(Strong("Link 1 ticket to a key result:"), " ", names.ticket(refs[0]))
    elif refs:
        page = names.page(with_query(team_page(team), work="unserved") + "#tickets")
        keys = listed([Text(ref.key) for ref in refs[:KEYS_AT_MOST]] + _more(refs, KEYS_AT_MOST))
        words = "".join(span.text for span in keys)
        shown = (Link(words, page),) if page else _keys(refs, names)
        yield line(Strong(f"Link {len(refs)} tickets to a key result:"), " ", *shown)


def _refusals(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    refused = [one for one in findings if one.rule in ASKED and one.facts["waiting_team"] == team]
    found = _with_topics((one for one in refused if texts(one.facts.get("refused", ()))), team, names)
    if found:
        yield line(Strong("Find another way for"), " ", *found)


def _priorities(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    for one in findings:
        sides = [str(one.facts.get(side, "")) for side in ("waiting_team", "providing_team")]
        if one.rule != "priority-mismatch" or team not in sides:
            continue
        side = ("waiting", "providing")[sides.index(team)]
        own = dict.fromkeys(str(pair[side]) for pair in records(one.facts["pairs"]) if pair[side] != PRIVATE_NAME)
        tickets = [ref for text in own if (ref := _ref(text)) in names.portfolio.initiatives]
        named = [names.ticket(ref) for ref in tickets if ref] or [names.key_result(id_) for id_ in own]
        about = (Text(" for "), *listed(named[:NAMED_AT_MOST])) if named else ()
        other = names.team(sides[1 - sides.index(team)])
        yield line(Strong(f"Agree on a priority with {other}"), *about)


def _dates(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    late = [one for one in findings if one.rule == "late-provider"]
    late += [one for one in findings if one.rule == "work-outside-cycle" and not without_link(one)]
    if found := _with_topics(late, team, names):
        yield line(Strong("Check the due date of"), " ", *found)


def _values(findings: Iterable[Finding], team: str, names: ChannelNames) -> Iterator[Line]:
    wrong = (one for one in findings if one.rule == "unresolvable-link" and not without_link(one))
    if found := _with_topics(wrong, team, names):
        yield line(Strong("Correct the key result on"), " ", *found)


def _check_ins(findings: Iterable[Finding], names: ChannelNames) -> Iterator[Line]:
    stale = [one for one in findings if one.rule == "stale-key-result" and _is_named(one.facts["key_result"])]
    said = [
        line(names.key_result(str(one.facts["key_result"])), f" ({point_of(one, names).topic})")
        for one in stale[:NAMED_AT_MOST]
    ]
    if said:
        yield line(Strong("Check in:"), " ", *_joined(said, len(stale)))


def _upward(findings: Iterable[Finding], names: ChannelNames) -> Iterator[Line]:
    """Key results that should be linked to one of the organization's; a team none of whose is, without names."""
    alone = [one for one in findings if one.rule == "initiative-on-unaligned-key-result"]
    shown = [names.key_result(str(one.facts["key_result"])) for one in alone if _is_named(one.facts["key_result"])]
    lead = Strong("Link to an organization key result:")
    if any(one.rule == "team-without-vertical-link" and not one.facts["reached"] for one in findings):
        yield line(lead, " at least one of your key results")
    elif shown:
        yield line(lead, " ", *_joined([(span,) for span in shown[:NAMED_AT_MOST]], len(shown)))


def _is_named(key_result: object) -> bool:
    return key_result is not None and key_result != PRIVATE_NAME


def _with_topics(findings: Iterable[Finding], team: str, names: ChannelNames) -> Line:
    """Own tickets, each with what its comment calls the point."""
    found = [(ref, one) for one in findings for ref in _own([one], team, names)]
    said = [
        line(names.ticket(ref), f" ({point_of(one, Names(names.portfolio, ref)).topic})")
        for ref, one in found[:NAMED_AT_MOST]
    ]
    return _joined(said, len(found))


def _joined(parts: Sequence[Line], count: int) -> Line:
    """The parts as one list; what was left out is counted."""
    shown = [*parts, *([(Text(f"{count - len(parts)} more"),)] if count > len(parts) else [])]
    spans: list[Span] = []
    for at, part in enumerate(shown):
        between = () if not at else (Text(" and " if at == len(shown) - 1 else ", "),)
        spans += (*between, *part)
    return tuple(spans)


def _own(findings: Iterable[Finding], team: str, names: ChannelNames) -> tuple[Ref, ...]:
    """The team's own tickets among those to act on, in the order of their keys."""
    refs = {ref for one in findings for ref in one.act_on if names.portfolio.team_of.get(ref) == team}
    return tuple(sorted(refs, key=by_key))


def by_key(ref: Ref) -> tuple[str, str, int, str]:
    """Orders ACME-5 before ACME-19."""
    digits = ref.key[len(ref.key.rstrip("0123456789")) :]
    return ref.connector, ref.key[: len(ref.key) - len(digits)], int(digits or 0), ref.key


def _some(refs: Sequence[Ref], names: ChannelNames) -> Line:
    return listed([names.ticket(ref) for ref in refs[:NAMED_AT_MOST]] + _more(refs, NAMED_AT_MOST))


def _keys(refs: Sequence[Ref], names: ChannelNames) -> Line:
    return listed([names.ticket(ref, title=False) for ref in refs[:KEYS_AT_MOST]] + _more(refs, KEYS_AT_MOST))


def _more(refs: Sequence[Ref], most: int) -> list[Span]:
    return [Text(f"{len(refs) - most} more")] if len(refs) > most else []


def _ref(text: str) -> Ref | None:
    """A side of a mismatch as a ticket; None where it is a key result."""
    return Ref.parse(text) if ":" in text else None
