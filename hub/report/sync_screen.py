"""What a sync prints on one screen: sources, what to act on first, findings by rule, what is written, the next step."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hub.core.insight.run_summary import RunResult
from hub.core.planning.safety import REVIEW
from hub.report.lines import StyledLine
from hub.report.screen import (
    MAX_LINES,
    MAX_WIDTH,
    by_reason,
    cut_section,
    fit,
    join_fitted,
    number,
    shorten,
    wrap,
    wrap_all,
)
from hub.report.text import SEVERITIES, findings_lines, owns_lines, pasted_acceptance, plan_lines
from hub.report.writes_screen import not_written, skipped_tickets, write_lines

Row = Mapping[str, Any]
MAX_SOURCE_LINES, MAX_WRITE_LINES, MAX_PROJECTS = 14, 10, 3
MAX_EXAMPLES = 3
SERIOUS, NOTES = ("error", "warning"), ("info",)
ORDER_OF_LINES = ((SERIOUS, 1), (SERIOUS, 2), (NOTES, 1), (SERIOUS, 3), (SERIOUS, 4), (NOTES, 4))
SEE_ALL = "-v lists every finding and write, --format json has all details, and the pages (hub serve) show them by team"


@dataclass(frozen=True, slots=True)
class SyncView:
    """A run's document with its overview, and what the command was told.

    `details` replace the findings and writes where every one of them was asked for; `unchanged` says that the document
    is that of an earlier run, since which nothing changed. Without `with_next` somebody else says what to do now.
    """

    report: Mapping[str, Any]
    publishing: bool = True
    dry_run: bool = False
    unchanged: bool = False
    with_next: bool = True
    details: Sequence[StyledLine] | None = None


def sync_lines(view: SyncView) -> Iterator[StyledLine]:
    """At most 60 lines of 160 columns, unless there are `details`."""
    before = [*_sources(view), *_act_on_first(view)]
    if view.details is not None:
        yield from (*before, *view.details, *_owners(view), *_decision(view), *_next(view))
        return
    after = [*_owners(view), *_writes(view), *_decision(view), *_next(view)]
    available = MAX_LINES - len(before) - len(after)
    yield from fit((*before, *_findings(view.report["overview"]["findings"], available), *after))


def _sources(view: SyncView) -> Iterator[StyledLine]:
    report = view.report
    since = f": no ticket, OKR or setting changed since run {report['run']}" if view.unchanged else ""
    yield StyledLine(f"Sources{since}", "heading")
    listed = [line for source in report["sources"] for line in _source(source, view)]
    listed += wrap_all(StyledLine(f"  {note}", "warning") for note in report.get("notes", ()))
    yield from cut_section(listed, MAX_SOURCE_LINES, "lines about sources: hub status")
    counts = report["counts"]
    active = f"{number(counts['active'], 'ticket')} active in {report['cycle']}, {counts['exempt']:,} exempt"
    yield StyledLine(f"  {active}")
    yield from _not_evaluated(report["not_judged"])


def _not_evaluated(skipped: Sequence[Row]) -> Iterator[StyledLine]:
    """By reason, the most frequent first: what was not read is only one of them."""
    by_text: dict[str, list[str]] = {}
    for skip in skipped:
        by_text.setdefault(skip["reason"], []).append(skip["rule"])
    groups = sorted(by_text.items(), key=lambda group: -len(group[1]))
    for reason, rules in groups[:MAX_EXAMPLES]:
        subjects = f"{number(len(rules), 'subject')} of {shorten(sorted(set(rules)), 1)}"
        text = join_fitted(f"not evaluated: {reason}", subjects, indent="  ", min_title=MAX_WIDTH)
        yield StyledLine(text, "warning")
    if left := sum(len(rules) for _, rules in groups[MAX_EXAMPLES:]):
        yield StyledLine(f"  not evaluated: {number(left, 'more subject')}, for other reasons", "warning")


def _source(source: Row, view: SyncView) -> Iterator[StyledLine]:
    """Its counts, then what was not read: new gaps by their reason, with how to accept them."""
    name = source["connector"]
    okrs = f" and {source['okrs']:,} OKRs" if source["okrs"] else ""
    line = f"  {name}: {number(source['pulled'], 'ticket')}{okrs}"
    if not view.unchanged:
        line += f" in {number(source['requests'], 'request')}"
        line += "" if view.dry_run else f", {source['changed']:,} changed, {source['removed']:,} removed"
    yield StyledLine(line)
    reported = set(source["reported_gaps"])
    new = [gap for gap in source["gaps"] if gap["name"] not in reported]
    reasons = by_reason((gap["key"] or "", gap["reason"]) for gap in new)
    for reason, keys in reasons[:MAX_EXAMPLES]:
        named = [key for key in keys if key]
        tickets = f" {shorten(named)}:" if named else ""
        yield from wrap(StyledLine(f"    not read:{tickets} {reason}", "warning"))
    if len(reasons) > MAX_EXAMPLES:
        left = sum(len(keys) for _, keys in reasons[MAX_EXAMPLES:])
        yield StyledLine(f"    not read: {left:,} more, for other reasons: hub status", "warning")
    if source["to_accept"] and any(gap["name"] for gap in new):
        yield StyledLine(f"    {pasted_acceptance(source['to_accept'])}", "info")
    if reported:
        yield StyledLine(f"    not read, as before: {shorten(sorted(reported))} (see hub status)", "warning")
    if source["accepted"]:
        accepted = [gap["name"] or gap["reason"] for gap in source["accepted"]]
        yield StyledLine(f"    not read, and accepted: {shorten(accepted)}", "dim")
    notes = [StyledLine(f"    {note}", "info") for note in source["notes"]]
    yield from wrap_all(cut_section(notes, MAX_EXAMPLES, "notes: hub status"))


def _act_on_first(view: SyncView) -> Iterator[StyledLine]:
    questions = view.report["overview"]["questions"]
    if not questions:
        return
    yield StyledLine()
    yield StyledLine("Act on this first", "heading")
    for place, question in enumerate(questions, start=1):
        yield from wrap(StyledLine(f"  {place}. {question['text']}"), 2)
        links = [url for _, url in question["evidence"] if url]
        yield StyledLine(join_fitted(question["reason"], *links[:2], indent="     ", min_title=MAX_WIDTH), "dim")


def _findings(groups: Sequence[Row], available: int) -> Iterator[StyledLine]:
    """As many rules as fit, each with an example at least: see `_lines_that_fit`."""
    totals: Counter[str] = Counter()
    for group in groups:
        totals[group["severity"]] += group["count"]
    found = ", ".join(number(totals[word], word) for word in SEVERITIES if totals[word])
    yield StyledLine()
    yield StyledLine(f"Findings: {found or 'none'}", "heading" if groups else "good")
    lines_by_group = _lines_that_fit(groups, available - 2)
    for group, count in zip(groups, lines_by_group, strict=True):
        yield from _group_lines(group, count)
    if left := [group for group, count in zip(groups, lines_by_group, strict=True) if not count]:
        findings = number(sum(group["count"] for group in left), "finding")
        yield StyledLine(f"  … and {number(len(left), 'more rule')} with {findings}", "dim")


def _group_lines(group: Row, count: int) -> Iterator[StyledLine]:
    """The rule with what it finds, then examples; where there is one line only, the first example stands in it."""
    if not count:
        return
    head, examples = f"  {group['severity']:<7} {group['count']:>6,}  {group['rule']}", group["examples"]
    if count == 1 and examples:
        example = examples[0]
        title = f"{head}: {example['id']} {example['title']}".rstrip()
        yield StyledLine(join_fitted(title, example["team"], example["url"] or "", indent=""), group["severity"])
        return
    summary = f": {group['summary']}" if group["summary"] else ""
    yield StyledLine(f"{head}{summary}", group["severity"])
    for example in examples[: count - 1]:
        title = f"{example['id']} {example['title']}".rstrip()
        yield StyledLine(join_fitted(title, example["team"], example["url"] or "", indent=" " * 18))


def _lines_that_fit(groups: Sequence[Row], available: int) -> list[int]:
    """How many lines each group gets; where one gets none, a line is left to say so."""
    lines = _lines_by_group(groups, available)
    return lines if all(lines) else _lines_by_group(groups, available - 1)


def _lines_by_group(groups: Sequence[Row], available: int) -> list[int]:
    """Errors and warnings first, as many of them as fit; notes come before the third line of any."""
    lines = [0] * len(groups)
    for severities, most in ORDER_OF_LINES:
        for index, group in enumerate(groups):
            most_lines = min(most, 1 + len(group["examples"]))
            if available > 0 and group["severity"] in severities and lines[index] < most_lines:
                lines[index] += 1
                available -= 1
    return lines


def _owners(view: SyncView) -> Iterator[StyledLine]:
    projects = [(row["container"], row["tickets"]) for row in view.report["overview"]["without_team"]]
    if projects:
        yield StyledLine()
        yield from owns_lines(projects, view.report["counts"]["active"], MAX_PROJECTS)


def _writes(view: SyncView) -> Iterator[StyledLine]:
    """Counts by tracker and kind of write, then what was not written, by reason, and tickets that are left alone."""
    report = view.report
    yield StyledLine()
    if report["read_only"]:
        yield StyledLine("Nothing is written: the tickets come from exports, so the findings are shown here only.")
        return
    rows, skipped = report["plan"], report["skipped_tickets"]
    if not rows and not skipped:
        complete = not any(source["gaps"] for source in report["sources"])
        tickets = "every ticket" if complete else "every ticket that was read"
        yield StyledLine(f"Nothing to write: {tickets} is up to date.", "good" if complete else "plain")
        return
    refused = report["refused"] or ""
    listed = [*write_lines(rows, refused), *wrap_all(not_written(rows, refused), 2), *skipped_tickets(skipped)]
    yield from cut_section(listed, MAX_WRITE_LINES, "lines: -v shows them")


def _decision(view: SyncView) -> Iterator[StyledLine]:
    refused = bool(view.report["refused"]) and view.publishing and not view.dry_run
    yield from wrap_all(StyledLine(text, "error" if refused else "warning") for text in decision(view))


def decision(view: SyncView) -> tuple[str, ...]:
    """Why nothing was written, or would be, and everything that it takes; nothing where nothing stands in the way."""
    report = view.report
    if report["read_only"] or not (report["plan"] or report["refused"]):
        return ()
    reason = (report["refused"] or "").partition(REVIEW)[0].rstrip(". ")
    because = (f"  {reason[:1].upper()}{reason[1:]}.",) if reason else ()
    if not view.publishing and reason:
        both = "it takes both publish.enabled = true in the configuration and --yes"
        return (f"Nothing was written: {both}.", *because)
    if not view.publishing:
        return ("Nothing was written: publish.enabled is false in the configuration.",)
    if reason:
        begin = "hub sync would refuse this without --yes" if view.dry_run else "Refused: nothing was written"
        return (f"{begin}.", *because)
    return ("Nothing was written: this is a dry run.",) if view.dry_run else ()


def _next(view: SyncView) -> Iterator[StyledLine]:
    report = view.report
    if not view.with_next:
        return
    yield StyledLine()
    yield StyledLine(f"Next: {_step(view)}", "heading")
    if view.details is None and (report["findings"] or report["plan"]):
        yield StyledLine(f"More: {SEE_ALL}", "dim")


def _step(view: SyncView) -> str:
    """One step: first what stands in the way of reading, then of writing, then the work itself."""
    report = view.report
    if any(gap["key"] is None for source in report["sources"] for gap in source["gaps"]):
        return "hub doctor says why a source was not read completely"
    writes = not report["read_only"] and report["plan"]
    refused = report["refused"] or ""
    few = ", or begin with a few projects in publish.include" if "publish.include" in refused else ""
    run = f"hub sync{' --yes' if refused else ''}{few}"
    if writes and not view.publishing:
        return f"if the plan looks right, set publish.enabled = true in the configuration and run {run}"
    if writes and (view.dry_run or refused):
        return f"if the plan looks right, run {run}"
    if any(row["status"] == "failed" for row in report["plan"]):
        return "hub doctor checks the permissions behind failed writes"
    ticket = next((row["act_on"][0] for row in report["findings"] if row["act_on"]), None)
    if ticket is not None:
        return f"hub why {ticket} shows one ticket with all its findings; hub audit is the agenda for a session"
    return "hub serve keeps everything up to date and shows it on pages"


def detail_lines(report: Mapping[str, Any], outcome: RunResult | None) -> Iterator[StyledLine]:
    """Every finding and write; of an earlier run only the document is left."""
    if outcome is None:
        yield from _row_lines(report)
        return
    yield StyledLine()
    yield from findings_lines(outcome.judgement.findings)
    if not outcome.is_read_only:
        skipped = [(str(ticket.ref), ticket.reason) for ticket in outcome.plan.skipped]
        complete = not outcome.portfolio.gaps
        yield from plan_lines(outcome.receipts, skipped, complete=complete, refused=outcome.unsafe or "")


def _row_lines(report: Mapping[str, Any]) -> Iterator[StyledLine]:
    rows = sorted(report["findings"], key=lambda row: SEVERITIES.index(row["severity"]))
    for (severity, rule), group in groupby(rows, key=lambda row: (row["severity"], row["rule"])):
        yield StyledLine(f"  {severity}: {rule}", severity)
        for row in group:
            yield StyledLine(f"    {', '.join(row['tickets']) or row['subject']['id']}: {row['message']}")
            yield StyledLine(f"      → {row['remedy']}", "dim")
    yield StyledLine()
    yield StyledLine(f"Planned as before: {number(len(report['plan']), 'write')}")
    for row in report["plan"]:
        yield StyledLine(f"  {row['connector']}:{row['ticket']}: {row['action']} {row['detail']}".rstrip())
