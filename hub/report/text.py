"""Runs and findings as lines for people; colour is added where they are printed, not here."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hub.core.outcome import Outcome
from hub.core.planning.shut import SHUT_UNTIL
from hub.core.summary import counts
from hub.model.action import ActionKind, Receipt, Status
from hub.model.finding import Finding, Severity
from hub.model.initiative import Pulled
from hub.model.message import Advice, plain
from hub.report.accepting import ACCEPT, line_to_accept

VERBS = {
    ActionKind.ADD_LABEL: "add label",
    ActionKind.REMOVE_LABEL: "remove label",
    ActionKind.CREATE_COMMENT: "post the comment",
    ActionKind.UPDATE_COMMENT: "edit the comment",
    ActionKind.REPLACE_COMMENT: "replace the comment with a new one",
    ActionKind.RESOLVE_COMMENT: "mark the comment as resolved",
    ActionKind.DELETE_COMMENT: "delete the comment",
}


SEVERITIES = ("error", "warning", "info")
COMMAND = "command"
"""The style of a line that the build is to read as a command."""


@dataclass(frozen=True, slots=True)
class Styled:
    """A line and what it is: heading, error, warning, info, good, dim, command or plain."""

    text: str = ""
    style: str = "plain"


def sync_lines(outcome: Outcome, *, verbose: bool = False) -> Iterator[Styled]:
    """What was pulled, what was found, what was written or would be, and what could not be."""
    yield from _sources(outcome)
    yield from findings_lines(outcome.judgement.findings, verbose=verbose)
    yield from _not_judged(outcome)
    if outcome.read_only:
        yield Styled()
        yield Styled("Nothing is written: the tickets come from exports, so the findings are shown here only.")
    else:
        held = [(str(one.ref), one.why) for one in outcome.plan.held]
        yield from plan_lines(outcome.receipts, held, whole=not outcome.portfolio.gaps)
    if outcome.unsafe is not None:
        yield Styled(f"Refused: {outcome.unsafe}.", "error")


def unchanged_lines(report: Mapping[str, Any], *, verbose: bool = False) -> Iterator[Styled]:
    """That nothing changed since a run, and what that run reported, of which only the document is left."""
    yield Styled(f"No ticket, OKR or setting changed since run {report['run']}", "heading")
    rows = sorted(report["findings"], key=lambda row: SEVERITIES.index(row["severity"]))
    tally = Counter(row["severity"] for row in rows)
    counts = ", ".join(f"{tally[word]} {word}{'s' if tally[word] != 1 else ''}" for word in SEVERITIES if tally[word])
    yield Styled(f"Found as before: {counts or 'nothing'}", "plain" if rows else "good")
    for (severity, rule), group in groupby(rows, key=lambda row: (row["severity"], row["rule"])):
        if severity != "info" or verbose:
            yield Styled(f"  {severity}: {rule}", severity)
            for row in group:
                yield Styled(f"    {', '.join(row['tickets']) or row['subject']['id']}: {row['message']}")
                if verbose:
                    yield Styled(f"      → {row['remedy']}", "dim")
    yield Styled()
    # Only a run that may not write leaves something to write and nothing to do.
    planned = len(report["plan"])
    nothing = "Nothing to write: every ticket is up to date."
    yield Styled(f"Planned as before: {planned} writes" if planned else nothing, "plain" if planned else "good")


def _sources(outcome: Outcome) -> Iterator[Styled]:
    yield Styled("Pulled", "heading")
    for pulled in outcome.snapshot.pulled:
        tickets = sum(not one.context for one in pulled.initiatives)
        okrs = f" and {len(pulled.okrs)} OKRs" if pulled.okrs else ""
        line = f"  {pulled.connector}: {tickets} tickets{okrs} in {pulled.requests} requests"
        changed, removed = outcome.changes.get(pulled.connector, (0, 0))
        yield Styled(f"{line}, {changed} changed, {removed} removed" if outcome.changes else line)
        yield from _gaps(pulled)
        yield from (Styled(f"  {note}", "info") for note in pulled.notes)
    tally = counts(outcome)
    yield Styled(f"  {tally['active']} are active in {outcome.portfolio.cycle.id}, {tally['exempt']} are exempt")


def _gaps(pulled: Pulled) -> Iterator[Styled]:
    """What is new in full, with the way to accept it; what an earlier run told by its name."""
    name = pulled.connector
    fresh = [gap for gap in pulled.gaps if gap.name not in pulled.told]
    for gap in fresh:
        yield Styled(f"  {name}: not read{': ' + gap.key if gap.key else ''}: {gap.reason}", "warning")
    if any(gap.acceptable for gap in fresh):
        yield Styled(f"    {ACCEPT} {line_to_accept(name, pulled.gaps, pulled.accepted)}", "info")
    if pulled.told:
        yield Styled(f"  {name}: not read, as before: {', '.join(sorted(pulled.told))} (see hub status)", "warning")
    if pulled.accepted:
        yield Styled(f"  {name}: not read, and accepted: {', '.join(gap.name for gap in pulled.accepted)}", "dim")


def findings_lines(findings: Sequence[Finding], *, verbose: bool = False) -> Iterator[Styled]:
    """Findings by severity and rule, each with what to do."""
    tally = {severity: sum(f.severity is severity for f in findings) for severity in reversed(Severity)}
    summary = ", ".join(f"{count} {severity}{'s' if count != 1 else ''}" for severity, count in tally.items() if count)
    yield Styled()
    yield Styled(f"Found: {summary or 'nothing'}", "heading" if findings else "good")
    ordered = sorted(findings, key=lambda f: -f.severity)
    for (severity, rule), group in groupby(ordered, key=lambda f: (f.severity, f.rule)):
        if severity is Severity.INFO and not verbose:
            continue
        yield Styled(f"  {severity}: {rule}", str(severity))
        for finding in group:
            yield Styled(f"    {where(finding)}: {plain(finding.advice.what)}")
            if verbose:
                yield from (Styled(f"      {line}", "dim") for line in advice_lines(finding.advice))


def where(finding: Finding) -> str:
    """The tickets to act on, or what it is about, and how many more tickets it affects."""
    felt = len(finding.tickets) - len(finding.act_on)
    more = f" ({'also ' if finding.act_on else ''}affects {felt} ticket{'s' if felt > 1 else ''})" if felt else ""
    return f"{', '.join(map(str, finding.act_on)) or finding.subject.id}{more}"


def advice_lines(advice: Advice) -> Iterator[str]:
    """Why it matters, what to do, and what to do if it does not apply."""
    if advice.why:
        yield plain(advice.why)
    yield from (f"→ {plain(line)}" for line in advice.do)
    if advice.unless:
        yield plain(advice.unless)


def _not_judged(outcome: Outcome) -> Iterator[Styled]:
    skipped = outcome.judgement.not_judged
    if skipped:
        rules = sorted({skip.rule for skip in skipped})
        subjects = f"{len(skipped)} subject{'' if len(skipped) == 1 else 's'}"
        yield Styled(f"  not evaluated: data is incomplete ({subjects} of {', '.join(rules)})", "warning")


def plan_lines(
    receipts: Sequence[Receipt], held: Sequence[tuple[str, str]] = (), *, taken_back: bool = False, whole: bool = True
) -> Iterator[Styled]:
    """What will change, or did, on which ticket, and why; `taken_back` says so of a retraction.

    Unless the `whole` was read, nobody knows what every ticket should show.
    """
    yield Styled()
    if not receipts and not held:
        tickets = "every ticket" if whole else "every ticket that was read"
        yield Styled(
            "Nothing to remove." if taken_back else f"Nothing to write: {tickets} is up to date.",
            "good" if whole else "plain",
        )
        return
    yield Styled(_summary(Counter(receipt.status for receipt in receipts), taken_back=taken_back), "heading")
    for target, group in groupby(receipts, key=lambda receipt: receipt.action.target):
        listed = list(group)
        yield Styled(f"  {target.ref}: {'; '.join(_deed(receipt) for receipt in listed)}", _style(listed))
        yield Styled(f"    {next((r.action.why for r in reversed(listed) if r.action.why), '')}", "dim")
    for ticket, why in held:
        yield Styled(f"  {ticket}: not changed: {why}", "warning")


def _summary(count: Counter[Status], *, taken_back: bool) -> str:
    done, planned, refused = count[Status.DONE], count[Status.PLANNED], count[Status.REFUSED]
    barred = f"; {count[Status.BARRED]} not possible" if count[Status.BARRED] else ""
    if done or not (planned or refused):
        return f"{'Removed' if taken_back else 'Written'}: {_changes(done)}{barred}"
    if taken_back:
        return f"Would be removed: {_changes(planned + refused)}"
    return f"Planned: {_changes(planned)}" if planned else f"Refused: {_changes(refused)}"


def _changes(count: int) -> str:
    return f"{count} change{'' if count == 1 else 's'}"


def _deed(receipt: Receipt) -> str:
    deed = VERBS[receipt.action.kind] + (f" {receipt.action.label}" if receipt.action.label else "")
    if receipt.status in (Status.DONE, Status.PLANNED):
        return f"{deed} ({receipt.detail})" if receipt.detail else deed
    if receipt.status is Status.BARRED:
        return f"{deed}: not possible, {receipt.detail}; tried again {SHUT_UNTIL}"
    return f"{deed}: {receipt.status.value}{', ' + receipt.detail if receipt.detail else ''}"


def _style(receipts: Sequence[Receipt]) -> str:
    statuses = {receipt.status for receipt in receipts}
    if Status.FAILED in statuses or Status.REFUSED in statuses:
        return "error"
    return "warning" if statuses & {Status.DEFERRED, Status.BARRED} else "plain"
