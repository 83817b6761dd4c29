"""Run the rules over the picture: verdicts become findings; a rule that crashes becomes one, too."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import permutations

from hub.core.privacy import veil_facts, veil_id, veil_subject, veil_text, veil_words
from hub.model.finding import (
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
from rules.base import Options, Rule

NO_ORGANIZATION = "the organization has no key results in any current cycle"


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
    portfolio = replace(portfolio)  # what rules work out together is kept for this run alone
    found: list[Finding] = []
    not_judged: list[NotJudged] = []
    failed: set[str] = set()
    wanted = _Waivers.of(waivers, rules, portfolio.today)
    for rule in rules:
        setting = (settings or {}).get(rule.name, RuleSetting())
        if setting.off or (rule.needs_running_cycle and portfolio.outdated):
            continue
        if rule.needs_organization and not portfolio.organization:
            not_judged.append(NotJudged(_workspace(portfolio), NO_ORGANIZATION, rule=rule.name))
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


def _workspace(portfolio: Portfolio) -> Subject:
    return Subject(SubjectKind.WORKSPACE, portfolio.workspace)


def _run(
    rule: Rule, setting: RuleSetting, portfolio: Portfolio, waivers: "_Waivers"
) -> tuple[list[Finding], list[NotJudged]]:
    found: list[Finding] = []
    not_judged: list[NotJudged] = []
    blind = portfolio.okrs.unread if rule.needs_all_okrs else None
    for judged in rule.check(portfolio, {**rule.options, **setting.options}):
        verdict = (
            NotJudged(judged.subject, blind, judged.on_tickets) if blind and isinstance(judged, Verdict) else judged
        )
        if isinstance(verdict, NotJudged):
            not_judged.append(replace(verdict, rule=rule.name, subject=veil_subject(verdict.subject, portfolio)))
        else:
            parts = waivers.parted(rule, verdict)
            found += [_finding(rule, part, setting, portfolio, waiver) for part, waiver in parts]
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
    label_on = verdict.label_on
    if portfolio.cycle.phase is Phase.DRAFT:
        severity, label_on = Severity(max(severity - 1, Severity.INFO)), ()
    facts = veil_facts(verdict.facts, portfolio)
    identity = verdict.identity or (verdict.subject.kind, verdict.subject.id)
    return Finding(
        rule=rule.name,
        severity=severity,
        subject=veil_subject(verdict.subject, portfolio),
        facts=facts,
        advice=rule.say(facts),
        fingerprint=fingerprint(rule.fault or rule.name, *identity),
        act_on=verdict.act_on,
        label_on=label_on,
        affects=tuple(one if isinstance(one, Ref) else _veiled_id(one, portfolio) for one in verdict.affects),
        label=rule.label,
        waiver=None if waiver is None else _veiled(waiver, portfolio.okrs),
        rests_on=_rests_on(verdict, portfolio),
        place=_place(verdict.subject, portfolio.okrs),
    )


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


@dataclass(frozen=True, slots=True)
class _Waivers:
    """Today's waivers by fault and name; rules that judge one fault in turn share them."""

    by_name: Mapping[tuple[str, str], Waiver]

    @classmethod
    def of(cls, waivers: Iterable[Waiver], rules: Sequence[Rule], today: date) -> "_Waivers":
        """Those that have not run out."""
        fault = {rule.name: rule.fault or rule.name for rule in rules}
        return cls({(fault.get(one.rule, one.rule), one.subject): one for one in waivers if one.until >= today})

    def parted(self, rule: Rule, verdict: Verdict) -> list[tuple[Verdict, Waiver | None]]:
        """The verdict as far as it stands, and what of it is waived.

        A waiver that names the root covers all that it affects. One that names a ticket, with or without its connector,
        spares that ticket alone; where it would show on no other, all of it is waived.
        """
        if not self.by_name:
            return [(verdict, None)]
        fault = rule.fault or rule.name
        if (whole := self.by_name.get((fault, verdict.subject.id))) is not None:
            return [(verdict, whole)]
        spared = {ref: one for ref in verdict.on_tickets if (one := self._of_ticket(fault, ref)) is not None}
        pair = self._of_pair(fault, verdict)
        if pair is not None or (spared and len(spared) == len(verdict.on_tickets)):
            return [(verdict, pair or next(iter(spared.values())))]
        waived = [(_only(verdict, ref), one) for ref, one in spared.items()]
        return [(_without(verdict, spared), None), *waived]

    def _of_ticket(self, fault: str, ref: Ref) -> Waiver | None:
        return self.by_name.get((fault, str(ref))) or self.by_name.get((fault, ref.key))

    def _of_pair(self, fault: str, verdict: Verdict) -> Waiver | None:
        """A waiver on `waiting -> providing` tickets, as findings of single links were named, if it is all there is."""
        tickets = {*verdict.on_tickets, *(one for one in verdict.affects if isinstance(one, Ref))}
        if verdict.subject.kind is not SubjectKind.DEPENDENCY or len(tickets) != 2:
            return None
        names = (" -> ".join(map(str, pair)) for pair in permutations(tickets))
        return next((self.by_name[fault, name] for name in names if (fault, name) in self.by_name), None)


def _only(verdict: Verdict, ref: Ref) -> Verdict:
    """What of it stands on one ticket."""
    here = (ref,)
    act_on, label_on = (here if ref in refs else () for refs in (verdict.act_on, verdict.label_on))
    return replace(verdict, act_on=act_on, label_on=label_on, affects=())


def _without(verdict: Verdict, spared: Collection[Ref]) -> Verdict:
    """The same, off these tickets."""
    if not spared:
        return verdict
    act_on, label_on = (tuple(r for r in refs if r not in spared) for refs in (verdict.act_on, verdict.label_on))
    return replace(verdict, act_on=act_on, label_on=label_on)


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
