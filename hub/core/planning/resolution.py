"""Why nothing is open on a ticket any more, in one sentence, so that a wrong resolution is noticed."""

from collections.abc import Collection

from hub.core.planning.names import Names, day, line
from hub.core.privacy import veil_words
from hub.model.command import Command, Verb
from hub.model.initiative import Ref
from hub.model.link import Answer
from hub.model.message import Line, Span, Text
from rules.shared.dependencies import Link, State, links_by_teams, needed_by

DEPENDENCY = frozenset({"dependency-without-shared-okr", "unacknowledged-dependency"})
FITTING = frozenset({"priority-mismatch", "late-provider", "work-outside-cycle"})
LINKING = frozenset({"initiative-without-key-result", "unresolvable-link"})
NOTHING_OPEN: Line = (Text("No open points."),)
REASON_AT_MOST = 80


def because(before: Collection[str], names: Names) -> Line:
    """The sentence for a ticket on which findings of the rules `before` stood."""
    one = names.here
    if one is None or one.status.ended:
        return NOTHING_OPEN
    if names.ref in names.portfolio.exempt:
        return _exempt(names)
    if (answered(names) or not DEPENDENCY.isdisjoint(before)) and (said := _dependency(names)):
        return said
    if not LINKING.isdisjoint(before):
        return _linked(names)
    if not FITTING.isdisjoint(before):
        return line("Dates and priorities fit again.")
    return NOTHING_OPEN


def answered(names: Names) -> bool:
    """Whether this ticket's team said no to somebody who was then told on their own ticket."""
    answer = names.portfolio.answers.get(names.ref)
    return answer is not None and answer.is_no and bool(_told(names))


def told_on(names: Names) -> Line:
    """Who was told of a no, and where; empty where nobody waits."""
    first = next(iter(_told(names)), None)
    if first is None:
        return ()
    return line(f"{names.team(first.teams[0])} was told on ", names.ticket(first.waiting, title=False), ".")


def delivers_by(names: Names) -> str:
    """` by 11 Dec` where those who wait said when; the earliest."""
    days = [found for one in _waiting(names) if (found := needed_by(names.portfolio, one, shown=True))]
    return f" by {day(min(days))}" if days else ""


def _exempt(names: Names) -> Line:
    said = _command(names.ref, (Verb.EXEMPT,), names)
    if said is None:
        return line("Not OKR work: ", names.portfolio.exempt[names.ref], ".")
    reason = veil_words(said.argument, names.portfolio.okrs)[:REASON_AT_MOST]
    return line(f"Not OKR work: “{reason}” ({who_when(said, names)}).")


def _dependency(names: Names) -> Line:
    portfolio = names.portfolio
    if portfolio.answers.get(names.ref) is Answer.ACCEPTED and (waiting := _waiting(names)):
        providing = names.team(waiting[0].teams[1])
        said = _command(names.ref, (Verb.ACCEPT,), names)
        when = f" on {day(said.at.date())}" if said else ""
        return line(f"{providing} agreed{when} to deliver this{delivers_by(names)}.")
    if answered(names):
        said = _command(names.ref, (Verb.DECLINE, Verb.LATER), names)
        verb = "Put off" if portfolio.answers.get(names.ref) is Answer.LATER else "Declined"
        when = f" on {day(said.at.date())}" if said else ""
        return line(f"{verb}{when}; ", *told_on(names))
    put_off = [one for one in _all(names) if one.providing == names.ref and one.state is State.PUT_OFF]
    if put_off:
        first = put_off[0]
        return line(f"{names.team(first.teams[0])} put ", names.ticket(first.waiting, title=False), " off.")
    agreed = [one for one in _all(names) if one.waiting == names.ref and one.state is State.AGREED]
    if agreed:
        return line(f"{names.team(agreed[0].teams[1])} agreed to deliver ", _key(agreed[0].providing, names), ".")
    return ()


def _linked(names: Names) -> Line:
    served = [one.key_result for one in names.portfolio.serves.get(names.ref, ())]
    return line("This ticket is linked to ", names.key_results(served[:2]), ".") if served else NOTHING_OPEN


def _key(ref: Ref, names: Names) -> Span:
    return names.ticket(ref, title=False)


def who_when(said: Command, names: Names) -> str:
    """`Ana Silva, 18 Nov 2026`."""
    return f"{veil_words(said.author, names.portfolio.okrs)}, {day(said.at.date())}"


def _command(ref: Ref, verbs: Collection[Verb], names: Names) -> Command | None:
    return next((one for one in names.portfolio.spoken.get(ref, ()) if one.verb in verbs), None)


def _all(names: Names) -> list[Link]:
    found = links_by_teams(names.portfolio).values()
    return [one for links in found for one in links if names.ref in (one.waiting, one.providing)]


def _waiting(names: Names) -> list[Link]:
    return [one for one in _all(names) if one.providing == names.ref]


def _told(names: Names) -> list[Link]:
    return [one for one in _waiting(names) if one.state is State.REFUSED]
