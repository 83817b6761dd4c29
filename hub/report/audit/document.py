"""The whole audit as a document, in the order of the session, with the appendix."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from hub.core.insight.audit.audit import Audit, Question, UnpostedFinding, WaiverUse
from hub.core.insight.audit.questions import KINDS
from hub.core.insight.audit.rows import SharedOkr
from hub.model.message import Code, Link, Strong, Text
from hub.report.audit.blocks import (
    Badge,
    Block,
    Document,
    Items,
    Map,
    Paragraph,
    Section,
    Table,
    Words,
    finding_blocks,
    join_words,
    key_result_words,
    key_results_words,
    plural,
    severity_words,
    teams_words,
    to_words,
    work_words,
)
from hub.report.audit.organization_check import highlights, organization_section
from hub.report.audit.team_check import ratio_words, teams_section
from hub.report.map.nodes import MISSING, UNLINKED, Box, MapPage, WorkLine
from hub.report.text import day, format_time

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


RANKING_INTRO = "At most one question per topic, chosen in this order: "


def build_document(audit: Audit, map_pages: Sequence[MapPage] = ()) -> Document:
    """From the numbers at a glance to what could not be seen; without `sheets` the map is left out."""
    sections = chain(
        [Section("At a glance", "glance", (Items(highlights(audit)),)), _questions(audit)],
        [_map(map_pages)] if map_pages else [],
        [organization_section(audit), teams_section(audit)],
        appendix_sections(audit),
    )
    return Document(f"Connect and Align audit, {audit.cycle.id}", tuple(_lead_lines(audit)), tuple(sections))


def _lead_lines(audit: Audit) -> Iterator[Words]:
    cycle = audit.cycle
    days = f"from {day(cycle.start)} to {day(cycle.end)}"
    yield to_words(f"As of {day(audit.today)}. The cycle runs {days} and is {_phase(cycle.phase)}.")
    if audit.synced:
        read = (
            f"{source.connector}: {plural(source.tickets, 'ticket')}, read on {format_time(source.read)}"
            for source in audit.sources
        )
        yield to_words(f"Tickets as of the last sync. {'; '.join(read)}.")
    else:
        yield (Badge(NO_SYNC, "warn"),)


def _phase(phase: str) -> str:
    return {"draft": "in draft", "align": "being aligned"}.get(phase, str(phase))


def _questions(audit: Audit) -> Section:
    if not audit.questions:
        return Section(
            "Questions for this session", "questions", (Paragraph(to_words("The data raises no question.")),)
        )
    ranking = f"{RANKING_INTRO}{'; '.join(f'{n}. {description}' for n, (_, description) in enumerate(KINDS, start=1))}."
    questions = Items(tuple(_question(question) for question in audit.questions), numbered=True)
    title = (
        f"{len(audit.questions)} questions for this session"
        if len(audit.questions) > 1
        else "A question for this session"
    )
    return Section(title, "questions", (questions, Paragraph(to_words(ranking), note=True)))


def _question(question: Question) -> Words:
    evidence = join_words(tuple(to_words(Link(name, url) if url else name) for name, url in question.evidence))
    return to_words(
        Strong(question.text), f" {question.reason} ", *(to_words("Evidence: ", *evidence, ".") if evidence else ())
    )


def map_table(map_pages: Sequence[MapPage]) -> Table:
    """What the map shows, in words."""
    rows = tuple(row for map_page in map_pages for row in _rows(map_page))
    return Table("The alignment map as a table", ("Team", "Key result", "Linked to", "Share", "Work"), rows)


def _map(map_pages: Sequence[MapPage]) -> Section:
    return Section("The alignment map", "map", (Map(map_table(map_pages)),))


def _rows(map_page: MapPage) -> Iterator[tuple[tuple[Words, ...], ...]]:
    of_box, work_of = defaultdict(list), defaultdict(list)
    for edge in map_page.edges:
        of_box[edge.of].append(edge)
    for row in map_page.rows:
        work_of[row.of].append(row)
    for lane, box in _lower(map_page):
        edges = of_box.get(box.key, ())
        name = (
            key_result_words(box.key_result, title=True) if box.kind == "key-result" else (Badge(box.problem, "bad"),)
        )
        leads = tuple(
            to_words(f"{edge.label.partition(' → ')[2]} ({edge.kind if edge.state == 'accepted' else edge.state})")
            for edge in edges
        )
        share = tuple(to_words("" if edge.share is None else f"{edge.share:.3g} %") for edge in edges)
        work = join_words(tuple(_work(row) for row in work_of.get(box.key, ())))
        problem = ((Badge(box.problem, "bad"),),) if box.problem and box.kind == "key-result" else ()
        yield ((to_words(lane),), (name, *problem), leads or ((),), share or ((),), (work or to_words(box.note),))


def _work(row: WorkLine) -> Words:
    return to_words(Link(row.ticket.ref, row.ticket.url) if row.ticket else row.text)


def _lower(map_page: MapPage) -> Iterator[tuple[str, Box]]:
    for box in map_page.boxes:
        if box.kind in ("key-result", UNLINKED, MISSING):
            yield next((lane.name for lane in reversed(map_page.lanes) if lane.y <= box.y), ""), box
