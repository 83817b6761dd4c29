"""What follows the two checks on paper: shared OKRs, ratios, exempt work, waivers, and what was not evaluated."""

from collections.abc import Iterator, Sequence

from hub.core.audit.values import SharedOkr
from hub.core.audit.whole import Audit, LeftOff, WaiverUse
from hub.model.message import Code, Strong, Text
from hub.report.audit.paper import Block, Items, Mark, Paragraph, Section, Table, Words, said
from hub.report.audit.phrases import findings, key_results, plural, severity, teams, work
from hub.report.audit.second import ratio_words
from hub.report.days import day

NO_SYNC = "There is no data about tickets yet. Run hub sync."
SUBJECTS = 6


def rest_sections(audit: Audit) -> Iterator[Section]:
    """Every section after the two checks, empty ones too: that nothing is wrong is worth reading."""
    yield Section("Shared OKRs and check-ins", "shared", (), tuple(_shared(audit)))
    yield Section("Alignment ratio by team", "ratio", tuple(_ratios(audit)))
    yield Section("Exempt work", "exempt", tuple(_exempt(audit)))
    yield Section("Not posted on tickets, or label only", "off-tickets", tuple(_left_off(audit)))
    yield Section("Waivers", "waivers", tuple(_waivers(audit)))
    yield Section("Not evaluated, and why", "not-judged", tuple(_blind(audit)))
    if audit.elsewhere:
        yield Section("Other findings", "also", findings(audit.elsewhere))


def _shared(audit: Audit) -> Iterator[Section]:
    for number, one in enumerate(audit.shared, start=1):
        yield Section(one.title, f"shared-{number}", tuple(_rhythm(one)))
    if not audit.shared:
        yield Section("No shared OKRs", "shared-none", (Paragraph(said("No objective belongs to two or more teams.")),))


def _rhythm(one: SharedOkr) -> Iterator[Block]:
    yield Paragraph(said(Strong("Key results: "), *key_results(one.key_results)))
    host = teams((one.host,)) if one.host else (Mark("no host", "bad"),)
    every = f"every {plural(one.every_days, 'day')}" if one.every_days else "no interval set"
    rhythm = Mark(day(one.joint) if one.joint else "none yet", "bad" if one.overdue else "good")
    yield Paragraph(said(Strong("Host: "), *host, f"; {every}. ", Strong("Last joint check-in: "), rhythm))
    yield Table(
        f"Work on {one.id} by team",
        ("Team", "Work"),
        tuple(((teams((team,)),), (work(count),)) for team, count in one.work),
    )
    yield from findings(one.findings)


def _ratios(audit: Audit) -> Iterator[Block]:
    if not audit.synced:
        yield Paragraph((Mark(NO_SYNC, "warn"),))
        return
    yield Paragraph(said("Active tickets that are not exempt; counted by team, never by person."), note=True)
    rows = tuple(((teams((team.team,)),), (ratio_words(team.ratio),)) for team in audit.second)
    yield Table("Active tickets linked to an aligned key result", ("Team", "Linked to an aligned key result"), rows)


def _exempt(audit: Audit) -> Iterator[Block]:
    if not audit.synced:
        yield Paragraph((Mark(NO_SYNC, "warn"),))
    elif audit.exempt:
        rows = tuple(((said(one.team),), (said(one.reason),), (said(str(one.count)),)) for one in audit.exempt)
        yield Table("Open work that is exempt from OKRs", ("Team", "Reason", "Open tickets"), rows)
    else:
        yield Paragraph(said("No open work is exempt."))


def _left_off(audit: Audit) -> Iterator[Block]:
    lines = [_off(one) for one in audit.left_off]
    yield Paragraph(
        said(
            "New tickets and key results get a few days before anything is posted. Affected tickets get a label only."
        ),
        note=True,
    )
    yield (
        Items(tuple(lines))
        if lines
        else Paragraph(said("Every finding that can be resolved on a ticket has a comment there."))
    )


def _off(one: LeftOff) -> Words:
    """The rule, what it is about, and the tickets in both ways."""
    head = (*severity(one.finding), Text(" "), Code(one.finding.rule), Text(f" on {one.finding.subject.id}: "))
    silent = [f"not posted yet on {_named(one.silent)}"] if one.silent else []
    labels = [f"only the label {one.finding.label} on {_named(one.label_only)}"] if one.label_only else []
    return (*head, *said("; ".join((*silent, *labels))))


def _named(refs: Sequence[str]) -> str:
    more = f" and {len(refs) - SUBJECTS} more" if len(refs) > SUBJECTS else ""
    return f"{', '.join(refs[:SUBJECTS])}{more}"


def _waivers(audit: Audit) -> Iterator[Block]:
    report = audit.waivers
    if not (report.active or report.expired or report.unused):
        yield Paragraph(said("There are none."))
        return
    states = (
        ("waives", report.active, "quiet"),
        ("expired", report.expired, "bad"),
        ("matches no finding", report.unused, "warn"),
    )
    rows = tuple(_waiver(use, state, tone) for state, uses, tone in states for use in uses)
    yield Table("Waivers", ("Rule and subject", "Reason", "Owner", "Until", "State"), rows)


def _waiver(use: WaiverUse, state: str, tone: str) -> tuple[tuple[Words, ...], ...]:
    one, count = use.waiver, len(use.findings)
    text = f"{state} {plural(count, 'finding')}" if tone == "quiet" else state
    text += f"; {plural(count, 'finding')} reported again" if count and tone == "bad" else ""
    name = said(Code(one.rule), f" on {one.subject}")
    return ((name,), (said(one.reason),), (said(one.owner),), (said(day(one.until)),), ((Mark(text, tone),),))


def _blind(audit: Audit) -> Iterator[Block]:
    lines: list[Words] = [] if audit.synced else [(Mark(NO_SYNC, "warn"),)]
    blind = audit.blind
    lines += [
        said(f"{gap.connector}{' ' + gap.key if gap.key else ''} was not read: {gap.reason}") for gap in blind.gaps
    ]
    for one in blind.unjudged:
        more = f" and {len(one.subjects) - SUBJECTS} more" if len(one.subjects) > SUBJECTS else ""
        lines.append(said(Code(one.rule), f": {', '.join(one.subjects[:SUBJECTS])}{more}: {one.reason}"))
    lines += [said(Mark("failed: ", "bad"), Code(rule), " was not evaluated") for rule in blind.failed]
    if blind.skipped:
        lines.append(said(f"Not run, because they need tickets: {', '.join(blind.skipped)}"))
    if blind.teamless:
        lines.append(said(f"{plural(blind.teamless, 'active ticket')} in a project or repository that no team owns"))
    yield Items(tuple(lines)) if lines else Paragraph(said("All data was read, and every rule was evaluated."))
