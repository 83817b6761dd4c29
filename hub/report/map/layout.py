"""Gives everything on the alignment map its place: three columns, as many sheets as it takes, in linear time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hub.core.audit.first_check import TOLERANCE
from hub.core.audit.naming import shown, who
from hub.model.portfolio import Portfolio
from hub.report.map.choice import Choice
from hub.report.map.entries import Entry, Group, Leads, groups, organization, progress
from hub.report.map.values import MISSING, Box, Curve, Lane, Row, Sheet

WIDTH = 1000.0
# The left edge and the width of each column; links run between the first two.
TOP_COLUMN, MIDDLE_COLUMN, WORK_COLUMN = (4.0, 262.0), (372.0, 270.0), (684.0, 312.0)
# A sheet of this height fits a printed page.
LONGEST_SHEET = 1180.0
TICKETS_SHOWN = 3
HEAD, TOP_BOX, BOX, LINE, GAP, LANE_NAME, LANE_GAP = 30.0, 84.0, 48.0, 19.0, 8.0, 24.0, 12.0
THINNEST, WIDEST = 1.5, 12.0


def lay_out(
    portfolio: Portfolio, *, known: Sequence[Group] | None = None, choice: Choice | None = None
) -> tuple[Sheet, ...]:
    """The whole map, or what was chosen; an organization key result stands on every sheet that leads to it.

    `known` is what `groups` made of the portfolio before, as that takes most of the time.
    """
    every = list(groups(portfolio, TICKETS_SHOWN) if known is None else known)
    upper = organization(portfolio)
    if choice is not None:
        every, upper = choice.of(every), [id_ for id_ in upper if choice.keeps(id_)]
    told = {link.to for group in every for one in group.entries for link in one.links}
    lonely = [id_ for id_ in upper if id_ not in told]
    pages = list(_pages(every)) or [[]]
    sheets = (_sheet(portfolio, n, held, lonely if n == len(pages) else ()) for n, held in enumerate(pages, start=1))
    return tuple(sheets)


def _height(one: Entry) -> float:
    return max(BOX, LINE * len(one.work)) + GAP


def _pages(every: Sequence[Group]) -> Iterator[list[Group]]:
    """Fill sheet after sheet; a group that does not fit goes on over the next one."""
    page: list[Group] = []
    used = HEAD
    for group in every:
        for part in _parts(group):
            height = LANE_NAME + sum(map(_height, part.entries)) + LANE_GAP
            if page and used + height > LONGEST_SHEET:
                yield page
                page, used = [], HEAD
            page.append(part)
            used += height
    if page:
        yield page


def _parts(group: Group) -> Iterator[Group]:
    held: list[Entry] = []
    used = HEAD + LANE_NAME + LANE_GAP
    for one in group.entries:
        if held and used + _height(one) > LONGEST_SHEET:
            yield replace(group, entries=tuple(held))
            held, used = [], HEAD + LANE_NAME + LANE_GAP
        held.append(one)
        used += _height(one)
    yield replace(group, entries=tuple(held))


def _sheet(portfolio: Portfolio, number: int, held: Sequence[Group], lonely: Sequence[str]) -> Sheet:
    lanes, boxes, rows, links = [], [], [], []
    y = HEAD
    for group in held:
        lanes.append(Lane(group.name, y, len(group.teams) > 1, group.teams))
        y += LANE_NAME
        for one in group.entries:
            box = _middle(one, y)
            boxes.append(box)
            rows += _rows(one, box)
            links += [(box, link) for link in one.links]
            y += _height(one)
        y += LANE_GAP
    tops = _tops(portfolio, links, lonely)
    height = max([y, *(box.y + box.height + GAP for box in tops.values())])
    placed = {**{box.key: box for box in boxes}, **tops}
    curves = tuple(_curve(box, link, placed.get(link.to)) for box, link in links)
    ordered = (*sorted(tops.values(), key=lambda box: box.y), *boxes)
    return Sheet(number, WIDTH, height, tuple(lanes), ordered, tuple(rows), curves)


def _middle(one: Entry, y: float) -> Box:
    return Box(
        one.key, one.kind, MIDDLE_COLUMN[0], y, MIDDLE_COLUMN[1], BOX, one.shown, one.note, one.bad, one.progress
    )


def _rows(one: Entry, box: Box) -> list[Row]:
    start = (box.x + box.width, box.y + box.height / 2)
    return [
        Row(
            box.key,
            *start,
            WORK_COLUMN[0],
            box.y + number * LINE,
            WORK_COLUMN[1],
            told.ticket,
            told.text,
            told.active,
            named=not box.shown.private,
        )
        for number, told in enumerate(one.work)
    ]


def _tops(portfolio: Portfolio, links: Sequence[tuple[Box, Leads]], lonely: Sequence[str]) -> Mapping[str, Box]:
    """Each near the middle of what leads to it, so that few links cross; none on another."""
    near: dict[str, list[float]] = defaultdict(list)
    for box, link in links:
        found = portfolio.linked(link.to)
        if found is not None and portfolio.objective_of(link.to).of_organization:
            near[link.to].append(box.y + box.height / 2)
    wanted = sorted((sum(ys) / len(ys), id_) for id_, ys in near.items())
    order = [(y - TOP_BOX / 2, id_) for y, id_ in wanted] + [(0.0, id_) for id_ in lonely]
    placed, free = {}, HEAD
    for y, id_ in order:
        top = max(free, y)
        placed[id_] = _top(portfolio, id_, top)
        free = top + TOP_BOX + GAP
    return placed


def _top(portfolio: Portfolio, id_: str, y: float) -> Box:
    one = portfolio.linked(id_)
    assert one is not None  # noqa: S101  only what is linked gets a box
    shares = sorted((c for c in one.contributions if c.share is not None), key=lambda c: (-(c.share or 0), c.team))
    total = sum(c.share or 0 for c in shares)
    note = " + ".join(f"{who(portfolio, c.team).name} {c.share:g}" for c in shares)
    note = f"{note} = {total:g} %" if shares else "no shares stated"
    faults = [] if any(team in portfolio.okrs.teams for team in one.owners) else ["no owner"]
    faults += [f"shares add up to {total:g} %"] if shares and abs(total - 100) > TOLERANCE else []
    bad = ", ".join(faults)
    return Box(
        id_,
        "organization",
        TOP_COLUMN[0],
        y,
        TOP_COLUMN[1],
        TOP_BOX,
        shown(portfolio, id_),
        note,
        bad,
        progress(portfolio, one),
    )


def _curve(box: Box, link: Leads, to: Box | None) -> Curve:
    """From the left edge of the lower key result; into nothing where its target is not on the sheet."""
    share = link.share
    width = THINNEST if share is None else THINNEST + (WIDEST - THINNEST) * min(max(share, 0.0), 100.0) / 100
    y, ends = box.y + box.height / 2, (box.key, link.to)
    if to is None:
        return Curve(
            *ends, box.x, y, box.x - 40, y, link.kind, link.state, share, width, f"{box.shown.id} → {link.name}"
        )
    edge = to.x + to.width if to.kind == "organization" else to.x
    state = link.state if box.kind != MISSING else MISSING
    end = to.y + to.height / 2
    return Curve(*ends, box.x, y, edge, end, link.kind, state, share, width, f"{box.shown.id} → {link.name}")
