"""Runs the rules over the portfolio: verdicts become findings unless waived; a rule that crashes is one as well."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import permutations

from hub.core.checking.redaction import (
    is_about_private,
    private_objectives,
    redact_facts,
    redact_id,
    redact_subject,
    redact_text,
    redact_words,
)
from hub.model.finding import (
    Facts,
    Finding,
    Fingerprints,
    Judgement,
    KeyResultId,
    NotJudged,
    Severity,
    Subject,
    SubjectKind,
    Verdict,
    Waiver,
    fingerprint,
)
from hub.model.initiative import Ref
from hub.model.message import Advice, Code, Link, Strong, Text
from hub.model.okr import FileLocation, Okrs, Phase
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from rules.base import Options, Rule


@dataclass(frozen=True, slots=True)
class WaiverMatches:
    """Today's waivers by fault and name; rules that judge one fault in turn share them."""

    by_name: Mapping[tuple[str, str], Waiver]

    @classmethod
    def of(cls, waivers: Iterable[Waiver], rules: Sequence[Rule], today: date) -> "WaiverMatches":
        """Those that have not run out."""
        fault = {rule.name: rule.fault or rule.name for rule in rules}
        return cls(
            {
                (fault.get(waiver.rule, waiver.rule), waiver.subject): waiver
                for waiver in waivers
                if waiver.until >= today
            }
        )

    def split(self, rule: Rule, verdict: Verdict) -> list[tuple[Verdict, Waiver | None]]:
        """The verdict as far as it stands, and what of it is waived.

        A waiver that names the root covers all that it affects. One that names a ticket, with or without its connector,
        spares that ticket alone; where it would show on no other, all of it is waived.
        """
        if not self.by_name:
            return [(verdict, None)]
        fault = rule.fault or rule.name
        if (root_waiver := self.by_name.get((fault, verdict.subject.id))) is not None:
            return [(verdict, root_waiver)]
        ticket_waivers = {
            ref: waiver for ref in verdict.on_tickets if (waiver := self._of_ticket(fault, ref)) is not None
        }
        pair = self._of_pair(fault, verdict)
        if pair is not None or (ticket_waivers and len(ticket_waivers) == len(verdict.on_tickets)):
            return [(verdict, pair or next(iter(ticket_waivers.values())))]
        waived = [(_restricted_to(verdict, ref), waiver) for ref, waiver in ticket_waivers.items()]
        return [(_without(verdict, ticket_waivers), None), *waived]

    def _of_ticket(self, fault: str, ref: Ref) -> Waiver | None:
        return self.by_name.get((fault, str(ref))) or self.by_name.get((fault, ref.key))

    def _of_pair(self, fault: str, verdict: Verdict) -> Waiver | None:
        """A waiver on `waiting -> providing` tickets, as findings of single links were named, if it is all there is."""
        tickets = {*verdict.on_tickets, *(affect for affect in verdict.affects if isinstance(affect, Ref))}
        if verdict.subject.kind is not SubjectKind.DEPENDENCY or len(tickets) != 2:
            return None
        names = (" -> ".join(map(str, pair)) for pair in permutations(tickets))
        return next((self.by_name[fault, name] for name in names if (fault, name) in self.by_name), None)


def _restricted_to(verdict: Verdict, ref: Ref) -> Verdict:
    """What of it stands on one ticket."""
    single = (ref,)
    act_on, label_on = (single if ref in refs else () for refs in (verdict.act_on, verdict.label_on))
    return replace(verdict, act_on=act_on, label_on=label_on, affects=())


def _without(verdict: Verdict, waived: Collection[Ref]) -> Verdict:
    """The same, off these tickets."""
    if not waived:
        return verdict
    act_on, label_on = (tuple(r for r in refs if r not in waived) for refs in (verdict.act_on, verdict.label_on))
    return replace(verdict, act_on=act_on, label_on=label_on)


