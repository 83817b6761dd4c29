"""The whole audit on paper, in the order in which a session goes through it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from hub.core.audit.questions import KINDS
from hub.core.audit.whole import Audit, Question
from hub.model.message import Link, Strong
from hub.report.audit.first import first_section, glance
from hub.report.audit.paper import Items, Map, Mark, Paper, Paragraph, Section, Table, Words, joined, said
from hub.report.audit.phrases import key_result, plural
from hub.report.audit.rest import NO_SYNC, rest_sections
from hub.report.audit.second import second_section
from hub.report.days import day, moment
from hub.report.map.values import MISSING, Box, Row, Sheet

RANKING = "At most one question per topic, chosen in this order: "


def paper(audit: Audit, sheets: Sequence[Sheet] = ()) -> Paper:
    """From the numbers at a glance to what could not be seen; without `sheets` the map is left out."""
    sections = chain(
        [Section("At a glance", "glance", (Items(glance(audit)),)), _questions(audit)],
        [_map(sheets)] if sheets else [],
        [first_section(audit), second_section(audit)],
        rest_sections(audit),
    )
    return Paper(f"Connect and Align audit, {audit.cycle.id}", tuple(_lead(audit)), tuple(sections))


def _lead(audit: Audit) -> Iterator[Words]:
    cycle = audit.cycle
    days = f"from {day(cycle.start)} to {day(cycle.end)}"
    yield said(f"As of {day(audit.today)}. The cycle runs {days} and is {_phase(cycle.phase)}.")
    if audit.synced:
        read = (
            f"{one.connector}: {plural(one.tickets, 'ticket')}, read on {moment(one.read)}" for one in audit.sources
        )
        yield said(f"Tickets as of the last sync. {'; '.join(read)}.")
    else:
        yield (Mark(NO_SYNC, "warn"),)


def _phase(phase: str) -> str:
    return {"draft": "in draft", "align": "being aligned"}.get(phase, str(phase))


def _questions(audit: Audit) -> Section:
    if not audit.questions:
        return Section("Questions for this session", "questions", (Paragraph(said("The data raises no question.")),))
    ranking = f"{RANKING}{'; '.join(f'{n}. {what}' for n, (_, what) in enumerate(KINDS, start=1))}."
    asked = Items(tuple(_question(one) for one in audit.questions), numbered=True)
    title = (
        f"{len(audit.questions)} questions for this session"
        if len(audit.questions) > 1
        else "A question for this session"
    )
    return Section(title, "questions", (asked, Paragraph(said(ranking), note=True)))


def _question(one: Question) -> Words:
    evidence = joined(tuple(said(Link(name, url) if url else name) for name, url in one.evidence))
    return said(Strong(one.text), f" {one.because} ", *(said("Evidence: ", *evidence, ".") if evidence else ()))


def map_table(sheets: Sequence[Sheet]) -> Table:
    """What the map shows, in words."""
    rows = tuple(row for sheet in sheets for row in _rows(sheet))
    return Table("The alignment map as a table", ("Team", "Key result", "Linked to", "Share", "Work"), rows)


def _map(sheets: Sequence[Sheet]) -> Section:
    return Section("The alignment map", "map", (Map(map_table(sheets)),))


def _rows(sheet: Sheet) -> Iterator[tuple[tuple[Words, ...], ...]]:
    of_box, work_of = defaultdict(list), defaultdict(list)
    for curve in sheet.curves:
        of_box[curve.of].append(curve)
    for row in sheet.rows:
        work_of[row.of].append(row)
    for lane, box in _lower(sheet):
        curves = of_box.get(box.key, ())
        name = key_result(box.shown, title=True) if box.kind == "key-result" else (Mark(box.bad, "bad"),)
        leads = tuple(
            said(f"{curve.label.partition(' → ')[2]} ({curve.kind if curve.state == 'accepted' else curve.state})")
            for curve in curves
        )
        share = tuple(said("" if curve.share is None else f"{curve.share:.3g} %") for curve in curves)
        work = joined(tuple(_work(row) for row in work_of.get(box.key, ())))
        bad = ((Mark(box.bad, "bad"),),) if box.bad and box.kind == "key-result" else ()
        yield ((said(lane),), (name, *bad), leads or ((),), share or ((),), (work or said(box.note),))


def _work(row: Row) -> Words:
    return said(Link(row.ticket.ref, row.ticket.url) if row.ticket else row.text)


def _lower(sheet: Sheet) -> Iterator[tuple[str, Box]]:
    for box in sheet.boxes:
        if box.kind in ("key-result", "loose", MISSING):
            yield next((lane.name for lane in reversed(sheet.lanes) if lane.y <= box.y), ""), box
