"""What a comment says besides its points: commands that were recorded, and why nothing is open any more."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from hub.core.checking.redaction import redact_words
from hub.core.display_names import Names, line, period
from hub.core.mapping.comment_commands import NONE_WORD, commanded_names, remark
from hub.core.planning.refused_commands import MAX_TEXT_LENGTH, no_key_result, unclear
from hub.model.action import DECLINE, LATER
from hub.model.action import DEPENDENCY as DEPENDENCY_LABEL
from hub.model.initiative import Ref
from hub.model.link import Answer
from hub.model.message import Code, Line, Span, Text, day
from hub.model.portfolio import Portfolio, promise_key, ticket_dependency_key
from hub.model.ticket_input import Command, Verb
from rules.shared.dependencies import Link, State, earliest_need, known_since, links_by_teams
from rules.shared.verdicts import only_ended_key_results

DEPENDENCY = frozenset({"dependency-without-shared-okr", "unacknowledged-dependency"})
SCHEDULING = frozenset({"priority-mismatch", "late-provider", "work-outside-cycle"})
LINKING = frozenset({"initiative-without-key-result", "unresolvable-link"})
NO_OPEN_POINTS: Line = (Text("No open points."),)
MAX_REASON_LENGTH = 80


def resolution_reason(before: Collection[str], names: Names, labels: Sequence[str] = ()) -> Line:
    """The sentence for a ticket on which findings of the rules `before` stood; `labels` of ours stay on it."""
    reason = _reason_of(before, names)
    if reason is not NO_OPEN_POINTS or not labels:
        return reason
    provided = next((link for link in _waiting(names) if link.is_open), None)
    if provided is None or labels[0] != DEPENDENCY_LABEL:
        question = "its question is answered on another ticket"
    else:
        question = f"{names.team(provided.teams[1])} answers {names.team(provided.teams[0])}"
    return line("No open points here; ", Code(labels[0]), f" stays until {question}.")


def _reason_of(before: Collection[str], names: Names) -> Line:
    ticket = names.initiative
    if ticket is None or ticket.status.ended:
        return NO_OPEN_POINTS
    if names.ref in names.portfolio.exempt:
        return _exempt(names)
    if before and names.portfolio.outdated:
        return line(f"{names.portfolio.cycle.id} is over.")
    if (has_refused_request(names) or not DEPENDENCY.isdisjoint(before)) and (sentence := _dependency(names)):
        return sentence
    if not LINKING.isdisjoint(before):
        return _linked(names)
    return NO_OPEN_POINTS if SCHEDULING.isdisjoint(before) else _scheduled(names)


def has_refused_request(names: Names) -> bool:
    """Whether this ticket's team said no to somebody who was then told on their own ticket."""
    answer = names.portfolio.answers.get(names.ref)
    return answer is not None and answer.is_refusal and bool(_refused_links(names))


def has_agreed_link(names: Names) -> bool:
    """Whether two teams agreed on something that this ticket is an end of."""
    return any(link.state is State.AGREED for link in _all(names))


def refusal_notice(names: Names) -> Line:
    """Who was told of a no, and where; empty where nobody waits."""
    first = next(iter(_refused_links(names)), None)
    if first is None:
        return ()
    return line(f"{names.team(first.teams[0])} was told on ", names.ticket(first.waiting, title=False), ".")


def _remark(command: Command, names: Names) -> str:
    return remark(command, names.portfolio.okrs)


def _unneeded_notice(names: Names) -> Line:
    """That an answer changes nothing where nobody asks for any; empty where that is not so, or not known."""
    if not _is_unneeded(names):
        return ()
    blocker = next((link.providing for link in _all(names) if link.waiting == names.ref), None)
    if blocker is None:
        return line("No dependency between teams is stated here.")
    return line("No other team waits for this ticket; it is blocked by ", _key(blocker, names), ".")


def _is_unneeded(names: Names) -> bool:
    portfolio = names.portfolio
    if portfolio.partial or portfolio.incomplete_sources:
        return False
    return names.ref not in names.once("providing", lambda: {entry.providing for entry in portfolio.dependencies})


def _refusing_label(names: Names) -> Line:
    """That a label says no where a comment says yes, and how the yes comes to count; empty where none does."""
    answer = names.portfolio.answers.get(names.ref)
    if answer is None or not answer.is_refusal:
        return ()
    label = Code(LATER if answer is Answer.LATER else DECLINE)
    return line("The label ", label, " says no and counts before it: remove the label if you deliver this.")


def delivers_by(names: Names) -> str:
    """` by 11 Dec` where those who wait had said when, as somebody agreed; the earliest, also once the work is done."""
    command, links, portfolio = _command(names.ref, (Verb.ACCEPT,), names), _promised_links(names), names.portfolio
    if command is None or not links or _remark(command, names):
        return ""
    # Who came later was promised nothing; what was there when the hub first looked is all that anybody can have meant.
    last = max(command.at.date(), min(known_since(portfolio, link) for link, _ in links))
    meant = ((link, due) for link, due in links if known_since(portfolio, link) <= last)
    days = [
        promised
        for link, due in meant
        if (promised := earliest_need(portfolio, link, None if due == date.max else due, public_only=True))
    ]
    return f" by {day(min(days))}" if days else ""


