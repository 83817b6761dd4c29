"""The table of dependencies: who waits, who provides, for what, by when, whether both agreed, and their priorities."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from hub.core.display_names import plural
from hub.core.insight.audit.audit import Audit
from hub.core.insight.audit.rows import KeyResultRef, TeamDependency, TicketDependency
from hub.model.okr import LinkState
from hub.report.audit.blocks import (
    Badge,
    Paragraph,
    Row,
    Section,
    Table,
    Words,
    join_words,
    key_results_words,
    status_text,
    teams_words,
    ticket_link,
    to_words,
)
from hub.report.audit.session import DECISION
from hub.report.text import day

# Tickets named in one cell; the rest is a number.
MAX_TICKETS = 3
MAX_KEY_RESULTS = 2
HEAD = ("No.", "Who waits, and for what", "Who provides it, by what", "By when", "Agreed?", "Priorities", "Decision")


def dependencies_section(audit: Audit) -> Section:
    """Every dependency once, those that need a decision first; other parts refer to its number."""
    if not audit.dependencies:
        none = Paragraph(to_words("No dependencies between teams are known."))
        return Section("Dependencies between teams", "dependencies", (none,))
    every = audit.dependencies
    differ = sum(dependency.priorities_match is False for dependency in every)
    note = (
        f"{sum(not dependency.agreed for dependency in every):,} of {len(every):,} not agreed, "
        f"{sum(dependency.late_until is not None for dependency in every):,} late, {differ:,} with different "
        "priorities; these come first. Priorities, waiting / providing: 1 is the most urgent, 4 the least."
    )
    table = Table(
        "Who waits for whom",
        HEAD,
        tuple(_row(number, dependency) for number, dependency in enumerate(audit.dependencies, start=1)),
        widths=(2, 5, 5, 3, 3, 3, 3),
        anchors=tuple(f"dependency-{number}" for number in range(1, len(audit.dependencies) + 1)),
    )
    return Section("Dependencies between teams", "dependencies", (Paragraph(to_words(note), note=True), table))


def _row(number: int, dependency: TeamDependency) -> Row:
    within = dependency.waiting == dependency.providing and bool(dependency.waiting)
    waits = teams_words(dependency.waiting_teams) or to_words("the organization")
    return (
        (to_words(f"D{number}"),),
        (waits, *_key_results(dependency.waiting)),
        (
            teams_words((dependency.providing_team,)),
            *(() if within else _key_results(dependency.providing)),
            *_tickets(dependency.tickets),
        ),
        _when(dependency),
        _agreed(dependency),
        _priorities(dependency),
        ((DECISION,),) if dependency.needs_decision else ((Badge("none needed", "dim"),),),
    )


def _key_results(refs: Sequence[KeyResultRef]) -> tuple[Words, ...]:
    return (key_results_words(refs, MAX_KEY_RESULTS),) if refs else ()


def _tickets(pairs: Sequence[TicketDependency]) -> Iterator[Words]:
    """Each providing ticket once, with those that wait for it."""
    blocked_by: dict[str, list[TicketDependency]] = defaultdict(list)
    for pair in pairs:
        blocked_by[pair.providing.ref].append(pair)
    for blocked in list(blocked_by.values())[:MAX_TICKETS]:
        provider = blocked[0].providing
        links = tuple(to_words(ticket_link(pair.waiting.ref, pair.waiting.url)) for pair in blocked[:MAX_TICKETS])
        yield to_words(
            ticket_link(provider.ref, provider.url),
            f" {provider.title}" if provider.title else "",
            f"{status_text(provider)}, blocks ",
            *join_words(links),
            f" and {len(blocked) - MAX_TICKETS:,} more" if len(blocked) > MAX_TICKETS else "",
        )
    if len(blocked_by) > MAX_TICKETS:
        yield to_words(f"and {plural(len(blocked_by) - MAX_TICKETS, 'more ticket')}")


def _when(dependency: TeamDependency) -> tuple[Words, ...]:
    needed = to_words(day(dependency.needed_by)) if dependency.needed_by else (Badge("no date", "dim"),)
    late, ticket = dependency.late_until, dependency.late_ticket
    if late is None or ticket is None:
        return (needed,)
    return needed, to_words(Badge("late", "bad"), ": ", ticket_link(ticket.ref, ticket.url), f" is due {day(late)}")


def _priorities(dependency: TeamDependency) -> tuple[Words, ...]:
    if dependency.priorities == (None, None):
        return ((Badge("not set", "dim"),),)
    both = " / ".join("not set" if priority is None else str(priority) for priority in dependency.priorities)
    return (to_words(both), (Badge("differ", "bad"),)) if dependency.priorities_match is False else (to_words(both),)


def _agreed(dependency: TeamDependency) -> tuple[Words, ...]:
    source = to_words("stated in the OKRs" if dependency.declared else "not in the OKRs")
    if dependency.agreed:
        if dependency.shared and not dependency.declared:
            return ((Badge("shared OKR", "good"),), to_words(f"“{dependency.shared}”"))
        return ((Badge("accepted", "good"),), source)
    if dependency.state is LinkState.DECLINED:
        return ((Badge("declined", "bad"),), source)
    if dependency.state is None:
        return ((Badge("not agreed", "bad"),), source)
    answer = "accepted on the ticket" if dependency.state is LinkState.ACCEPTED else "proposed, no answer yet"
    return ((Badge(answer, "warn"),), source)
