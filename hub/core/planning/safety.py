"""Decides whether a plan may be carried out, and what of it waits: caps, first runs, blast radius."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.core.planning.comment_drift import Observation
from hub.core.planning.points import reading_rank
from hub.model.action import EARLIER, Action, ActionKind, LedgerEntries, LedgerEntry, Receipt, Status, Target
from hub.model.errors import UnsafePlan
from hub.model.portfolio import Portfolio

NOT_WAITING = 1 << 62
CHANGED = "Did a query, a field or an OKR file change?"
MIN_TICKETS_FOR_SHARE = 5
"""Shares are not checked below this many tickets: one of three is no mistake of the hub's."""
REVIEW = "Review it with --dry-run, then confirm it with --yes"
"""What to do with a plan that was refused; what stands before it is why."""
DRY_RUN_CONNECTOR = "publish.dry_run_connectors names this connector: planned, never written"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one run may change; `only` are canary containers, empty for all; `silent` connectors write nothing."""

    max_share: float = 0.3
    max_resolved_share: float = 0.3
    max_new_comments: int = 200
    max_new_comments_per_project: int = 50
    first_run_confirm_above: int = 20
    include: frozenset[str] = field(default_factory=frozenset)
    dry_run_connectors: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class WriteDecision:
    """What of a plan is written now, and a receipt for everything else; `unsafe` says why all of it was refused."""

    actions: tuple[Action, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    unsafe: str | None = None

    @property
    def planned(self) -> tuple[Receipt, ...]:
        """The receipts of a run that writes nothing."""
        return (*(Receipt(action, Status.PLANNED) for action in self.actions), *self.receipts)


def decide_writes(
    actions: Sequence[Action],
    portfolio: Portfolio,
    limits: Limits,
    observed: Observation,
    *,
    waiting_since: Mapping[tuple[str, str], int],
    first_run: frozenset[str],
    confirmed: bool,
) -> WriteDecision:
    """Which of the planned actions are written now, as far as the limits and what was observed allow."""
    included = filter_included(actions, portfolio, limits.include)
    links = tuple(action for action in included if action.remote_link is not None)
    chosen = by_waiting_time([action for action in included if action.remote_link is None], waiting_since)
    dry_run, others = _partition_by_connector(chosen, limits.dry_run_connectors)
    blocked, allowed = _partition_by_connector(others, frozenset(observed.blocked_connectors))
    receipts = [Receipt(action, Status.PLANNED, DRY_RUN_CONNECTOR) for action in dry_run]
    receipts += [
        Receipt(action, Status.REFUSED, observed.blocked_connectors[action.target.ref.connector]) for action in blocked
    ]
    ledger = observed.ledger
    try:
        refuse_if_unsafe(allowed, portfolio, limits, ledger=ledger, first_run=first_run, confirmed=confirmed)
    except UnsafePlan as refusal:
        receipts += [Receipt(action, Status.REFUSED, str(refusal)) for action in (*allowed, *links)]
        return WriteDecision(receipts=tuple(receipts), unsafe=str(refusal))
    deferred = deferrals(allowed, portfolio, limits, waiting_since, ledger)
    receipts += [
        Receipt(action, Status.DEFERRED, deferred[action.target]) for action in allowed if action.target in deferred
    ]
    decided, waiting = _decide_links(links, limits, observed)
    written = tuple(action for action in allowed if action.target not in deferred)
    return WriteDecision((*written, *decided), (*receipts, *waiting))


def _decide_links(
    links: Sequence[Action], limits: Limits, observed: Observation
) -> tuple[Sequence[Action], list[Receipt]]:
    """Those that are set and removed now, and receipts for the others.

    They notify nobody, so that no share of tickets refuses them; so many in a run keep a mistake small all the same.
    """
    dry_run, others = _partition_by_connector(links, limits.dry_run_connectors)
    blocked, allowed = _partition_by_connector(others, frozenset(observed.blocked_connectors))
    receipts = [Receipt(action, Status.PLANNED, DRY_RUN_CONNECTOR) for action in dry_run]
    receipts += [
        Receipt(action, Status.REFUSED, observed.blocked_connectors[action.target.ref.connector]) for action in blocked
    ]
    beyond = f"beyond publish.max_new_comments = {limits.max_new_comments}, until the next run"
    receipts += [Receipt(action, Status.DEFERRED, beyond) for action in allowed[limits.max_new_comments :]]
    return allowed[: limits.max_new_comments], receipts


def _partition_by_connector(actions: Sequence[Action], named: frozenset[str]) -> tuple[list[Action], list[Action]]:
    """Those of the connectors that are named, and all others."""
    of_these = [action for action in actions if action.target.ref.connector in named]
    return of_these, [action for action in actions if action.target.ref.connector not in named]


def refuse_if_unsafe(
    actions: Sequence[Action],
    portfolio: Portfolio,
    limits: Limits,
    *,
    ledger: LedgerEntries,
    first_run: frozenset[str],
    confirmed: bool,
) -> None:
    """Raise UnsafePlan when a plan touches or withdraws too much at once; a person's `--yes` allows it."""
    if confirmed:
        return
    changing = {action.target for action in actions if not is_restatement(action, ledger)}
    touched = Counter(target.ref.connector for target in changing)
    _refuse_first_run({name: count for name, count in sorted(touched.items()) if name in first_run}, limits)
    for connector, count in sorted(touched.items()):
        total = max(_pulled(portfolio, connector), count) if count >= MIN_TICKETS_FOR_SHARE else count
        if count >= MIN_TICKETS_FOR_SHARE and count > limits.max_share * total:
            raise UnsafePlan(
                f"the plan touches {count} of {total} tickets of {connector}, more than publish.max_share = "
                f"{limits.max_share:g} allows. {REVIEW}"
            )
        _refuse_withdrawal(connector, actions, ledger, limits)


