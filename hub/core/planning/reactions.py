"""Answers under people's comments: a sign that a command was read, and whether it is followed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from hub.core.display_names import Names
from hub.core.planning.refused_commands import not_applied
from hub.model.action import Target
from hub.model.initiative import Snapshot
from hub.model.portfolio import Portfolio
from hub.model.ticket_input import Command

REACTIONS_AT_MOST = 50
"""In one run: they are writes like others."""


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
