"""Explains what rules say: of one ticket, with what was not understood on it, of whom, and of earlier snapshots."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.checking.check import check
from hub.core.checking.evaluate import RuleSetting
from hub.core.checking.redacted_portfolio import redactor
from hub.core.checking.redaction import redact_id
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.mapping.comment_commands import CommandReceipt, acknowledgements
from hub.core.mapping.scope import is_active_in
from hub.core.planning.remote_links import linked_key_results
from hub.model.action import LedgerEntry
from hub.model.finding import Finding, Judgement, NotJudged, SubjectKind
from hub.model.initiative import Initiative, Ref, Snapshot
from hub.model.okr import Okrs
from hub.model.portfolio import DependencyHistory, Portfolio
from hub.model.remote_link import PostedRemoteLink
from hub.model.ticket_input import Command, NotUnderstood
from rules.base import Rule


def affected_tickets(finding: Finding, portfolio: Portfolio) -> tuple[Ref, ...]:
    """Each once: where it stands, what feels it, and what lies below an initiative that is at fault."""
    return tuple(dict.fromkeys((*finding.tickets, *_descendants(finding, portfolio))))


def root_of(finding: Finding, ref: Ref) -> str:
    """What the finding is about, where the people of this ticket only feel it; else empty."""
    own = ref in finding.act_on or finding.subject.id == str(ref)
    return "" if own else finding.subject.id


def _descendants(finding: Finding, portfolio: Portfolio) -> tuple[Ref, ...]:
    """An initiative's work inherits its fault and is never judged for itself."""
    if finding.subject.kind is not SubjectKind.INITIATIVE:
        return ()
    at_fault = (ref for ref in finding.act_on if str(ref) == finding.subject.id)
    return tuple(ref for top in at_fault for ref in portfolio.descendants.get(top, ()))


EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of such values: on how many tickets, some of the values with a ticket that has each, and the setting."""

    field: str
    tickets: int
    examples: tuple[tuple[str, str], ...]
    setting: str = ""


def without_private_names(values: Iterable[NotUnderstood], okrs: Okrs) -> tuple[NotUnderstood, ...]:
    """Those that name no private key result: what is left of the others would tell that there is one."""
    if not okrs.private:
        return tuple(values)
    redact = redactor(okrs)
    return tuple(not_understood for not_understood in values if redact(not_understood.raw) == not_understood.raw)


def by_kind(tickets: Iterable[Initiative], okrs: Okrs) -> tuple[Kind, ...]:
    """The most frequent first; tickets that are only read because of others do not count."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    examples: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for ticket in tickets:
        publishable = (
            without_private_names(ticket.not_understood, okrs)
            if ticket.not_understood and not ticket.reference_only
            else ()
        )
        for kind in {(not_understood.field, not_understood.setting) for not_understood in publishable}:
            counts[kind] += 1
        for not_understood in publishable:
            samples = examples[not_understood.field, not_understood.setting]
            if len(samples) < EXAMPLES:
                samples.setdefault(not_understood.raw, ticket.ref.key)
    kinds = (Kind(field, n, tuple(examples[field, setting].items()), setting) for (field, setting), n in counts.items())
    return tuple(sorted(kinds, key=lambda kind: (-kind.tickets, kind.field, kind.setting)))


@dataclass(frozen=True, slots=True)
class ServedKeyResult:
    """A key result that the ticket serves; `description` says by what value, and from which ancestor."""

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
    """The answer to `hub why`; `links` are the key results that the hub's links on the ticket lead to."""

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
    links: tuple[str, ...] = ()


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
    links: Iterable[PostedRemoteLink] = (),
) -> Explanation:
    """Explain one ticket of the portfolio; KeyError when it is not there. `commands` and `links` are all known ones.

    Of a ticket that is read only because of others no rule says that it passed: it is not evaluated.
    """
    initiative = portfolio.initiatives[ref]
    verdicts = (verdict for rule in rules for verdict in _verdicts(rule.name, ref, portfolio, judgement))
    return Explanation(
        initiative=initiative,
        read=read,
        team=portfolio.team_of.get(ref),
        scope=_scope(initiative, portfolio),
        serves=tuple(_served(ref, portfolio)),
        verdicts=tuple(v for v in verdicts if v.finding or v.not_judged or not initiative.reference_only),
        ledger_entry=ledger_entry,
        waiting_since_run=waiting_since_run,
        acknowledgements=acknowledgements(
            ref, (command for command in commands if command.ticket == initiative.id), portfolio
        ),
        not_understood=without_private_names(initiative.not_understood, portfolio.okrs),
        links=linked_key_results(links, initiative, portfolio),
    )


