"""One rule over the portfolio: its verdicts become findings, redacted, worded and fingerprinted, unless waived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from hub.core.checking.redaction import (
    is_about_private,
    private_objectives,
    redact_facts,
    redact_id,
    redact_subject,
    redact_text,
    redact_words,
)
from hub.core.checking.waivers import WaiverMatches
from hub.model.finding import (
    Facts,
    Finding,
    Fingerprints,
    KeyResultId,
    NotJudged,
    Severity,
    Subject,
    SubjectKind,
    Verdict,
    Waiver,
)
from hub.model.initiative import Ref
from hub.model.message import Advice, Code, Link, Strong, Text
from hub.model.okr import FileLocation, KeyResult, Objective, Okrs, Phase
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from rules.base import Evidence, Options, Rule, Unit

NO_ORGANIZATION = "the organization has no key results in any current cycle"
SEE_PAGE = "Its audience sees the figures. `hub rules` shows how to fix it."


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What a workspace says of one rule: another severity, off, or other thresholds."""

    severity: Severity | None = None
    off: bool = False
    options: Options = field(default_factory=dict)


Settings = Mapping[str, RuleSetting]


class UnitKey(NamedTuple):
    """What one verdict is about: a kind and a name; see `rules.base.Unit`."""

    kind: str
    name: str


class Outcome(NamedTuple):
    """What came of one verdict: findings, waived or not, or that it could not be judged."""

    key: UnitKey
    findings: tuple[Finding, ...] = ()
    not_judged: NotJudged | None = None


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What all rules of one run are judged with."""

    portfolio: Portfolio
    settings: Settings
    waivers: WaiverMatches
    fingerprints: Fingerprints

    @classmethod
    def of(
        cls,
        portfolio: Portfolio,
        rules: Sequence[Rule],
        settings: Settings,
        waivers: Iterable[Waiver],
        unrevealed_okrs: Okrs | None = None,
    ) -> "CheckContext":
        """See `hub.core.checking.check.check`."""
        okrs = unrevealed_okrs or portfolio.okrs
        fingerprints = Fingerprints(okrs.private_names, portfolio.fingerprint_key, private_objectives(okrs))
        return cls(portfolio, settings, WaiverMatches.of(waivers, rules, portfolio.today), fingerprints)


def evaluate(rule: Rule, context: CheckContext) -> list[Outcome]:
    """What comes of the rule, verdict by verdict, in the order of what it judges; nothing where it is off."""
    portfolio, setting = context.portfolio, context.settings.get(rule.name, RuleSetting())
    if setting.off or (rule.needs_running_cycle and portfolio.outdated):
        return []
    if rule.needs_organization and not portfolio.organization:
        subject = Subject(SubjectKind.WORKSPACE, portfolio.workspace)
        return [Outcome(UnitKey(subject.kind, subject.id), (), NotJudged(subject, NO_ORGANIZATION, rule=rule.name))]
    outcomes = []
    incomplete_reason = portfolio.okrs.incomplete_reason if rule.needs_all_okrs else None
    for judged in rule.check(portfolio, {**rule.options, **setting.options}):
        key = _key(rule.unit, judged, portfolio)
        verdict = judged
        if isinstance(judged, Verdict) and (reason := incomplete_reason or _unread(rule, judged.subject, portfolio)):
            verdict = NotJudged(judged.subject, reason, judged.on_tickets)
        if isinstance(verdict, NotJudged):
            outcomes.append(Outcome(key, (), _redact_not_judged(rule, verdict, portfolio)))
        else:
            parts = context.waivers.split(rule, verdict)
            findings = tuple(_finding(rule, part, setting, waiver, context) for part, waiver in parts)
            outcomes.append(Outcome(key, findings))
    if first := next((outcome.findings[0] for outcome in outcomes if outcome.findings), None):
        _validate_advice(first.advice)
    return in_order(rule.unit, outcomes, portfolio)


def _unread(rule: Rule, subject: Subject, portfolio: Portfolio) -> str:
    """What the subject's ticket says and was not understood, where that could make the fault none; else empty."""
    okrs, stated = portfolio.okrs, list[KeyResult | Objective]()
    if rule.evidence is Evidence.PRESENCE and rule.needs_tickets:
        return ""
    if subject.kind is SubjectKind.TEAM:
        results = [okrs.key_results[id_] for id_ in portfolio.key_results_of.get(subject.id, ())]
        stated += [result for result in results if STANDALONE & result.not_understood and rule.needs_all_okrs]
    elif subject.kind is SubjectKind.OBJECTIVE and subject.id in okrs.objectives:
        objective = okrs.objectives[subject.id]
        stated += [objective, *(okrs.key_results[id_] for id_ in objective.key_results)]
    elif subject.kind is SubjectKind.KEY_RESULT and subject.id in okrs.key_results:
        stated.append(okrs.key_results[subject.id])
    fields = {name for item in stated for name in item.not_understood}
    fields -= frozenset() if rule.needs_all_okrs else STANDALONE
    return f"not understood on a ticket: {', '.join(sorted(fields))}" if fields else ""


STANDALONE = frozenset({"standalone"})
"""Nothing but whether a key result is aligned depends on it."""


def in_order(unit: Unit, outcomes: list[Outcome], portfolio: Portfolio) -> list[Outcome]:
    """By what they are about, however the rule came to it: a part that is judged anew finds its place."""
    if unit is Unit.TEAM:
        order = {team: at for at, team in enumerate(portfolio.okrs.teams)}
        return sorted(outcomes, key=lambda outcome: order.get(outcome.key.name, len(order)))
    if unit in (Unit.PROVIDER, Unit.TEAM_PAIR):
        return sorted(outcomes, key=lambda outcome: outcome.key)
    return outcomes


