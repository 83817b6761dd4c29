"""Runs the rules over the portfolio: verdicts become findings unless waived; a rule that crashes is one as well."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from hub.core.checking.evaluate import CheckContext, Outcome, RuleSetting, UnitKey, evaluate
from hub.core.checking.redaction import redact_text
from hub.model.finding import Finding, Judgement, Severity, Subject, SubjectKind, Waiver, fingerprint
from hub.model.message import Advice, Text
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from rules.base import Rule


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
    context = CheckContext.of(portfolio, rules, settings or {}, waivers, unrevealed_okrs)
    outcomes, failed = evaluate_all(rules, context)
    return replace(judgement_of(chain.from_iterable(outcomes.values())), failed=failed)


def evaluate_all(rules: Sequence[Rule], context: CheckContext) -> tuple[dict[str, list[Outcome]], frozenset[str]]:
    """What comes of each rule, and the rules that crashed."""
    outcomes: dict[str, list[Outcome]] = {}
    failed: set[str] = set()
    for rule in rules:
        try:
            outcomes[rule.name] = evaluate(rule, context)
        except Exception as crash:  # noqa: BLE001  one rule's fault must not hide the others' findings
            failed.add(rule.name)
            finding = _crashed(rule, crash, context.portfolio)
            outcomes[rule.name] = [Outcome(UnitKey(SubjectKind.RULE, rule.name), (finding,))]
    return outcomes, frozenset(failed)


def judgement_of(outcomes: Iterable[Outcome]) -> Judgement:
    """Everything that came of all rules, in their order."""
    findings: list[Finding] = []
    waived: list[Finding] = []
    not_judged = []
    for outcome in outcomes:
        for finding in outcome.findings:
            (findings if finding.waiver is None else waived).append(finding)
        if outcome.not_judged is not None:
            not_judged.append(outcome.not_judged)
    return Judgement(tuple(findings), tuple(not_judged), tuple(waived))


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