def _promised_links(names: Names) -> list[tuple[Link, date]]:
    """What was promised to other teams, with the due date then, whatever the waiting side has moved or ended since."""
    portfolio, command = names.portfolio, _command(names.ref, (Verb.ACCEPT,), names)
    tickets, comment = portfolio.initiatives, "" if command is None else command.comment
    links = []
    for waiting in names.once("waiting on", lambda: _waiting_on(portfolio)).get(names.ref, ()):
        teams = portfolio.team_of[waiting], portfolio.team_of[names.ref]
        key = promise_key(ticket_dependency_key(tickets[waiting], tickets[names.ref]), comment)
        due = portfolio.first_seen.get(key)
        if due is None or teams[0] == teams[1]:
            continue
        # For what is planned for some later time nobody was asked.
        if due <= portfolio.cycle.end or portfolio.is_active(waiting) or tickets[waiting].status.ended:
            links.append((Link(waiting, names.ref, teams, State.AGREED), due))
    return links


def _waiting_on(portfolio: Portfolio) -> dict[Ref, list[Ref]]:
    """By ticket, those of all teams that wait for it, whatever their state."""
    waiting: dict[Ref, list[Ref]] = {}
    for entry in portfolio.dependencies:
        if entry.waiting in portfolio.team_of and entry.providing in portfolio.team_of:
            waiting.setdefault(entry.providing, []).append(entry.waiting)
    return waiting


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


def _scheduled(names: Names) -> Line:
    """That dates fit; or which cycle is over, since in the first days of the next one nobody is asked what goes on."""
    ended = only_ended_key_results(names.portfolio, names.ref)
    return line(f"{ended[0].cycle} is over." if ended else "Dates and priorities fit again.")


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


MAX_LINES = 3
BRINGS_BACK: Line = (Code("/okr unmute"), Text(" brings the points back."))
ENDED_BY_NEWS: Line = (Text("That ended when something new came up."),)


def recorded_lines(names: Names, *, mute_note: Line = BRINGS_BACK) -> tuple[Line, ...]:
    """`Recorded: …` for each command that counts, `Not applied: …` for one that doesn't; the newest three.

    `mute_note` is what became of the points that a mute was about.
    """
    commands = sorted(
        names.portfolio.effective_commands.get(names.ref, ()), key=lambda command: command.order, reverse=True
    )
    # What was not understood is history once something else was said.
    relevant = [command for index, command in enumerate(commands) if command.verb is not Verb.UNCLEAR or not index]
    lines = [text for command in relevant[:MAX_LINES] if (text := _line(command, names, mute_note=mute_note))]
    return tuple(reversed(lines))


def _line(command: Command, names: Names, *, mute_note: Line) -> Line:
    if command.verb is Verb.UNCLEAR:
        return line("Not applied: ", *unclear(command.argument, names))
    if command.verb is Verb.RECHECK:
        return ()
    named = commanded_names(command, names.ref, names.portfolio)
    # Where a part of it counts, a point says what does not.
    if named.unknown and not named.ids:
        return line("Not applied: ", *no_key_result(named.unknown, names))
    recorded = line("Recorded: ", *_recorded_parts(command, names, mute_note=mute_note))
    last = recorded[-1]
    return (*recorded[:-1], Text(last.text.rstrip())) if isinstance(last, Text) else recorded


def _recorded_parts(command: Command, names: Names, *, mute_note: Line) -> Iterator[str | Span | Line]:
    who, words = (
        f" ({author_and_day(command, names)}).",
        redact_words(command.argument, names.portfolio.okrs)[:MAX_TEXT_LENGTH],
    )
    match command.verb:
        case Verb.KR:
            ids = commanded_names(command, names.ref, names.portfolio).ids
            yield line("linked to ", names.key_results(ids)) if ids else "no link by command any more"
            yield who
        case Verb.EXEMPT:
            none = words.strip("`*.").casefold() == NONE_WORD
            yield f"{'no longer exempt' if none else f'not OKR work, “{words}”'}{who}"
        case Verb.ACCEPT:
            yield from _accepted_parts(command, who, names)
        case Verb.DECLINE:
            yield f"declined, “{words}”{who} "
            yield refusal_notice(names) or _unneeded_notice(names)
        case Verb.LATER:
            yield f"not this {period(names.portfolio.cycle)}{_remark(command, names)}{who} "
            yield refusal_notice(names) or (
                () if names.ref in (link.waiting for link in _all(names)) else _unneeded_notice(names)
            )
        case Verb.MUTE:
            yield f"muted{who} "
            yield mute_note
        case _:
            yield f"no longer muted{who}"


def _accepted_parts(command: Command, who: str, names: Names) -> Iterator[str | Span | Line]:
    """A promise, with the day that was asked for; only that somebody said yes where the yes doesn't count."""
    no_by_label, team = _refusing_label(names), names.team(names.own_team())
    without_promise = no_by_label or _is_unneeded(names)
    promise = "accepted" if without_promise else f"{team} will deliver{delivers_by(names)}"
    yield f"{promise}{_remark(command, names)}{who} "
    yield no_by_label or _unneeded_notice(names)