# Units whose verdicts may be about something else than their subject.
_JOINING = (Unit.PROVIDER, Unit.TEAM_PAIR, Unit.TEAM)


def _key(unit: Unit, judged: Verdict | NotJudged, portfolio: Portfolio) -> UnitKey:
    subject = judged.subject
    if unit not in _JOINING:
        return UnitKey(subject.kind, subject.id)
    tickets = judged.tickets if isinstance(judged, NotJudged) else _tickets(judged)
    if unit is Unit.PROVIDER and tickets:
        return UnitKey(SubjectKind.INITIATIVE, tickets[-1] if isinstance(judged, NotJudged) else tickets[0])
    if unit is Unit.TEAM_PAIR and isinstance(judged, NotJudged):
        return UnitKey(SubjectKind.DEPENDENCY, " -> ".join(portfolio.team_of.get(ref, "") for ref in tickets))
    if unit is Unit.TEAM and subject.kind is not SubjectKind.TEAM:
        return UnitKey(SubjectKind.TEAM, portfolio.team_of.get(tickets[0], "") if tickets else "")
    return UnitKey(subject.kind, subject.id)


def _tickets(verdict: Verdict) -> tuple[Ref, ...]:
    return (*verdict.on_tickets, *(affected for affected in verdict.affects if isinstance(affected, Ref)))


def _redact_not_judged(rule: Rule, not_judged: NotJudged, portfolio: Portfolio) -> NotJudged:
    subject, reason = redact_subject(not_judged.subject, portfolio), redact_text(not_judged.reason, portfolio)
    return replace(not_judged, rule=rule.name, subject=subject, reason=reason)


def _validate_advice(advice: Advice) -> None:
    """Another package's rule may have been written without a type checker: better found here than on a ticket."""
    lines: tuple[object, ...] = (advice.what, advice.why, *advice.do, advice.unless)
    for line in lines:
        spans = line if isinstance(line, tuple) else (None,)
        if not all(isinstance(span, Text | Strong | Code | Link) for span in spans):
            raise TypeError(f"advice holds {line!r} where a tuple of Text, Strong, Code and Link belongs")


def _finding(
    rule: Rule, verdict: Verdict, setting: RuleSetting, waiver: Waiver | None, context: CheckContext
) -> Finding:
    portfolio = context.portfolio
    severity = setting.severity or verdict.severity or rule.severity
    label_on = verdict.label_on
    if portfolio.cycle.phase is Phase.DRAFT:
        severity, label_on = Severity(max(severity - 1, Severity.INFO)), ()
    facts = redact_facts(verdict, rule.public_facts, portfolio)
    identity = verdict.identity or (verdict.subject.kind, verdict.subject.id)
    return Finding(
        rule=rule.name,
        severity=severity,
        subject=redact_subject(verdict.subject, portfolio),
        facts=facts,
        advice=_advice(rule, facts, verdict, portfolio),
        fingerprint=context.fingerprints.of(rule.fault or rule.name, *identity),
        act_on=verdict.act_on,
        label_on=label_on,
        affects=tuple(
            affect if isinstance(affect, Ref) else _redact_id(affect, portfolio) for affect in verdict.affects
        ),
        label=rule.label,
        waiver=None if waiver is None else _redact_waiver(waiver, portfolio.okrs),
        based_on=_based_on(verdict, portfolio),
        location=_location(verdict.subject, portfolio.okrs),
    )


def _advice(rule: Rule, facts: Facts, verdict: Verdict, portfolio: Portfolio) -> Advice:
    """The rule's own words; those of its page where it cannot do without what is left out of a private key result."""
    try:
        return rule.advise(facts)
    except Exception:
        if not is_about_private(verdict, portfolio):
            raise
        return Advice((Text(f"This concerns {PRIVATE_NAME}: {rule.summary}"),), (), ((Text(SEE_PAGE),),))


def _redact_id(key_result: KeyResultId, portfolio: Portfolio) -> KeyResultId:
    return KeyResultId(redact_id(key_result, portfolio))


def _redact_waiver(waiver: Waiver, okrs: Okrs) -> Waiver:
    """Its reason is shown wherever the finding is, and somebody may have named a private key result in it."""
    return replace(waiver, reason=redact_words(waiver.reason, okrs), owner=redact_words(waiver.owner, okrs))


def _location(subject: Subject, okrs: Okrs) -> FileLocation | None:
    """Where the OKR files speak of the subject; a link `a -> b` stands with the one that links."""
    if subject.kind is SubjectKind.INITIATIVE:
        return None
    id_ = subject.id.partition(" -> ")[0]
    subject_value = okrs.key_results.get(id_) or okrs.objectives.get(id_) or okrs.teams.get(id_)
    return None if subject_value is None else subject_value.location


def _based_on(verdict: Verdict, portfolio: Portfolio) -> tuple[Ref, ...]:
    """What the rule names, and every ancestor up to the one that a ticket has its key results from.

    A ticket that has them from its parts rests on those; parents may stand in a circle.
    """
    needed = dict.fromkeys(verdict.based_on)
    for ticket in verdict.on_tickets:
        served = portfolio.serves.get(ticket)
        source = served[0].inherited_from if served else None
        if source is None:
            continue
        path: dict[Ref, None] = {}
        parent = portfolio.initiatives[ticket].parent
        while parent is not None and parent not in path and ticket != source:
            path[ticket := parent] = None
            parent = portfolio.initiatives[ticket].parent if ticket in portfolio.initiatives else None
        needed |= path if source in path else {source: None}
    return tuple(needed)
