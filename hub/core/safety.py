"""Decides whether a plan may be carried out, and what of it waits: caps, first runs, blast radius."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.core.looking import Observation
from hub.model.action import EARLIER, Action, ActionKind, LedgerEntries, Receipt, Status, Target
from hub.model.errors import UnsafePlan
from hub.model.portfolio import Portfolio

NEVER = 1 << 62
CHANGED = "Did a query, a field or an OKR file change?"
A_FEW = 5
"""Shares are not judged below this many tickets: one of three is no mistake of the hub's."""
DRY_RUN_CONNECTOR = "publish.silent names this connector: worked out, and never written"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one run may change; `only` are canary containers, empty for all; `silent` connectors write nothing."""

    max_share: float = 0.3
    max_withdrawn_share: float = 0.3
    max_new_comments: int = 200
    max_new_comments_per_project: int = 50
    first_run_confirm: int = 20
    only: frozenset[str] = field(default_factory=frozenset)
    silent: frozenset[str] = field(default_factory=frozenset)


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
    chosen = in_turn(within(actions, portfolio, limits.only), waiting_since)
    dry_run, others = _partition_by_connector(chosen, limits.silent)
    blocked, allowed = _partition_by_connector(others, frozenset(observed.blocked_connectors))
    receipts = [Receipt(action, Status.PLANNED, DRY_RUN_CONNECTOR) for action in dry_run]
    receipts += [
        Receipt(action, Status.REFUSED, observed.blocked_connectors[action.target.ref.connector]) for action in blocked
    ]
    ledger = observed.ledger
    try:
        refuse_if_unsafe(allowed, portfolio, limits, ledger=ledger, first_run=first_run, confirmed=confirmed)
    except UnsafePlan as refusal:
        receipts += [Receipt(action, Status.REFUSED, str(refusal)) for action in allowed]
        return WriteDecision(receipts=tuple(receipts), unsafe=str(refusal))
    later = deferrals(allowed, portfolio, limits, waiting_since, ledger)
    receipts += [Receipt(action, Status.DEFERRED, later[action.target]) for action in allowed if action.target in later]
    return WriteDecision(tuple(action for action in allowed if action.target not in later), tuple(receipts))


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
    changing = {action.target for action in actions if not restates(action, ledger)}
    touched = Counter(target.ref.connector for target in changing)
    pulled = Counter(ref.connector for ref, one in portfolio.initiatives.items() if not one.context)
    for connector, count in sorted(touched.items()):
        if connector in first_run and count > limits.first_run_confirm:
            raise UnsafePlan(
                f"the first run on {connector} would write on {count} tickets, more than {limits.first_run_confirm}. "
                f"Look at it with --dry-run, then confirm it with --yes, or begin with a few projects in publish.only"
            )
        total = max(pulled[connector], count)
        if count >= A_FEW and count > limits.max_share * total:
            raise UnsafePlan(
                f"the plan touches {count} of {total} tickets of {connector}, more than publish.max_share = "
                f"{limits.max_share:g} allows. Look at it with --dry-run, then confirm it with --yes"
            )
        _refuse_withdrawal(connector, actions, ledger, limits)


def restates(action: Action, ledger: LedgerEntries) -> bool:
    """Whether it only rewrites in place what an earlier edition posted: the same rules, no new fault."""
    known = ledger.get((action.target.ref.connector, action.target.id))
    if action.kind is not ActionKind.UPDATE_COMMENT or known is None:
        return False
    before = {one.rule for one in known.findings if one.fingerprint == EARLIER}
    return bool(before) and all(one.rule in before for one in action.findings)


def _refuse_withdrawal(connector: str, actions: Sequence[Action], ledger: LedgerEntries, limits: Limits) -> None:
    standing = sum(
        one.comment_id is not None and not one.resolved for (at, _), one in ledger.items() if at == connector
    )
    gone = {a.target for a in actions if a.kind is ActionKind.RESOLVE_COMMENT and a.target.ref.connector == connector}
    if len(gone) >= A_FEW and len(gone) > limits.max_withdrawn_share * standing:
        earlier = any(
            f.fingerprint == EARLIER for (at, _), one in ledger.items() if at == connector for f in one.findings
        )
        why = "This edition comments once for each root fault." if earlier else CHANGED
        raise UnsafePlan(
            f"the plan withdraws {len(gone)} of the {standing} comments that stand on {connector}, more than "
            f"publish.max_withdrawn_share = {limits.max_withdrawn_share:g} allows. {why} "
            f"Look at it with --dry-run, then confirm it with --yes"
        )


def within(actions: Sequence[Action], portfolio: Portfolio, only: frozenset[str]) -> tuple[Action, ...]:
    """Only the actions on tickets of canary containers; all of them when none is named."""
    if not only:
        return tuple(actions)
    return tuple(action for action in actions if _container_named(action, portfolio, only))


def _container_named(action: Action, portfolio: Portfolio, only: frozenset[str]) -> bool:
    ref = action.target.ref
    initiative = portfolio.initiatives.get(ref)
    return initiative is not None and any(f"{ref.connector}:{place}" in only for place in initiative.containers)


def in_turn(actions: Sequence[Action], waiting_since: Mapping[tuple[str, str], int]) -> tuple[Action, ...]:
    """The same actions, those of tickets that wait longest first."""
    return tuple(sorted(actions, key=lambda action: _age(action.target, waiting_since)))


def deferrals(
    actions: Sequence[Action],
    portfolio: Portfolio,
    limits: Limits,
    waiting_since: Mapping[tuple[str, str], int],
    ledger: LedgerEntries | None = None,
) -> dict[Target, str]:
    """Tickets whose new comment is beyond a cap, with the cap; whoever waits longest comes first, trackers in turn.

    `waiting_since` holds, per (connector, ticket id), the number of the run that first deferred it. A ticket's labels
    wait together with its comment, so that it never shows half of a finding. What an earlier edition posted is
    rewritten so many tickets at a time, too: an edition changes all texts at once.
    """
    new = [action.target for action in actions if action.kind is ActionKind.CREATE_COMMENT]
    posted: Counter[str] = Counter()
    later: dict[Target, str] = {}
    for target in _in_fair_turn(new, waiting_since):
        project = _project(target, portfolio)
        if posted.total() >= limits.max_new_comments:
            later[target] = f"beyond publish.max_new_comments = {limits.max_new_comments}: waits for the next run"
        elif posted[project] >= limits.max_new_comments_per_project:
            cap = f"publish.max_new_comments_per_project = {limits.max_new_comments_per_project}"
            later[target] = f"beyond {cap} in {project}: waits for the next run"
        else:
            posted[project] += 1
    rewritten = [action.target for action in actions if restates(action, ledger or {})]
    for target in _in_fair_turn(rewritten, waiting_since)[limits.max_new_comments :]:
        later[target] = f"beyond publish.max_new_comments = {limits.max_new_comments}: is rewritten in a later run"
    return later


def _in_fair_turn(targets: Sequence[Target], waiting_since: Mapping[tuple[str, str], int]) -> list[Target]:
    """Of those that wait equally long, one of each tracker in turn: else one starves while another has its hour."""
    places: Counter[tuple[str, int]] = Counter()
    ranked: list[tuple[int, int, Target]] = []
    for target in sorted(targets):
        age = _age(target, waiting_since)
        places[target.ref.connector, age] += 1
        ranked.append((age, places[target.ref.connector, age], target))
    return [target for _, _, target in sorted(ranked)]


def _age(target: Target, waiting_since: Mapping[tuple[str, str], int]) -> int:
    return waiting_since.get((target.ref.connector, target.id), NEVER)


def _project(target: Target, portfolio: Portfolio) -> str:
    initiative = portfolio.initiatives.get(target.ref)
    return f"{target.ref.connector}:{initiative.containers[0] if initiative and initiative.containers else ''}"
