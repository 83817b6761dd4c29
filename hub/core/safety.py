"""Decides whether a plan may be carried out, and what of it waits: caps, first runs, blast radius."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.model.action import Action, ActionKind, Target
from hub.model.errors import UnsafePlan
from hub.model.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one run may change; `only` are canary containers, empty for all."""

    max_share: float = 0.3
    max_new_comments: int = 200
    first_run_confirm: int = 20
    only: frozenset[str] = field(default_factory=frozenset)


def refuse_if_unsafe(
    actions: Sequence[Action], portfolio: Portfolio, limits: Limits, *, first_run: frozenset[str], confirmed: bool
) -> None:
    """Raise UnsafePlan when a plan touches too many tickets at once; a person's `--yes` allows it."""
    if confirmed:
        return
    touched = Counter(target.ref.connector for target in {action.target for action in actions})
    pulled = Counter(ref.connector for ref, one in portfolio.initiatives.items() if not one.context)
    for connector, count in sorted(touched.items()):
        if connector in first_run and count > limits.first_run_confirm:
            raise UnsafePlan(
                f"the first run on {connector} would write on {count} tickets, more than {limits.first_run_confirm}. "
                f"Look at it with --dry-run, then confirm it with --yes, or begin with a few projects in publish.only"
            )
        total = max(pulled[connector], count)
        if count > limits.max_share * total:
            raise UnsafePlan(
                f"the plan touches {count} of {total} tickets of {connector}, more than publish.max_share = "
                f"{limits.max_share:g} allows. Look at it with --dry-run, then confirm it with --yes"
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


def split_deferred(
    actions: Sequence[Action], limits: Limits, waiting_since: Mapping[tuple[str, str], int]
) -> tuple[tuple[Action, ...], tuple[Action, ...]]:
    """(now, later): new comments beyond the cap wait; whoever waits longest comes first.

    `waiting_since` holds, per (connector, ticket id), the number of the run that first deferred it.
    A ticket's labels wait together with its comment, so that it never shows half of a finding.
    """
    new = [action.target for action in actions if action.kind is ActionKind.CREATE_COMMENT]
    never = 1 << 62

    def age(target: Target) -> tuple[int, Target]:
        return waiting_since.get((target.ref.connector, target.id), never), target

    later = set(sorted(new, key=age)[limits.max_new_comments :])
    return (
        tuple(action for action in actions if action.target not in later),
        tuple(action for action in actions if action.target in later),
    )
