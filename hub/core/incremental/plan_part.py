"""Which tickets have to be planned after some changed, so that the plan is the one of all tickets."""

from collections.abc import Iterable

from hub.core.incremental.judgement import Change, IncrementalJudgement
from hub.core.planning.plan import Plan, PlanPart
from hub.model.action import Target
from hub.model.initiative import Ref

Key = tuple[str, str]
"""A connector's name and the tracker's id of a ticket."""


def planned_targets(planned: Plan) -> frozenset[Target]:
    """The tickets for which something is written or remembered."""
    actions = (*planned.actions, *planned.unchanged_edits)
    remembered = (
        *(override.target for override in planned.overrides),
        *(migrated.target for migrated in planned.migrated_overrides),
        *(mute.target for mute in planned.mutes),
    )
    return frozenset((*(action.target for action in actions), *remembered))


def open_tickets(planned: Plan) -> frozenset[Ref]:
    """The tickets for which something was planned or held back: the next plan looks at them again."""
    return frozenset(target.ref for target in planned_targets(planned)).union(x.ref for x in planned.skipped)


def part_to_plan(judged: IncrementalJudgement, change: Change, others: Iterable[Ref], gone: frozenset[Key]) -> PlanPart:
    """Where comments may say something else now.

    They speak of the ticket and of what waits for it or is waited for. `others` are the open tickets of the last plan,
    and those of whose comments and labels the ledger has learned something since.
    """
    refs = change.tickets.union(change.touched.tickets, change.touched.neighbours, others)
    position = judged.tickets.position
    okr_tickets = (ref for ref in judged.tickets.okrs.okr_tickets if ref in refs and ref not in position)
    tickets = (*sorted((ref for ref in refs if ref in position), key=position.__getitem__), *okr_tickets)
    findings = {ref: found for ref in tickets if (found := judged.findings_on(ref))}
    return PlanPart(tickets, findings, gone)