def _scope(initiative: Initiative, portfolio: Portfolio) -> str:
    if initiative.reference_only:
        return "not evaluated: outside the configured query, read because other tickets refer to it"
    reason = portfolio.exempt.get(initiative.ref)
    if reason is not None:
        return f"exempt: {reason}"
    if is_active_in(initiative, portfolio.cycle):
        return f"active in {portfolio.cycle.id}{_evaluated_with(initiative, portfolio)}"
    return f"not active in {portfolio.cycle.id}: {initiative.status}" + (
        "" if initiative.start or initiative.due else ", without dates"
    )


def _evaluated_with(initiative: Initiative, portfolio: Portfolio) -> str:
    """Why active work raises no finding of its own, whatever it is linked to; empty where it may."""
    if initiative.ref in portfolio.active_tops:
        return ""
    if initiative.parent is not None:
        return f", evaluated as part of {initiative.parent}"
    return ", below the level of initiatives and not evaluated by itself"


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


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """One picture: what the rule says of it today, and how that differs from what was reported then.

    `reported` is None where no run is known to have judged the picture; `dropped` are fingerprints.
    """

    pulled_at: datetime
    tickets: int
    findings: tuple[Finding, ...]
    not_judged: int
    reported: int | None
    new: tuple[Finding, ...]
    dropped: tuple[str, ...]


def replay(
    snapshots: Iterable[Snapshot],
    okrs: Okrs,
    rule: Rule,
    setting: RuleSetting,
    *,
    reported: Mapping[datetime, frozenset[str]],
    history: DependencyHistory,
    workspace: str = "",
) -> Iterator[ReplayResult]:
    """Judge each picture as of its own day; `reported` holds the rule's fingerprints of the run that took it,
    `history` since when each dependency is known."""
    switched_on = RuleSetting(setting.severity, off=False, options=setting.options)
    for snapshot in snapshots:
        portfolio = build_portfolio(snapshot, okrs, snapshot.pulled_at.date(), history, workspace)
        judgement = check(portfolio, [rule], {rule.name: switched_on})
        reported_before = reported.get(snapshot.pulled_at)
        now = {finding.fingerprint for finding in judgement.findings}
        yield ReplayResult(
            pulled_at=snapshot.pulled_at,
            tickets=len(portfolio.initiatives),
            findings=judgement.findings,
            not_judged=len(judgement.not_judged),
            reported=None if reported_before is None else len(reported_before),
            new=tuple(f for f in judgement.findings if f.fingerprint not in (reported_before or frozenset())),
            dropped=tuple(sorted((reported_before or frozenset()) - now)),
        )


def teams_of(portfolio: Portfolio, finding: Finding) -> frozenset[str]:
    """The teams whose ticket, key result or dependency the finding is about."""
    return frozenset(_teams(portfolio, finding))


def _teams(portfolio: Portfolio, finding: Finding) -> Iterator[str]:
    yield from (portfolio.team_of[ref] for ref in finding.tickets if ref in portfolio.team_of)
    okrs = portfolio.okrs
    for part in finding.subject.id.split(" -> "):
        if part in okrs.key_results:
            yield from portfolio.teams_of(part) or okrs.key_results[part].owners
        elif part in okrs.objectives:
            yield from okrs.objectives[part].teams
        elif part in okrs.teams:
            yield part
