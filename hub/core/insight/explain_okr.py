"""Explains an OKR that is kept as a ticket: what it is, what rules say of it, and what is posted on it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from hub.core.checking.redaction import private_objectives, redact_id
from hub.core.insight.explain import Explanation, RuleVerdict, ServedKeyResult, affected_tickets, root_of
from hub.model.action import LedgerEntry
from hub.model.finding import Judgement, SubjectKind
from hub.model.initiative import LINE_OF, Gap, Initiative, Ref
from hub.model.okr import KeyResult, LinkState, Objective
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME, PRIVATE_OBJECTIVE
from hub.model.ticket_input import NotUnderstood
from rules.base import Rule

SUBJECTS = (SubjectKind.KEY_RESULT, SubjectKind.OBJECTIVE)


def explain_okr(
    ref: Ref,
    portfolio: Portfolio,
    judgement: Judgement,
    rules: Sequence[Rule],
    *,
    read: datetime | None = None,
    ledger_entry: LedgerEntry | None = None,
    gaps: Sequence[Gap] = (),
) -> Explanation:
    """Explain an OKR ticket of the portfolio; KeyError where it is none. `gaps` are those of all lines of tickets."""
    okrs = portfolio.okrs
    id_, row = okrs.okr_id_by_ticket[ref], okrs.okr_tickets.get(ref)
    okr = _okr(portfolio, id_)
    teams = _teams(portfolio, okr)
    lines = [gap.reason for gap in gaps if gap.connector == ref.connector and gap.key == LINE_OF + ref.key]
    fields = okr.not_understood if okr is not None and not lines else ()
    reasons = lines or [f"`{name}`: `hub why {ref}` says what is wrong with it" for name in sorted(fields)]
    return Explanation(
        initiative=Initiative(ref, row.id if row else ref.key, _title(portfolio, okr), row.url if row else "", ()),
        read=read,
        team=", ".join(teams) or "organization",
        scope=_scope(portfolio, okr),
        serves=tuple(_linked(portfolio, okr)),
        verdicts=tuple(verdict for rule in rules for verdict in _verdicts(rule.name, ref, id_, portfolio, judgement)),
        ledger_entry=ledger_entry,
        waiting_since_run=None,
        not_understood=tuple(NotUnderstood("a line of the OKR", "", reason) for reason in reasons),
    )


def _okr(portfolio: Portfolio, id_: str) -> KeyResult | Objective | None:
    okrs = portfolio.okrs
    for group in (okrs.key_results, okrs.objectives, okrs.closed_key_results, okrs.other_key_results):
        if id_ in group:
            return group[id_]
    return next((objective for (_, other), objective in okrs.other_objectives.items() if other == id_), None)


def _title(portfolio: Portfolio, okr: KeyResult | Objective | None) -> str:
    if okr is None:
        return ""
    if isinstance(okr, KeyResult):
        return PRIVATE_NAME if okr.private else okr.title
    return PRIVATE_OBJECTIVE if okr.id in private_objectives(portfolio.okrs) else okr.title


def _teams(portfolio: Portfolio, okr: KeyResult | Objective | None) -> tuple[str, ...]:
    if okr is None:
        return ()
    if isinstance(okr, Objective):
        return okr.teams
    objective = portfolio.okrs.objectives.get(okr.objective)
    return objective.teams if objective is not None else okr.owners


def _scope(portfolio: Portfolio, okr: KeyResult | Objective | None) -> str:
    """What the ticket is, and whether it is evaluated."""
    if okr is None:
        return "an OKR"
    if isinstance(okr, Objective):
        return f"an objective of {okr.cycle}"
    if redact_id(okr.id, portfolio) != okr.id:
        return PRIVATE_NAME
    named = f"the key result `{okr.id}` of {okr.cycle}"
    if okr.id in portfolio.okrs.closed_key_results:
        return f"{named}, closed without being reached: not evaluated any more, and links to it don't count"
    return f"{named}, closed as done" if okr.done else named


def _linked(portfolio: Portfolio, okr: KeyResult | Objective | None) -> Iterator[ServedKeyResult]:
    """The key results that it is linked to; what a private one moves is its audience's to know."""
    if not isinstance(okr, KeyResult) or okr.private:
        return
    for link in okr.aligns_to:
        upper = portfolio.linked(link.key_result)
        name = redact_id(link.key_result, portfolio)
        title = "" if upper is None or upper.private else upper.title
        is_aligned = link.state is LinkState.ACCEPTED and upper is not None and portfolio.aligned(upper.id)
        yield ServedKeyResult(name, title, f"{link.kind}, {link.state}", is_aligned)


def _verdicts(rule: str, ref: Ref, id_: str, portfolio: Portfolio, judgement: Judgement) -> list[RuleVerdict]:
    """Findings about the OKR itself, and those that are posted on its ticket."""
    names = {id_, redact_id(id_, portfolio)} - {PRIVATE_NAME}
    found = [
        finding
        for finding in judgement.findings + judgement.waived
        if finding.rule == rule
        and (
            (finding.subject.kind in SUBJECTS and finding.subject.id in names)
            or ref in affected_tickets(finding, portfolio)
        )
    ]
    skipped = next(
        (
            not_judged.reason
            for not_judged in judgement.not_judged
            if not_judged.rule == rule
            and ((not_judged.subject.kind in SUBJECTS and not_judged.subject.id in names) or ref in not_judged.tickets)
        ),
        None,
    )
    roots = ("" if finding.subject.id in names else root_of(finding, ref) for finding in found)
    return [RuleVerdict(rule, finding, skipped, root) for finding, root in zip(found, roots, strict=True)] or [
        RuleVerdict(rule, None, skipped)
    ]
