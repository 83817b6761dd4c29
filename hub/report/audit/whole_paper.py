"""Builds the whole audit document, in the order of an audit session."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from hub.core.audit.questions import KINDS
from hub.core.audit.whole import Audit, Question
from hub.model.message import Link, Strong
from hub.report.audit.first import highlights, organization_section
from hub.report.audit.paper import Badge, Document, Items, Map, Paragraph, Section, Table, Words, join_words, to_words
from hub.report.audit.phrases import key_result_words, plural
from hub.report.audit.rest import NO_SYNC, appendix_sections
from hub.report.audit.second import teams_section
from hub.report.days import day, format_time
from hub.report.map.values import MISSING, UNLINKED, Box, MapPage, WorkLine

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
