"""Points about work that waits for another team's: the providing and the waiting side never read the same sentence."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hub.core.checking.redaction import redact_words
from hub.core.display_names import Names, join_spans, line, period, short_day
from hub.model.action import ACCEPT, DECLINE, LATER
from hub.model.finding import Fact, Finding
from hub.model.initiative import Ref
from hub.model.link import Answer, DependencySource
from hub.model.message import Code, Line, Point, Span, day
from hub.model.ticket_input import Command, Verb
from rules.shared.dependencies import Link, State, earliest_first, is_resolved, links_by_teams, needed_by
from rules.shared.dependency_questions import overdue, question_dates
from rules.shared.verdicts import records

REASON_WORDS = 10
MAX_TEAMS = 3
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ANSWER_DUE, DECLINED = "answer owed", "declined"
"""What a point newly asks of somebody, so that a new comment tells them."""


def unagreed(finding: Finding, names: Names) -> Point:
    """Asks the provider; the waiting side is told only once there is no answer for days.

    The question of each ticket is its own: another one of the two teams' may have been asked long before.
    """
    provided, waited = _open_links(finding, names)
    refused = [entry for entry in waited if entry.state is State.REFUSED]
    if refused:
        return _refused(finding, refused, names)
    if provided:
        return _request_to_provider(finding, provided, names)
    return _unanswered(finding, _overdue(finding, waited, names) or waited, names)


def priority_mismatch(finding: Finding, names: Names) -> Point:
    """Both priorities in the words of their trackers; never which of them is right."""
    portfolio, waiting = names.portfolio, names.team(str(finding.facts["waiting_team"]))
    links = [
        link for link in _links(finding, names) if link.providing == names.ref and not is_resolved(portfolio, link)
    ]
    first = links[0]
    own_priority, kind = _priority(names.ref, names), period(portfolio.cycle)
    later = _answer(names, "/okr later", LATER, first=True)
    what = line(f"{waiting}'s ", names.ticket(first.waiting), f" has priority {_priority(first.waiting, names)}")
    return Point(
        "priorities don't match",
        line(what, f". This ticket, which blocks it, has {own_priority}."),
        line(f"Agree with {waiting} on one priority and set it on both tickets."),
        alternative=line(f"Not possible this {kind}? ", later, f", so that {waiting} can replan."),
    )


def late_provider(finding: Finding, names: Names) -> Point:
    """When it is due, and when each team needs it; the earliest first."""
    facts = finding.facts
    needs = records(facts["needs"])
    teams = tuple(dict.fromkeys(str(need["team"]) for need in needs))
    due = facts["due"] if isinstance(facts["due"], date) else names.portfolio.today
    due_verb = "was due on" if facts["overdue"] else "is due on"
    suffix = " and isn't done" if facts["overdue"] else ""
    lead = f"This ticket {due_verb} {day(due)}{suffix}. "
    who = names.team(teams[0]) if len(teams) == 1 else "them"
    step = _earlier(finding, who, names)
    # Its due date may well have been early enough.
    topic = "due later than"
    if facts["overdue"]:
        step, topic = f"Agree with {who} on a new date, and set it on the tickets.", "overdue, and"
    if len(teams) == 1:
        what = line(lead, *_single_team_needs(needs, due, names))
        return Point(f"{topic} {who} needs it", what, line(step))
    count = NUMBERS[len(teams)] if len(teams) < len(NUMBERS) else str(len(teams))
    what = line(lead, "It is needed by ", *_teams_need(needs, due, names))
    return Point(f"{topic} {count} teams need it", what, line(step))


def _earlier(finding: Finding, who: str, names: Names) -> str:
    """To whose day, or to the last that leaves the key result time to move; then another date of theirs is no help."""
    end, expected, days_needed = (finding.facts[text] for text in ("cycle_end", "expected", "required_days"))
    assert isinstance(end, date) and isinstance(expected, date) and isinstance(days_needed, int)  # noqa: S101, PT018
    last, needed = end - timedelta(days=days_needed), finding.facts["needed"]
    if expected <= last:
        return f"Can you bring the due date forward? If not, ask {who} to move theirs."
    to = "" if isinstance(needed, date) and needed <= last else f" to {day(last)}"
    whose = "their tickets" if who == "them" else "its ticket" if finding.facts["count"] == 1 else "its tickets"
    reason = f": results need about {days_needed} days to show" if days_needed else ""
    later = f"put {whose} off a {period(names.portfolio.cycle)}{reason}"
    return f"Can you bring the due date forward{to}? If not, ask {who} to {later}."


def _request_to_provider(finding: Finding, links: Sequence[Link], names: Names) -> Point:
    is_reminder = bool(_overdue(finding, links, names))
    waiting, providing = (names.team(str(finding.facts[side])) for side in ("waiting_team", "providing_team"))
    refs = tuple(dict.fromkeys(link.waiting for link in links))
    served = _served(refs, names)
    tickets = _keys(refs, names) if names.public else names.tickets(refs)
    wait = " wait for this ticket" if len(refs) > 1 else " waits for this ticket"
    # The reminder says again who waits and since when; what it is for stood there before.
    aim = line(".")
    if served and not is_reminder:
        named = names.key_results(served)
        aim = line(", for ", named, ".") if named != line(names.unnamed) else aim
        aim = line(", for a key result of theirs.") if names.public else aim
    needed = next(
        (date_needed for link in links if (date_needed := needed_by(names.portfolio, link, public_only=True))), None
    )
    request_note = f"Asked on {_question_day(finding, links, names)}. " if is_reminder else ""
    question = f"Can {providing} deliver it {_deadline_text(needed, names)}?"
    if needed is not None and needed < names.portfolio.today:
        question = f"It was needed by {day(needed)}. Can {providing} still deliver it {_deadline_text(None, names)}?"
    comment = " Comment:" if names.wording.commands else " Set a label:" if names.wording.labels else ""
    return Point(
        topic=f"{waiting} is still waiting for an answer" if is_reminder else f"{waiting} needs this ticket",
        what=line(f"{waiting}'s ", tickets, wait, aim),
        step=line(f"{request_note}{question}{comment}"),
        commands=_answers(names),
        request=ANSWER_DUE if is_reminder else "",
    )


def _deadline_text(needed: date | None, names: Names) -> str:
    return f"by {day(needed)}" if needed else f"this {period(names.portfolio.cycle)}"


def _unanswered(finding: Finding, links: Sequence[Link], names: Names) -> Point:
    providing = names.team(str(finding.facts["providing_team"]))
    refs = tuple(dict.fromkeys(link.providing for link in links))
    since = _question_day(finding, links, names)
    blocked = line("This ticket is blocked by ", names.tickets(refs), f", and {providing} hasn't agreed to deliver ")
    return Point(
        topic=f"waiting for {providing}'s answer",
        what=line(blocked, "them yet." if len(refs) > 1 else "it yet."),
        step=line(
            f"Ask {providing}'s OKR lead: the team was asked there on {since} and hasn't answered. No longer blocked? "
            f"{_removal(links[0], names).capitalize()}."
        ),
        request=ANSWER_DUE,
    )


def _refused(finding: Finding, links: Sequence[Link], names: Names) -> Point:
    providing = names.team(str(finding.facts["providing_team"]))
    first = links[0].providing
    later = names.portfolio.answers.get(first) is Answer.LATER
    command = _refusal_command(first, names)
    when = f" on {day(command.at.date())}" if command else ""
    verb = ("put off" if command else "has put off") if later else "declined"
    reason = _reason(command, names) if command and not names.public else ""
    blocked = line("This ticket is blocked by ", names.ticket(first), f", which {providing} {verb}{when}{reason}.")
    put_off = _answer(names, "/okr later", LATER)
    return Point(
        topic=f"blocked by work that was {'put off' if later else 'declined'}",
        what=blocked,
        step=line(f"Choose another way and {_removal(links[0], names)}. Or put this ticket off: ", put_off, "."),
        request=DECLINED,
    )


def _removal(link: Link, names: Names) -> str:
    """How the people of the waiting ticket end the dependency: it stands where they wrote it."""
    sources = names.once("sources", lambda: {(x.waiting, x.providing): x.source for x in names.portfolio.dependencies})
    match sources.get((link.waiting, link.providing)):
        case DependencySource.TEXT:
            return "remove it from the description"
        case DependencySource.SUB_ISSUE:
            return "take it out of the sub-issues"
        case _:
            return "remove the link"


def _links(finding: Finding, names: Names) -> list[Link]:
    teams, portfolio = _teams(finding), names.portfolio
    return names.once(("links", teams), lambda: earliest_first(portfolio, links_by_teams(portfolio).get(teams, ())))


def _open_links(finding: Finding, names: Names) -> tuple[Sequence[Link], Sequence[Link]]:
    """Those in which this ticket provides and those in which it waits, the earliest first."""
    teams, portfolio = _teams(finding), names.portfolio
    provided, waited = names.once(
        ("open links", teams), lambda: _open_by_ticket(links_by_teams(portfolio).get(teams, ()))
    )
    ref = names.ref
    return earliest_first(portfolio, provided.get(ref, ())), earliest_first(portfolio, waited.get(ref, ()))


def _open_by_ticket(links: Sequence[Link]) -> tuple[Mapping[Ref, list[Link]], Mapping[Ref, list[Link]]]:
    """By the ticket that provides, and by the one that waits: there may be very many between two teams."""
    provided: dict[Ref, list[Link]] = {}
    waited: dict[Ref, list[Link]] = {}
    for link in links:
        if link.is_open:
            provided.setdefault(link.providing, []).append(link)
            waited.setdefault(link.waiting, []).append(link)
    return provided, waited


def _teams(finding: Finding) -> tuple[str, str]:
    return str(finding.facts["waiting_team"]), str(finding.facts["providing_team"])


def _question_dates(finding: Finding, names: Names) -> Mapping[Ref, date]:
    teams, portfolio = _teams(finding), names.portfolio
    return names.once(
        ("question dates", teams), lambda: question_dates(portfolio, links_by_teams(portfolio).get(teams, ()))
    )


def _overdue(finding: Finding, links: Sequence[Link], names: Names) -> list[Link]:
    return overdue(names.portfolio, links, _question_dates(finding, names))


def _question_day(finding: Finding, links: Sequence[Link], names: Names) -> str:
    dates = _question_dates(finding, names)
    return day(min(dates.get(link.providing, names.portfolio.today) for link in links))


def _served(refs: Sequence[Ref], names: Names) -> tuple[str, ...]:
    """One key result of the waiting work, a public one first."""
    portfolio = names.portfolio
    served = dict.fromkeys(link.key_result for ref in refs for link in portfolio.serves.get(ref, ()))
    return tuple(sorted(served, key=lambda id_: portfolio.key_result(id_).private))[:1]


def _answers(names: Names) -> tuple[tuple[str, str], ...]:
    later = f"Later {period(names.portfolio.cycle)}"
    if names.wording.commands:
        return ("Yes", "/okr accept"), ("No", "/okr decline <reason>"), (later, "/okr later")
    return (("Yes", ACCEPT), ("No", DECLINE), (later, LATER)) if names.wording.labels else ()


def _answer(names: Names, command: str, label: str, *, first: bool = False) -> Line:
    """A command in a sentence, or the label that says the same; `first` where the sentence begins with it."""
    if not (names.wording.commands or names.wording.labels):
        return line("Tell your OKR lead" if first else "tell your OKR lead")
    verb, value = ("comment ", command) if names.wording.commands else ("add the label ", label)
    return line(verb.capitalize() if first else verb, Code(value))


def _refusal_command(ref: Ref, names: Names) -> Command | None:
    """The no that somebody commented; None where a label says it."""
    commands = names.portfolio.effective_commands.get(ref, ())
    return next((command for command in commands if command.verb in (Verb.DECLINE, Verb.LATER)), None)


def _reason(command: Command, names: Names) -> str:
    words = redact_words(command.argument, names.portfolio.okrs).split()
    if command.verb is not Verb.DECLINE or not words:
        return ""
    return f" (“{' '.join(words[:REASON_WORDS])}{'…' if len(words) > REASON_WORDS else ''}”)"


def _priority(ref: Ref, names: Names) -> str:
    """The word that people set on the ticket; its number of four where only an order is known."""
    ticket = names.portfolio.initiatives[ref]
    return (
        ticket.priority_name
        if ticket.priority is not None and ticket.priority_name
        else str(names.portfolio.priorities[ref])
    )


def _keys(refs: Sequence[Ref], names: Names) -> Line:
    return join_spans([names.ticket(ref, title=False) for ref in refs[:MAX_TEAMS]])


def _single_team_needs(needs: Sequence[Mapping[str, Fact]], due: date, names: Names) -> Line:
    team = names.team(str(needs[0]["team"]))
    refs = [Ref.parse(str(need["ticket"])) for need in needs]
    needed = needs[0]["needed"]
    is_past = isinstance(needed, date) and needed < names.portfolio.today
    verb = "needed" if is_past else "needs"
    when = f"{verb} it on {short_day(needed, due)} for " if isinstance(needed, date) else "needs it for "
    ends = names.portfolio.cycle.end
    kind = period(names.portfolio.cycle)
    cycle_note = "" if isinstance(needed, date) else f" The {kind} ends on {short_day(ends, due)}."
    return line(f"{team} {when}", names.tickets(refs), f".{cycle_note}")


def _teams_need(needs: Sequence[Mapping[str, Fact]], due: date, names: Names) -> Line:
    """Keys alone, since there are many."""
    first: dict[str, Mapping[str, Fact]] = {}
    for need in needs:
        first.setdefault(str(need["team"]), need)
    spans: list[Span] = []
    for index, (team, need) in enumerate(list(first.items())[:MAX_TEAMS]):
        last = index == min(len(first), MAX_TEAMS) - 1
        between = "" if not index else " and " if last else ", "
        when = f" on {short_day(need['needed'], due)}" if isinstance(need["needed"], date) else ""
        ticket = names.ticket(Ref.parse(str(need["ticket"])), title=False)
        spans += line(f"{between}{names.team(team)}{when} (", ticket, ")")
    omitted = len(first) - MAX_TEAMS
    return line(
        *spans, f", and by {omitted} more teams." if omitted > 1 else ", and by 1 more." if omitted == 1 else "."
    )
