"""Keep the workspace's one dashboard: read the boxes that people ticked, and write the state where it changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors.base import Connector
from hub.core.dashboard import Seen, asked, asked_for_all, dashboard, dated, digest_of
from hub.core.decisions import WITHOUT_WORK
from hub.core.planning.shut import shut_parts
from hub.model.action import COMMENT, Action, ActionKind, LedgerEntries, Published, Receipt, Status, Target
from hub.model.errors import SourceError
from hub.model.initiative import Ref
from hub.pipeline.job import Job, Mode
from hub.pipeline.publish import publish
from hub.pipeline.pull import Memory

GONE = "somebody deleted the dashboard: it stays away until publish.dashboard names another ticket"
WHY = "the state of the workspace changed"
ASKED = "somebody ticked a box"


@dataclass(frozen=True, slots=True)
class Board:
    """The dashboard as this run found it: where it is kept, and what people ticked: some tickets, or everything."""

    ref: Ref
    connector: Connector
    known: Published | None
    ticked: frozenset[Ref]
    everything: bool = False

    @property
    def asked(self) -> bool:
        """Whether people ticked any box."""
        return bool(self.ticked) or self.everything


def find_board(job: Job) -> Board | None:
    """None where no dashboard is named, or where its tracker is not written in this run."""
    ref = job.dashboard
    usable = (s.connector for s in job.sources if s.selected and s.connector.publishes)
    connector = None if ref is None else next((one for one in usable if one.name == ref.connector), None)
    if ref is None or connector is None or ref.connector in job.limits.silent:
        return None
    known = next((one for one in job.store.published().values() if one.target.ref == ref), None)
    ticked = _ticked(connector, known)
    return Board(ref, connector, known, asked(ticked), asked_for_all(ticked))


def with_board(job: Job) -> tuple[Job, Board | None]:
    """The run and its dashboard; it reads everything anew where people ticked the box for that."""
    board = find_board(job)
    return (replace(job, full=True) if board is not None and board.everything else job), board


def _ticked(connector: Connector, known: Published | None) -> tuple[str, ...]:
    if known is None or known.comment_id is None:
        return ()
    try:
        there = connector.read_comment(known.target, known.comment_id)
    except SourceError:
        return ()
    return there.ticked if there else ()


def read_again(memory: Memory, board: Board | None) -> Memory:
    """The same, with the ticked tickets among those that are read in any case."""
    if board is None or not board.ticked:
        return memory
    found = {}
    for name, past in memory.items():
        ids = {id_ for id_, one in past.tickets.items() if one.ref in board.ticked}
        known = past.known and replace(past.known, again=past.known.again | ids)
        found[name] = replace(past, known=known)
    return found


def keep_board(job: Job, run: int | None, board: Board, seen: Seen, ledger: LedgerEntries) -> tuple[Receipt, ...]:
    """Nothing where nothing changed and nobody asked; else one edit of the one comment."""
    message = dashboard(_for_readers(job, board, seen))
    state, known = digest_of(message), board.known
    if known and known.comment_id and known.digest == state and not board.asked:
        return ()
    action = Action(
        ActionKind.UPDATE_COMMENT if known and known.comment_id else ActionKind.CREATE_COMMENT,
        _target(board, seen),
        ASKED if board.asked else WHY,
        dated(message, job.now()),
        state,
        comment_id=known.comment_id if known else None,
        day=job.today(),
    )
    if COMMENT in shut_parts(known, job.today()) and not job.full:
        return ()
    if known and known.comment_id is None and known.comment_refused is not None:
        return (Receipt(action, Status.UNCHANGED, GONE),)
    if job.mode is not Mode.PUBLISH or run is None:
        return (Receipt(action, Status.PLANNED),)
    connectors: Mapping[str, Connector] = {board.ref.connector: board.connector}
    return publish([action], connectors, job.store, ledger, lambda _receipt: job.progress("publish", 1))


def _for_readers(job: Job, board: Board, seen: Seen) -> Seen:
    """The same with all that names and dates rest on."""
    known = next((rule.options for rule in job.rules if rule.name == WITHOUT_WORK), {})
    setting = job.settings.get(WITHOUT_WORK)
    after = {**known, **(setting.options if setting else {})}.get("after_days", seen.after_days)
    return replace(seen, ref=board.ref, wordings=job.wordings, hub_url=job.hub_url, after_days=int(after))


def _target(board: Board, seen: Seen) -> Target:
    """The ticket's id where it is known; trackers take its name as well."""
    if board.known is not None:
        return board.known.target
    ticket = seen.portfolio.initiatives.get(board.ref)
    return Target(board.ref, ticket.id if ticket else board.ref.key)
