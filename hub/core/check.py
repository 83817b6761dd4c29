"""Run the rules over the picture: verdicts become findings; a rule that crashes becomes one, too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.core.audience import private_objectives
from hub.core.fingerprints import Fingerprints, fingerprint
from hub.core.privacy import facts_outside, is_about_private, veil_id, veil_subject, veil_text, veil_words
from hub.core.waiver_matches import WaiverMatches
from hub.model.finding import (
    Facts,
    Finding,
    Judgement,
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
from hub.model.okr import Okrs, Phase, Place
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from rules.base import Options, Rule

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
    guarded: Okrs | None = None,
) -> Judgement:
    """Every rule's findings in report order; one that crashes is reported and does not stop the rest.

    `guarded` are the OKRs with all that is private to anybody, where some of it stands open to who looks: fingerprints
    are the same for all.
    """
    portfolio = replace(portfolio)  # what rules work out together is kept for this run alone
    found: list[Finding] = []
    not_judged: list[NotJudged] = []
    failed: set[str] = set()
    secret = guarded or portfolio.okrs
    prints = Fingerprints(secret.private_names, portfolio.fingerprint_key, private_objectives(secret))
    by = _Judging(portfolio, WaiverMatches.of(waivers, rules, portfolio.today), prints)
    for rule in rules:
        setting = (settings or {}).get(rule.name, RuleSetting())
        if setting.off or (rule.needs_running_cycle and portfolio.outdated):
            continue
        if rule.needs_organization and not portfolio.organization:
            not_judged.append(NotJudged(_workspace(portfolio), NO_ORGANIZATION, rule=rule.name))
            continue
        try:
            findings, skipped = _run(rule, setting, by)
        except Exception as crash:  # noqa: BLE001  one rule's fault must not hide the others' findings
            failed.add(rule.name)
            found.append(_crashed(rule, crash, portfolio))
        else:
            found += findings
            not_judged += skipped
    standing = tuple(one for one in found if one.waiver is None)
    waived = tuple(one for one in found if one.waiver is not None)
    return Judgement(standing, tuple(not_judged), waived, frozenset(failed))


def _workspace(portfolio: Portfolio) -> Subject:
    return Subject(SubjectKind.WORKSPACE, portfolio.workspace)


@dataclass(frozen=True, slots=True)
class _Judging:
    """What all rules of one run are judged with."""

    portfolio: Portfolio
    waivers: WaiverMatches
    prints: Fingerprints


def _run(rule: Rule, setting: RuleSetting, by: _Judging) -> tuple[list[Finding], list[NotJudged]]:
    found: list[Finding] = []
    not_judged: list[NotJudged] = []
    blind = by.portfolio.okrs.unread if rule.needs_all_okrs else None
    for judged in rule.check(by.portfolio, {**rule.options, **setting.options}):
        verdict = (
            NotJudged(judged.subject, blind, judged.on_tickets) if blind and isinstance(judged, Verdict) else judged
        )
        if isinstance(verdict, NotJudged):
            not_judged.append(_unjudged(rule, verdict, by.portfolio))
        else:
            parts = by.waivers.parted(rule, verdict)
            found += [_finding(rule, part, setting, waiver, by) for part, waiver in parts]
    if found:
        _must_be_words(found[0].advice)
    return found, not_judged


def _unjudged(rule: Rule, one: NotJudged, portfolio: Portfolio) -> NotJudged:
    subject, reason = veil_subject(one.subject, portfolio), veil_text(one.reason, portfolio)
    return replace(one, rule=rule.name, subject=subject, reason=reason)


def _must_be_words(advice: Advice) -> None:
    """Another package's rule may have been written without a type checker: better found here than on a ticket."""
    lines: tuple[object, ...] = (advice.what, advice.why, *advice.do, advice.unless)
    for line in lines:
        spans = line if isinstance(line, tuple) else (None,)
        if not all(isinstance(span, Text | Strong | Code | Link) for span in spans):
            raise TypeError(f"advice holds {line!r} where a tuple of Text, Strong, Code and Link belongs")


