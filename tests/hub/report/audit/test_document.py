"""The document of a session: its order, each dependency once, and a bounded length that says what it leaves out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from hypothesis import given, settings

from benchmarks import portfolio as synthetic
from hub.core.checking.check import check
from hub.core.insight.audit.audit import Audit, Source
from hub.core.insight.audit.build import build_audit
from hub.core.insight.audit.rows import TeamDependency
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.initiative import Initiative
from hub.model.okr import LinkState, Need, Okrs
from hub.report.audit.blocks import Block, Document, Items, Map, Paragraph, Reference, Section, Table, Words, plain_text
from hub.report.audit.document import MAX_ITEMS, MAX_PARTS, MAX_ROWS, build_document, shorten
from hub.report.audit.render import text_lines
from rules.registry import ALL_RULES
from tests.builders import a_key_result, a_portfolio, a_ref, a_team, an_initiative, an_objective, some_okrs
from tests.hub.pipeline.portfolios import okrs as any_okrs
from tests.hub.pipeline.portfolios import tickets as any_tickets

READ = datetime(2026, 11, 16, tzinfo=UTC)
REFERENCE = re.compile(r"supports (d\d+|a key result of another team)")
DEPENDENCY_WORDS = ("wait", "block", "depend", "need", "provid", "support")


@dataclass(frozen=True)
class Unit:
    """What a reader takes in at once: a paragraph, a line of a list or a row of a table, below its headings."""

    text: str
    anchor: str = ""


def units(document: Document) -> Iterator[Unit]:
    """Everything outside the appendix."""
    for section in document.sections:
        if section.anchor != "appendix":
            yield from _units(section, "")


def _units(section: Section, above: str) -> Iterator[Unit]:
    headings = f"{above} {section.title}"
    for block in section.blocks:
        yield from (Unit(f"{headings}: {text}".casefold(), anchor) for text, anchor in _lines(block))
    for part in section.sections:
        yield from _units(part, headings)


def _lines(block: Block) -> Iterator[tuple[str, str]]:
    if isinstance(block, Paragraph):
        yield plain_text(block.words), ""
    elif isinstance(block, Items):
        yield from ((plain_text(words), "") for words in block.items)
    elif isinstance(block, Table):
        for at, row in enumerate(block.rows):
            cells = (" ".join(map(plain_text, cell)) for cell in row)
            named = (f"{name}: {cell}" for name, cell in zip(block.head, cells, strict=True))
            yield " | ".join(named), block.anchors[at] if block.anchors else ""


def names_dependency(unit: Unit, dependency: TeamDependency) -> bool:
    """A mention: both tickets of a pair in one unit, or both teams and what is waited for in words of waiting.

    A number such as D2 is a reference to the row, and no mention. Two teams beside a key result that they share are
    none either, for that says who works on it and not who waits.
    """
    for pair in dependency.tickets:
        waiting, providing = (ticket.ref.partition(":")[2].casefold() for ticket in (pair.waiting, pair.providing))
        if _has(unit.text, waiting) and _has(unit.text, providing):
            return True
    waiting_teams = [team.name for team in dependency.waiting_teams] or ["the organization"]
    teams = [*waiting_teams, dependency.providing_team.name]
    titles = [key_result.title.casefold() for key_result in dependency.waiting if not key_result.private]
    return (
        any(word in REFERENCE.sub("", unit.text) for word in DEPENDENCY_WORDS)
        and all(team.casefold() in unit.text for team in teams)
        and any(title in unit.text for title in titles)
    )


def _has(text: str, key: str) -> bool:
    """The key, but not as the beginning of a longer one."""
    return any(not rest[:1].isdigit() for rest in text.split(key)[1:])


def mentions(document: Document, number: int, dependency: TeamDependency) -> list[Unit]:
    """Its own row, and the other units that name it; rows of other dependencies speak of those."""
    own = f"dependency-{number}"
    return [
        unit
        for unit in units(document)
        if unit.anchor == own or (not unit.anchor and names_dependency(unit, dependency))
    ]


def assert_each_dependency_stands_once(audit: Audit) -> None:
    document = build_document(audit)
    for number, dependency in enumerate(audit.dependencies, start=1):
        found = mentions(document, number, dependency)
        assert [unit.anchor for unit in found] == [f"dependency-{number}"], [unit.text for unit in found]


def audit_of(*initiatives: Initiative, okrs: Okrs | None = None) -> Audit:
    portfolio = a_portfolio(*initiatives, okrs=okrs)
    return build_audit(portfolio, check(portfolio, ALL_RULES), sources=[Source("jira", READ, len(initiatives))])


def two_teams() -> Audit:
    """Sales waits for Data by a ticket that the OKRs do not know, and by a need that Data declined."""
    okrs = some_okrs(
        teams=(a_team("sales", "jira:SAL"), a_team("data", "jira:DAT")),
        objectives=(an_objective("growth"), an_objective("pipe", "sales"), an_objective("insight", "data")),
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("deals", "pipe", depends_on=(Need("data", "reports", state=LinkState.DECLINED),)),
            a_key_result("leads", "pipe"),
            a_key_result("reports", "insight"),
        ),
    )
    waiting = an_initiative("jira:SAL-1", serves="leads", blocked_by=(a_ref("jira:DAT-1"),))
    return audit_of(waiting, an_initiative("jira:DAT-1", serves="reports"), okrs=okrs)


def test_every_dependency_of_two_teams_stands_once_outside_the_appendix() -> None:
    audit = two_teams()
    assert len(audit.dependencies) == 2
    assert_each_dependency_stands_once(audit)


@settings(max_examples=60, deadline=None)
@given(any_okrs(), any_tickets())
def test_every_dependency_of_any_portfolio_stands_once_outside_the_appendix(
    okrs: Okrs, drawn: tuple[Initiative, ...]
) -> None:
    assert_each_dependency_stands_once(audit_of(*drawn, okrs=okrs))


def test_a_sentence_that_restates_a_dependency_would_be_counted() -> None:
    audit = two_teams()
    dependency = audit.dependencies[0]
    assert names_dependency(Unit("sales waits for data: “title of leads”"), dependency)
    assert names_dependency(Unit("sal-1 is blocked by dat-1"), dependency)
    assert not names_dependency(Unit("sales waits on others: d1 open"), dependency)
    assert not names_dependency(Unit("sal-12 is blocked by dat-1"), dependency)


def test_the_parts_stand_in_the_order_of_the_session() -> None:
    anchors = [section.anchor for section in build_document(two_teams()).sections]
    assert anchors == [
        *("session", "questions", "glance", "dependencies", "first-check", "second-check"),
        *("shared", "suggestions", "appendix"),
    ]


def test_the_agenda_fills_ninety_minutes_without_a_gap() -> None:
    _, agenda = build_document(two_teams()).sections[0].blocks
    assert isinstance(agenda, Table)
    spans = [plain_text(row[0][0]).split(" to ") for row in agenda.rows]
    assert [start for start, _ in spans] == ["0", *(end for _, end in spans[:-1])]
    assert spans[-1][1] == "90"


def test_each_question_has_room_for_a_decision_a_name_and_a_date() -> None:
    audit = two_teams()
    (table,) = build_document(audit).sections[1].blocks
    assert isinstance(table, Table)
    assert table.head[2:] == ("Decision", "Who", "By when")
    assert len(table.rows) == len(audit.questions) > 0
    assert {plain_text(words).strip("_") for row in table.rows for cell in row[2:] for words in cell} == {""}


def test_a_question_about_a_dependency_leads_to_its_row() -> None:
    audit = two_teams()
    asked = next(question for question in audit.questions if question.kind == "dependency")
    assert asked.dependency is not None
    assert {team.name for team in audit.dependencies[asked.dependency - 1].waiting_teams} == {"Sales"}
    text = "\n".join(line.text for line in text_lines(build_document(audit)))
    assert f"See D{asked.dependency}." in text


def a_large_audit() -> Audit:
    """200 teams and 20,000 tickets."""
    dice = Random(7)
    portfolio = build_portfolio(synthetic.snapshot(20_000, dice), synthetic.okrs(Random(7)), synthetic.TODAY)
    return build_audit(portfolio, check(portfolio, ALL_RULES), sources=[Source("jira", READ, 20_000)])


def rows_of(section: Section) -> Iterator[tuple[Block, int]]:
    for block in section.blocks:
        if isinstance(block, Table | Items):
            yield block, len(block.rows if isinstance(block, Table) else block.items)
    for part in section.sections:
        yield from rows_of(part)


def omitted(words: Words) -> int:
    return int(plain_text(words).split()[1].replace(",", "")) if words else 0


def dead_references(document: Document) -> set[str]:
    """Places within the document that a reference names and that are not there."""
    anchors: set[str] = set()
    named: set[str] = set()
    todo = list(document.sections)
    while todo:
        section = todo.pop()
        todo += section.sections
        anchors.add(section.anchor)
        for block in section.blocks:
            if isinstance(block, Table):
                anchors |= set(block.anchors[: len(block.rows)])
                words = [words for row in block.rows for cell in row for words in cell]
                named |= {item.url for line in words for item in line if isinstance(item, Reference)}
    return {name for name in named if name.startswith("#") and name[1:] not in anchors}


def test_a_large_audit_is_cut_and_says_how_much_is_left_out() -> None:
    whole = build_document(a_large_audit())
    short = shorten(whole, "https://hub.example")
    assert len(list(text_lines(short))) < 700 < len(list(text_lines(whole)))
    for before, after in zip(whole.sections, short.sections, strict=True):
        assert len(after.sections) <= MAX_PARTS
        assert len(after.sections) + omitted(after.more) == len(before.sections)
        assert all(count <= max(*MAX_ROWS, *MAX_ITEMS) for _, count in rows_of(after))
        for block, kept in zip(before.blocks, after.blocks, strict=True):
            if isinstance(block, Table) and isinstance(kept, Table):
                assert len(kept.rows) + omitted(kept.more) == len(block.rows)
    assert dead_references(short) == set()
    assert dead_references(shorten(whole)) == set()
    said = "\n".join(line.text for line in text_lines(short))
    assert "more rows, see all on the audit page" in said


def test_a_small_audit_is_not_cut() -> None:
    document = build_document(two_teams())
    assert shorten(document) == document
    assert not any(isinstance(block, Map) for section in document.sections for block in section.blocks)