def _pulled(portfolio: Portfolio, connector: str) -> int:
    tickets = portfolio.initiatives.items()
    return sum(ref.connector == connector for ref, ticket in tickets if not ticket.reference_only)


def _refuse_first_run(touched: Mapping[str, int], limits: Limits) -> None:
    """Names every tracker that would be written on for the first time, so that one answer is enough for all."""
    limit = limits.first_run_confirm_above
    large = {connector: count for connector, count in touched.items() if count > limit}
    if large:
        tickets = " and ".join(f"{count:,} tickets" for count in large.values())
        raise UnsafePlan(
            f"the first run on {' and '.join(large)} would write on {tickets}, more than "
            f"publish.first_run_confirm_above = {limit}. {REVIEW}, or begin with a few projects in publish.include"
        )


def is_restatement(action: Action, ledger: LedgerEntries) -> bool:
    """Whether it only rewrites in place what an earlier edition posted: the same rules, no new fault."""
    if action.kind is not ActionKind.UPDATE_COMMENT:
        return False
    entry = ledger.get((action.target.ref.connector, action.target.id))
    if entry is None:
        return False
    before = {finding.rule for finding in entry.findings if finding.fingerprint == EARLIER}
    return bool(before) and all(finding.rule in before for finding in action.findings)


def _is_open(entry: LedgerEntry | None) -> bool:
    return entry is not None and entry.comment_id is not None and not entry.resolved


def _refuse_withdrawal(connector: str, actions: Sequence[Action], ledger: LedgerEntries, limits: Limits) -> None:
    of_tracker = (action.target for action in actions if action.kind is ActionKind.RESOLVE_COMMENT)
    # One that is resolved already only says something else now, such as what became of a command.
    resolved = {
        target
        for target in of_tracker
        if target.ref.connector == connector and _is_open(ledger.get((connector, target.id)))
    }
    if len(resolved) < MIN_TICKETS_FOR_SHARE:
        return
    open_comments = sum(_is_open(ledger_entry) for (name, _), ledger_entry in ledger.items() if name == connector)
    if len(resolved) > limits.max_resolved_share * open_comments:
        earlier = any(
            f.fingerprint == EARLIER
            for (name, _), ledger_entry in ledger.items()
            if name == connector
            for f in ledger_entry.findings
        )
        hint = "This edition comments once for each root fault." if earlier else CHANGED
        raise UnsafePlan(
            f"the plan resolves {len(resolved)} of the {open_comments} open comments on {connector}, more than "
            f"publish.max_resolved_share = {limits.max_resolved_share:g} allows. {hint} "
            f"{REVIEW}"
        )


