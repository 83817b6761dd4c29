"""Tells people by a reaction that their commands were read, where a tracker knows reactions."""

from collections.abc import Iterable, Iterator, Mapping

import structlog

from connectors.base import Connector, SupportsReactions
from hub.core.planning.names import Names
from hub.core.planning.recorded import not_applied
from hub.model.action import Target
from hub.model.command import Command
from hub.model.errors import CredentialsRefused, SourceError
from hub.model.initiative import Snapshot
from hub.model.portfolio import Portfolio
from hub.store.base import Store

MAX_REACTIONS = 50
"""Reactions in one run: they are writes like others."""


def acknowledge(snapshot: Snapshot, portfolio: Portfolio, connectors: Mapping[str, Connector], store: Store) -> None:
    """React once to each comment whose commands are new; a crash before they are remembered repeats it, which is fine.

    What cannot be done is logged: the ticket's comment says the same.
    """
    reacting = {
        name: connector
        for name, connector in connectors.items()
        if isinstance(connector, SupportsReactions) and connector.wording.reacts
    }
    if not reacting:
        return
    for target, comment, applied in list(_new(snapshot, portfolio, reacting, store))[:MAX_REACTIONS]:
        try:
            reacting[target.ref.connector].react(target, comment, applied=applied)
        except SourceError as error:
            structlog.get_logger().warning("no reaction", connector=error.connector, reason=error.detail)
            if isinstance(error, CredentialsRefused):
                return


def _new(
    snapshot: Snapshot, portfolio: Portfolio, connectors: Iterable[str], store: Store
) -> Iterator[tuple[Target, str, bool]]:
    """Each comment with commands that no earlier run heard, and whether all of them could be followed."""
    earlier = store.dependency_history().commands
    for pulled in snapshot.delta or snapshot.pulled:
        if pulled.connector not in connectors or not pulled.commands:
            continue
        known = {command.comment for command in earlier.get(pulled.connector, ())}
        tickets = {ticket.id: ref for ref, ticket in portfolio.initiatives.items() if ref.connector == pulled.connector}
        by_comment: dict[str, list[Command]] = {}
        for command in pulled.commands:
            if command.comment not in known and command.ticket in tickets:
                by_comment.setdefault(command.comment, []).append(command)
        for comment, commands in by_comment.items():
            ref = tickets[commands[0].ticket]
            names = Names(portfolio, ref)
            yield Target(ref, commands[0].ticket), comment, not any(not_applied(command, names) for command in commands)
