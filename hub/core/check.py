"""Run the rules over the picture: verdicts become findings; a rule that crashes becomes one, too."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from hub.core.privacy import veil_facts, veil_subject, veil_text, veil_words
from hub.model.finding import (
    Finding,
    Judgement,
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
from rules.base import Options, Rule


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
) -> Judgement:
    """Every rule's findings in report order; one that crashes is reported and does not stop the rest."""
    found: list[Finding] = []
    not_judged: list[NotJudged] = []
    failed: set[str] = set()
    wanted = _by_name(waivers, portfolio.today)
    for rule in rules:
        setting = (settings or {}).get(rule.name, RuleSetting())
        if setting.off:
            continue
        try:
            findings, skipped = _run(rule, setting, portfolio, wanted)
        except Exception as crash:  # noqa: BLE001  one rule's fault must not hide the others' findings
            failed.add(rule.name)
            found.append(_crashed(rule, crash, portfolio))
        else:
            found += findings
            not_judged += skipped
    standing = tuple(one for one in found if one.waiver is None)
    waived = tuple(one for one in found if one.waiver is not None)
    return Judgement(standing, tuple(not_judged), waived, frozenset(failed))


def fingerprint(rule: str, *identity: str) -> str:
    """Sixteen hex digits that stay the same while the fault does, whatever titles and order do."""
    return hashlib.sha256("\x1f".join((rule, *identity)).encode(errors="backslashreplace")).hexdigest()[:16]


def _run(
    rule: Rule, setting: RuleSetting, portfolio: Portfolio, waivers: Mapping[tuple[str, str], Waiver]
) -> tuple[list[Finding], list[NotJudged]]:
    found: list[Finding] = []
    not_judged: list[NotJudged] = []
    blind = portfolio.okrs.unread if rule.needs_all_okrs else None
    for judged in rule.check(portfolio, {**rule.options, **setting.options}):
        verdict = NotJudged(judged.subject, blind, judged.tickets) if blind and isinstance(judged, Verdict) else judged
        if isinstance(verdict, NotJudged):
            not_judged.append(replace(verdict, rule=rule.name, subject=veil_subject(verdict.subject, portfolio)))
        else:
            found.append(_finding(rule, verdict, setting, portfolio, _waiver(rule.name, verdict, waivers)))
    if found:
        _must_be_words(found[0].advice)
    return found, not_judged


def _must_be_words(advice: Advice) -> None:
    """Another package's rule may have been written without a type checker: better found here than on a ticket."""
    lines: tuple[object, ...] = (advice.what, advice.why, *advice.do, advice.unless)
    for line in lines:
        spans = line if isinstance(line, tuple) else (None,)
        if not all(isinstance(span, Text | Strong | Code | Link) for span in spans):
            raise TypeError(f"advice holds {line!r} where a tuple of Text, Strong, Code and Link belongs")


def _finding(
    rule: Rule, verdict: Verdict, setting: RuleSetting, portfolio: Portfolio, waiver: Waiver | None
) -> Finding:
    severity = setting.severity or verdict.severity or rule.severity
    if portfolio.cycle.phase is Phase.DRAFT:
        severity = Severity(max(severity - 1, Severity.INFO))
    facts = veil_facts(verdict.facts, portfolio)
    identity = verdict.identity or (verdict.subject.kind, verdict.subject.id)
    return Finding(
        rule=rule.name,
        severity=severity,
        subject=veil_subject(verdict.subject, portfolio),
        facts=facts,
        advice=rule.say(facts),
        fingerprint=fingerprint(rule.name, *identity),
        tickets=verdict.tickets,
        label=rule.label,
        waiver=None if waiver is None else _veiled(waiver, portfolio.okrs),
        rests_on=_rests_on(verdict, portfolio),
        place=_place(verdict.subject, portfolio.okrs),
    )


def _veiled(waiver: Waiver, okrs: Okrs) -> Waiver:
    """Its reason is shown wherever the finding is, and somebody may have named a private key result in it."""
    return replace(waiver, reason=veil_words(waiver.reason, okrs), owner=veil_words(waiver.owner, okrs))


def _place(subject: Subject, okrs: Okrs) -> Place | None:
    """Where the OKR files speak of the subject; a link `a -> b` stands with the one that links."""
    id_ = subject.id.partition(" -> ")[0]
    found = okrs.key_results.get(id_) or okrs.objectives.get(id_) or okrs.teams.get(id_)
    return None if found is None or subject.kind is SubjectKind.INITIATIVE else found.place


def _rests_on(verdict: Verdict, portfolio: Portfolio) -> tuple[Ref, ...]:
    """What the rule names, and every ancestor up to the one that a ticket has its key results from."""
    needed = dict.fromkeys(verdict.rests_on)
    for here in verdict.tickets:
        served = portfolio.serves.get(here)
        source = served[0].inherited_from if served else None
        while source is not None and here != source and (above := portfolio.initiatives[here].parent) is not None:
            needed[here := above] = None
    return tuple(needed)


def _by_name(waivers: Iterable[Waiver], today: date) -> dict[tuple[str, str], Waiver]:
    return {(waiver.rule, waiver.subject): waiver for waiver in waivers if waiver.until >= today}


def _waiver(rule: str, verdict: Verdict, waivers: Mapping[tuple[str, str], Waiver]) -> Waiver | None:
    """A waiver may name the subject, or a ticket with or without its connector."""
    names = (verdict.subject.id, *(name for ref in verdict.tickets for name in (str(ref), ref.key)))
    return next((waivers[rule, name] for name in names if (rule, name) in waivers), None)


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
