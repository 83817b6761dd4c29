"""Runs and findings as lines for people, with the phrases that reports share: dates, gaps, safe errors and links."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

from hub.core.insight.status import TrackerValue
from hub.core.planning.write_refusals import RETRACT_AGAIN, RETRY_CONDITION
from hub.model.action import ActionKind, Receipt, Status
from hub.model.errors import ConfigError, HubError
from hub.model.finding import Finding, Severity
from hub.model.initiative import Gap
from hub.model.message import Advice, day, plain
from hub.report.lines import StyledLine
from hub.toml.document import array, quoted

__all__ = ["day", "format_day", "format_time"]


def format_day(value: date | datetime | None) -> str:
    """`11 Dec 2026`; nothing for none."""
    return day(value) if value else ""


def format_time(value: datetime | None) -> str:
    """`11 Dec 2026, 09:30 UTC`; nothing for none."""
    return f"{day(value)}, {value:%H:%M} UTC" if value else ""


def tracker_value_text(tracker: TrackerValue) -> str:
    """`120,000 users in jira (11 Dec 2026, 09:30 UTC)`; where it was not read, that and why. Without a full stop."""
    reason = tracker.not_read.rstrip(". ")
    if tracker.value is None:
        return f"its value in {tracker.connector} was not read: {reason}"
    unit = f" {tracker.unit}" if tracker.unit else ""
    not_read = f"; not read since: {reason}" if reason else ""
    return f"{tracker.value:,.12g}{unit} in {tracker.connector} ({format_time(tracker.read_at)}){not_read}"


MAX_PASTED_LENGTH = 150
HOW_TO_ACCEPT = "give access or correct the row, or accept it in the configuration:"


def acceptance_line(connector: str, gaps: Iterable[Gap], accepted: Iterable[Gap]) -> str:
    """What to write so that these gaps are accepted, too; empty where none of them may be."""
    new = [gap.name for gap in gaps if gap.acceptable]
    names = dict.fromkeys((*(gap.name for gap in accepted), *new))
    return f"[connectors.{connector}] accepted_gaps = {array([quoted(name) for name in names])}" if new else ""


VERBS = {
    ActionKind.ADD_LABEL: "add label",
    ActionKind.REMOVE_LABEL: "remove label",
    ActionKind.CREATE_COMMENT: "post the comment",
    ActionKind.UPDATE_COMMENT: "edit the comment",
    ActionKind.REPLACE_COMMENT: "replace the comment with a new one",
    ActionKind.RESOLVE_COMMENT: "mark the comment as resolved",
    ActionKind.DELETE_COMMENT: "delete the comment",
    ActionKind.SET_REMOTE_LINK: "link the key result",
    ActionKind.REMOVE_REMOTE_LINK: "remove the link to a key result",
}


SEVERITIES = ("error", "warning", "info")


def pasted_acceptance(line: str) -> str:
    """How to accept gaps with the line itself, where that fits one line of a screen."""
    text = f"{HOW_TO_ACCEPT} {line}"
    return text if len(text) <= MAX_PASTED_LENGTH else f"{HOW_TO_ACCEPT} hub status -v shows the line to paste"


def owns_line(container: str, tickets: int) -> str:
    """What to write so that a team owns the project, with how many tickets that gives it."""
    return f"owns = {array([quoted(container)])}  # {tickets:,} ticket{'' if tickets == 1 else 's'}"


def owns_lines(projects: Sequence[tuple[str, int]], active: int, limit: int) -> Iterator[StyledLine]:
    """How many active tickets belong to no team, and the lines that give their projects to one, largest first."""
    total = sum(tickets for _, tickets in projects)
    belong, projects_word = ("belongs", "its project") if total == 1 else ("belong", "their projects")
    yield StyledLine(
        f"{total:,} of {active:,} active tickets {belong} to no team. "
        f"Add {projects_word} to the `owns` of a [[team]] in the OKR files:",
        "warning",
    )
    yield from (StyledLine(f"  {owns_line(*project)}") for project in projects[:limit])
    if left := projects[limit:]:
        tickets = sum(tickets for _, tickets in left)
        yield StyledLine(f"  … and {len(left):,} more with {tickets:,} tickets: hub doctor -v lists all", "dim")


def findings_lines(findings: Sequence[Finding]) -> Iterator[StyledLine]:
    """Findings by severity and rule, each with why it matters and what to do."""
    totals = {severity: sum(f.severity is severity for f in findings) for severity in reversed(Severity)}
    summary = ", ".join(f"{count} {severity}{'s' if count != 1 else ''}" for severity, count in totals.items() if count)
    yield StyledLine(f"Found: {summary or 'nothing'}", "heading" if findings else "good")
    ordered = sorted(findings, key=lambda f: -f.severity)
    for (severity, rule), group in groupby(ordered, key=lambda f: (f.severity, f.rule)):
        yield StyledLine(f"  {severity}: {rule}", str(severity))
        for finding in group:
            subject = affected_text(finding)
            yield StyledLine(
                f"    {subject}: {plain(finding.advice.what)}" if subject else f"    {plain(finding.advice.what)}"
            )
            yield from (StyledLine(f"      {line}", "dim") for line in advice_lines(finding.advice))


def affected_text(finding: Finding) -> str:
    """The tickets to act on, or what it is about, and how many more tickets it affects."""
    affected_count = len(finding.tickets) - len(finding.act_on)
    suffix = (
        f" ({'also ' if finding.act_on else ''}affects {affected_count} ticket{'s' if affected_count > 1 else ''})"
        if affected_count
        else ""
    )
    return f"{', '.join(map(str, finding.act_on)) or finding.subject.id}{suffix}"


def advice_lines(advice: Advice) -> Iterator[str]:
    """Why it matters, what to do, and what to do if it does not apply."""
    if advice.why:
        yield plain(advice.why)
    yield from (f"→ {plain(line)}" for line in advice.do)
    if advice.unless:
        yield plain(advice.unless)


def plan_lines(
    receipts: Sequence[Receipt],
    skipped_tickets: Sequence[tuple[str, str]] = (),
    *,
    retracting: bool = False,
    complete: bool = True,
    refused: str = "",
) -> Iterator[StyledLine]:
    """What will change, or did, on which ticket, and why; `retracting` words it for a retraction.

    Unless everything was read, it is unknown what every ticket should show. Why all was `refused` is said elsewhere.
    """
    yield StyledLine()
    if not receipts and not skipped_tickets:
        tickets = "every ticket" if complete else "every ticket that was read"
        yield StyledLine(
            "Nothing to remove." if retracting else f"Nothing to write: {tickets} is up to date.",
            "good" if complete else "plain",
        )
        return
    yield StyledLine(_summary(Counter(receipt.status for receipt in receipts), retracting=retracting), "heading")
    retried = RETRACT_AGAIN if retracting else RETRY_CONDITION
    for target, group in groupby(receipts, key=lambda receipt: receipt.action.target):
        listed = list(group)
        yield StyledLine(
            f"  {target.ref}: {'; '.join(_action_text(receipt, refused, retried) for receipt in listed)}",
            _style(listed),
        )
        yield StyledLine(f"    {next((r.action.reason for r in reversed(listed) if r.action.reason), '')}", "dim")
    for ticket, reason in skipped_tickets:
        yield StyledLine(f"  {ticket}: not changed: {reason}", "warning")


def _summary(count: Counter[Status], *, retracting: bool) -> str:
    done, planned, refused = count[Status.DONE], count[Status.PLANNED], count[Status.REFUSED]
    impossible_text = f"; {count[Status.UNWRITABLE]} not possible" if count[Status.UNWRITABLE] else ""
    if done or not (planned or refused):
        return f"{'Removed' if retracting else 'Written'}: {_changes(done)}{impossible_text}"
    if retracting:
        return f"Would be removed: {_changes(planned + refused)}"
    return f"Planned: {_changes(planned)}" if planned else f"Refused: {_changes(refused)}"


def _changes(count: int) -> str:
    return f"{count} change{'' if count == 1 else 's'}"


def _action_text(receipt: Receipt, refused: str, retried: str) -> str:
    action = VERBS[receipt.action.kind] + (f" {receipt.action.label}" if receipt.action.label else "")
    if refused and receipt.detail == refused:
        return action
    if receipt.status in (Status.DONE, Status.PLANNED):
        return f"{action} ({receipt.detail})" if receipt.detail else action
    if receipt.status is Status.UNWRITABLE:
        return f"{action}: not possible, {receipt.detail}; tried again {retried}"
    return f"{action}: {receipt.status.value}{', ' + receipt.detail if receipt.detail else ''}"


def _style(receipts: Sequence[Receipt]) -> str:
    statuses = {receipt.status for receipt in receipts}
    if Status.FAILED in statuses or Status.REFUSED in statuses:
        return "error"
    return "warning" if statuses & {Status.DEFERRED, Status.UNWRITABLE} else "plain"


MAX_LISTED = 10


def public_error(error: HubError) -> str:
    """The places of problems in files without their words, which may name what is private; other errors as they are."""
    if not isinstance(error, ConfigError):
        return str(error)
    locations = list(dict.fromkeys(problem.location for problem in error.problems))
    suffix = f" and {len(locations) - MAX_LISTED} more places" if len(locations) > MAX_LISTED else ""
    return f"There is a problem at {', '.join(locations[:MAX_LISTED])}{suffix}. Run `hub check` for details."


_WEB = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x1f\x7f]{1,1000}")


def safe_url(url: str) -> str | None:
    """The URL, or None where it isn't http(s); then only the text is shown."""
    return url if _WEB.fullmatch(url) else None
