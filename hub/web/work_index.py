"""The tickets of the picture, put in order and told apart once, for pages that show a few of very many."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.core.audit.alignment_ratio import kind_of_work
from hub.core.concerned import affected_tickets
from hub.model.finding import Finding, Judgement, NotJudged
from hub.model.initiative import Ref, StatusCategory
from hub.model.portfolio import Portfolio


class WorkKind(StrEnum):
    """What a ticket is to the alignment ratio: active work by what it serves, and all that is not counted."""

    ALIGNED = "aligned"
    UNALIGNED = "unaligned"
    WITHOUT = "without"
    EXEMPT = "exempt"
    DONE = "done"
    CANCELLED = "cancelled"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class WorkIndex:
    """`of_team` holds tickets by team, active ones first; `by_key` by key in small letters, with and without connector.

    `order` gives each ticket its place in such a list.
    """

    kind: Mapping[Ref, WorkKind]
    order: Mapping[Ref, tuple[bool, str, str, int]]
    of_team: Mapping[str, tuple[Ref, ...]]
    by_key: Mapping[str, tuple[Ref, ...]]


def build_work_index(portfolio: Portfolio) -> WorkIndex:
    """Once for each window; tickets that were read only because others lean on them belong to no list of work."""
    kinds = {ref: _kind(portfolio, ref) for ref, ticket in portfolio.initiatives.items() if not ticket.reference_only}
    order = {ref: (kind not in ACTIVE, *_sort_key(ref)) for ref, kind in kinds.items()}
    of_team: dict[str, list[Ref]] = defaultdict(list)
    by_key: dict[str, list[Ref]] = defaultdict(list)
    for ref in sorted(order, key=order.__getitem__):
        of_team[portfolio.team_of.get(ref, "")].append(ref)
    for ref in portfolio.initiatives:
        by_key[ref.key.casefold()].append(ref)
        by_key[str(ref).casefold()].append(ref)
    return WorkIndex(
        kinds,
        order,
        {team: tuple(refs) for team, refs in of_team.items()},
        {key: tuple(refs) for key, refs in by_key.items()},
    )


ACTIVE = frozenset({WorkKind.ALIGNED, WorkKind.UNALIGNED, WorkKind.WITHOUT})
ENDED = {StatusCategory.DONE: WorkKind.DONE, StatusCategory.CANCELLED: WorkKind.CANCELLED}


def group_judgement_by_ticket(judgement: Judgement, portfolio: Portfolio) -> dict[Ref, Judgement]:
    """The judgement taken apart by the tickets it concerns, so that one ticket's page does not go through it all."""
    findings: dict[Ref, list[Finding]] = defaultdict(list)
    waived: dict[Ref, list[Finding]] = defaultdict(list)
    not_judged: dict[Ref, list[NotJudged]] = defaultdict(list)
    for listed, ones in ((findings, judgement.findings), (waived, judgement.waived)):
        for finding in ones:
            for ref in affected_tickets(finding, portfolio):
                listed[ref].append(finding)
    for skipped in judgement.not_judged:
        for ref in skipped.tickets:
            not_judged[ref].append(skipped)
    return {
        ref: Judgement(
            tuple(findings.get(ref, ())), tuple(not_judged.get(ref, ())), tuple(waived.get(ref, ())), judgement.failed
        )
        for ref in {*findings, *waived, *not_judged}
    }


def _kind(portfolio: Portfolio, ref: Ref) -> WorkKind:
    if ref in portfolio.exempt:
        return WorkKind.EXEMPT
    if not portfolio.is_active(ref):
        return ENDED.get(portfolio.initiatives[ref].status, WorkKind.LATER)
    return WorkKind(kind_of_work(portfolio, portfolio.initiatives[ref]))


def _sort_key(ref: Ref) -> tuple[str, str, int]:
    """Keys by their number, so that ACME-9 comes before ACME-10."""
    name = ref.key.rstrip("0123456789")
    number = ref.key[len(name) :]
    return ref.connector, name, int(number[:18]) if number else 0
