"""Page one of the audit: who meets when, the agenda of 90 minutes, and the questions with room for the decisions."""

from collections.abc import Iterator

from hub.core.display_names import plural
from hub.core.insight.audit.audit import Audit, Question
from hub.model.message import Strong
from hub.report.audit.blocks import (
    Blank,
    Block,
    Items,
    Paragraph,
    Reference,
    Row,
    Section,
    Table,
    Words,
    dependency_reference,
    join_words,
    to_words,
)
from hub.report.audit.organization_check import highlights
from hub.report.text import day

DURATION_MINUTES = 90
DECISION = Blank("Decision")
# More teams than this are not named one by one on page one.
MAX_TEAMS = 14


def session_section(audit: Audit) -> Section:
    """Who, when, which cycle, and how the 90 minutes are spent."""
    about = Table("Who and when", ("This session", "Details"), tuple(_about(audit)), widths=(4, 20))
    agenda = Table(
        f"Agenda, {DURATION_MINUTES} minutes",
        ("Minutes", "Topic", "Goal"),
        tuple(_agenda(audit)),
        widths=(3, 7, 14),
    )
    return Section("The session", "session", (about, agenda))


def _about(audit: Audit) -> Iterator[Row]:
    cycle = audit.cycle
    phase = {"draft": "in draft", "align": "being aligned"}.get(cycle.phase, str(cycle.phase))
    yield _entry("Cycle", to_words(f"{cycle.id}, {day(cycle.start)} to {day(cycle.end)}, {phase}"))
    yield _entry("When", to_words(Blank("Date and time"), f", {DURATION_MINUTES} minutes"))
    yield _entry("OKR coach", (Blank("Name of the coach"),))
    yield _entry("Who", *_participants(audit))


def _entry(name: str, *lines: Words) -> Row:
    return ((to_words(Strong(name)),), lines)


def _participants(audit: Audit) -> Iterator[Words]:
    """Two teams a line."""
    teams = [team.team.name for team in audit.second]
    if not 0 < len(teams) <= MAX_TEAMS:
        yield to_words(f"One person of each team ({len(teams):,}): ", Blank("Names of the participants"))
        return
    places = [to_words(f"{name} ", Blank(f"Who comes for {name}")) for name in teams]
    yield from (join_words(tuple(places[at : at + 2]), "; ") for at in range(0, len(places), 2))


def _agenda(audit: Audit) -> Iterator[Row]:
    minute = 0
    for minutes, topic, goal in _topics(audit):
        yield (to_words(f"{minute} to {minute + minutes}"),), (to_words(Strong(topic)),), (goal,)
        minute += minutes


def _topics(audit: Audit) -> Iterator[tuple[int, str, Words]]:
    open_ones = sum(dependency.needs_decision for dependency in audit.dependencies)
    unsound = sum(not (row.key_result.private or (row.owners and row.shares_add_up)) for row in audit.first)
    apart = sum(not team.reached for team in audit.second)
    links = len({(link.kind, link.subject) for team in audit.second for link in team.suggestions})
    yield (
        10,
        "Where we stand",
        to_words("The figures at a glance, and ", _see("what was not evaluated", "not-evaluated")),
    )
    yield 30, "Questions", to_words("One decision for each of the questions below, with a name and a date")
    yield (
        20,
        "Dependencies",
        to_words(
            "Each that needs a ", _see("decision", "dependencies"), f": {open_ones:,} of {len(audit.dependencies):,}"
        ),
    )
    first = _see("Organization key results", "first-check")
    yield (
        10,
        "First check",
        to_words(first, f" without an owner or shares of 100 %: {unsound:,} of {len(audit.first):,}"),
    )
    second = _see("Teams", "second-check")
    suggested = _see(plural(links, "possible missing link"), "suggestions")
    goal = to_words(second, f" that contribute to none of them: {apart:,} of {len(audit.second):,}; ", suggested)
    yield 10, "Second check", goal
    yield 10, "Close", to_words("Read the decisions aloud; who writes them into the OKRs and on the tickets, by when")


def _see(text: str, anchor: str) -> Reference:
    return Reference(text, f"#{anchor}")


def questions_section(audit: Audit) -> Section:
    """The questions, each with its reason and room for the decision."""
    if not audit.questions:
        none: Block = Paragraph(to_words("The data raises no question."))
        return Section("Questions for this session", "questions", (none,))
    count = len(audit.questions)
    title = f"{count} questions for this session" if count > 1 else "A question for this session"
    rows = tuple(_question(audit, number, question) for number, question in enumerate(audit.questions, start=1))
    head = ("", "Question, and why it is asked", "Decision", "Who", "By when")
    return Section(title, "questions", (Table("Questions and decisions", head, rows, widths=(1, 11, 6, 3, 3)),))


def _question(audit: Audit, number: int, question: Question) -> Row:
    return (
        (to_words(str(number)),),
        (to_words(Strong(question.text)), to_words(f"{question.reason} ", *_where(audit, question))),
        ((DECISION,),),
        ((Blank("Who"),),),
        ((Blank("By when"),),),
    )


def _where(audit: Audit, question: Question) -> Words:
    """The part of the audit that shows it."""
    if question.dependency is not None:
        return to_words("See ", dependency_reference(question.dependency), ".")
    named = {name for name, _ in question.evidence}
    for number, row in enumerate(audit.first, start=1):
        if row.key_result.id in named:
            return to_words("See the ", _see("first check", f"organization-{number}"), ".")
    if any(shared.id in named for shared in audit.shared):
        return to_words("See ", _see("Shared OKRs", "shared"), ".")
    return to_words("See the ", _see("second check", "second-check"), ".")


def glance_section(audit: Audit) -> Section:
    """The numbers of the whole audit."""
    return Section("At a glance", "glance", (Items(highlights(audit)),))
