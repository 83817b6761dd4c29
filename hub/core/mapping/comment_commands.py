"""What people's comment commands change, and how reports show that they were recorded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hub.core.checking.redaction import redact_words
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, Ref, Snapshot
from hub.model.message import Code, Line, Text, day
from hub.model.okr import Cycle, Okrs
from hub.model.portfolio import DependencyHistory, Portfolio
from hub.model.text import match_key
from hub.model.ticket_input import Command, Verb
from hub.model.written_names import names_in_command, without_prefix, words_of_command

EffectiveCommands = Mapping[Ref, tuple[Command, ...]]
NONE_WORD = "none"
MAX_TEXT_LENGTH = 160
EFFECTS = {
    Verb.ACCEPT: "will be delivered",
    Verb.LATER: "not this cycle",
    Verb.MUTE: "muted",
    Verb.UNMUTE: "no longer muted",
    Verb.RECHECK: "read again",
}
COUNTS = "the latest command of its kind"
REPLACED = "replaced by a later command"
NO_COMMAND = "not a command"
NO_KEY_RESULT = "no such key result"
LAPSED = "it was for an earlier cycle"


@dataclass(frozen=True, slots=True)
class CommandReceipt:
    """A command on a ticket, whether it is applied, and why or why not."""

    text: Line
    applied: bool
    reason: str


def effective_commands(snapshot: Snapshot, history: DependencyHistory | None) -> dict[Ref, tuple[Command, ...]]:
    """The latest command of each family on each ticket that was read; a comment that was heard before stays as it was.

    What a later command does not replace goes on to count, even if its comment is edited or deleted, except for what
    `without_lapsed` leaves out.
    """
    by_ticket: dict[Ref, tuple[Command, ...]] = {}
    for pulled in snapshot.pulled:
        earlier = history.commands.get(pulled.connector, ()) if history else ()
        known = {command.comment for command in earlier}
        latest = _latest((*earlier, *(command for command in pulled.commands if command.comment not in known)))
        if latest:
            by_ticket |= {i.ref: latest[i.id] for i in pulled.initiatives if i.id in latest and not i.reference_only}
    return by_ticket


def without_lapsed(effective: EffectiveCommands, cycle: Cycle, today: date) -> dict[Ref, tuple[Command, ...]]:
    """Those that count in the cycle: what was put off before it began is asked again, once it has begun."""
    counting = {
        ref: tuple(each for each in commands if not _has_lapsed(each, cycle, today))
        for ref, commands in effective.items()
    }
    return {ref: commands for ref, commands in counting.items() if commands}


def lapsed_put_offs(effective: EffectiveCommands, okrs: Okrs, today: date) -> dict[Ref, date]:
    """The tickets whose putting off has lapsed, each with the last day of the cycle in which it was said."""
    lapsed = ((ref, each) for ref, commands in effective.items() for each in commands)
    return {ref: _last_day(each, okrs) for ref, each in lapsed if _has_lapsed(each, okrs.cycle, today)}


def _last_day(command: Command, okrs: Okrs) -> date:
    """Of the shortest cycle that holds the day of the command, else the day before the cycle began."""
    command_day, before = command.at.date(), okrs.cycle.start - timedelta(days=1)
    return min((c.end for c in okrs.cycles.values() if c.start <= command_day <= c.end <= before), default=before)


def _has_lapsed(command: Command, cycle: Cycle, today: date) -> bool:
    return command.verb is Verb.LATER and command.at.date() < cycle.start <= today


def with_commanded_key_results(snapshot: Snapshot, effective: EffectiveCommands) -> dict[Ref, Initiative]:
    """All tickets, each with the key results that a command names after those that it names itself."""
    initiatives = {ticket.ref: ticket for pulled in snapshot.pulled for ticket in pulled.initiatives}
    for ref, commands in effective.items():
        if (command := next((command for command in commands if command.verb is Verb.KR), None)) is not None:
            initiatives[ref] = _with_key_results(initiatives[ref], command)
    return initiatives


def _with_key_results(initiative: Initiative, command: Command) -> Initiative:
    return replace(
        initiative,
        key_result_mentions=(
            *initiative.key_result_mentions,
            *_named_by(command),
        ),
    )


def _named_by(command: Command) -> Iterator[KeyResultMention]:
    """Its words, which may be ids, each with all of them, which may be a title."""
    words, written = words_of_command(command.argument), " ".join(command.argument.split())
    for word in words:
        yield KeyResultMention(MentionSource.COMMAND, word, written="" if words == (written,) else written)


def remark(command: Command, okrs: Okrs) -> str:
    """`, “by 20 Dec”`: what stands behind an answer that asks for no words; they may be another day."""
    if command.verb not in (Verb.ACCEPT, Verb.LATER) or not any(map(str.isalnum, command.argument)):
        return ""
    return f", “{redact_words(command.argument, okrs)[:MAX_TEXT_LENGTH]}”"


def mute_command(ref: Ref, portfolio: Portfolio) -> Command | None:
    """The command that asks for silence on the ticket, if one counts."""
    return next((command for command in portfolio.effective_commands.get(ref, ()) if command.verb is Verb.MUTE), None)


@dataclass(frozen=True, slots=True)
class CommandedNames:
    """What an effective `/okr kr` names: the ids of key results, and the words that name none; `none` names nothing."""

    ids: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def commanded_names(command: Command, ref: Ref, portfolio: Portfolio) -> CommandedNames:
    """As the mapping understood the command: whatever it named rightly, the ticket serves."""
    if command.verb is not Verb.KR or not words_of_command(command.argument):
        return CommandedNames()
    unresolved = {match_key(name) for name in _unresolved_names(ref, portfolio)}
    known = {name: id_ for name, id_ in _served_names(ref, portfolio) if name not in unresolved}

    def known_as(name: str) -> str | None:
        variants = (name, without_prefix(name))
        return next((known[key] for variant in variants if (key := match_key(variant)) in known), None)

    argument = " ".join(command.argument.split())
    names = names_in_command(argument, known_as, lambda word: match_key(word) in unresolved)
    ids = frozenset(known.values())
    return CommandedNames(
        tuple(name for name in names if name in ids), tuple(name for name in names if name not in ids)
    )


def _served_names(ref: Ref, portfolio: Portfolio) -> Iterator[tuple[str, str]]:
    """By id, title and what is written, each as it is compared: the key results that the ticket names or inherits."""
    okrs = portfolio.okrs
    for link in (*portfolio.serves.get(ref, ()), *portfolio.other_cycle_links.get(ref, ())):
        key_result = portfolio.linked(link.key_result) or okrs.other_key_results.get(link.key_result)
        for name in (link.key_result, link.raw, key_result.title if key_result else ""):
            yield match_key(name), link.key_result


def exempt_by_command(
    effective: EffectiveCommands, initiatives: Mapping[Ref, Initiative], okrs: Okrs
) -> dict[Ref, str]:
    """Tickets that somebody set aside, with the reason; `none` takes that back, and no private key result is named."""
    return {
        ref: redact_words(command.argument, okrs)
        for ref, commands in effective.items()
        for command in commands
        if command.verb is Verb.EXEMPT and not _is_revocation(command) and not initiatives[ref].reference_only
    }


def acknowledgements(ref: Ref, commands: Iterable[Command], portfolio: Portfolio) -> tuple[CommandReceipt, ...]:
    """Every command that was ever read on the ticket, the oldest first, without who wrote it."""
    counting = portfolio.effective_commands.get(ref, ())
    known = dict.fromkeys((*commands, *counting))
    ordered = sorted(known, key=lambda command: command.order)
    return tuple(_acknowledgement(command, command in counting, ref, portfolio) for command in ordered)


def _acknowledgement(command: Command, counts: bool, ref: Ref, portfolio: Portfolio) -> CommandReceipt:
    if command.verb is Verb.UNCLEAR:
        words = redact_words(command.argument, portfolio.okrs)[:MAX_TEXT_LENGTH]
        return CommandReceipt((Code(f"/okr {words}"), Text(f", {_day(command)}")), applied=False, reason=NO_COMMAND)
    text = (*_effect(command, ref, portfolio), Text(f", {_day(command)}"))
    if not counts:
        reason = LAPSED if _has_lapsed(command, portfolio.cycle, portfolio.today) else REPLACED
        return CommandReceipt(text, applied=False, reason=reason)
    named = commanded_names(command, ref, portfolio)
    if named.unknown and not named.ids:
        return CommandReceipt(text, applied=False, reason=NO_KEY_RESULT)
    return CommandReceipt(text, applied=True, reason=COUNTS)


def _unresolved_names(ref: Ref, portfolio: Portfolio) -> set[str]:
    return {
        value
        for broken_name in portfolio.unresolved_names.get(ref, ())
        if broken_name.source is MentionSource.COMMAND
        for value in broken_name.values
    }


def _latest(commands: Iterable[Command]) -> dict[str, tuple[Command, ...]]:
    by_group: dict[tuple[str, str], Command] = {}
    for each_command in sorted(commands, key=lambda command: command.order):
        before = by_group.get((each_command.ticket, each_command.group))
        # `exempt none` takes back an exemption and no link, `kr none` a link and no exemption.
        if before is None or before.verb is each_command.verb or not _is_revocation(each_command):
            by_group[each_command.ticket, each_command.group] = each_command
    by_ticket: dict[str, list[Command]] = {}
    for (ticket, _), each_command in sorted(by_group.items(), key=lambda pair: pair[0]):
        by_ticket.setdefault(ticket, []).append(each_command)
    return {ticket: tuple(latest) for ticket, latest in by_ticket.items()}


def _effect(command: Command, ref: Ref, portfolio: Portfolio) -> Line:
    words = redact_words(command.argument, portfolio.okrs)[:MAX_TEXT_LENGTH]
    match command.verb:
        case Verb.KR:
            return tuple(_serves(commanded_names(command, ref, portfolio), ref, portfolio))
        case Verb.EXEMPT:
            return (Text("no longer exempt" if _is_revocation(command) else f"not OKR work, “{words}”"),)
        case Verb.DECLINE:
            return (Text(f"declined, “{words}”"),)
        case Verb.UNCLEAR:
            return (Code(f"/okr {words}"),)
        case _:
            return (Text(EFFECTS[command.verb] + remark(command, portfolio.okrs)),)


def _serves(named: CommandedNames, ref: Ref, portfolio: Portfolio) -> Iterator[Text | Code]:
    if not (named.ids or named.unknown):
        yield Text("no link by command any more")
        return
    unresolved = _unresolved_names(ref, portfolio)
    yield Text("linked to ")
    for index, name in enumerate((*named.ids, *named.unknown)):
        yield Text(", " if index else "")
        if name not in unresolved:
            yield Code(redact_words(name, portfolio.okrs)[:MAX_TEXT_LENGTH])
        elif portfolio.okrs.private_names.names_in(name):
            yield Text("a name that is not repeated here (no such key result)")
        else:
            yield Code(name[:MAX_TEXT_LENGTH])
            yield Text(" (no such key result)")


def _is_revocation(command: Command) -> bool:
    return command.verb in (Verb.EXEMPT, Verb.KR) and command.argument.strip("`*\"'“”.,;:").casefold() == NONE_WORD


def _day(command: Command) -> str:
    return day(command.at)
