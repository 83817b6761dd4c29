"""What was recorded of people's commands on a ticket: a line each, the latest for each question."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import process

from hub.core.commands import NONE_WORD
from hub.core.commands import key_result_ids as ids_of
from hub.core.planning.names import Names, line
from hub.core.planning.resolution import author_and_day, delivers_by, refusal_notice
from hub.core.privacy import redact_words
from hub.model.action import Target
from hub.model.command import Command, Verb
from hub.model.initiative import MentionSource, Snapshot
from hub.model.message import Code, Line, Span
from hub.model.portfolio import Portfolio

MAX_LINES = 3
REACTIONS_AT_MOST = 50
"""In one run: they are writes like others."""
MAX_TEXT_LENGTH = 80
SIMILARITY_CUTOFF = 70
VERBS = tuple(verb.value for verb in Verb if verb is not Verb.UNCLEAR)
EXAMPLES = {
    "exempt": "/okr exempt papers for the auditors",
    "decline": "/okr decline no capacity before January",
    "kr": "/okr kr <id>",
}


@dataclass(frozen=True, slots=True)
class Reaction:
    """An answer under a person's comment whose commands are new; `applied` where all of them could be followed."""

    target: Target
    comment: str
    applied: bool


def reactions(
    snapshot: Snapshot,
    portfolio: Portfolio,
    known: Mapping[str, tuple[Command, ...]],
    connectors: Collection[str],
) -> tuple[Reaction, ...]:
    """One for each comment with commands that are not `known` from an earlier run, by connector."""
    return tuple(islice(_reactions(snapshot, portfolio, known, connectors), REACTIONS_AT_MOST))


def _reactions(
    snapshot: Snapshot,
    portfolio: Portfolio,
    known: Mapping[str, tuple[Command, ...]],
    connectors: Collection[str],
) -> Iterator[Reaction]:
    for pulled in snapshot.delta or snapshot.pulled:
        if pulled.connector not in connectors or not pulled.commands:
            continue
        recorded_before = {command.comment for command in known.get(pulled.connector, ())}
        tickets = {ticket.id: ref for ref, ticket in portfolio.initiatives.items() if ref.connector == pulled.connector}
        by_comment: dict[str, list[Command]] = {}
        for command in pulled.commands:
            if command.comment not in recorded_before and command.ticket in tickets:
                by_comment.setdefault(command.comment, []).append(command)
        for comment, commands in by_comment.items():
            ref = tickets[commands[0].ticket]
            names = Names(portfolio, ref)
            applied = not any(not_applied(command, names) for command in commands)
            yield Reaction(Target(ref, commands[0].ticket), comment, applied)


def recorded_lines(names: Names) -> tuple[Line, ...]:
    """`Recorded: …` for each command that counts, `Not applied: …` for one that doesn't; the newest three."""
    commands = sorted(
        names.portfolio.effective_commands.get(names.ref, ()), key=lambda command: command.order, reverse=True
    )
    # What was not understood is history once something else was said.
    relevant = [command for index, command in enumerate(commands) if command.verb is not Verb.UNCLEAR or not index]
    lines = [text for command in relevant[:MAX_LINES] if (text := _line(command, names))]
    return tuple(reversed(lines))


def not_applied(command: Command, names: Names) -> bool:
    """Whether the command could not be followed."""
    return command.verb is Verb.UNCLEAR or bool(_unknown_ids(command, names))


def _line(command: Command, names: Names) -> Line:
    if command.verb is Verb.UNCLEAR:
        return line("Not applied: ", *_unclear(command.argument, names))
    if command.verb is Verb.RECHECK:
        return ()
    if unknown := _unknown_ids(command, names):
        return line("Not applied: ", *_no_key_result(unknown[0], names))
    return line("Recorded: ", *_recorded_parts(command, names))


def _recorded_parts(command: Command, names: Names) -> Iterator[str | Span | Line]:
    who, words = (
        f" ({author_and_day(command, names)}).",
        redact_words(command.argument, names.portfolio.okrs)[:MAX_TEXT_LENGTH],
    )
    match command.verb:
        case Verb.KR:
            ids = ids_of(command)
            yield line("linked to ", names.key_results(_resolved(ids, names))) if ids else "no link by command any more"
            yield who
        case Verb.EXEMPT:
            none = words.strip("`*.").casefold() == NONE_WORD
            yield f"{'no longer exempt' if none else f'not OKR work, “{words}”'}{who}"
        case Verb.ACCEPT:
            yield f"{names.team(names.own_team())} will deliver{delivers_by(names)}{who}"
        case Verb.DECLINE:
            yield f"declined, “{words}”{who} "
            yield refusal_notice(names)
        case Verb.LATER:
            yield f"not this cycle{who} "
            yield refusal_notice(names)
        case Verb.MUTE:
            yield f"muted{who} "
            yield line(Code("/okr unmute"), " brings the points back.")
        case _:
            yield f"no longer muted{who}"


def _unclear(argument: str, names: Names) -> Iterator[str | Span]:
    """What is wrong with it, and how it should read."""
    verb, _, remainder = argument.partition(" ")
    word = verb.strip("`*.,;:").casefold()
    if remainder and word in VERBS:
        yield "replace "
        yield Code(remainder[:MAX_TEXT_LENGTH])
        yield " with your own words."
    elif word in EXAMPLES:
        needs = "the id of a key result" if word == "kr" else "a reason, for example "
        yield Code(f"/okr {word}")
        yield f" needs {needs}"
        yield "." if word == "kr" else Code(EXAMPLES[word])
        yield "" if word == "kr" else "."
    else:
        yield Code(f"/okr {redact_words(argument, names.portfolio.okrs)[:MAX_TEXT_LENGTH]}".rstrip())
        yield " isn't a command."
        suggestion = process.extractOne(word, VERBS, score_cutoff=SIMILARITY_CUTOFF)
        if suggestion is not None:
            yield " Did you mean "
            yield Code(f"/okr {suggestion[0]}")
            yield "?"


def _no_key_result(id_: str, names: Names) -> Iterator[str | Span]:
    unresolved = next(
        broken_name for broken_name in names.portfolio.unresolved_names[names.ref] if broken_name.raw == id_
    )
    if names.portfolio.okrs.private_names.names_in(id_):
        yield "no key result is called that."
        return
    yield "no key result is called "
    yield Code(id_[:MAX_TEXT_LENGTH])
    yield "."
    if unresolved.closest and not names.public:
        yield " Closest: "
        yield Code(f"/okr kr {unresolved.closest[0]}")
        yield "."


def _unknown_ids(command: Command, names: Names) -> list[str]:
    if command.verb is not Verb.KR:
        return []
    unresolved = {
        broken_name.raw
        for broken_name in names.portfolio.unresolved_names.get(names.ref, ())
        if broken_name.source is MentionSource.COMMAND
    }
    return [id_ for id_ in ids_of(command) if id_ in unresolved]


def _resolved(ids: tuple[str, ...], names: Names) -> tuple[str, ...]:
    """The key results that the words of the command name, by id or title."""
    served = {
        key_result_link.raw: key_result_link.key_result for key_result_link in names.portfolio.serves.get(names.ref, ())
    }
    return tuple(served.get(id_, id_.casefold()) for id_ in ids)
