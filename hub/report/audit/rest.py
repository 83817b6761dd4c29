"""The sections after the two checks: shared OKRs, ratios, exempt work, waivers, and what was not evaluated."""

from collections.abc import Iterator, Sequence

from hub.core.audit.values import SharedOkr
from hub.core.audit.whole import Audit, UnpostedFinding, WaiverUse
from hub.model.message import Code, Strong, Text
from hub.report.audit.paper import Badge, Block, Items, Paragraph, Section, Table, Words, to_words
from hub.report.audit.phrases import finding_blocks, key_results_words, plural, severity_words, teams_words, work_words
from hub.report.audit.second import ratio_words
from hub.report.days import day

NO_SYNC = "There is no data about tickets yet. Run hub sync."
MAX_SUBJECTS = 6


def appendix_sections(audit: Audit) -> Iterator[Section]:
    """Every section after the two checks, including empty ones."""
    yield Section("Shared OKRs and check-ins", "shared", (), tuple(_shared(audit)))
    yield Section("Alignment ratio by team", "ratio", tuple(_ratios(audit)))
    yield Section("Exempt work", "exempt", tuple(_exempt(audit)))
    yield Section("Not posted on tickets, or label only", "not-posted", tuple(_unposted(audit)))
    yield Section("Waivers", "waivers", tuple(_waivers(audit)))
    yield Section("Not evaluated, and why", "not-evaluated", tuple(_limitations(audit)))
    if audit.other_findings:
        yield Section("Other findings", "other-findings", finding_blocks(audit.other_findings))


def _shared(audit: Audit) -> Iterator[Section]:
    for number, shared_okr in enumerate(audit.shared, start=1):
        yield Section(shared_okr.title, f"shared-{number}", tuple(_rhythm(shared_okr)))
    if not audit.shared:
        yield Section(
            "No shared OKRs", "shared-none", (Paragraph(to_words("No objective belongs to two or more teams.")),)
        )


def _rhythm(shared_okr: SharedOkr) -> Iterator[Block]:
    yield Paragraph(to_words(Strong("Key results: "), *key_results_words(shared_okr.key_results)))
    host = teams_words((shared_okr.host,)) if shared_okr.host else (Badge("no host", "bad"),)
    every = f"every {plural(shared_okr.every_days, 'day')}" if shared_okr.every_days else "no interval set"
    rhythm = Badge(
        day(shared_okr.last_joint_check_in) if shared_okr.last_joint_check_in else "none yet",
        "bad" if shared_okr.overdue else "good",
    )
    yield Paragraph(to_words(Strong("Host: "), *host, f"; {every}. ", Strong("Last joint check-in: "), rhythm))
    yield Table(
        f"Work on {shared_okr.id} by team",
        ("Team", "Work"),
        tuple(((teams_words((team,)),), (work_words(count),)) for team, count in shared_okr.work),
    )
    yield from finding_blocks(shared_okr.findings)


def _ratios(audit: Audit) -> Iterator[Block]:
    if not audit.synced:
        yield Paragraph((Badge(NO_SYNC, "warn"),))
        return
    yield Paragraph(to_words("Active tickets that are not exempt; counted by team, never by person."), note=True)
    rows = tuple(((teams_words((team.team,)),), (ratio_words(team.ratio),)) for team in audit.second)
    yield Table("Active tickets linked to an aligned key result", ("Team", "Linked to an aligned key result"), rows)


def _exempt(audit: Audit) -> Iterator[Block]:
    if not audit.synced:
        yield Paragraph((Badge(NO_SYNC, "warn"),))
    elif audit.exempt:
        rows = tuple(
            ((to_words(exempt_work.team),), (to_words(exempt_work.reason),), (to_words(str(exempt_work.count)),))
            for exempt_work in audit.exempt
        )
        yield Table("Open work that is exempt from OKRs", ("Team", "Reason", "Open tickets"), rows)
    else:
        yield Paragraph(to_words("No open work is exempt."))