def filter_included(actions: Sequence[Action], portfolio: Portfolio, include: frozenset[str]) -> tuple[Action, ...]:
    """Only the actions on tickets of canary containers; all of them when none is named.

    A link of the hub's is removed wherever it is: what it says may have become private.
    """
    if not include:
        return tuple(actions)
    return tuple(action for action in actions if _is_included(action, portfolio, include))


def _is_included(action: Action, portfolio: Portfolio, include: frozenset[str]) -> bool:
    if action.kind is ActionKind.REMOVE_REMOTE_LINK:
        return True
    ref = action.target.ref
    initiative = portfolio.initiatives.get(ref)
    return initiative is not None and any(
        f"{ref.connector}:{container}" in include for container in initiative.containers
    )


def by_waiting_time(actions: Sequence[Action], waiting_since: Mapping[tuple[str, str], int]) -> tuple[Action, ...]:
    """The same actions, those of tickets that wait longest first."""
    return tuple(sorted(actions, key=lambda action: _waiting_since_run(action.target, waiting_since)))


def deferrals(
    actions: Sequence[Action],
    portfolio: Portfolio,
    limits: Limits,
    waiting_since: Mapping[tuple[str, str], int],
    ledger: LedgerEntries | None = None,
) -> dict[Target, str]:
    """Tickets whose new comment is beyond a cap, with the cap; whoever waits longest comes first, trackers in turn.

    Of the others those come first that ask what others wait for, then wrong values, as people read points.
    `waiting_since` holds, per (connector, ticket id), the number of the run that first deferred it. A ticket's labels
    wait together with its comment, so that it never shows half of a finding. What an earlier edition posted is
    rewritten so many tickets at a time, too: an edition changes all texts at once.
    """
    ranks = {
        action.target: reading_rank(finding.rule for finding in action.findings)
        for action in actions
        if action.kind is ActionKind.CREATE_COMMENT
    }
    posted: Counter[str] = Counter()
    deferred: dict[Target, str] = {}
    for target in _round_robin(ranks, waiting_since):
        project = _project(target, portfolio)
        if posted.total() >= limits.max_new_comments:
            deferred[target] = f"beyond publish.max_new_comments = {limits.max_new_comments}, until the next run"
        elif posted[project] >= limits.max_new_comments_per_project:
            cap = f"publish.max_new_comments_per_project = {limits.max_new_comments_per_project}"
            deferred[target] = f"beyond {cap} in {project}, until the next run"
        else:
            posted[project] += 1
    rewritten = {action.target: 0 for action in actions if is_restatement(action, ledger or {})}
    for target in _round_robin(rewritten, waiting_since)[limits.max_new_comments :]:
        deferred[target] = f"beyond publish.max_new_comments = {limits.max_new_comments}: is rewritten in a later run"
    return deferred


def _round_robin(ranks: Mapping[Target, int], waiting_since: Mapping[tuple[str, str], int]) -> list[Target]:
    """Of those that wait equally long, one of each tracker in turn, by rank, so that none starves."""
    positions: Counter[tuple[str, int]] = Counter()
    ranked: list[tuple[int, int, Target]] = []
    for target in sorted(ranks, key=lambda target: (ranks[target], target)):
        age = _waiting_since_run(target, waiting_since)
        positions[target.ref.connector, age] += 1
        ranked.append((age, positions[target.ref.connector, age], target))
    return [target for _, _, target in sorted(ranked)]


def _waiting_since_run(target: Target, waiting_since: Mapping[tuple[str, str], int]) -> int:
    return waiting_since.get((target.ref.connector, target.id), NOT_WAITING)


def _project(target: Target, portfolio: Portfolio) -> str:
    initiative = portfolio.initiatives.get(target.ref)
    return f"{target.ref.connector}:{initiative.containers[0] if initiative and initiative.containers else ''}"
