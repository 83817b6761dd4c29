"""Points about work that waits for another team's: the providing and the waiting side never read the same sentence."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hub.core.planning.names import Names, day, line, listed, period, short_day
from hub.core.privacy import veil_words
from hub.model.command import Command, Verb
from hub.model.finding import Fact, Finding
from hub.model.initiative import Ref
from hub.model.labels import ACCEPT, DECLINE, LATER
from hub.model.link import Answer
from hub.model.message import Code, Line, Point, Span
from rules.shared.dependencies import Link, State, is_settled, links_by_teams, needed_by
from rules.shared.open_questions import earliest_first, known_since
from rules.shared.words import records

REASON_WORDS = 10
TEAMS_AT_MOST = 3
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ANSWER_OWED, DECLINED = "answer owed", "declined"
"""What a point newly asks of somebody, so that a new comment tells them."""


def unagreed(finding: Finding, names: Names) -> Point:
    """Asks the provider; the waiting side is told only once there is no answer for days."""
    links = _links(finding, names)
    provided = [one for one in links if one.providing == names.ref and one.is_open]
    waited = [one for one in links if one.waiting == names.ref and one.is_open]
    owed = finding.rule == "unacknowledged-dependency"
    refused = [one for one in waited if one.state is State.REFUSED]
    if refused:
        return _refused(finding, refused, names)
    if provided:
        return _asked(finding, provided, names, owed=owed)
    return _unanswered(finding, waited, names)


def priorities_apart(finding: Finding, names: Names) -> Point:
    """Both priorities in the words of their trackers; never which of them is right."""
    portfolio, waiting = names.portfolio, names.team(str(finding.facts["waiting_team"]))
    links = [one for one in _links(finding, names) if one.providing == names.ref and not is_settled(portfolio, one)]
    first = links[0]
    here, kind = _priority(names.ref, names), period(portfolio.cycle)
    later = _answer(names, "/okr later", LATER, first=True)
    what = line(f"{waiting}'s ", names.ticket(first.waiting), f" has priority {_priority(first.waiting, names)}")
    return Point(
        "priorities don't match",
        line(what, f". This ticket, which blocks it, has {here}."),
        line(f"Agree with {waiting} on one priority and set it on both tickets."),
        alternative=line(f"Not possible this {kind}? ", later, f", so that {waiting} can replan."),
    )


def late(finding: Finding, names: Names) -> Point:
    """When it is due, and when each team needs it; the earliest first."""
    facts = finding.facts
    needs = records(facts["needs"])
    teams = tuple(dict.fromkeys(str(one["team"]) for one in needs))
    due = facts["due"] if isinstance(facts["due"], date) else names.portfolio.today
    said = "was due on" if facts["overdue"] else "is due on"
    still = " and isn't done" if facts["overdue"] else ""
    lead = f"This ticket {said} {day(due)}{still}. "
    who = names.team(teams[0]) if len(teams) == 1 else "them"
    step = _earlier(finding, who, names)
    if facts["overdue"]:
        step = f"Agree with {who} on a new date, and set it on the tickets."
    if len(teams) == 1:
        what = line(lead, *_one_team_needs(needs, due, names))
        return Point(f"due later than {who} needs it", what, line(step))
    count = NUMBERS[len(teams)] if len(teams) < len(NUMBERS) else str(len(teams))
    what = line(lead, "It is needed by ", *_teams_need(needs, due, names))
    return Point(f"due later than {count} teams need it", what, line(step))


def _earlier(finding: Finding, who: str, names: Names) -> str:
    """To whose day, or to the last that leaves the key result time to move; then another date of theirs is no help."""
    end, expected, wanted = (finding.facts[one] for one in ("cycle_end", "expected", "days_wanted"))
    assert isinstance(end, date) and isinstance(expected, date) and isinstance(wanted, int)  # noqa: S101, PT018
    last, needed = end - timedelta(days=wanted), finding.facts["needed"]
    if expected <= last:
        return f"Can you bring the due date forward? If not, ask {who} to move theirs."
    to = "" if isinstance(needed, date) and needed <= last else f" to {day(last)}"
    later = f"put theirs off to a later {period(names.portfolio.cycle)}"
    return f"Can you bring the due date forward{to}? If not, ask {who} to {later}."


def _asked(finding: Finding, links: Sequence[Link], names: Names, *, owed: bool) -> Point:
    waiting, providing = (names.team(str(finding.facts[side])) for side in ("waiting_team", "providing_team"))
    refs = tuple(dict.fromkeys(one.waiting for one in links))
    served = _served(refs, names)
    tickets = _keys(refs, names) if names.public else names.tickets(refs)
    wait = " wait for this ticket" if len(refs) > 1 else " waits for this ticket"
    # The reminder says again who waits and since when; what it is for stood there before.
    aim = line(", for ", names.key_results(served), ".") if served and not owed else line(".")
    if names.public and served and not owed:
        aim = line(", for a key result of theirs.")
    needed = next((found for one in links if (found := needed_by(names.portfolio, one, shown=True))), None)
    asked = f"Asked on {day(_since(links, names))}. " if owed else ""
    can = f"Can {providing} deliver it {_by_when(needed, names)}?"
    if needed is not None and needed < names.portfolio.today:
        can = f"It was needed by {day(needed)}. Can {providing} still deliver it {_by_when(None, names)}?"
    comment = " Comment:" if names.wording.commands else " Set a label:"
    return Point(
        topic=f"{waiting} is still waiting for an answer" if owed else f"{waiting} needs this ticket",
        what=line(f"{waiting}'s ", tickets, wait, aim),
        step=line(f"{asked}{can}{comment}"),
        commands=_answers(names),
        asks=ANSWER_OWED if owed else "",
    )


def _by_when(needed: date | None, names: Names) -> str:
    return f"by {day(needed)}" if needed else f"this {period(names.portfolio.cycle)}"


def _unanswered(finding: Finding, links: Sequence[Link], names: Names) -> Point:
    providing = names.team(str(finding.facts["providing_team"]))
    refs = tuple(dict.fromkeys(one.providing for one in links))
    since = day(_since(links, names))
    blocked = line("This ticket is blocked by ", names.tickets(refs), f", and {providing} hasn't agreed to deliver ")
    return Point(
        topic=f"waiting for {providing}'s answer",
        what=line(blocked, "them yet." if len(refs) > 1 else "it yet."),
        step=line(
            f"Ask {providing}'s OKR lead: the team was asked there on {since} and hasn't answered. No longer blocked? "
            "Remove the link."
        ),
        asks=ANSWER_OWED,
    )


def _refused(finding: Finding, links: Sequence[Link], names: Names) -> Point:
    providing = names.team(str(finding.facts["providing_team"]))
    first = links[0].providing
    later = names.portfolio.answers.get(first) is Answer.LATER
    said = _said(first, names)
    when = f" on {day(said.at.date())}" if said else ""
    verb = ("put off" if said else "has put off") if later else "declined"
    reason = _reason(said, names) if said and not names.public else ""
    blocked = line("This ticket is blocked by ", names.ticket(first), f", which {providing} {verb}{when}{reason}.")
    put_off = _answer(names, "/okr later", LATER)
    return Point(
        topic=f"blocked by work that was {'put off' if later else 'declined'}",
        what=blocked,
        step=line("Choose another way and remove the link between the tickets. Or put this ticket off: ", put_off, "."),
        asks=DECLINED,
    )


def _links(finding: Finding, names: Names) -> list[Link]:
    teams = str(finding.facts["waiting_team"]), str(finding.facts["providing_team"])
    return earliest_first(names.portfolio, links_by_teams(names.portfolio).get(teams, ()))


def _since(links: Sequence[Link], names: Names) -> date:
    return min(known_since(names.portfolio, one) for one in links)


def _served(refs: Sequence[Ref], names: Names) -> tuple[str, ...]:
    """One key result of the waiting work, a public one first."""
    portfolio = names.portfolio
    served = dict.fromkeys(link.key_result for ref in refs for link in portfolio.serves.get(ref, ()))
    return tuple(sorted(served, key=lambda id_: portfolio.key_result(id_).private))[:1]


def _answers(names: Names) -> tuple[tuple[str, str], ...]:
    later = f"Later {period(names.portfolio.cycle)}"
    if names.wording.commands:
        return ("Yes", "/okr accept"), ("No", "/okr decline <reason>"), (later, "/okr later")
    return ("Yes", ACCEPT), ("No", DECLINE), (later, LATER)


def _answer(names: Names, command: str, label: str, *, first: bool = False) -> Line:
    """A command in a sentence, or the label that says the same; `first` where the sentence begins with it."""
    verb, said = ("comment ", command) if names.wording.commands else ("add the label ", label)
    return line(verb.capitalize() if first else verb, Code(said))


def _said(ref: Ref, names: Names) -> Command | None:
    """The no that somebody commented; None where a label says it."""
    spoken = names.portfolio.spoken.get(ref, ())
    return next((one for one in spoken if one.verb in (Verb.DECLINE, Verb.LATER)), None)


def _reason(said: Command, names: Names) -> str:
    words = veil_words(said.argument, names.portfolio.okrs).split()
    if said.verb is not Verb.DECLINE or not words:
        return ""
    return f" (“{' '.join(words[:REASON_WORDS])}{'…' if len(words) > REASON_WORDS else ''}”)"


def _priority(ref: Ref, names: Names) -> str:
    """The word that people set on the ticket; its number of four where only an order is known."""
    one = names.portfolio.initiatives[ref]
    return one.priority_name if one.priority is not None and one.priority_name else str(names.portfolio.priorities[ref])


def _keys(refs: Sequence[Ref], names: Names) -> Line:
    return listed([names.ticket(ref, title=False) for ref in refs[:TEAMS_AT_MOST]])


def _one_team_needs(needs: Sequence[Mapping[str, Fact]], due: date, names: Names) -> Line:
    team = names.team(str(needs[0]["team"]))
    refs = [Ref.parse(str(one["ticket"])) for one in needs]
    needed = needs[0]["needed"]
    when = f"needs it on {short_day(needed, due)} for " if isinstance(needed, date) else "needs it for "
    ends = names.portfolio.cycle.end
    kind = period(names.portfolio.cycle)
    left = "" if isinstance(needed, date) else f" The {kind} ends on {short_day(ends, due)}."
    return line(f"{team} {when}", names.tickets(refs), f".{left}")


def _teams_need(needs: Sequence[Mapping[str, Fact]], due: date, names: Names) -> Line:
    """Keys alone, since there are many."""
    first: dict[str, Mapping[str, Fact]] = {}
    for one in needs:
        first.setdefault(str(one["team"]), one)
    spans: list[Span] = []
    for at, (team, one) in enumerate(list(first.items())[:TEAMS_AT_MOST]):
        last = at == min(len(first), TEAMS_AT_MOST) - 1
        between = "" if not at else " and " if last else ", "
        when = f" on {short_day(one['needed'], due)}" if isinstance(one["needed"], date) else ""
        ticket = names.ticket(Ref.parse(str(one["ticket"])), title=False)
        spans += line(f"{between}{names.team(team)}{when} (", ticket, ")")
    more = len(first) - TEAMS_AT_MOST
    return line(*spans, f", and by {more} more teams." if more > 1 else ", and by 1 more." if more == 1 else ".")
