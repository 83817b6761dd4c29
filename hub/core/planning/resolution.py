"""Why nothing is open on a ticket any more, in one sentence, so that a wrong resolution is noticed."""

from collections.abc import Collection

from hub.core.planning.names import Names, day, line
from hub.core.privacy import redact_words
from hub.model.command import Command, Verb
from hub.model.initiative import Ref
from hub.model.link import Answer
from hub.model.message import Line, Span, Text
from rules.shared.dependencies import Link, State, links_by_teams, needed_by

DEPENDENCY = frozenset({"dependency-without-shared-okr", "unacknowledged-dependency"})
SCHEDULING = frozenset({"priority-mismatch", "late-provider", "work-outside-cycle"})
LINKING = frozenset({"initiative-without-key-result", "unresolvable-link"})
NO_OPEN_POINTS: Line = (Text("No open points."),)
MAX_REASON_LENGTH = 80


def resolution_reason(before: Collection[str], names: Names) -> Line:
    """The sentence for a ticket on which findings of the rules `before` stood."""
    ticket = names.initiative
    if ticket is None or ticket.status.ended:
        return NO_OPEN_POINTS
    if names.ref in names.portfolio.exempt:
        return _exempt(names)
    if (has_refused_request(names) or not DEPENDENCY.isdisjoint(before)) and (sentence := _dependency(names)):
        return sentence
    if not LINKING.isdisjoint(before):
        return _linked(names)
    if not SCHEDULING.isdisjoint(before):
        return line("Dates and priorities fit again.")
    return NO_OPEN_POINTS


def has_refused_request(names: Names) -> bool:
    """Whether this ticket's team said no to somebody who was then told on their own ticket."""
    answer = names.portfolio.answers.get(names.ref)
    return answer is not None and answer.is_refusal and bool(_refused_links(names))


def refusal_notice(names: Names) -> Line:
    """Who was told of a no, and where; empty where nobody waits."""
    first = next(iter(_refused_links(names)), None)
    if first is None:
        return ()
    return line(f"{names.team(first.teams[0])} was told on ", names.ticket(first.waiting, title=False), ".")


def delivers_by(names: Names) -> str:
    """` by 11 Dec` where those who wait said when; the earliest."""
    days = [
        date_needed for entry in _waiting(names) if (date_needed := needed_by(names.portfolio, entry, public_only=True))
    ]
    return f" by {day(min(days))}" if days else ""


def _exempt(names: Names) -> Line:
    command = _command(names.ref, (Verb.EXEMPT,), names)
    if command is None:
        return line("Not OKR work: ", names.portfolio.exempt[names.ref], ".")
    reason = redact_words(command.argument, names.portfolio.okrs)[:MAX_REASON_LENGTH]
    return line(f"Not OKR work: “{reason}” ({author_and_day(command, names)}).")


def _dependency(names: Names) -> Line:
    portfolio = names.portfolio
    if portfolio.answers.get(names.ref) is Answer.ACCEPTED and (waiting := _waiting(names)):
        providing = names.team(waiting[0].teams[1])
        command = _command(names.ref, (Verb.ACCEPT,), names)
        when = f" on {day(command.at.date())}" if command else ""
        return line(f"{providing} agreed{when} to deliver this{delivers_by(names)}.")
    if has_refused_request(names):
        command = _command(names.ref, (Verb.DECLINE, Verb.LATER), names)
        verb = "Put off" if portfolio.answers.get(names.ref) is Answer.LATER else "Declined"
        when = f" on {day(command.at.date())}" if command else ""
        return line(f"{verb}{when}; ", *refusal_notice(names))
    put_off = [entry for entry in _all(names) if entry.providing == names.ref and entry.state is State.PUT_OFF]
    if put_off:
        first = put_off[0]
        return line(f"{names.team(first.teams[0])} put ", names.ticket(first.waiting, title=False), " off.")
    agreed = [entry for entry in _all(names) if entry.waiting == names.ref and entry.state is State.AGREED]
    if agreed:
        return line(f"{names.team(agreed[0].teams[1])} agreed to deliver ", _key(agreed[0].providing, names), ".")
    return ()


def _linked(names: Names) -> Line:
    served = [key_result_link.key_result for key_result_link in names.portfolio.serves.get(names.ref, ())]
    return line("This ticket is linked to ", names.key_results(served[:2]), ".") if served else NO_OPEN_POINTS


def _key(ref: Ref, names: Names) -> Span:
    return names.ticket(ref, title=False)


def author_and_day(command: Command, names: Names) -> str:
    """`Ana Silva, 18 Nov 2026`."""
    return f"{redact_words(command.author, names.portfolio.okrs)}, {day(command.at.date())}"


def _command(ref: Ref, verbs: Collection[Verb], names: Names) -> Command | None:
    return next((command for command in names.portfolio.effective_commands.get(ref, ()) if command.verb in verbs), None)


def _all(names: Names) -> list[Link]:
    link_groups = links_by_teams(names.portfolio).values()
    return [link for links in link_groups for link in links if names.ref in (link.waiting, link.providing)]


def _waiting(names: Names) -> list[Link]:
    return [entry for entry in _all(names) if entry.providing == names.ref]


def _refused_links(names: Names) -> list[Link]:
    return [entry for entry in _waiting(names) if entry.state is State.REFUSED]
