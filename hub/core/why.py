"""Everything about one ticket, as a value: what it serves and how, what each rule says, what stands there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.commands import CommandReceipt, acknowledgements
from hub.core.concerned import affected_tickets, root_of
from hub.core.mapping.scope import is_active_in
from hub.core.not_understood import without_private_names
from hub.core.privacy import redact_id
from hub.model.action import LedgerEntry
from hub.model.command import Command
from hub.model.finding import Finding, Judgement, NotJudged
from hub.model.initiative import Initiative, Ref
from hub.model.not_understood import NotUnderstood
from hub.model.portfolio import Portfolio
from rules.base import Rule


@dataclass(frozen=True, slots=True)
class ServedKeyResult:
    """A key result that the ticket serves; `how` says by what value, and from which ancestor."""

    key_result: str
    title: str
    description: str
    aligned: bool


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What one rule says of the ticket: a finding, not judged and why, or nothing.

    `root` names what the finding is about where it stands elsewhere, and the ticket only feels it.
    """

    rule: str
    finding: Finding | None = None
    not_judged: str | None = None
    root: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to `hub why`."""

    initiative: Initiative
    read: datetime | None
    team: str | None
    scope: str
    serves: tuple[ServedKeyResult, ...]
    verdicts: tuple[RuleVerdict, ...]
    ledger_entry: LedgerEntry | None
    waiting_since_run: int | None
    acknowledgements: tuple[CommandReceipt, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()


def explain(
    ref: Ref,
    portfolio: Portfolio,
    judgement: Judgement,
    rules: Sequence[Rule],
    *,
    read: datetime | None = None,
    ledger_entry: LedgerEntry | None = None,
    waiting_since_run: int | None = None,
    commands: Sequence[Command] = (),
) -> Explanation:
    """Explain one ticket of the portfolio; KeyError when it is not there. `commands` are all that were heard."""
    initiative = portfolio.initiatives[ref]
    return Explanation(
        initiative=initiative,
        read=read,
        team=portfolio.team_of.get(ref),
        scope=_scope(initiative, portfolio),
        serves=tuple(_served(ref, portfolio)),
        verdicts=tuple(verdict for rule in rules for verdict in _verdicts(rule.name, ref, portfolio, judgement)),
        ledger_entry=ledger_entry,
        waiting_since_run=waiting_since_run,
        acknowledgements=acknowledgements(
            ref, (command for command in commands if command.ticket == initiative.id), portfolio
        ),
        not_understood=without_private_names(initiative.not_understood, portfolio.okrs),
    )


def _scope(initiative: Initiative, portfolio: Portfolio) -> str:
    if initiative.reference_only:
        return "not evaluated: outside the configured query, read because other tickets refer to it"
    reason = portfolio.exempt.get(initiative.ref)
    if reason is not None:
        return f"exempt: {reason}"
    if is_active_in(initiative, portfolio.cycle):
        return f"active in {portfolio.cycle.id}"
    return f"not active in {portfolio.cycle.id}: {initiative.status}" + (
        "" if initiative.start or initiative.due else ", without dates"
    )


def _served(ref: Ref, portfolio: Portfolio) -> list[ServedKeyResult]:
    served = []
    for link in portfolio.serves.get(ref, ()):
        key_result = portfolio.key_result(link.key_result)
        description = f"by {link.source} “{link.raw}”" if not key_result.private else f"by {link.source}"
        if link.inherited_from is not None:
            description += f" on {link.inherited_from}"
        name = redact_id(link.key_result, portfolio)
        title = "" if key_result.private else key_result.title
        served.append(ServedKeyResult(name, title, description, portfolio.aligned(link.key_result)))
    return served


def _verdicts(rule: str, ref: Ref, portfolio: Portfolio, judgement: Judgement) -> list[RuleVerdict]:
    """Every finding of the rule that concerns the ticket; where there is none, whether it was judged at all."""
    rule_findings = (f for f in judgement.findings + judgement.waived if f.rule == rule)
    findings = [finding for finding in rule_findings if ref in affected_tickets(finding, portfolio)]
    skipped: NotJudged | None = next((s for s in judgement.not_judged if s.rule == rule and ref in s.tickets), None)
    reason = skipped.reason if skipped else None
    return [RuleVerdict(rule, finding, reason, root_of(finding, ref)) for finding in findings] or [
        RuleVerdict(rule, None, reason)
    ]