def _finding(rule: Rule, verdict: Verdict, setting: RuleSetting, waiver: Waiver | None, by: _Judging) -> Finding:
    portfolio = by.portfolio
    severity = setting.severity or verdict.severity or rule.severity
    label_on = verdict.label_on
    if portfolio.cycle.phase is Phase.DRAFT:
        severity, label_on = Severity(max(severity - 1, Severity.INFO)), ()
    facts = facts_outside(verdict, rule.told_of_private, portfolio)
    identity = verdict.identity or (verdict.subject.kind, verdict.subject.id)
    return Finding(
        rule=rule.name,
        severity=severity,
        subject=veil_subject(verdict.subject, portfolio),
        facts=facts,
        advice=_advice(rule, facts, verdict, portfolio),
        fingerprint=by.prints.of(rule.fault or rule.name, *identity),
        act_on=verdict.act_on,
        label_on=label_on,
        affects=tuple(one if isinstance(one, Ref) else _veiled_id(one, portfolio) for one in verdict.affects),
        label=rule.label,
        waiver=None if waiver is None else _veiled(waiver, portfolio.okrs),
        rests_on=_rests_on(verdict, portfolio),
        place=_place(verdict.subject, portfolio.okrs),
    )


def _advice(rule: Rule, facts: Facts, verdict: Verdict, portfolio: Portfolio) -> Advice:
    """The rule's own words; those of its page where it cannot do without what is left out of a private key result."""
    try:
        return rule.say(facts)
    except Exception:
        if not is_about_private(verdict, portfolio):
            raise
        return Advice((Text(f"This concerns {PRIVATE_NAME}: {rule.summary}"),), (), ((Text(SEE_PAGE),),))


def _veiled_id(key_result: KeyResultId, portfolio: Portfolio) -> KeyResultId:
    return KeyResultId(veil_id(key_result, portfolio))


def _veiled(waiver: Waiver, okrs: Okrs) -> Waiver:
    """Its reason is shown wherever the finding is, and somebody may have named a private key result in it."""
    return replace(waiver, reason=veil_words(waiver.reason, okrs), owner=veil_words(waiver.owner, okrs))


def _place(subject: Subject, okrs: Okrs) -> Place | None:
    """Where the OKR files speak of the subject; a link `a -> b` stands with the one that links."""
    id_ = subject.id.partition(" -> ")[0]
    found = okrs.key_results.get(id_) or okrs.objectives.get(id_) or okrs.teams.get(id_)
    return None if found is None or subject.kind is SubjectKind.INITIATIVE else found.place


def _rests_on(verdict: Verdict, portfolio: Portfolio) -> tuple[Ref, ...]:
    """What the rule names, and every ancestor up to the one that a ticket has its key results from.

    A ticket that has them from its parts rests on those; parents may stand in a circle.
    """
    needed = dict.fromkeys(verdict.rests_on)
    for here in verdict.on_tickets:
        served = portfolio.serves.get(here)
        source = served[0].inherited_from if served else None
        if source is None:
            continue
        way: dict[Ref, None] = {}
        above = portfolio.initiatives[here].parent
        while above is not None and above not in way and here != source:
            way[here := above] = None
            above = portfolio.initiatives[here].parent if here in portfolio.initiatives else None
        needed |= way if source in way else {source: None}
    return tuple(needed)


def _crashed(rule: Rule, crash: Exception, portfolio: Portfolio) -> Finding:
    what = f"The rule {rule.name} failed and judged nothing: {type(crash).__name__}."
    advice = Advice(
        what=(Text(what),),
        why=(Text("Its findings of this run are missing, and nothing that it said before is withdrawn."),),
        do=((Text("Report it with the output of hub -v, or switch the rule off."),),),
    )
    return Finding(
        rule=rule.name,
        severity=Severity.ERROR,
        subject=Subject(SubjectKind.RULE, rule.name),
        facts={"error": type(crash).__name__, "detail": veil_text(str(crash), portfolio)[:200]},
        advice=advice,
        fingerprint=fingerprint(rule.name, "crashed"),
    )
