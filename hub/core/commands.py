"""What people's comment commands change, and how reports show that they were recorded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.core.planning.names import day
from hub.core.privacy import veil_words
from hub.model.command import Command, Verb
from hub.model.initiative import Initiative, NamedKeyResult, Ref, Snapshot, Via
from hub.model.memory import Memory
from hub.model.message import Code, Line, Text
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from hub.model.typed import taken_apart

Spoken = Mapping[Ref, tuple[Command, ...]]
NOTHING = "none"
SHOWN = 160
UNDERSTOOD = {
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


@dataclass(frozen=True, slots=True)
class Hearing:
    """A command on a ticket, whether it is applied, and why or why not."""

    said: Line
    honoured: bool
    because: str


def commands_that_count(snapshot: Snapshot, memory: Memory | None) -> dict[Ref, tuple[Command, ...]]:
    """The latest command of each family on each ticket that was read; a comment that was heard before stays as it was.

    What a later command does not replace goes on to count, even if its comment is edited or deleted.
    """
    found: dict[Ref, tuple[Command, ...]] = {}
    for pulled in snapshot.pulled:
        heard = memory.commands.get(pulled.connector, ()) if memory else ()
        known = {one.comment for one in heard}
        latest = _latest((*heard, *(one for one in pulled.commands if one.comment not in known)))
        if latest:
            found |= {i.ref: latest[i.id] for i in pulled.initiatives if i.id in latest and not i.context}
    return found


def named_by_command(initiative: Initiative, spoken: Spoken) -> Initiative:
    """The ticket with the key results that a command names, after those that it names itself."""
    said = next((one for one in spoken.get(initiative.ref, ()) if one.verb is Verb.KR), None)
    if said is None:
        return initiative
    return replace(initiative, named=(*initiative.named, *(NamedKeyResult(Via.COMMAND, name) for name in names(said))))


def mute_of(ref: Ref, portfolio: Portfolio) -> Command | None:
    """The command that asks for silence on the ticket, if one counts."""
    return next((one for one in portfolio.spoken.get(ref, ()) if one.verb is Verb.MUTE), None)


def names(command: Command) -> tuple[str, ...]:
    """The ids that `/okr kr` names; `none` takes back what was said before."""
    words = (word.strip("`*\"'.,;:()") for part in taken_apart(command.argument) for word in part.split())
    return tuple(dict.fromkeys(word for word in words if word and word.casefold() != NOTHING))


def exempt_by_command(spoken: Spoken, initiatives: Mapping[Ref, Initiative], okrs: Okrs) -> dict[Ref, str]:
    """Tickets that somebody set aside, with the reason; `none` takes that back, and no private key result is named."""
    return {
        ref: veil_words(one.argument, okrs)
        for ref, ones in spoken.items()
        for one in ones
        if one.verb is Verb.EXEMPT and not _takes_back(one) and not initiatives[ref].context
    }


def hearings(ref: Ref, commands: Iterable[Command], portfolio: Portfolio) -> tuple[Hearing, ...]:
    """Every command that was ever read on the ticket, the oldest first, without who wrote it."""
    counting = portfolio.spoken.get(ref, ())
    known = dict.fromkeys((*commands, *counting))
    ordered = sorted(known, key=lambda command: command.order)
    return tuple(_hearing(one, one in counting, ref, portfolio) for one in ordered)


def _hearing(command: Command, counts: bool, ref: Ref, portfolio: Portfolio) -> Hearing:
    if command.verb is Verb.UNCLEAR:
        words = veil_words(command.argument, portfolio.okrs)[:SHOWN]
        return Hearing((Code(f"/okr {words}"), Text(f", {_day(command)}")), honoured=False, because=NO_COMMAND)
    said = (*_understood(command, ref, portfolio), Text(f", {_day(command)}"))
    if not counts:
        return Hearing(said, honoured=False, because=REPLACED)
    named = names(command) if command.verb is Verb.KR else ()
    if named and set(named) <= _broken(ref, portfolio):
        return Hearing(said, honoured=False, because=NO_KEY_RESULT)
    return Hearing(said, honoured=True, because=COUNTS)


def _broken(ref: Ref, portfolio: Portfolio) -> set[str]:
    return {one.written for one in portfolio.broken_names.get(ref, ()) if one.via is Via.COMMAND}


def _latest(commands: Iterable[Command]) -> dict[str, tuple[Command, ...]]:
    by_family: dict[tuple[str, str], Command] = {}
    for one in sorted(commands, key=lambda command: command.order):
        before = by_family.get((one.ticket, one.family))
        # `exempt none` takes back an exemption and no link, `kr none` a link and no exemption.
        if before is None or before.verb is one.verb or not _takes_back(one):
            by_family[one.ticket, one.family] = one
    found: dict[str, list[Command]] = {}
    for (ticket, _), one in sorted(by_family.items(), key=lambda pair: pair[0]):
        found.setdefault(ticket, []).append(one)
    return {ticket: tuple(ones) for ticket, ones in found.items()}


def _understood(command: Command, ref: Ref, portfolio: Portfolio) -> Line:
    words = veil_words(command.argument, portfolio.okrs)[:SHOWN]
    match command.verb:
        case Verb.KR:
            return tuple(_serves(names(command), ref, portfolio))
        case Verb.EXEMPT:
            return (Text("no longer exempt" if _takes_back(command) else f"not OKR work, “{words}”"),)
        case Verb.DECLINE:
            return (Text(f"declined, “{words}”"),)
        case Verb.UNCLEAR:
            return (Code(f"/okr {words}"),)
        case _:
            return (Text(UNDERSTOOD[command.verb]),)


def _serves(named: Sequence[str], ref: Ref, portfolio: Portfolio) -> Iterator[Text | Code]:
    if not named:
        yield Text("no link by command any more")
        return
    broken = _broken(ref, portfolio)
    yield Text("linked to ")
    for at, name in enumerate(named):
        yield Text(", " if at else "")
        if name not in broken:
            yield Code(veil_words(name, portfolio.okrs)[:SHOWN])
        elif portfolio.okrs.private_names.found_in(name):
            yield Text("a name that is not repeated here (no such key result)")
        else:
            yield Code(name[:SHOWN])
            yield Text(" (no such key result)")


def _takes_back(command: Command) -> bool:
    return command.verb in (Verb.EXEMPT, Verb.KR) and command.argument.strip("`*\"'“”.,;:").casefold() == NOTHING


def _day(command: Command) -> str:
    return day(command.at)