NO_ORGANIZATION = "the organization has no key results in any current cycle"
SEE_PAGE = "Its audience sees the figures. `hub rules` shows how to fix it."


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What a workspace says of one rule: another severity, off, or other thresholds."""

    severity: Severity | None = None
    off: bool = False
    options: Options = field(default_factory=dict)


def check(
    portfolio: Portfolio,
    rules: Sequence[Rule],
    settings: Mapping[str, RuleSetting] | None = None,
    waivers: Iterable[Waiver] = (),
    unrevealed_okrs: Okrs | None = None,
) -> Judgement:
    """Every rule's findings in report order; one that crashes is reported and does not stop the rest.

    `unrevealed_okrs` are the OKRs with all that is private to anybody, where some of it stands open to who looks:
    fingerprints are the same for all.
    """
    portfolio = replace(portfolio)  # what rules work out together is kept for this run alone
    all_findings: list[Finding] = []
    not_judged: list[NotJudged] = []
    failed: set[str] = set()
    private_okrs = unrevealed_okrs or portfolio.okrs
    fingerprints = Fingerprints(private_okrs.private_names, portfolio.fingerprint_key, private_objectives(private_okrs))
    context = _CheckContext(portfolio, WaiverMatches.of(waivers, rules, portfolio.today), fingerprints)
    for rule in rules:
        setting = (settings or {}).get(rule.name, RuleSetting())
        if setting.off or (rule.needs_running_cycle and portfolio.outdated):
            continue
        if rule.needs_organization and not portfolio.organization:
            not_judged.append(NotJudged(_workspace(portfolio), NO_ORGANIZATION, rule=rule.name))
            continue
        try:
            findings, skipped = _run(rule, setting, context)
        except Exception as crash:  # noqa: BLE001  one rule's fault must not hide the others' findings
            failed.add(rule.name)
            all_findings.append(_crashed(rule, crash, portfolio))
        else:
            all_findings += findings
            not_judged += skipped
    open_findings = tuple(finding for finding in all_findings if finding.waiver is None)
    waived = tuple(finding for finding in all_findings if finding.waiver is not None)
    return Judgement(open_findings, tuple(not_judged), waived, frozenset(failed))


def _workspace(portfolio: Portfolio) -> Subject:
    return Subject(SubjectKind.WORKSPACE, portfolio.workspace)


@dataclass(frozen=True, slots=True)
class _CheckContext:
    """What all rules of one run are judged with."""

    portfolio: Portfolio
    waivers: WaiverMatches
    fingerprints: Fingerprints


def _run(rule: Rule, setting: RuleSetting, context: _CheckContext) -> tuple[list[Finding], list[NotJudged]]:
    findings: list[Finding] = []
    not_judged: list[NotJudged] = []
    incomplete_reason = context.portfolio.okrs.incomplete_reason if rule.needs_all_okrs else None
    for judged in rule.check(context.portfolio, {**rule.options, **setting.options}):
        verdict = (
            NotJudged(judged.subject, incomplete_reason, judged.on_tickets)
            if incomplete_reason and isinstance(judged, Verdict)
            else judged
        )
        if isinstance(verdict, NotJudged):
            not_judged.append(_redact_not_judged(rule, verdict, context.portfolio))
        else:
            parts = context.waivers.split(rule, verdict)
            findings += [_finding(rule, part, setting, waiver, context) for part, waiver in parts]
    if findings:
        _validate_advice(findings[0].advice)
    return findings, not_judged


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
    rule: Rule, verdict: Verdict, setting: RuleSetting, waiver: Waiver | None, context: _CheckContext
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
    id_ = subject.id.partition(" -> ")[0]
    subject_value = okrs.key_results.get(id_) or okrs.objectives.get(id_) or okrs.teams.get(id_)
    return None if subject_value is None or subject.kind is SubjectKind.INITIATIVE else subject_value.location


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


def _crashed(rule: Rule, crash: Exception, portfolio: Portfolio) -> Finding:
    message = f"The rule {rule.name} failed and was not evaluated: {type(crash).__name__}."
    advice = Advice(
        what=(Text(message),),
        why=(Text("Its findings of this run are missing, and its earlier findings are kept."),),
        do=((Text("Report it with the output of hub -v, or switch the rule off."),),),
    )
    return Finding(
        rule=rule.name,
        severity=Severity.ERROR,
        subject=Subject(SubjectKind.RULE, rule.name),
        facts={"error": type(crash).__name__, "detail": redact_text(str(crash), portfolio)[:200]},
        advice=advice,
        fingerprint=fingerprint(rule.name, "crashed"),
    )