def _unposted(audit: Audit) -> Iterator[Block]:
    lines = [_unposted_line(unposted_finding) for unposted_finding in audit.unposted]
    yield Paragraph(
        to_words(
            "New tickets and key results get a few days before anything is posted. Affected tickets get a label only."
        ),
        note=True,
    )
    yield (
        Items(tuple(lines))
        if lines
        else Paragraph(to_words("Every finding that can be resolved on a ticket has a comment there."))
    )


def _unposted_line(unposted_finding: UnpostedFinding) -> Words:
    """The rule, what it is about, and the tickets in both ways."""
    head = (
        *severity_words(unposted_finding.finding),
        Text(" "),
        Code(unposted_finding.finding.rule),
        Text(f" on {unposted_finding.finding.subject.id}: "),
    )
    not_posted = [f"not posted yet on {_named(unposted_finding.not_posted)}"] if unposted_finding.not_posted else []
    labels = (
        [f"only the label {unposted_finding.finding.label} on {_named(unposted_finding.label_only)}"]
        if unposted_finding.label_only
        else []
    )
    return (*head, *to_words("; ".join((*not_posted, *labels))))


def _named(refs: Sequence[str]) -> str:
    suffix = f" and {len(refs) - MAX_SUBJECTS} more" if len(refs) > MAX_SUBJECTS else ""
    return f"{', '.join(refs[:MAX_SUBJECTS])}{suffix}"


def _waivers(audit: Audit) -> Iterator[Block]:
    report = audit.waivers
    if not (report.active or report.expired or report.unused):
        yield Paragraph(to_words("There are none."))
        return
    states = (
        ("waives", report.active, "dim"),
        ("expired", report.expired, "bad"),
        ("matches no finding", report.unused, "warn"),
    )
    rows = tuple(_waiver(use, state, level) for state, uses, level in states for use in uses)
    yield Table("Waivers", ("Rule and subject", "Reason", "Owner", "Until", "State"), rows)


def _waiver(use: WaiverUse, state: str, level: str) -> tuple[tuple[Words, ...], ...]:
    waiver, count = use.waiver, len(use.findings)
    text = f"{state} {plural(count, 'finding')}" if level == "dim" else state
    text += f"; {plural(count, 'finding')} reported again" if count and level == "bad" else ""
    name = to_words(Code(waiver.rule), f" on {waiver.subject}")
    return (
        (name,),
        (to_words(waiver.reason),),
        (to_words(waiver.owner),),
        (to_words(day(waiver.until)),),
        ((Badge(text, level),),),
    )


def _limitations(audit: Audit) -> Iterator[Block]:
    lines: list[Words] = [] if audit.synced else [(Badge(NO_SYNC, "warn"),)]
    limitations = audit.limitations
    lines += [
        to_words(f"{gap.connector}{' ' + gap.key if gap.key else ''} was not read: {gap.reason}")
        for gap in limitations.gaps
    ]
    for not_evaluated in limitations.not_evaluated:
        suffix = (
            f" and {len(not_evaluated.subjects) - MAX_SUBJECTS} more"
            if len(not_evaluated.subjects) > MAX_SUBJECTS
            else ""
        )
        lines.append(
            to_words(
                Code(not_evaluated.rule),
                f": {', '.join(not_evaluated.subjects[:MAX_SUBJECTS])}{suffix}: {not_evaluated.reason}",
            )
        )
    lines += [to_words(Badge("failed: ", "bad"), Code(rule), " was not evaluated") for rule in limitations.failed]
    if limitations.skipped:
        lines.append(to_words(f"Not run, because they need tickets: {', '.join(limitations.skipped)}"))
    if limitations.without_team:
        lines.append(
            to_words(
                f"{plural(limitations.without_team, 'active ticket')} in a project or repository that no team owns"
            )
        )
    yield Items(tuple(lines)) if lines else Paragraph(to_words("All data was read, and every rule was evaluated."))
