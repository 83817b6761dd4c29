"""The appendix of the audit: findings behind the table, how questions were chosen, waivers, what was not evaluated."""

from collections.abc import Iterator, Sequence
from itertools import chain

from hub.core.display_names import plural
from hub.core.insight.audit.audit import Audit, Question, UnpostedFinding, WaiverUse
from hub.core.insight.audit.dependencies import is_about_dependency
from hub.core.insight.audit.questions import KINDS
from hub.model.message import Code, Link, Text
from hub.report.audit.blocks import (
    Badge,
    Block,
    Items,
    Paragraph,
    Row,
    Section,
    Table,
    Words,
    finding_blocks,
    join_words,
    severity_words,
    to_words,
)
from hub.report.text import day

NO_SYNC = "There is no data about tickets yet. Run hub sync."
MAX_SUBJECTS = 6


def appendix_section(audit: Audit, *map_sections: Section) -> Section:
    """Every part, including empty ones, after the `map_sections`."""
    return Section("Appendix", "appendix", (), (*map_sections, *_parts(audit)))


def _parts(audit: Audit) -> Iterator[Section]:
    yield Section("How the questions were chosen, and their evidence", "ranking", tuple(_ranking(audit)))
    yield Section("Findings about dependencies", "dependency-findings", tuple(_about_dependencies(audit)))
    yield Section("Exempt work", "exempt", tuple(_exempt(audit)))
    yield Section("Not posted on tickets, or label only", "not-posted", tuple(_unposted(audit)))
    yield Section("Waivers", "waivers", tuple(_waivers(audit)))
    yield Section("Not evaluated, and why", "not-evaluated", tuple(_limitations(audit)))
    others = [finding for finding in audit.other_findings if not is_about_dependency(finding)]
    if others:
        yield Section("Other findings", "other-findings", finding_blocks(others))


def _ranking(audit: Audit) -> Iterator[Block]:
    order = "; ".join(f"{number}. {description}" for number, (_, description) in enumerate(KINDS, start=1))
    yield Paragraph(to_words(f"At most one question per topic, chosen in this order: {order}."), note=True)
    lines = tuple(_evidence(question) for question in audit.questions if question.evidence)
    if lines:
        yield Items(lines, numbered=True)


def _evidence(question: Question) -> Words:
    links = join_words(tuple(to_words(Link(name, url) if url else name) for name, url in question.evidence))
    return to_words(f"{question.text} ", *links)


def _about_dependencies(audit: Audit) -> Iterator[Block]:
    """Each finding once, though several teams have it."""
    of_parts = (part.findings for parts in (audit.first, audit.second, audit.shared) for part in parts)
    every = (*audit.other_findings, *chain.from_iterable(of_parts))
    findings = {finding.fingerprint: finding for finding in every if is_about_dependency(finding)}
    yield from finding_blocks(tuple(findings.values())) or (Paragraph(to_words("There are none.")),)


def _exempt(audit: Audit) -> Iterator[Block]:
    if not audit.synced:
        yield Paragraph((Badge(NO_SYNC, "warn"),))
    elif audit.exempt:
        rows = tuple(
            ((to_words(exempt_work.team),), (to_words(exempt_work.reason),), (to_words(f"{exempt_work.count:,}"),))
            for exempt_work in audit.exempt
        )
        yield Table("Open work that is exempt from OKRs", ("Team", "Reason", "Open tickets"), rows, numeric=(2,))
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


def _waiver(use: WaiverUse, state: str, level: str) -> Row:
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
